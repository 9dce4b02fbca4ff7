"""What a verifier checks of a proof; it never trusts a length that it was sent."""

from collections.abc import Sequence

from messenger.merkle.errors import ProofError
from messenger.merkle.tree import MAX_TREE_SIZE, node_hash, require_hash


def verify_inclusion(proof: Sequence[bytes], *, leaf: bytes, index: int, size: int, root: bytes) -> None:
    """Check that the leaf hash `leaf` is leaf number `index` of the tree (`size`, `root`).

    RFC 9162, section 2.1.3.2. Raises HashLengthError when any hash is not 32 bytes, ProofError otherwise.
    """
    _require_hashes(leaf, root, *proof)
    if not 0 <= index < size <= MAX_TREE_SIZE:
        raise ProofError(f"leaf {index} cannot be in a tree of {size} leaves")
    path, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("the inclusion proof is too long")
        if path % 2 or path == last:
            computed = node_hash(sibling, computed)
            while path and not path % 2:
                path, last = path >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        path, last = path >> 1, last >> 1
    if last != 0:
        raise ProofError("the inclusion proof is too short")
    if computed != root:
        raise ProofError("the inclusion proof leads to another root")


def verify_consistency(
    proof: Sequence[bytes], *, old_size: int, old_root: bytes, new_size: int, new_root: bytes
) -> None:
    """Check that the tree (`new_size`, `new_root`) begins with the whole tree (`old_size`, `old_root`).

    RFC 9162, section 2.1.4.2. Nothing is proved about the empty tree, so `old_size` 0 is refused. Raises
    HashLengthError when any hash is not 32 bytes, ProofError otherwise.
    """
    _require_hashes(old_root, new_root, *proof)
    if not 0 < old_size <= new_size <= MAX_TREE_SIZE:
        raise ProofError(f"no tree of {new_size} leaves can be shown to continue one of {old_size}")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise ProofError("two trees of one size are the same tree, with an empty proof, or they are not")
        return
    if _roots_of(proof, old_size, old_root, new_size) != (old_root, new_root):
        raise ProofError("the consistency proof leads to other roots")


def _roots_of(proof: Sequence[bytes], old_size: int, old_root: bytes, new_size: int) -> tuple[bytes, bytes]:
    """The two roots that a consistency proof leads to, for 0 < old_size < new_size."""
    hashes = list(proof)
    if old_size.bit_count() == 1:  # the old tree is one perfect subtree, which the proof leaves out
        hashes.insert(0, old_root)
    if not hashes:
        raise ProofError("the consistency proof is empty")
    path, last = old_size - 1, new_size - 1
    while path % 2:
        path, last = path >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if path % 2 or path == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while path and not path % 2:
                path, last = path >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        path, last = path >> 1, last >> 1
    if last != 0:
        raise ProofError("the consistency proof is too short")
    return old, new


def _require_hashes(*values: bytes) -> None:
    for value in values:
        require_hash(value)
