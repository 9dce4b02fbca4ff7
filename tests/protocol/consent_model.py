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
    """(consent, its terms from here on), None where it ended; a word about a person leaves a line without a name."""
    people: dict[str, set[str]] = field(default_factory=dict)
    """Who is in each team, all along."""
    words: list[tuple[int, str, bool]] = field(default_factory=list)
    """(how many decisions came before, about whom, whether they may not read from here on)."""
    epochs: list[tuple[int, set[str]]] = field(default_factory=list)
    """(when it began, who got its key), the first is epoch 1."""

    def standing(self, told: int) -> dict[str, Terms]:
        """The consents that stand after so many decisions."""
        last = dict(self.story[:told])
        return {name: terms for name, terms in last.items() if terms is not None}

    def shut_out(self, told: int) -> set[str]:
        """Who may not read, going by so many decisions."""
        last = {person: no for place, person, no in self.words if place < told}
        return {person for person, no in last.items() if no}

    def keep_out(self, person: str, no: bool) -> None:
        """The patient's word about a person."""
        self.words.append((len(self.story), person, no))
        self.story.append(("", None))

    def _reading(self, grantee: str, told: int) -> set[str]:
        """Who reads where a grantee may: a team as one, or each of its people where one of them may not."""
        without, people = self.shut_out(told), self.people.get(grantee, set())
        return people - without if people & without else {grantee} - without

    def readers(self, told: int, conversation: str, at: int) -> set[str]:
        """Who reads a conversation at a minute, going by so many decisions."""
        return {self.patient} | {
            reader
            for terms in self.standing(told).values()
            if terms["scope"] in {None, conversation}
            and terms["start"] <= at
            and (terms["end"] is None or at < terms["end"])
            for reader in self._reading(terms["grantee"], told)
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
