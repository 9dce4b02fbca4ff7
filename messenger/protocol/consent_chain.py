"""A patient's consents, in the patient's own word (`docs/protocol.md` §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.chain import ChainWalk
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.signers import Signers
from messenger.protocol.statement import Envelope


@dataclass(frozen=True)
class ConsentChain:
    """A patient's verified consents; `consents` pairs each with its place."""

    patient: str
    consents: tuple[tuple[int, ConsentBody], ...]
    hashes: tuple[str, ...]

    @property
    def head(self) -> str | None:
        """The last statement's hash; None where the patient has consented to nothing."""
        return self.hashes[-1] if self.hashes else None

    def place_of(self, head: str) -> int:
        """Where the statement with this hash stands; raises `ChainRefused` (`unknown_consent_head`)."""
        if head not in self.hashes:
            raise ChainRefused("unknown_consent_head", "This names a consent that the patient's chain does not hold.")
        return self.hashes.index(head)

    def until(self, head: str) -> tuple[ConsentBody, ...]:
        """The consents up to and including the statement with this hash; raises as `place_of`."""
        last = self.place_of(head)
        return tuple(consent for place, consent in self.consents if place <= last)


def verify_consent_chain(envelopes: Sequence[Envelope], patient: AccountChain) -> ConsentChain:
    """The consents of `patient`; an empty chain is one who has consented to nothing.

    Raises `ChainRefused` (`broken_chain`, `wrong_patient`, `wrong_clinic`, `not_a_patient`, `consent_repeated`,
    `unknown_signer`, `retired_key`) and what `verify` raises.
    """
    if patient.role != "patient":
        raise ChainRefused("not_a_patient", "Only a patient consents.")
    walk = ChainWalk(f"consent:{patient.account}")
    signers = Signers({patient.account: patient}.get)
    consents: list[tuple[int, ConsentBody]] = []
    for envelope in envelopes:
        if walk.take_if_newer(envelope):
            continue
        statement, _ = signers.verify(envelope, ConsentBody)
        walk.take(statement.header, statement.hash)
        _check(statement.body, patient, consents)
        consents.append((len(walk.hashes) - 1, statement.body))
    return ConsentChain(patient.account, tuple(consents), tuple(walk.hashes))


def _check(body: ConsentBody, patient: AccountChain, consents: Sequence[tuple[int, ConsentBody]]) -> None:
    if body.patient != patient.account:
        raise ChainRefused("wrong_patient", "This consent is another patient's.")
    if body.clinic != patient.clinic:
        raise ChainRefused("wrong_clinic", "This consent is for another clinic.")
    if any(body.consent == consent.consent for _, consent in consents):
        raise ChainRefused("consent_repeated", "This consent stands in the chain twice.")
