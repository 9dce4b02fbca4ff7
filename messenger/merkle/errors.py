"""Everything this package refuses, under one root."""

from typing import ClassVar


class MerkleError(Exception):
    """Something about the log does not hold; `code` is stable, the message is for the person who looks into it."""

    code: ClassVar[str] = "merkle"


class HashLengthError(MerkleError):
    """A value that stands where a SHA-256 hash must stand is not 32 bytes."""

    code = "bad_hash"


class TreeRangeError(MerkleError):
    """An index or a size lies outside the tree it was asked of."""

    code = "outside_tree"


class NodeStoreError(MerkleError):
    """The node reader did not give what was asked of it."""

    code = "bad_node_store"


class ProofError(MerkleError):
    """An inclusion or consistency proof does not prove what it was given for."""

    code = "bad_proof"


class VerifierKeyError(MerkleError):
    """A public key, or its C2SP text, is not one that may be trusted."""

    code = "bad_verifier_key"


class NoteError(MerkleError):
    """Bytes are not a signed note (C2SP signed-note)."""

    code = "malformed_note"


class SignatureError(MerkleError):
    """A note lacks the signature asked for, or carries a false one."""

    code = "bad_signature"


class CheckpointError(MerkleError):
    """A note's text is not a checkpoint (C2SP tlog-checkpoint)."""

    code = "malformed_checkpoint"


class OriginError(MerkleError):
    """A checkpoint is of another log."""

    code = "wrong_origin"


class TileError(MerkleError):
    """A tile, its path or its bytes are not of C2SP tlog-tiles."""

    code = "bad_tile"
