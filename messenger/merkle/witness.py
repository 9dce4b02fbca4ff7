"""What a client concludes from a checkpoint: every client is a witness of its clinic's log.

Pure: the caller fetches, remembers and tells the person. It asks for one judgement at a time for each log
(a lock across fetching and remembering), or two of its own windows will look like a shrinking log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from messenger.merkle.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from messenger.merkle.errors import CheckpointError, HashLengthError, NoteError, OriginError, ProofError, SignatureError
from messenger.merkle.note import VerifierKey
from messenger.merkle.proof import verify_consistency


class Alarm(StrEnum):
    """Why a checkpoint stops the client.

    In FORK, SMALLER_TREE and BAD_PROOF the log signed both checkpoints: together they are what to show an auditor.
    The others only say that whoever answered did not hand over the log's own word.
    """

    MALFORMED = "malformed"
    WRONG_ORIGIN = "wrong_origin"
    BAD_SIGNATURE = "bad_signature"
    FORK = "fork"
    SMALLER_TREE = "smaller_tree"
    BAD_PROOF = "bad_proof"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The checkpoint continues what was remembered: remember it in its place."""

    checkpoint: SignedCheckpoint


@dataclass(frozen=True, slots=True)
class Stale:
    """An older head of the very log that is remembered: sound, and nothing to remember.

    Expected of a checkpoint met in a message. Where the newest was asked for, somebody holds back: ask again.
    """

    checkpoint: SignedCheckpoint


@dataclass(frozen=True, slots=True)
class Alarmed:
    """Stop, keep both notes, tell the person."""

    alarm: Alarm


Judgement = Accepted | Stale | Alarmed


def judge_checkpoint(
    remembered: SignedCheckpoint | None, served: bytes, proof: Sequence[bytes], log_key: VerifierKey
) -> Judgement:
    """Judge the note `served` against the newest checkpoint remembered of the log `log_key`.

    `proof` is the consistency proof from the smaller of the two trees to the larger; empty where the sizes are
    equal, or the remembered tree is absent or empty. Nothing is raised: whatever is wrong is an alarm.
    """
    try:
        opened = open_checkpoint(served, log_key)
    except (NoteError, CheckpointError):
        return Alarmed(Alarm.MALFORMED)
    except OriginError:
        return Alarmed(Alarm.WRONG_ORIGIN)
    except SignatureError:
        return Alarmed(Alarm.BAD_SIGNATURE)
    if remembered is None:
        return Alarmed(Alarm.BAD_PROOF) if proof else Accepted(opened)
    if remembered.checkpoint.origin != opened.checkpoint.origin:
        return Alarmed(Alarm.WRONG_ORIGIN)
    return _judge_growth(remembered.checkpoint, opened, proof)


def _judge_growth(remembered: Checkpoint, opened: SignedCheckpoint, proof: Sequence[bytes]) -> Judgement:
    served = opened.checkpoint
    if served.size < remembered.size:
        return Stale(opened) if _continues(served, remembered, proof) else Alarmed(Alarm.SMALLER_TREE)
    if served.size == remembered.size and served.root != remembered.root:
        return Alarmed(Alarm.FORK)
    if remembered.size == 0:
        return Alarmed(Alarm.BAD_PROOF) if proof else Accepted(opened)
    return Accepted(opened) if _continues(remembered, served, proof) else Alarmed(Alarm.BAD_PROOF)


def _continues(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    try:
        verify_consistency(proof, old_size=old.size, old_root=old.root, new_size=new.size, new_root=new.root)
    except (ProofError, HashLengthError):
        return False
    return True
