"""Reading a team's chain: each statement by who may make it (`docs/protocol.md` §5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.chain import ChainWalk
from messenger.protocol.errors import ChainRefused
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.kinds.invitation import CARE_STAFF
from messenger.protocol.kinds.team import TeamAdmissionBody, TeamCreateBody, TeamGenerationBody, TeamMember
from messenger.protocol.kinds.team_people import TeamAppointmentBody, TeamChangeBody, TeamRemovalBody
from messenger.protocol.signers import Accounts, Signers, known_account
from messenger.protocol.statement import Body, Envelope, Header, Statement, payload_type, peek_signer, verify
from messenger.protocol.team_stays import Generation, Stays, TeamEvent, TeamState

B = TypeVar("B", bound=Body)


@dataclass
class TeamReading:
    """A team as far as its chain has been read; `read` takes the next statement."""

    created: TeamCreateBody
    clinic_key: SigningPublicKey
    accounts: Accounts
    name: str = field(init=False)
    managers: tuple[str, ...] = field(init=False)
    generations: list[Generation] = field(default_factory=list)
    events: list[TeamEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name, self.managers = self.created.name, (self.created.manager,)
        self.signers, self.stays = Signers(self.accounts), Stays(self.created.team)
        self.states = [TeamState("", {})]
        self._readers: dict[str, Callable[[Envelope, ChainWalk], None]] = {
            payload_type(TeamAdmissionBody.kind): self._read_admission,
            payload_type(TeamChangeBody.kind): self._read_change,
            payload_type(TeamAppointmentBody.kind): self._read_appointment,
            payload_type(TeamRemovalBody.kind): self._read_removal,
        }

    def read(self, envelope: Envelope, walk: ChainWalk) -> None:
        """Takes the next statement; raises `ChainRefused` as `verify_team_chain` does."""
        self._readers.get(envelope.type, self._read_generation)(envelope, walk)

    def note_people(self, time: str) -> None:
        """Keeps who holds the running key and stands in the team, if the statement just read changed it."""
        held = self.generations[-1].members if self.generations else {}
        stays = {account: self.stays.current(account) for account in held}
        people = {account: stay.cover for account, stay in stays.items() if stay is not None}
        if people != self.states[-1].people:
            self.states.append(TeamState(max(time, self.states[-1].since), people))

    def _read_generation(self, envelope: Envelope, walk: ChainWalk) -> None:
        statement, signer = self.signers.verify(envelope, TeamGenerationBody)
        walk.take(statement.header, statement.hash)
        body, header = statement.body, statement.header
        members = {member.account: member for member in body.members}
        self._check_maker(body, signer, members)
        for member in body.members:
            self._check_member(member)
        if body.generation == 1:
            for account in members:
                self.stays.enter(known_account(self.accounts, account), header.time, named=self.managers)
                self._tell("joined", account, header)
        else:
            self._go_on(set(members), signer.account, header)
        self.generations.append(Generation(body.generation, body.sealing_key, members, body.link, statement.hash))

    def _check_maker(self, body: TeamGenerationBody, signer: AccountChain, members: dict[str, TeamMember]) -> None:
        if body.generation != len(self.generations) + 1:
            raise ChainRefused("wrong_generation", "A generation of the team's key is missing.")
        if any(body.sealing_key == one.sealing_key for one in self.generations):
            raise ChainRefused("key_reused", "A team key that was replaced has come back.")
        if body.generation == 1 and signer.account not in self.managers:
            raise ChainRefused("not_the_manager", "Only a manager makes a team's first key.")
        if body.generation > 1:
            self._require_member(signer.account)
        if signer.account not in members:
            raise ChainRefused("maker_not_a_member", "Whoever makes a team's key is a member of it.")

    def _go_on(self, members: set[str], signer: str, header: Header) -> None:
        """Who held the last key and is in the team goes on; a manager may leave others out."""
        before = self.generations[-1].members
        current = {account: self.stays.current(account) for account in before}
        due = {account for account, stay in current.items() if stay is not None and not stay.is_over(header.time)}
        if not members <= due:
            raise ChainRefused("not_appointed", "A team's next key is for who holds the last one and is in the team.")
        if members != due and signer not in self.managers:
            raise ChainRefused("members_left_out", "Only a manager leaves somebody out of the team's next key.")
        for account in sorted(set(before) - members):
            if current[account] is not None:
                self.stays.leave(known_account(self.accounts, account), header.time)
                self._tell("left", account, header)

    def _read_admission(self, envelope: Envelope, walk: ChainWalk) -> None:
        statement, signer = self.signers.verify(envelope, TeamAdmissionBody)
        walk.take(statement.header, statement.hash)
        body = statement.body
        if not self.generations or body.generation != self.generations[-1].number:
            raise ChainRefused("wrong_generation", "Nobody is admitted to a key that is not the running one.")
        running = self.generations[-1]
        self._require_member(signer.account)
        if body.account in running.members:
            raise ChainRefused("already_a_member", "This member has the key already.")
        member = TeamMember(body.account, body.key, body.box)
        self._check_member(member)
        stay = self.stays.enter(known_account(self.accounts, member.account), statement.header.time)
        self._tell("joined" if stay.cover is None else "covers", member.account, statement.header)
        self.generations[-1] = replace(running, members={**running.members, member.account: member})

    def _read_appointment(self, envelope: Envelope, walk: ChainWalk) -> None:
        statement = self._appointed(envelope)
        walk.take(statement.header, statement.hash)
        body, header = statement.body, statement.header
        if known_account(self.accounts, body.account).role not in CARE_STAFF:
            raise ChainRefused("not_care_staff", "Only care staff stand in a care team.")
        self.stays.appoint(body, header.time)
        self._require_somebody()
        if self.generations and body.account in self.generations[-1].members:
            self._tell("joined" if body.cover is None else "covers", body.account, header)

    def _appointed(self, envelope: Envelope) -> Statement[TeamAppointmentBody]:
        """An appointment, by the clinic's key or by a manager who stands in the team."""
        if peek_signer(envelope).key == self.clinic_key.id:
            return self._by_clinic(envelope, TeamAppointmentBody, "appointer")
        statement, signer = self.signers.verify(envelope, TeamAppointmentBody, "appointer")
        if signer.account not in self.managers or not self._is_member(signer.account):
            raise ChainRefused("not_the_manager", "Only the clinic or a manager says who stands in a team.")
        return statement

    def _read_removal(self, envelope: Envelope, walk: ChainWalk) -> None:
        statement = self._by_clinic(envelope, TeamRemovalBody)
        walk.take(statement.header, statement.hash)
        account = statement.body.account
        self.stays.leave(known_account(self.accounts, account), statement.header.time)
        self._require_somebody()
        if self.generations and account in self.generations[-1].members:
            self._tell("left", account, statement.header)

    def _read_change(self, envelope: Envelope, walk: ChainWalk) -> None:
        statement = self._by_clinic(envelope, TeamChangeBody)
        walk.take(statement.header, statement.hash)
        body = statement.body
        if any(known_account(self.accounts, manager).role not in CARE_STAFF for manager in body.managers):
            raise ChainRefused("not_care_staff", "Only care staff manage a care team.")
        if (body.name, body.managers) == (self.name, self.managers):
            raise ChainRefused("nothing_changed", "This changes nothing of the team.")
        self.name, self.managers = body.name, body.managers

    def _by_clinic(self, envelope: Envelope, body_type: type[B], by: str = "clinic") -> Statement[B]:
        return verify(envelope, body_type, {by: self.clinic_key})

    def _is_member(self, account: str) -> bool:
        """Whether an account holds the running key and stands in the team for good."""
        return bool(self.generations) and account in self.generations[-1].members and self.stays.is_member(account)

    def _require_member(self, account: str) -> None:
        if not self._is_member(account):
            raise ChainRefused("not_a_member", "Only a member does this, and cover is not one.")

    def _require_somebody(self) -> None:
        """A team that has a key keeps somebody who can make the next."""
        if self.generations and not any(self._is_member(account) for account in self.generations[-1].members):
            raise ChainRefused("nobody_left", "Somebody who holds the team's key has to stay in the team.")

    def _check_member(self, member: TeamMember) -> None:
        account = known_account(self.accounts, member.account)
        if account.role not in CARE_STAFF:
            raise ChainRefused("not_care_staff", "Only care staff stand in a care team.")
        if account.key_with_sealing_id(member.key) is None:
            raise ChainRefused("unknown_member_key", "The team's key was sealed to a key that is not the member's.")

    def _tell(self, what: Literal["joined", "covers", "left"], account: str, header: Header) -> None:
        stay = self.stays.current(account)
        cover = stay.cover if stay is not None and what == "covers" else None
        by, place = header.signer.account or "", header.sequence or 0
        self.events.append(TeamEvent(what, account, by, header.time, place, cover))
