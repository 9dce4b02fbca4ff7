"""A patient's consents, in the patient's own word: given, changed, revoked (`docs/protocol.md` §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.chain import ChainWalk
from messenger.protocol.consent_change import change_of
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.block import BlockBody, UnblockBody
from messenger.protocol.kinds.consent import SCOPE_ALL, ConsentBody, ConsentChangeBody, ConsentRevocationBody
from messenger.protocol.kinds.emergency_choice import EmergencyOptInBody, EmergencyOptOutBody
from messenger.protocol.signers import Signers
from messenger.protocol.statement import Envelope, payload_type

Deed = Literal["given", "changed", "revoked"]
ConsentStatement = ConsentBody | ConsentChangeBody | ConsentRevocationBody

_BODIES: Final[Mapping[str, type[ConsentStatement]]] = {
    payload_type(body.kind): body for body in (ConsentBody, ConsentChangeBody, ConsentRevocationBody)
}
_CHOICES: Final[Mapping[str, type[EmergencyOptInBody | EmergencyOptOutBody]]] = {
    payload_type(body.kind): body for body in (EmergencyOptInBody, EmergencyOptOutBody)
}
_BLOCKS: Final[Mapping[str, type[BlockBody | UnblockBody]]] = {
    payload_type(body.kind): body for body in (BlockBody, UnblockBody)
}
_SHORTER: Final = frozenset({"start_narrowed", "end_narrowed"})


@dataclass(frozen=True)
class Decision:
    """What one statement did to one consent; `before` is None where it was given, `after` where it was revoked."""

    place: int
    hash: str
    time: str
    did: Deed
    consent: str
    before: ConsentBody | None
    after: ConsentBody | None


@dataclass(frozen=True)
class EmergencyChoice:
    """That the patient opted in to emergency access, or out of it."""

    place: int
    hash: str
    time: str
    opted_in: bool


@dataclass(frozen=True)
class Block:
    """That the patient blocked somebody, or let them read again what consents let them read."""

    place: int
    hash: str
    time: str
    account: str
    blocked: bool


@dataclass(frozen=True)
class ConsentChain:
    """A patient's verified decisions; `newer` are the places of statements that a newer version wrote.

    What such a statement decided cannot be known, so from its place on nothing is concluded: `decisions` end before it,
    and the terms after it are refused.
    """

    patient: str
    decisions: tuple[Decision, ...]
    hashes: tuple[str, ...]
    newer: tuple[int, ...]
    choices: tuple[EmergencyChoice, ...] = ()
    """What the patient decided about emergency access; nothing is being opted out."""
    blocks: tuple[Block, ...] = ()
    """Whom the patient blocked and unblocked."""

    @property
    def head(self) -> str | None:
        """The last statement's hash; None where the patient has consented to nothing."""
        return self.hashes[-1] if self.hashes else None

    @property
    def terms(self) -> tuple[ConsentBody, ...]:
        """The consents that stand now, as `terms_at` the head; raises `ChainRefused` (`newer_version`)."""
        return self._terms_after(len(self.hashes) - 1)

    def place_of(self, head: str) -> int:
        """Where the statement with this hash stands; raises `ChainRefused` (`unknown_consent_head`)."""
        place = self._places.get(head)
        if place is None:
            raise ChainRefused("unknown_consent_head", "This names a consent that the patient's chain does not hold.")
        return place

    @cached_property
    def _places(self) -> dict[str, int]:
        return {hashed: place for place, hashed in enumerate(self.hashes)}

    def terms_at(self, head: str) -> tuple[ConsentBody, ...]:
        """The consents that stand after the statement with this hash, in the order in which they were first given:
        changed ones under their newest terms, revoked ones gone, whatever their times.

        Raises `ChainRefused`: `unknown_consent_head`; `newer_version` where a newer version has written that statement
        or one before it.
        """
        return self._terms_after(self.place_of(head))

    @property
    def opted_in(self) -> bool:
        """Whether the patient lets emergency keys read, as of now; raises `ChainRefused` (`newer_version`)."""
        return self._opted_in_after(len(self.hashes) - 1)

    def opted_in_at(self, head: str) -> bool:
        """Whether the patient let emergency keys read after the statement with this hash; raises as `terms_at`."""
        return self._opted_in_after(self.place_of(head))

    @property
    def blocked(self) -> frozenset[str]:
        """The accounts that are no readers now, whatever consents say; raises `ChainRefused` (`newer_version`)."""
        return self._blocked_after(len(self.hashes) - 1)

    def blocked_at(self, head: str) -> frozenset[str]:
        """The accounts that were blocked after the statement with this hash; raises as `terms_at`."""
        return self._blocked_after(self.place_of(head))

    def withdrawals(self, head: str, conversation: str) -> int:
        """How many decisions up to the statement with this hash took from a consent to this conversation: revoked it,
        left the conversation out, or shortened its period; how often the patient opted out of emergency access, and
        how often they blocked somebody. Raises as `place_of`.
        """
        last = self.place_of(head)
        if (last, conversation) not in self._withdrawn:
            opted_out = sum(one.place <= last and not one.opted_in for one in self.choices)
            shut_out = sum(one.place <= last and one.blocked for one in self.blocks)
            taken = sum(one.place <= last and _withdraws(one, conversation) for one in self.decisions)
            self._withdrawn[last, conversation] = opted_out + shut_out + taken
        return self._withdrawn[last, conversation]

    @cached_property
    def _withdrawn(self) -> dict[tuple[int, str], int]:
        """What was counted once, by place and conversation: every message asks."""
        return {}

    def _opted_in_after(self, last: int) -> bool:
        self._refuse_newer(last)
        chosen = [choice.opted_in for choice in self.choices if choice.place <= last]
        return bool(chosen) and chosen[-1]

    def _blocked_after(self, last: int) -> frozenset[str]:
        self._refuse_newer(last)
        newest = {one.account: one.blocked for one in self.blocks if one.place <= last}
        return frozenset(account for account, blocked in newest.items() if blocked)

    def _refuse_newer(self, last: int) -> None:
        if any(place <= last for place in self.newer):
            raise ChainRefused("newer_version", "A newer version wrote what this patient decided: update to go on.")

    def _terms_after(self, last: int) -> tuple[ConsentBody, ...]:
        self._refuse_newer(last)
        standing: dict[str, ConsentBody] = {}
        for decision in self.decisions:
            if decision.place > last:
                break
            if decision.after is None:
                del standing[decision.consent]
            else:
                standing[decision.consent] = decision.after
        return tuple(standing.values())


def verify_consent_chain(envelopes: Sequence[Envelope], patient: AccountChain) -> ConsentChain:
    """The consents of `patient`; an empty chain is one who has consented to nothing.

    Raises `ChainRefused` (`broken_chain`, `wrong_patient`, `wrong_clinic`, `not_a_patient`, `consent_repeated`,
    `unknown_consent`, `consent_ended`, `nothing_changed`, `unknown_signer`, `retired_key`) and what `verify` raises.
    """
    if patient.role != "patient":
        raise ChainRefused("not_a_patient", "Only a patient consents.")
    walk = ChainWalk(f"consent:{patient.account}")
    reading = _ConsentReading(patient, walk, Signers({patient.account: patient}.get))
    for envelope in envelopes:
        if walk.take_if_newer(envelope):
            continue
        if envelope.type in _CHOICES:
            reading.choose(envelope)
        elif envelope.type in _BLOCKS:
            reading.block(envelope)
        else:
            reading.read(envelope)
    decisions, choices, blocks = tuple(reading.decisions), tuple(reading.choices), tuple(reading.blocks)
    return ConsentChain(patient.account, decisions, tuple(walk.hashes), tuple(walk.newer), choices, blocks)


@dataclass
class _ConsentReading:
    patient: AccountChain
    walk: ChainWalk
    signers: Signers
    decisions: list[Decision] = field(default_factory=list)
    choices: list[EmergencyChoice] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    known: dict[str, ConsentBody | None] = field(default_factory=dict)
    """Every consent ever given, as it stands; None once it is revoked."""

    def read(self, envelope: Envelope) -> None:
        statement, _ = self.signers.verify(envelope, _BODIES.get(envelope.type, ConsentBody))
        self.walk.take(statement.header, statement.hash)
        if self.walk.newer:
            return  # Whether it may stand here depends on what a newer version decided.
        before, after = self._effect(statement.body)
        did: Deed = "given" if before is None else "changed" if after is not None else "revoked"
        place, consent = len(self.walk.hashes) - 1, statement.body.consent
        self.decisions.append(Decision(place, statement.hash, statement.header.time, did, consent, before, after))
        self.known[consent] = after

    def choose(self, envelope: Envelope) -> None:
        statement, _ = self.signers.verify(envelope, _CHOICES[envelope.type])
        self.walk.take(statement.header, statement.hash)
        if self.walk.newer:
            return
        if statement.body.patient != self.patient.account:
            raise ChainRefused("wrong_patient", "This choice is another patient's.")
        opted_in = isinstance(statement.body, EmergencyOptInBody)
        if opted_in == (bool(self.choices) and self.choices[-1].opted_in):
            raise ChainRefused("nothing_changed", "This leaves emergency access as it was.")
        place = len(self.walk.hashes) - 1
        self.choices.append(EmergencyChoice(place, statement.hash, statement.header.time, opted_in))

    def block(self, envelope: Envelope) -> None:
        statement, _ = self.signers.verify(envelope, _BLOCKS[envelope.type])
        self.walk.take(statement.header, statement.hash)
        if self.walk.newer:
            return
        body, blocked = statement.body, isinstance(statement.body, BlockBody)
        if body.patient != self.patient.account:
            raise ChainRefused("wrong_patient", "This block is another patient's.")
        before = [one.blocked for one in self.blocks if one.account == body.account]
        if blocked == (bool(before) and before[-1]):
            raise ChainRefused("nothing_changed", "This leaves it as it was whether this person is blocked.")
        place = len(self.walk.hashes) - 1
        self.blocks.append(Block(place, statement.hash, statement.header.time, body.account, blocked))

    def _effect(self, body: ConsentStatement) -> tuple[ConsentBody | None, ConsentBody | None]:
        """The consent before and after; raises `ChainRefused` where this cannot be decided of it."""
        if body.patient != self.patient.account:
            raise ChainRefused("wrong_patient", "This consent is another patient's.")
        if isinstance(body, ConsentBody):
            return None, self._given(body)
        before = self._standing(body.consent)
        if isinstance(body, ConsentRevocationBody):
            return before, None
        after = body.applied_to(before)
        if not change_of(before, after):
            raise ChainRefused("nothing_changed", "This change leaves the consent as it was.")
        return before, after

    def _given(self, body: ConsentBody) -> ConsentBody:
        if body.clinic != self.patient.clinic:
            raise ChainRefused("wrong_clinic", "This consent is for another clinic.")
        if body.consent in self.known:
            raise ChainRefused("consent_repeated", "This consent stands in the chain twice.")
        return body

    def _standing(self, consent: str) -> ConsentBody:
        if consent not in self.known:
            raise ChainRefused("unknown_consent", "This names a consent that was never given.")
        standing = self.known[consent]
        if standing is None:
            raise ChainRefused("consent_ended", "This consent was revoked and cannot come back.")
        return standing


def _withdraws(decision: Decision, conversation: str) -> bool:
    before, after = decision.before, decision.after
    if before is None or before.scope not in (SCOPE_ALL, conversation):
        return False
    if after is None or after.scope not in (SCOPE_ALL, conversation):
        return True
    return not _SHORTER.isdisjoint(change_of(before, after))
