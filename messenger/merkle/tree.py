"""The RFC 6962 tree: its hashes, how it grows, and the proofs it gives.

Only perfect subtrees are ever stored, so a stored node never changes. Everything here asks the storage
through one narrow door, `NodeReader`, once for each call and for O(log n) nodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol

from messenger.merkle.errors import HashLengthError, NodeStoreError, TreeRangeError

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()

MAX_TREE_SIZE: Final = 2**53 - 1
"""The largest size that JSON carries exactly to every client (RFC 7493, section 2.2)."""


def require_hash(value: bytes) -> None:
    """Raise HashLengthError unless `value` is 32 bytes."""
    if len(value) != HASH_SIZE:
        raise HashLengthError(f"a hash is {HASH_SIZE} bytes, this has {len(value)}")


def _require_size(size: int) -> None:
    if not 0 <= size <= MAX_TREE_SIZE:
        raise TreeRangeError(f"a tree has from 0 to {MAX_TREE_SIZE} leaves, not {size}")


def leaf_hash(entry: bytes) -> bytes:
    """The 32-byte hash of a leaf's content (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash over two subtrees' hashes (RFC 6962, section 2.1)."""
    require_hash(left)
    require_hash(right)
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True, order=True)
class NodeId:
    """The perfect subtree over leaves `index << level` up to, not including, `(index + 1) << level`."""

    level: int
    index: int


@dataclass(frozen=True, slots=True)
class Node:
    """A perfect subtree and its 32-byte hash: what is stored, once and for good."""

    id: NodeId
    hash: bytes


class NodeReader(Protocol):
    """Where stored nodes are read from."""

    def read_nodes(self, ids: Sequence[NodeId]) -> Sequence[bytes]:
        """The hashes of `ids`, 32 bytes each, in the same order."""
        ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class Growth:
    """What an append made: the new frontier, and the nodes to store with it, leaves among them."""

    frontier: "Frontier"
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of `size` leaves as its perfect subtrees, largest first: all that growing needs to know.

    Raises TreeRangeError or HashLengthError when `peaks` cannot be those of such a tree.
    """

    size: int
    peaks: tuple[bytes, ...]

    def __post_init__(self) -> None:
        _require_size(self.size)
        if len(self.peaks) != self.size.bit_count():
            raise TreeRangeError(
                f"a tree of {self.size} leaves has {self.size.bit_count()} peaks, not {len(self.peaks)}"
            )
        for peak in self.peaks:
            require_hash(peak)

    def root(self) -> bytes:
        """The tree's 32-byte root."""
        return _fold(self.peaks) if self.peaks else EMPTY_ROOT

    def append(self, leaf_hashes: Sequence[bytes]) -> Growth:
        """Grow by `leaf_hashes`, 32 bytes each, in order.

        Raises HashLengthError for another length, TreeRangeError past MAX_TREE_SIZE.
        """
        peaks = list(self.peaks)
        nodes: list[Node] = []
        for index, leaf in enumerate(leaf_hashes, self.size):
            node = Node(NodeId(0, index), leaf)
            nodes.append(node)
            while node.id.index % 2:
                node = Node(NodeId(node.id.level + 1, node.id.index // 2), node_hash(peaks.pop(), node.hash))
                nodes.append(node)
            peaks.append(node.hash)
        # A leaf of another length is refused here, among the peaks, or was in the node above it.
        return Growth(Frontier(self.size + len(leaf_hashes), tuple(peaks)), tuple(nodes))


EMPTY_FRONTIER: Final = Frontier(0, ())


def read_nodes(reader: NodeReader, ids: Sequence[NodeId]) -> Sequence[bytes]:
    """Ask the reader, and raise NodeStoreError unless it gives one 32-byte hash for each of `ids`."""
    if not ids:
        return ()
    hashes = reader.read_nodes(ids)
    if len(hashes) != len(ids) or any(len(value) != HASH_SIZE for value in hashes):
        raise NodeStoreError(f"asked for {len(ids)} nodes of {HASH_SIZE} bytes and did not get them")
    return hashes


def read_frontier(reader: NodeReader, size: int) -> Frontier:
    """The frontier of the tree of the first `size` leaves.

    Raises TreeRangeError for an impossible size, NodeStoreError when the reader does not deliver.
    """
    _require_size(size)
    return Frontier(size, tuple(read_nodes(reader, _perfect_subtrees(0, size))))


def inclusion_proof(reader: NodeReader, index: int, size: int) -> tuple[bytes, ...]:
    """Prove that leaf `index` is in the tree of the first `size` leaves: PATH of RFC 6962, section 2.1.1.

    Raises TreeRangeError unless 0 ≤ index < size, NodeStoreError when the reader does not deliver.
    """
    _require_size(size)
    if not 0 <= index < size:
        raise TreeRangeError(f"leaf {index} is not in a tree of {size} leaves")
    siblings: list[_Leaves] = []
    here = _Leaves(0, size)
    while here.count > 1:
        left, right = here.halves()
        here, sibling = (left, right) if index < left.end else (right, left)
        siblings.append(sibling)
    return _subtree_hashes(reader, siblings[::-1])


def consistency_proof(reader: NodeReader, old_size: int, new_size: int) -> tuple[bytes, ...]:
    """Prove that the first `old_size` of `new_size` leaves were not changed: PROOF of RFC 6962, section 2.1.2.

    Raises TreeRangeError unless 1 ≤ old_size ≤ new_size (every tree continues the empty one: there is nothing
    to prove), NodeStoreError when the reader does not deliver.
    """
    _require_size(new_size)
    if not 1 <= old_size <= new_size:
        raise TreeRangeError(f"no consistency proof leads from {old_size} to {new_size} leaves")
    siblings: list[_Leaves] = []
    here = _Leaves(0, new_size)
    while here.end != old_size:
        left, right = here.halves()
        here, sibling = (left, right) if old_size <= left.end else (right, left)
        siblings.append(sibling)
    if here.begin > 0:  # otherwise `here` is the whole old tree, whose root the verifier holds
        siblings.append(here)
    return _subtree_hashes(reader, siblings[::-1])


@dataclass(frozen=True, slots=True)
class _Leaves:
    """The leaves from `begin` up to, not including, `end`; a subtree that RFC 6962's recursion visits."""

    begin: int
    end: int

    @property
    def count(self) -> int:
        return self.end - self.begin

    def halves(self) -> tuple["_Leaves", "_Leaves"]:
        """Split at the largest power of two below the count, as the RFC does; needs two leaves at least."""
        middle = self.begin + (1 << ((self.count - 1).bit_length() - 1))
        return _Leaves(self.begin, middle), _Leaves(middle, self.end)


def _perfect_subtrees(begin: int, end: int) -> list[NodeId]:
    """The fewest stored nodes that cover the leaves, largest first; `begin` is a multiple of the largest."""
    ids: list[NodeId] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        ids.append(NodeId(level, begin >> level))
        begin += 1 << level
    return ids


def _subtree_hashes(reader: NodeReader, subtrees: Sequence[_Leaves]) -> tuple[bytes, ...]:
    """The hash of each subtree, all their stored nodes fetched in one read."""
    parts = [_perfect_subtrees(subtree.begin, subtree.end) for subtree in subtrees]
    hashes = iter(read_nodes(reader, [node for nodes in parts for node in nodes]))
    return tuple(_fold([next(hashes) for _ in nodes]) for nodes in parts)


def _fold(peaks: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees given largest first; there is at least one."""
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root
