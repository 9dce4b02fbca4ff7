import json
from pathlib import Path

import pytest

from messenger.merkle.errors import NoteError, SignatureError, VerifierKeyError
from messenger.merkle.note import SignedNote, VerifierKey, sign_note
from messenger.merkle.public_key import require_public_key
from tests.merkle.log_fixture import LOG_KEY, signing_key
from tests.merkle.tables import FOLDER

KEYS = json.loads((FOLDER / "checkpoints.json").read_text(encoding="utf-8"))["verifier_keys"]
CCTV = json.loads((Path(__file__).parents[1] / "vectors" / "cctv_ed25519.json").read_text())
CCTV_KEYS = {case["key"]: case["flags"] or [] for case in CCTV}

# The example in the documentation of golang.org/x/mod/sumdb/note.
PETER_NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


def test_the_note_of_gos_documentation_verifies() -> None:
    note = SignedNote.parse(GO_NOTE.encode())
    note.verify(VerifierKey.parse(PETER_NEUMANN))
    assert note.serialise() == GO_NOTE.encode()


def test_the_note_of_gos_documentation_does_not_verify_once_changed() -> None:
    note = SignedNote.parse(GO_NOTE.replace("answer", "Answer").encode())
    with pytest.raises(SignatureError):
        note.verify(VerifierKey.parse(PETER_NEUMANN))


@pytest.mark.parametrize("name", KEYS["accepted"])
def test_a_verifier_key_is_read_and_written_alike(name: str) -> None:
    assert str(VerifierKey.parse(KEYS["accepted"][name])) == KEYS["accepted"][name]


@pytest.mark.parametrize("name", KEYS["refused"])
def test_a_verifier_key_that_is_not_well_formed_is_refused(name: str) -> None:
    with pytest.raises(VerifierKeyError):
        VerifierKey.parse(KEYS["refused"][name])


@pytest.mark.parametrize("key", CCTV_KEYS)
def test_a_public_key_is_refused_exactly_when_it_is_of_small_order_or_not_canonical(key: str) -> None:
    if {"low_order_A", "non_canonical_A"} & set(CCTV_KEYS[key]):
        with pytest.raises(VerifierKeyError):
            VerifierKey("log.example", bytes.fromhex(key))
    else:
        VerifierKey("log.example", bytes.fromhex(key))


def test_the_vectors_hold_keys_of_both_kinds() -> None:
    refused = [key for key, flags in CCTV_KEYS.items() if {"low_order_A", "non_canonical_A"} & set(flags)]
    assert (len(CCTV), len(CCTV_KEYS), len(refused)) == (914, 22, 14)


@pytest.mark.parametrize(
    "key", [b"", bytes(31), bytes(33), b"\x02" + bytes(31)], ids=["0", "31", "33", "off the curve"]
)
def test_bytes_that_are_no_point_are_refused(key: bytes) -> None:
    with pytest.raises(VerifierKeyError):
        require_public_key(key)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b", "a\u0085b", "a\ud800b"])
def test_a_name_that_a_signature_line_cannot_hold_is_no_keys_name(name: str) -> None:
    with pytest.raises(VerifierKeyError):
        VerifierKey(name, LOG_KEY.verifier.public_key)


@pytest.mark.parametrize("text", ["", "no newline", "a\ttab\n", "a\0zero\n", "a lone \ud800 surrogate\n"])
def test_a_text_that_no_reader_would_take_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        LOG_KEY.sign(text)


def test_a_note_nobody_signs_is_not_made() -> None:
    with pytest.raises(NoteError):
        sign_note("text\n", [])


def test_a_signing_key_does_not_show_itself() -> None:
    assert "private" not in repr(signing_key("log.example"))
