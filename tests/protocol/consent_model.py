"""Who reads, told once more: a model of consents and epochs in dicts and sets that imports nothing of ours.

Times are minutes. It answers from the whole story each time (the last word on every consent wins), where the protocol
folds statement by statement.
"""

from dataclasses import dataclass, field
from typing import Any

Terms = dict[str, Any]
"""`grantee`, `scope` (None is everywhere), `start`, `end` (None is never), `history`: None, 0 for all, or a minute."""


@dataclass
class ConsentModel:
    """A patient's story."""

    patient: str
    now: int = 0
    story: list[tuple[str, Terms | None]] = field(default_factory=list)
    """(consent, its terms from here on), None where it ended."""
    epochs: list[tuple[int, set[str]]] = field(default_factory=list)
    """(when it began, who got its key), the first is epoch 1."""

    def standing(self, told: int) -> dict[str, Terms]:
        """The consents that stand after so many decisions."""
        last = dict(self.story[:told])
        return {name: terms for name, terms in last.items() if terms is not None}

    def readers(self, told: int, conversation: str, at: int) -> set[str]:
        """Who reads a conversation at a minute, going by so many decisions."""
        return {self.patient} | {
            terms["grantee"]
            for terms in self.standing(told).values()
            if terms["scope"] in {None, conversation}
            and terms["start"] <= at
            and (terms["end"] is None or at < terms["end"])
        }

    def rotation(self, conversation: str) -> str | None:
        """Why the running epoch must be left now, keys and age aside."""
        due, holding = self.readers(len(self.story), conversation, self.now), self.epochs[-1][1]
        if holding - due:
            return "removed"
        return "added" if due - holding else None

    def opened(self, terms: Terms, conversation: str) -> set[int]:
        """The earlier epochs that a consent opens to its grantee, if it reads the running one."""
        grantee, history = terms["grantee"], terms["history"]
        if grantee not in self.epochs[-1][1] or terms["scope"] not in {None, conversation} or history is None:
            return set()
        return {
            number
            for number, (began, readers) in enumerate(self.epochs[:-1], start=1)
            if grantee not in readers and began >= history
        }
