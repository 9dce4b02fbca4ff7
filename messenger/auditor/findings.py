"""What the check found: a stable code, the place in the log where it has one, a sentence for a person."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

MOST_FINDINGS: Final = 1000
"""A log that was broken everywhere need not be listed everywhere."""

SENTENCES: Final = {
    "body_changed": "The entry is not the one that was logged: its hash is another.",
    "body_malformed": "The entry cannot be read as an entry of the log.",
    "body_missing": "The entry's text is gone; only its place in the log is left.",
    "body_columns_differ": "What is searched for beside the entry is not what the entry says.",
    "chain_broken": "The entry does not follow the one before it in its subject's chain.",
    "checkpoint_malformed": "A checkpoint cannot be read.",
    "checkpoint_missing": "The log has entries and no checkpoint covers them.",
    "checkpoint_root": "A signed checkpoint names another root than these entries have.",
    "checkpoint_signature": "A checkpoint is not signed by the log's key.",
    "entry_held_back": "An entry waits to be put into the log, which went on without it.",
    "entry_never_sequenced": "An entry is neither in the log nor waiting to be put there.",
    "entry_without_message": "The log says that a message was sent, and there is no such message.",
    "entry_without_statement": "The log names a signed statement, and there is no such statement.",
    "fork": "The log contradicts the checkpoint that was kept: two histories were signed.",
    "frame_changed": "The stored hash of the entry's place is not the hash of that place.",
    "index_gap": "An entry is missing: the numbers of the log have a gap.",
    "key_version_repeated": "An account has two statements of one version of its keys.",
    "message_changed": "A message is not the one that was signed: its hash is another.",
    "message_erased_without_entry": "A message was erased, and the log does not say so.",
    "message_without_entry": "A message was stored, and the log does not say so.",
    "node_changed": "A stored hash of the tree is not the hash of the entries below it.",
    "node_missing": "A stored hash of the tree is missing.",
    "statement_chain_broken": "A signed statement does not follow the one before it.",
    "statement_changed": "A signed statement is not the one that was stored: its hash is another.",
    "statement_refused": "A signed statement does not hold: its signature, its place or what it says is refused.",
    "statement_without_entry": "A signed statement was stored, and the log does not say so.",
    "tile_differs": "The log's tiles do not add up to the root that it signed.",
    "tree_shrunk": "The log is smaller than the checkpoint that was kept: its end was removed.",
    "wrong_key": "The log's key is not the one that was given.",
    "wrong_origin": "The checkpoint is of another log.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`index` is the place in the log, or None where the finding has none; `about` an id or a hash."""

    code: str
    index: int | None = None
    about: str | None = None

    def as_json(self) -> dict[str, object]:
        """As the command line prints it."""
        sentence = SENTENCES[self.code]
        return {
            "code": self.code,
            "index": self.index,
            "sentence": sentence if self.about is None else f"{sentence} ({self.about})",
        }


@dataclass
class Report:
    """The outcome of a check: the size and root that the entries add up to, and what is wrong."""

    size: int = 0
    root: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def add(self, findings: Iterator[Finding]) -> None:
        """Take findings, up to `MOST_FINDINGS`."""
        for finding in findings:
            if len(self.findings) >= MOST_FINDINGS:
                return
            self.findings.append(finding)

    def as_json(self) -> dict[str, object]:
        """As the command line prints it."""
        findings = [finding.as_json() for finding in self.findings]
        return {"ok": self.ok, "size": self.size, "root": self.root, "findings": findings}
