"""Node readers for tests: a real one in memory that counts, and one of astronomic trees."""

from collections.abc import Iterable, Sequence
from functools import cache

from messenger.merkle.tree import EMPTY_FRONTIER, Frontier, Node, NodeId, leaf_hash, node_hash


class MemoryNodes:
    """Stored nodes in a dictionary; refuses a second value for a node, and counts what is read."""

    def __init__(self) -> None:
        self.hashes: dict[NodeId, bytes] = {}
        self.reads = 0
        self.nodes_read = 0

    def read_nodes(self, ids: Sequence[NodeId]) -> Sequence[bytes]:
        self.reads += 1
        self.nodes_read += len(ids)
        return [self.hashes[node] for node in ids]

    def store(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            assert node.id not in self.hashes, f"{node.id} was stored twice"
            self.hashes[node.id] = node.hash


class UniformNodes:
    """The nodes of a tree whose leaves are all one and the same: of any size, without storing it."""

    def __init__(self) -> None:
        self.reads = 0
        self.nodes_read = 0

    def read_nodes(self, ids: Sequence[NodeId]) -> Sequence[bytes]:
        self.reads += 1
        self.nodes_read += len(ids)
        return [_uniform_hash(node.level) for node in ids]


@cache
def _uniform_hash(level: int) -> bytes:
    return leaf_hash(b"leaf") if level == 0 else node_hash(_uniform_hash(level - 1), _uniform_hash(level - 1))


def grown(entries: Iterable[bytes]) -> tuple[MemoryNodes, Frontier]:
    """A tree of `entries` and the nodes stored for it."""
    growth = EMPTY_FRONTIER.append([leaf_hash(entry) for entry in entries])
    nodes = MemoryNodes()
    nodes.store(growth.nodes)
    return nodes, growth.frontier
