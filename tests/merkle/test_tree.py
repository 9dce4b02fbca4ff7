from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.merkle.errors import HashLengthError, NodeStoreError, TreeRangeError
from messenger.merkle.proof import verify_consistency, verify_inclusion
from messenger.merkle.tree import (
    EMPTY_FRONTIER,
    EMPTY_ROOT,
    MAX_TREE_SIZE,
    Frontier,
    NodeId,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    read_frontier,
)
from tests.merkle import model
from tests.merkle.node_stores import MemoryNodes, UniformNodes, grown

entry_lists = st.lists(st.binary(max_size=8), min_size=1, max_size=70)
sizes = st.integers(min_value=1, max_value=MAX_TREE_SIZE)


@given(entry_lists)
def test_root_is_the_one_the_rfc_defines(entries: list[bytes]) -> None:
    _, frontier = grown(entries)
    assert frontier.root() == model.tree_hash(entries)


@given(st.lists(st.lists(st.binary(max_size=4), max_size=9), max_size=9))
def test_growing_in_any_batches_stores_each_node_once_and_gives_the_same_tree(batches: list[list[bytes]]) -> None:
    nodes, frontier = MemoryNodes(), EMPTY_FRONTIER
    for batch in batches:
        growth = read_frontier(nodes, frontier.size).append([leaf_hash(entry) for entry in batch])
        nodes.store(growth.nodes)
        frontier = growth.frontier
    entries = [entry for batch in batches for entry in batch]
    assert frontier.root() == model.tree_hash(entries)
    assert nodes.hashes == grown(entries)[0].hashes


@given(entry_lists, st.data())
def test_inclusion_proof_is_the_one_the_rfc_defines_at_every_size(entries: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(entries)))
    index = data.draw(st.integers(0, size - 1))
    nodes, _ = grown(entries)
    assert list(inclusion_proof(nodes, index, size)) == model.path(index, entries[:size])


@given(entry_lists, st.data())
def test_consistency_proof_is_the_one_the_rfc_defines_at_every_size(entries: list[bytes], data: st.DataObject) -> None:
    new_size = data.draw(st.integers(1, len(entries)))
    old_size = data.draw(st.integers(1, new_size))
    nodes, _ = grown(entries)
    assert list(consistency_proof(nodes, old_size, new_size)) == model.proof(old_size, entries[:new_size])


@given(sizes, st.data())
def test_a_proof_in_a_tree_of_any_size_is_one_read_of_logarithmically_many_nodes(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    old_size = data.draw(st.integers(1, size))
    new_root, old_root = (read_frontier(UniformNodes(), n).root() for n in (size, old_size))
    for_inclusion, for_consistency = UniformNodes(), UniformNodes()
    included = inclusion_proof(for_inclusion, index, size)
    consistent = consistency_proof(for_consistency, old_size, size)
    for reader in (for_inclusion, for_consistency):
        assert reader.reads <= 1
        assert reader.nodes_read <= 2 * size.bit_length()
    verify_inclusion(included, leaf=leaf_hash(b"leaf"), index=index, size=size, root=new_root)
    verify_consistency(consistent, old_size=old_size, old_root=old_root, new_size=size, new_root=new_root)


@given(st.integers(0, MAX_TREE_SIZE - 200), st.integers(0, 200))
def test_growing_a_tree_of_any_size_reads_only_its_peaks_and_makes_two_nodes_a_leaf(size: int, leaves: int) -> None:
    reader = UniformNodes()
    frontier = read_frontier(reader, size)
    growth = frontier.append([leaf_hash(b"leaf")] * leaves)
    assert reader.reads <= 1
    assert reader.nodes_read == size.bit_count()
    assert len(growth.nodes) <= 2 * leaves + size.bit_length()
    assert growth.frontier.root() == read_frontier(UniformNodes(), size + leaves).root()


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert EMPTY_FRONTIER.root() == EMPTY_ROOT == model.tree_hash([])
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_leaf_is_never_taken_for_a_node() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (0, MAX_TREE_SIZE + 1)])
def test_no_inclusion_proof_is_given_of_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(TreeRangeError):
        inclusion_proof(UniformNodes(), index, size)


@pytest.mark.parametrize(("old_size", "new_size"), [(0, 3), (4, 3), (-1, 3), (1, MAX_TREE_SIZE + 1)])
def test_no_consistency_proof_is_given_from_nothing_or_backwards(old_size: int, new_size: int) -> None:
    with pytest.raises(TreeRangeError):
        consistency_proof(UniformNodes(), old_size, new_size)


def test_a_tree_stops_at_the_size_that_json_can_carry() -> None:
    full = read_frontier(UniformNodes(), MAX_TREE_SIZE)
    with pytest.raises(TreeRangeError):
        full.append([leaf_hash(b"one too many")])


def test_only_hashes_are_appended() -> None:
    with pytest.raises(HashLengthError):
        EMPTY_FRONTIER.append([b"an entry that nobody hashed"])


@pytest.mark.parametrize("half", [b"", b"\x00" * 31, b"\x00" * 33])
def test_only_hashes_are_hashed_into_a_node(half: bytes) -> None:
    with pytest.raises(HashLengthError):
        node_hash(half, EMPTY_ROOT)
    with pytest.raises(HashLengthError):
        node_hash(EMPTY_ROOT, half)


@pytest.mark.parametrize(("size", "peaks"), [(3, 1), (4, 2), (0, 1)])
def test_a_frontier_has_a_peak_for_each_bit_of_its_size(size: int, peaks: int) -> None:
    with pytest.raises(TreeRangeError):
        Frontier(size, (EMPTY_ROOT,) * peaks)


@pytest.mark.parametrize("answer", [[], [b"\x00" * 31], [EMPTY_ROOT] * 2])
def test_a_node_store_that_gives_something_else_is_noticed(answer: list[bytes]) -> None:
    class BrokenNodes:
        def read_nodes(self, ids: Sequence[NodeId]) -> Sequence[bytes]:
            assert ids == [NodeId(0, 0)]
            return answer

    with pytest.raises(NodeStoreError):
        read_frontier(BrokenNodes(), 1)
