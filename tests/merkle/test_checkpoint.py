import json
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.merkle.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint, sign_checkpoint
from messenger.merkle.errors import CheckpointError, MerkleError, NoteError, OriginError
from messenger.merkle.note import SignedNote, VerifierKey
from messenger.merkle.tree import EMPTY_ROOT, MAX_TREE_SIZE
from tests.merkle.checkpoint_table import WITNESS
from tests.merkle.log_fixture import LOG_KEY, ORIGIN, checkpoint, signed, signing_key
from tests.merkle.tables import FOLDER

TABLE = json.loads((FOLDER / "checkpoints.json").read_text(encoding="utf-8"))
CASES: dict[str, dict[str, Any]] = {case["name"]: case for case in TABLE["accepted"] + TABLE["refused"]}

lines = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\x7f\x85"), min_size=1, max_size=12)
checkpoints = st.builds(
    Checkpoint,
    st.just(ORIGIN),
    st.integers(1, MAX_TREE_SIZE),
    st.binary(min_size=32, max_size=32),
    st.lists(lines, max_size=3).map(tuple),
)


@pytest.mark.parametrize("name", [case["name"] for case in TABLE["accepted"]])
def test_a_checkpoint_of_the_table_is_read_and_written_byte_for_byte(name: str) -> None:
    case, note = CASES[name], _note(CASES[name])
    opened = open_checkpoint(note, VerifierKey.parse(TABLE["log_key"]))
    assert opened.checkpoint == Checkpoint(
        case["origin"], case["size"], b64decode(case["root"]), tuple(case["extensions"])
    )
    assert opened.serialise() == note


@pytest.mark.parametrize("name", [case["name"] for case in TABLE["refused"]])
def test_a_note_of_the_table_is_refused_for_the_stated_reason(name: str) -> None:
    case = CASES[name]
    with pytest.raises(MerkleError) as refusal:
        open_checkpoint(_note(case), VerifierKey.parse(TABLE["log_key"]))
    assert refusal.value.code == case["code"]


@given(checkpoints)
def test_what_is_signed_is_what_is_read(head: Checkpoint) -> None:
    encoded = sign_checkpoint(head, [LOG_KEY]).serialise()
    opened = open_checkpoint(encoded, LOG_KEY.verifier)
    assert opened == SignedCheckpoint(head, SignedNote.parse(encoded))
    assert opened.serialise() == encoded


@given(checkpoints, st.data())
def test_no_single_changed_byte_passes(head: Checkpoint, data: st.DataObject) -> None:
    encoded = bytearray(sign_checkpoint(head, [LOG_KEY]).serialise())
    at = data.draw(st.integers(0, len(encoded) - 1))
    encoded[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != encoded[at]))
    with pytest.raises(MerkleError):
        open_checkpoint(bytes(encoded), LOG_KEY.verifier)


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: f"{text}\n\n— a AAAAAAA=\n".encode()))
def test_any_bytes_are_read_back_as_they_were_or_refused_as_a_note(noise: bytes) -> None:
    try:
        note = SignedNote.parse(noise)
    except NoteError:
        return
    assert note.serialise() == noise


def test_the_text_is_the_three_lines_of_the_specification() -> None:
    text = Checkpoint("example.com/behind-the-sofa", 20852163, bytes.fromhex("00" * 32)).text()
    assert text == "example.com/behind-the-sofa\n20852163\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"


def test_a_cosignature_is_kept_and_verifies() -> None:
    opened = open_checkpoint(signed(3, "told", WITNESS).serialise(), LOG_KEY.verifier)
    assert [signature.name for signature in opened.note.signatures] == [ORIGIN, WITNESS.name]
    opened.note.verify(WITNESS.verifier)


def test_a_checkpoint_is_never_signed_without_the_log() -> None:
    with pytest.raises(OriginError):
        sign_checkpoint(checkpoint(3), [WITNESS])
    with pytest.raises(OriginError):
        sign_checkpoint(checkpoint(3), [])


@pytest.mark.parametrize(
    "impossible",
    [
        {"origin": ""},
        {"origin": "two\nlines"},
        {"origin": "a lone \ud800 surrogate"},
        {"size": -1},
        {"size": MAX_TREE_SIZE + 1},
        {"size": 0},
        {"root": EMPTY_ROOT[:31]},
        {"extensions": ("",)},
    ],
    ids=str,
)
def test_an_impossible_checkpoint_cannot_be_made(impossible: dict[str, Any]) -> None:
    possible: dict[str, Any] = {"origin": ORIGIN, "size": 3, "root": checkpoint(3).root}
    Checkpoint(**possible)
    with pytest.raises(CheckpointError):
        Checkpoint(**possible | impossible)


def test_the_log_refuses_a_note_beyond_a_million_bytes() -> None:
    padded = Checkpoint(ORIGIN, 3, checkpoint(3).root, ("x" * 1_000_000,))
    with pytest.raises(NoteError):
        open_checkpoint(sign_checkpoint(padded, [signing_key(ORIGIN)]).serialise(), LOG_KEY.verifier)


def _note(case: dict[str, Any]) -> bytes:
    return case["note"].encode() if "note" in case else b64decode(case["note_base64"])
