"""Checkpoints (C2SP tlog-checkpoint): a log's size and root as a note signed by the log."""

import re
from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from messenger.merkle.errors import CheckpointError, OriginError
from messenger.merkle.note import SignedNote, SigningKey, VerifierKey, decode_base64, sign_note
from messenger.merkle.tree import EMPTY_ROOT, HASH_SIZE, MAX_TREE_SIZE

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}")
_LINE: Final = re.compile(r"[^\x00-\x1f\ud800-\udfff]+")
_FIXED_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the log `origin`: `size` leaves under a 32-byte root, with its opaque extension lines.

    Raises CheckpointError for values that no checkpoint can hold.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(_LINE.fullmatch(line) for line in (self.origin, *self.extensions)):
            raise CheckpointError("a checkpoint's lines are not empty and hold no control character")
        if not 0 <= self.size <= MAX_TREE_SIZE:
            raise CheckpointError(f"a log has from 0 to {MAX_TREE_SIZE} entries, not {self.size}")
        if len(self.root) != HASH_SIZE:
            raise CheckpointError(f"a root is {HASH_SIZE} bytes, this has {len(self.root)}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise CheckpointError("an empty log has the empty tree's root")

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read a note's text; `text()` gives back the very same. Raises CheckpointError for anything else."""
        if not text.endswith("\n"):
            raise CheckpointError("a checkpoint ends in a newline")
        origin, *numbers = text[:-1].split("\n")
        if len(numbers) < _FIXED_LINES - 1:
            raise CheckpointError("a checkpoint has an origin, a size and a root")
        size, encoded_root, *extensions = numbers
        root = decode_base64(encoded_root)
        if not _SIZE.fullmatch(size) or root is None:
            raise CheckpointError("a checkpoint's size is plain decimal and its root canonical base64")
        return cls(origin, int(size), root, tuple(extensions))

    def text(self) -> str:
        """The text that the log signs."""
        root = b64encode(self.root).decode("ascii")
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with the note that it was read from, every signature in its place."""

    checkpoint: Checkpoint
    note: SignedNote

    def serialise(self) -> bytes:
        """The note's bytes: what is served, remembered and carried in messages."""
        return self.note.serialise()


def sign_checkpoint(checkpoint: Checkpoint, keys: Collection[SigningKey]) -> SignedCheckpoint:
    """Sign as the log. Raises OriginError unless one of `keys` is the log's, which is named as the origin."""
    if not any(key.name == checkpoint.origin for key in keys):
        raise OriginError(f"no key of {checkpoint.origin} is among the signers")
    return SignedCheckpoint(checkpoint, sign_note(checkpoint.text(), keys))


def open_checkpoint(encoded: bytes, log_key: VerifierKey) -> SignedCheckpoint:
    """Read a checkpoint that the log `log_key` (key name = origin) must have signed.

    Raises NoteError, CheckpointError, OriginError for another log's, SignatureError.
    """
    note = SignedNote.parse(encoded)
    checkpoint = Checkpoint.parse(note.text)
    # Read before it is verified, only to say 'another log' rather than 'not signed': both refuse.
    if checkpoint.origin != log_key.name:
        raise OriginError("the checkpoint is of another log")
    note.verify(log_key)
    return SignedCheckpoint(checkpoint, note)
