"""A patient's consents, in the patient's own word: given, changed, revoked (`docs/protocol.md` §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.chain import ChainWalk
from messenger.protocol.consent_change import change_of
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.consent import SCOPE_ALL, ConsentBody, ConsentChangeBody, ConsentRevocationBody
from messenger.protocol.signers import Signers
from messenger.protocol.statement import Envelope, payload_type

Deed = Literal["given", "changed", "revoked"]
ConsentStatement = ConsentBody | ConsentChangeBody | ConsentRevocationBody

_BODIES: Final[Mapping[str, type[ConsentStatement]]] = {
    payload_type(body.kind): body for body in (ConsentBody, ConsentChangeBody, ConsentRevocationBody)
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
class ConsentChain:
    """A patient's verified decisions; `newer` are the places of statements that a newer version wrote.

    What such a statement decided cannot be known, so from its place on nothing is concluded: `decisions` end before it,
    and the terms after it are refused.
    """

    patient: str
    decisions: tuple[Decision, ...]
    hashes: tuple[str, ...]
    newer: tuple[int, ...]

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
        if head not in self.hashes:
            raise ChainRefused("unknown_consent_head", "This names a consent that the patient's chain does not hold.")
        return self.hashes.index(head)

    def terms_at(self, head: str) -> tuple[ConsentBody, ...]:
        """The consents that stand after the statement with this hash, in the order in which they were first given:
        changed ones under their newest terms, revoked ones gone, whatever their times.

        Raises `ChainRefused`: `unknown_consent_head`; `newer_version` where a newer version has written that statement
        or one before it.
        """
        return self._terms_after(self.place_of(head))

    def withdrawals(self, head: str, conversation: str) -> int:
        """How many decisions up to the statement with this hash took from a consent to this conversation: revoked it,
        left the conversation out, or shortened its period. Raises as `place_of`.
        """
        last = self.place_of(head)
        return sum(one.place <= last and _withdraws(one, conversation) for one in self.decisions)

    def _terms_after(self, last: int) -> tuple[ConsentBody, ...]:
        if any(place <= last for place in self.newer):
            raise ChainRefused("newer_version", "A newer version wrote what this patient decided: update to go on.")
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
        if not walk.take_if_newer(envelope):
            reading.read(envelope)
    return ConsentChain(patient.account, tuple(reading.decisions), tuple(walk.hashes), tuple(walk.newer))


@dataclass
class _ConsentReading:
    patient: AccountChain
    walk: ChainWalk
    signers: Signers
    decisions: list[Decision] = field(default_factory=list)
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
