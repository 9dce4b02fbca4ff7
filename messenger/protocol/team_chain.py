"""A care team: who manages it, and who holds the key of each generation (`docs/protocol.md` §2, §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.chain import ChainWalk, refuse_empty
from messenger.protocol.clinic_chain import ClinicChain
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.invitation import CARE_STAFF
from messenger.protocol.kinds.team import TeamAdmissionBody, TeamCreateBody, TeamGenerationBody, TeamMember
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.signers import Accounts, Signers, known_account
from messenger.protocol.statement import Envelope, Statement, payload_type, verify


@dataclass(frozen=True)
class Generation:
    """One key of a team and everybody who was given it."""

    number: int
    sealing_key: SealingPublicKey
    members: Mapping[str, TeamMember]
    link: str | None
    hash: str


@dataclass(frozen=True)
class TeamChain:
    """A verified team; without a generation it has no key yet and can read nothing."""

    team: str
    clinic: str
    name: str
    manager: str
    generations: tuple[Generation, ...]
    hashes: tuple[str, ...]

    @property
    def running(self) -> Generation | None:
        """The newest generation."""
        return self.generations[-1] if self.generations else None

    @property
    def head(self) -> str:
        """The last statement's hash."""
        return self.hashes[-1]

    def generation_with_key(self, key_id: str) -> Generation | None:
        """The generation whose sealing key has this id."""
        return next((one for one in self.generations if one.sealing_key.id == key_id), None)


Teams = Mapping[str, TeamChain]
"""The verified teams, by id."""


def verify_team_chain(envelopes: Sequence[Envelope], team: str, clinic: ClinicChain, accounts: Accounts) -> TeamChain:
    """The team with this id.

    The clinic names it and its manager; the manager makes generation 1; whoever holds the running key admits others
    and makes the next. Who makes a key knows it, so its maker is listed as a member of it. Raises `ChainRefused`:
    `empty_chain`, `broken_chain`, `wrong_team`, `wrong_clinic`, `not_the_manager`, `not_a_member`,
    `maker_not_a_member`, `not_care_staff`, `wrong_generation`, `already_a_member`, `unknown_account`,
    `unknown_member_key`, `unknown_signer`, `retired_key`, `key_reused`; and what `verify` raises.
    """
    refuse_empty(envelopes)
    created = verify(envelopes[0], TeamCreateBody, {"clinic": clinic.key})
    if created.body.team != team:
        raise ChainRefused("wrong_team", "This is another team.")
    if created.body.clinic != clinic.clinic:
        raise ChainRefused("wrong_clinic", "This team is another clinic's.")
    walk = ChainWalk(created.body.chain)
    walk.take(created.header, created.hash)
    reading = _TeamReading(created.body, accounts, Signers(accounts))
    for envelope in envelopes[1:]:
        if not walk.take_if_newer(envelope):
            reading.read(envelope, walk)
    body = created.body
    return TeamChain(body.team, body.clinic, body.name, body.manager, tuple(reading.generations), tuple(walk.hashes))


@dataclass
class _TeamReading:
    created: TeamCreateBody
    accounts: Accounts
    signers: Signers
    generations: list[Generation] = field(default_factory=list)

    def read(self, envelope: Envelope, walk: ChainWalk) -> None:
        if envelope.type == payload_type(TeamAdmissionBody.kind):
            admission, signer = self.signers.verify(envelope, TeamAdmissionBody)
            walk.take(admission.header, admission.hash)
            self._admit(admission.body, signer)
        else:
            generation, signer = self.signers.verify(envelope, TeamGenerationBody)
            walk.take(generation.header, generation.hash)
            self._begin(generation, signer)

    def _begin(self, statement: Statement[TeamGenerationBody], signer: AccountChain) -> None:
        body, before = statement.body, self.generations[-1] if self.generations else None
        if body.generation != len(self.generations) + 1:
            raise ChainRefused("wrong_generation", "A generation of the team's key is missing.")
        if any(body.sealing_key == one.sealing_key for one in self.generations):
            raise ChainRefused("key_reused", "A team key that was replaced has come back.")
        if before is None and signer.account != self.created.manager:
            raise ChainRefused("not_the_manager", "Only the manager makes a team's first key.")
        if before is not None and signer.account not in before.members:
            raise ChainRefused("not_a_member", "Only a member makes the team's next key.")
        members = {member.account: member for member in body.members}
        if signer.account not in members:
            raise ChainRefused("maker_not_a_member", "Whoever makes a team's key is a member of it.")
        for member in body.members:
            self._check_member(member)
        self.generations.append(Generation(body.generation, body.sealing_key, members, body.link, statement.hash))

    def _admit(self, body: TeamAdmissionBody, signer: AccountChain) -> None:
        if not self.generations or body.generation != self.generations[-1].number:
            raise ChainRefused("wrong_generation", "Nobody is admitted to a key that is not the running one.")
        running = self.generations[-1]
        if signer.account not in running.members:
            raise ChainRefused("not_a_member", "Only a member admits others to the team.")
        if body.account in running.members:
            raise ChainRefused("already_a_member", "This member has the key already.")
        member = TeamMember(body.account, body.key, body.box)
        self._check_member(member)
        self.generations[-1] = replace(running, members={**running.members, member.account: member})

    def _check_member(self, member: TeamMember) -> None:
        account = known_account(self.accounts, member.account)
        if account.role not in CARE_STAFF:
            raise ChainRefused("not_care_staff", "Only care staff stand in a care team.")
        if account.key_with_sealing_id(member.key) is None:
            raise ChainRefused("unknown_member_key", "The team's key was sealed to a key that is not the member's.")
