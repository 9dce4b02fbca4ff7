import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.merkle.errors import HashLengthError, MerkleError, ProofError
from messenger.merkle.proof import verify_consistency, verify_inclusion
from messenger.merkle.tree import EMPTY_ROOT, leaf_hash
from tests.merkle import model

entry_lists = st.lists(st.binary(max_size=4), min_size=1, max_size=40, unique=True)


@given(entry_lists, st.data())
def test_an_inclusion_proof_holds_for_its_own_leaf_and_place_alone(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    proof, root = model.path(index, entries), model.tree_hash(entries)
    verify_inclusion(proof, leaf=leaf_hash(entries[index]), index=index, size=len(entries), root=root)
    for other in range(len(entries)):
        if other == index:
            continue
        with pytest.raises(ProofError):
            verify_inclusion(proof, leaf=leaf_hash(entries[index]), index=other, size=len(entries), root=root)
        with pytest.raises(ProofError):
            verify_inclusion(proof, leaf=leaf_hash(entries[other]), index=index, size=len(entries), root=root)


@given(entry_lists, st.data())
def test_a_consistency_proof_holds_for_the_two_trees_alone(entries: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(entries)))
    proof = model.proof(size, entries)
    old, new = model.tree_hash(entries[:size]), model.tree_hash(entries)
    verify_consistency(proof, old_size=size, old_root=old, new_size=len(entries), new_root=new)
    rewritten = model.tree_hash([b"rewritten", *entries[1:size]])
    with pytest.raises(ProofError):
        verify_consistency(proof, old_size=size, old_root=rewritten, new_size=len(entries), new_root=new)
    with pytest.raises(ProofError):
        verify_consistency(proof, old_size=size, old_root=old, new_size=len(entries), new_root=rewritten)


@given(entry_lists, st.data())
def test_no_hash_can_be_changed_added_or_left_out_of_a_proof(entries: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(entries)))
    index = data.draw(st.integers(0, len(entries) - 1))
    old, new = model.tree_hash(entries[:size]), model.tree_hash(entries)
    for spoiled in _spoiled(model.path(index, entries), data):
        with pytest.raises(MerkleError):
            verify_inclusion(spoiled, leaf=leaf_hash(entries[index]), index=index, size=len(entries), root=new)
    for spoiled in _spoiled(model.proof(size, entries), data):
        with pytest.raises(MerkleError):
            verify_consistency(spoiled, old_size=size, old_root=old, new_size=len(entries), new_root=new)


def _spoiled(proof: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    longer = [[*proof, EMPTY_ROOT], [EMPTY_ROOT, *proof]]
    if not proof:
        return longer
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[at], "big") ^ (1 << bit)).to_bytes(32, "big")
    return [
        *longer,
        [*proof[:at], *proof[at + 1 :]],
        [*proof[:at], flipped, *proof[at + 1 :]],
        [*proof[:at], proof[at][:31], *proof[at + 1 :]],
        [*proof[:at], proof[at] + b"\x00", *proof[at + 1 :]],
    ]


@pytest.mark.parametrize("place", ["leaf", "root", "proof"])
def test_every_hash_of_an_inclusion_proof_is_measured(place: str) -> None:
    entries = [b"a", b"b"]
    leaf, root, sibling = leaf_hash(b"a"), model.tree_hash(entries), leaf_hash(b"b")
    short = {"leaf": leaf, "root": root, "proof": sibling} | {place: b"\x00" * 12}
    with pytest.raises(HashLengthError):
        verify_inclusion([short["proof"]], leaf=short["leaf"], index=0, size=2, root=short["root"])


@pytest.mark.parametrize("place", ["old", "new", "proof"])
def test_every_hash_of_a_consistency_proof_is_measured(place: str) -> None:
    old, new = leaf_hash(b"a"), model.tree_hash([b"a", b"b"])
    short = {"old": old, "new": new, "proof": leaf_hash(b"b")} | {place: b"\x00" * 12}
    with pytest.raises(HashLengthError):
        verify_consistency([short["proof"]], old_size=1, old_root=short["old"], new_size=2, new_root=short["new"])


def test_two_short_roots_are_not_consistent_even_where_they_are_equal() -> None:
    with pytest.raises(HashLengthError):
        verify_consistency([], old_size=1, old_root=b"short", new_size=1, new_root=b"short")


def test_a_tree_is_no_continuation_of_a_larger_one_even_where_the_roots_are_equal() -> None:
    root = leaf_hash(b"a")
    with pytest.raises(ProofError):
        verify_consistency([], old_size=2, old_root=root, new_size=1, new_root=root)
