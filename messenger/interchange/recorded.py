"""Where the clinic's access log holds a patient's decisions, shown offline: checkpoint, frames, inclusion proofs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from messenger.interchange.errors import ExportRefused
from messenger.interchange.evidence import LogEvidence, LoggedStatement, VerifiedChains
from messenger.merkle.checkpoint import Checkpoint, open_checkpoint
from messenger.merkle.note import VerifierKey
from messenger.merkle.proof import verify_inclusion
from messenger.merkle.tree import leaf_hash
from messenger.protocol.access_log import Frame, LogEntry
from messenger.protocol.consent_chain import ConsentChain
from messenger.protocol.encoding import sha256


@dataclass(frozen=True)
class Recorded:
    """The place of a decision in the clinic's log, and when the service says that it took it."""

    index: int
    time: str


@dataclass(frozen=True)
class VerifiedLog:
    """A checkpoint that the clinic's log signed, and the places of the first statements under it, in their order."""

    checkpoint: Checkpoint
    recorded: tuple[Recorded, ...]


@dataclass(frozen=True)
class _Expected:
    """What the entry of a statement says."""

    statement: str
    action: str
    object: str | None


def verify_log(log: LogEvidence, chains: VerifiedChains) -> VerifiedLog:
    """The entries are those of the patient's first statements, in their order, in the tree of the signed checkpoint.

    The newest may lack an entry: the log gives it its place within a second. Raises `ExportRefused`
    (`not_this_decision`, `out_of_order`), `EncodingRefused` and `MerkleError`.
    """
    key = VerifierKey.parse(chains.clinic.log_key)
    checkpoint = open_checkpoint(log.checkpoint.encode(), key).checkpoint
    expected = _expected(chains.consents)
    if len(log.entries) > len(expected):
        raise ExportRefused("not_this_decision", "The file shows more entries of the log than decisions.")
    recorded = tuple(
        _verify_entry(logged, one, chains, checkpoint) for logged, one in zip(log.entries, expected, strict=False)
    )
    if any(later.index <= earlier.index for earlier, later in pairwise(recorded)):
        raise ExportRefused(
            "out_of_order", "The log holds these decisions in another order than the patient made them."
        )
    return VerifiedLog(checkpoint, recorded)


def _expected(chain: ConsentChain) -> list[_Expected]:
    decided = {one.place: _Expected(one.hash, f"consent:{one.did}", one.consent) for one in chain.decisions}
    chosen = {
        one.place: _Expected(one.hash, f"emergency:opted_{'in' if one.opted_in else 'out'}", None)
        for one in chain.choices
    }
    return [one for _, one in sorted((decided | chosen).items())]


def _verify_entry(
    logged: LoggedStatement, expected: _Expected, chains: VerifiedChains, checkpoint: Checkpoint
) -> Recorded:
    frame, entry = Frame.parse(logged.frame), LogEntry.parse(logged.body)
    patient = chains.patient.account
    said = (chains.clinic.clinic, patient, patient, expected.statement, expected.action, expected.object)
    found = (entry.clinic, entry.actor, entry.subject, entry.statement, entry.action, entry.object)
    fits = frame.body_hash == sha256(logged.body) and frame.subject == patient and entry.outcome == "done"
    if found != said or not fits:
        raise ExportRefused("not_this_decision", "An entry of the log is not that of the decision it stands for.")
    verify_inclusion(
        logged.proof, leaf=leaf_hash(logged.frame), index=frame.index, size=checkpoint.size, root=checkpoint.root
    )
    return Recorded(frame.index, entry.time)
