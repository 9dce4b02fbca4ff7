"""One consent with everything that was decided about it: what a FHIR resource is made from, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from messenger.protocol.consent_chain import ConsentChain, Decision
from messenger.protocol.kinds.consent import ConsentBody

State = Literal["future", "active", "expired", "revoked"]


@dataclass(frozen=True)
class ConsentRecord:
    """A consent under its newest terms, and each decision about it in order."""

    terms: ConsentBody
    decisions: tuple[Decision, ...]

    @property
    def given(self) -> str:
        """When the patient's client signed it first."""
        return self.decisions[0].time

    @property
    def readable_from(self) -> str | None:
        """From when on what was written is open under it; None is from ever. What was written before it was given, or
        before it begins, is not open with `none`.
        """
        if self.terms.history == "none":
            return max(self.given, self.terms.not_before)
        return self.terms.history_from

    def state_at(self, instant: str) -> State:
        """What has become of it, at an instant that is not before its newest decision."""
        if self.decisions[-1].after is None:
            return "revoked"
        if instant < self.terms.not_before:
            return "future"
        return "expired" if self.terms.until is not None and self.terms.until <= instant else "active"


def records_of(chain: ConsentChain) -> tuple[ConsentRecord, ...]:
    """The consents of a verified chain, in the order in which they were first given.

    Raises `ChainRefused` (`newer_version`) where a newer version has decided something: nobody can say what stands.
    """
    _ = chain.terms
    grouped: dict[str, list[Decision]] = {}
    for decision in chain.decisions:
        grouped.setdefault(decision.consent, []).append(decision)
    return tuple(ConsentRecord(_newest_terms(decisions[-1]), tuple(decisions)) for decisions in grouped.values())


def _newest_terms(newest: Decision) -> ConsentBody:
    terms = newest.after or newest.before
    assert terms is not None  # noqa: S101 (a decision gives, changes or ends one)
    return terms
