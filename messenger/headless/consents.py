"""A patient's consents: given, changed, revoked, people blocked; with the new keys of every conversation concerned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Final

from messenger.headless.account import Account
from messenger.headless.conversation import Conversation
from messenger.headless.conversations import Conversations
from messenger.headless.directory import Directory
from messenger.headless.errors import ConsentUnknown, HistoryRolledBack, ServiceRefused
from messenger.headless.history import open_due_history
from messenger.headless.identifiers import new_id, now
from messenger.headless.profiles import reseal_profile
from messenger.protocol.consent_chain import ConsentChain, ConsentStatement
from messenger.protocol.consent_change import change_of
from messenger.protocol.emergency_key import is_spent
from messenger.protocol.encoding import format_time, parse_time
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.block import BlockBody, UnblockBody
from messenger.protocol.kinds.consent import (
    SCOPE_ALL,
    ConsentBody,
    ConsentChangeBody,
    ConsentRevocationBody,
    History,
    Purpose,
)
from messenger.protocol.kinds.conversation import RotationReason
from messenger.protocol.members import members
from messenger.protocol.rotation import emergency_reader

CLOCKS_APART: Final = timedelta(minutes=10)
"""How far before this client's clock a consent from now on begins, so that no reader whose clock is behind is out."""

Said = ConsentStatement | BlockBody | UnblockBody

_TRIES: Final = 5
_LOST_RACES: Final = frozenset({"chain_moved", "consent_moved", "wrong_readers"})


@dataclass(frozen=True)
class NewTerms:
    """What a consent is to say; `not_before` None is from now on."""

    scope: str = SCOPE_ALL
    purpose: Purpose = "treatment"
    history: History = "none"
    history_from: str | None = None
    not_before: str | None = None
    until: str | None = None
    may_open: bool = False


@dataclass(frozen=True)
class Done:
    """What a decision came to: the consent, or whom it blocks or lets in again; the conversations that got a new key;
    how many earlier epochs were opened.
    """

    consent: str
    head: str
    rotated: tuple[str, ...]
    opened: int


@dataclass
class Consents:
    """What a patient who is signed in decides."""

    account: Account
    directory: Directory

    @classmethod
    def of(cls, account: Account) -> Consents:
        """The account's, with a directory of their own."""
        return cls(account, Directory(account))

    def list(self, patient: str | None = None) -> ConsentChain:
        """One's own verified consents, or a patient's who lets one read; raises as `Directory.consents`."""
        return self.directory.consents(patient or self.account.id)

    def grant(self, grantee: str, terms: NewTerms) -> Done:
        """Lets a team or somebody of the care staff read. Raises `ServiceRefused`, `KeyChanged`, `ChainRefused`."""
        consent, begins = new_id("cns", self.account.clock), terms.not_before or self._from_now()
        said = {**asdict(terms), "not_before": begins}
        body = ConsentBody(consent, self.account.id, self.account.clinic.clinic, grantee, **said)
        return self._decide(consent, lambda _: body)

    def change(self, consent: str, **terms: object) -> Done:
        """Sets other terms, named as in `NewTerms`; those not named stay.

        Raises `ConsentUnknown`, `ServiceRefused` (`nothing_changed`, …), `KeyChanged`, `ChainRefused`.
        """

        def changed(chain: ConsentChain) -> ConsentChangeBody:
            standing = _standing(chain, consent)
            before = {one.name: getattr(standing, one.name) for one in fields(ConsentChangeBody)}
            return ConsentChangeBody(**{**before, **terms})

        return self._decide(consent, changed)

    def revoke(self, consent: str) -> Done:
        """Ends a consent at once; raises `ConsentUnknown`, `ServiceRefused`, `KeyChanged`, `ChainRefused`."""

        def revoked(chain: ConsentChain) -> ConsentRevocationBody:
            return ConsentRevocationBody(_standing(chain, consent).consent, self.account.id)

        return self._decide(consent, revoked)

    def block(self, account: str) -> Done:
        """Keeps one person from reading, whatever else is consented to; who stands in a team with them reads on.

        Raises `ServiceRefused` (`nothing_changed`, …), `KeyChanged`, `ChainRefused`.
        """
        return self._decide(account, lambda _: BlockBody(self.account.id, account))

    def unblock(self, account: str) -> Done:
        """Lets somebody read again what consents let them read; raises as `block`."""
        return self._decide(account, lambda _: UnblockBody(self.account.id, account))

    def _from_now(self) -> str:
        return format_time(parse_time(now(self.account.clock)) - CLOCKS_APART)

    def _decide(self, consent: str, make: Callable[[ConsentChain], Said]) -> Done:
        """Whoever loses a race looks again; then opens what the new terms reach back to, and seals the profile anew."""
        for _ in range(_TRIES):
            self.directory.forget()
            try:
                head, rotated = self._send(make)
            except ServiceRefused as refused:
                if refused.code not in _LOST_RACES:
                    raise
                continue
            opened = sum(open_due_history(conversation) for conversation in self._conversations())
            reseal_profile(self.account, self.directory)
            self.account.save_pins()
            return Done(consent, head, rotated, opened)
        raise HistoryRolledBack

    def _send(self, make: Callable[[ConsentChain], Said]) -> tuple[str, tuple[str, ...]]:
        chain = self.directory.consents(self.account.id)
        body = make(chain)
        statement = self.account.says(body, sequence=len(chain.hashes), previous=chain.head)
        terms, blocked = _after(chain, body)
        rotations: list[JsonObject] = []
        for conversation in self._conversations():
            reason = self._rotation_due(conversation, chain, terms, blocked)
            if reason is not None:
                standing = (reason, terms, statement.hash)
                rotation = conversation.next_epoch(*standing, opted_in=chain.opted_in, blocked=blocked)
                rotations.append({"conversation": conversation.id, **rotation})
        request: JsonObject = {"statement": statement.as_json(), "rotations": [*rotations]}
        answer = self.account.api.post("/api/consents", request)
        return answer.hash("head"), tuple(str(rotation["conversation"]) for rotation in rotations)

    def _conversations(self) -> Iterator[Conversation]:
        conversations = Conversations(self.account, self.directory)
        for listed in conversations.list():
            yield conversations.open(listed.conversation)

    def _rotation_due(
        self, conversation: Conversation, before: ConsentChain, terms: tuple[ConsentBody, ...], blocked: frozenset[str]
    ) -> RotationReason | None:
        """A changed set of readers, or history that reaches further back: that counts from a link made under it."""
        running = conversation.control.running.keys
        standing = emergency_reader(conversation.control, before)
        if standing is not None and is_spent(standing, *conversation.ground.spending):
            return "emergency"
        named = None if standing is None else standing.id
        people = {team: chain.people for team, chain in self.directory.teams().items()}
        asked = (self.account.id, terms, conversation.id, now(self.account.clock), named)
        due = set(members(*asked, blocked=blocked, teams=people))
        if due != set(running):
            return "removed" if set(running) - due else "added"
        was = {one.consent: one for one in before.terms}
        wider = (
            one
            for one in terms
            if one.consent in was and "history_extended" in change_of(was[one.consent], one) and one.grantee in running
        )
        return "added" if any(wider) else None


def _standing(chain: ConsentChain, consent: str) -> ConsentBody:
    found = next((one for one in chain.terms if one.consent == consent), None)
    if found is None:
        raise ConsentUnknown
    return found


def _after(chain: ConsentChain, body: Said) -> tuple[tuple[ConsentBody, ...], frozenset[str]]:
    """The terms, and who is blocked, once this is said too."""
    terms = chain.terms
    if isinstance(body, BlockBody):
        return terms, chain.blocked | {body.account}
    if isinstance(body, UnblockBody):
        return terms, chain.blocked - {body.account}
    if isinstance(body, ConsentBody):
        return (*terms, body), chain.blocked
    if isinstance(body, ConsentRevocationBody):
        return tuple(one for one in terms if one.consent != body.consent), chain.blocked
    return tuple(body.applied_to(one) if one.consent == body.consent else one for one in terms), chain.blocked
