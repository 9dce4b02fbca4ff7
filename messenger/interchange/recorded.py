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
from messenger.protocol.consent_chain import Decision
from messenger.protocol.encoding import sha256


@dataclass(frozen=True)
class Recorded:
    """The place of a decision in the clinic's log, and when the service says that it took it."""

    index: int
    time: str


@dataclass(frozen=True)
class VerifiedLog:
    """A checkpoint that the clinic's log signed, and the places of the first decisions under it, in their order."""

    checkpoint: Checkpoint
    recorded: tuple[Recorded, ...]


def verify_log(log: LogEvidence, chains: VerifiedChains) -> VerifiedLog:
    """The entries are those of the patient's first decisions, in their order, in the tree of the signed checkpoint.

    The newest decisions may lack an entry: the log gives it its place within a second. Raises `ExportRefused`
    (`not_this_decision`, `out_of_order`), `EncodingRefused` and `MerkleError`.
    """
    key = VerifierKey.parse(chains.clinic.log_key)
    checkpoint = open_checkpoint(log.checkpoint.encode(), key).checkpoint
    if len(log.entries) > len(chains.consents.decisions):
        raise ExportRefused("not_this_decision", "The file shows more entries of the log than decisions.")
    recorded = tuple(
        _verify_entry(logged, decision, chains, checkpoint)
        for logged, decision in zip(log.entries, chains.consents.decisions, strict=False)
    )
    if any(later.index <= earlier.index for earlier, later in pairwise(recorded)):
        raise ExportRefused(
            "out_of_order", "The log holds these decisions in another order than the patient made them."
        )
    return VerifiedLog(checkpoint, recorded)


def _verify_entry(
    logged: LoggedStatement, decision: Decision, chains: VerifiedChains, checkpoint: Checkpoint
) -> Recorded:
    frame, entry = Frame.parse(logged.frame), LogEntry.parse(logged.body)
    patient = chains.patient.account
    expected = (chains.clinic.clinic, patient, patient, f"consent:{decision.did}", decision.consent, decision.hash)
    found = (entry.clinic, entry.actor, entry.subject, entry.action, entry.object, entry.statement)
    fits = frame.body_hash == sha256(logged.body) and frame.subject == patient and entry.outcome == "done"
    if found != expected or not fits:
        raise ExportRefused("not_this_decision", "An entry of the log is not that of the decision it stands for.")
    verify_inclusion(
        logged.proof, leaf=leaf_hash(logged.frame), index=frame.index, size=checkpoint.size, root=checkpoint.root
    )
    return Recorded(frame.index, entry.time)
