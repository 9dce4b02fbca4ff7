"""Whose keys are whose: every chain is verified down from the clinic's key and held against this person's pins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from messenger.headless.account import Account
from messenger.headless.errors import HistoryRolledBack, NotAMember, ServiceRefused
from messenger.headless.identifiers import now
from messenger.protocol.account_chain import AccountChain, verify_account_chain
from messenger.protocol.commitment import Card, CommittedText, open_card
from messenger.protocol.consent_chain import ConsentChain, verify_consent_chain
from messenger.protocol.encoding import hash_text
from messenger.protocol.errors import ProtocolError
from messenger.protocol.pins import ConsentPin, TeamPin, check_pinned_head, judge_account, pin_account
from messenger.protocol.sealing import SealingKey
from messenger.protocol.shape import Members
from messenger.protocol.statement import Envelope, peek_signer
from messenger.protocol.team_chain import TeamChain, verify_team_chain
from messenger.protocol.team_key import open_link, open_team_key
from messenger.protocol.team_stays import Generation

_NOT_FOUND: Final = 404


@dataclass(frozen=True)
class OwnBox:
    """What the service holds of a team for this account."""

    box: bytes | None
    links: dict[int, bytes]
    waiting: tuple[str, ...]


@dataclass
class Directory:
    """What this client has verified of others, for as long as it runs. `forget` makes it look again."""

    account: Account
    changed: set[str] = field(default_factory=set)
    """Accounts whose keys are others than when they were pinned: nothing is sent to them until acknowledged."""
    _accounts: dict[str, AccountChain | None] = field(default_factory=dict)
    _cards: dict[str, Card | None] = field(default_factory=dict)
    _teams: dict[str, TeamChain] | None = None
    _boxes: dict[str, OwnBox] = field(default_factory=dict)

    def forget(self) -> None:
        """Everything is fetched and verified again when it is next needed."""
        self._accounts.clear()
        self._teams = None

    def find(self, account: str) -> AccountChain | None:
        """The verified chain of an account, None for one that the service does not show to this one.

        Raises `HistoryRolledBack`, `ChainRefused`.
        """
        if account == self.account.id:
            return self.account.chain
        if account not in self._accounts:
            self._accounts[account] = self._fetch(account)
        return self._accounts[account]

    def card(self, account: str) -> Card | None:
        """A staff member's name and credential, if the invitation commits to them."""
        self.find(account)
        return self._cards.get(account)

    def teams(self) -> dict[str, TeamChain]:
        """The teams that this account may know of, verified."""
        if self._teams is None:
            served = [Members(item) for item in self.account.api.get("/api/teams").list("teams", lambda item: item)]
            self._teams = {chain.team: chain for chain in map(self._team, served)}
            pins = {team: TeamPin(chain.head, len(chain.generations)) for team, chain in self._teams.items()}
            self.account.pin(lambda known: replace(known, teams={**known.teams, **pins}))
        return self._teams

    def reads_as(self) -> set[str]:
        """Under which ids epoch keys are sealed to this account now: its own, and those of the teams it reads for."""
        instant = now(self.account.clock)
        teams = (team for team, chain in self.teams().items() if self.account.id in chain.readers_at(instant))
        return {self.account.id, *teams}

    def own_box(self, team: str) -> OwnBox:
        """What the service holds of a team for this account."""
        self.teams()
        return self._boxes[team]

    def team_key(self, team: str, key_id: str) -> SealingKey:
        """A team's private key of the generation with this key id; raises `NotAMember`, `OpeningFailed`."""
        chain = self.teams()[team]
        wanted, (newest, key) = chain.generation_with_key(key_id), self._own_team_key(chain)
        if wanted is None or wanted.number > newest.number:
            raise NotAMember
        for number in range(newest.number, wanted.number, -1):
            generation, before = chain.generations[number - 1], chain.generations[number - 2]
            link = self._boxes[team].links.get(number)
            if link is None:
                raise NotAMember
            key = open_link(team, number, generation.link, key, before.sealing_key, link)
        return key

    def consents(self, patient: str) -> ConsentChain:
        """A patient's verified consents; raises `ServiceRefused` where they do not cover this account."""
        chain = self.find(patient)
        if chain is None:
            raise NotAMember
        statements = self.account.api.get(f"/api/patients/{patient}/consents").list("statements", Envelope.parse)
        return self.admit_consents(chain, statements)

    def admit_consents(self, chain: AccountChain, statements: Sequence[Envelope]) -> ConsentChain:
        """Verifies a patient's consents as they were served; raises `HistoryRolledBack`, `ChainRefused`."""
        patient, consents = chain.account, verify_consent_chain(statements, chain)
        pinned = self.account.pins.consents.get(patient)
        _check(pinned.head if pinned is not None else None, consents.hashes)
        if consents.head is not None:
            pin = ConsentPin(consents.head, len(consents.hashes) - 1)
            self.account.pin(lambda known: replace(known, consents={**known.consents, patient: pin}))
        return consents

    def acknowledge(self, account: str, *, compared: bool = False) -> None:
        """The person has looked at somebody's new keys and goes on; `compared` if safety codes were compared."""
        chain = self.find(account)
        if chain is None:
            raise NotAMember
        pin = pin_account(chain, compared=compared)
        self.account.pin(lambda known: replace(known, accounts={**known.accounts, account: pin}))
        self.changed.discard(account)

    def _fetch(self, account: str) -> AccountChain | None:
        try:
            members = self.account.api.get(f"/api/accounts/{account}")
        except ServiceRefused as refused:
            if refused.status == _NOT_FOUND:
                return None
            raise
        chain = self.admit(account, members.list("chain", Envelope.parse), members.id("inviter", "acc"))
        committed = members.or_none("card", lambda name: CommittedText.parse(members.take(name)))
        self._cards[account] = None if committed is None else open_card(committed, chain.invitation.card)
        return chain

    def admit(self, account: str, statements: Sequence[Envelope], inviter: str) -> AccountChain:
        """Verifies the chain of an account that was served otherwise, and knows it from now on.

        Raises `HistoryRolledBack`, `ChainRefused`.
        """
        by_clinic = not statements or peek_signer(statements[0]).key == self.account.clinic.key.id
        vouching = None if by_clinic else self.find(inviter)
        chain = verify_account_chain(statements, account, self.account.clinic, vouching)
        self._judge(chain)
        self._accounts[account] = chain
        return chain

    def _judge(self, chain: AccountChain) -> None:
        pinned = self.account.pins.accounts.get(chain.account)
        try:
            verdict = judge_account(pinned, chain)
        except ProtocolError as refused:
            raise HistoryRolledBack from refused
        if verdict == "key_changed":
            self.changed.add(chain.account)
        elif verdict == "new":
            pin = pin_account(chain)
            self.account.pin(lambda known: replace(known, accounts={**known.accounts, chain.account: pin}))

    def _team(self, members: Members) -> TeamChain:
        team, statements = members.id("team", "tea"), members.list("statements", Envelope.parse)
        chain = verify_team_chain(statements, team, self.account.clinic, self.find)
        pinned = self.account.pins.teams.get(team)
        _check(pinned.head if pinned is not None else None, chain.hashes)
        box = members.or_none_object("my_box")
        links = members.json_object("links")
        self._boxes[team] = OwnBox(
            box=None if box is None else box.raw("box"),
            links={int(number): Members({"link": link}).raw("link") for number, link in links.items()},
            waiting=members.ids("waiting", "acc"),
        )
        return chain

    def _own_team_key(self, chain: TeamChain) -> tuple[Generation, SealingKey]:
        """The newest generation that this account has a box of, and its key."""
        box = self._boxes[chain.team].box
        for generation in reversed(chain.generations):
            member = generation.members.get(self.account.id)
            if box is None or member is None or member.box != hash_text(box):
                continue
            private = self.account.vault.sealing_key(member.key)
            if private is not None:
                public = generation.sealing_key
                return generation, open_team_key(chain.team, generation.number, member, public, private, box)
        raise NotAMember


def _check(head: str | None, hashes: tuple[str, ...]) -> None:
    try:
        check_pinned_head(head, hashes)
    except ProtocolError as refused:
        raise HistoryRolledBack from refused
