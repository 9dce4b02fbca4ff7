"""Notes and keys that both languages must read alike, each outcome stated here by hand.

`python -m tests.merkle.tables` writes them to `tests/vectors/ours/checkpoints.json`.
"""

from hashlib import sha256
from typing import Any

from messenger.merkle.checkpoint import Checkpoint
from messenger.merkle.note import SigningKey
from messenger.merkle.tree import EMPTY_ROOT
from tests.merkle.log_fixture import LOG_KEY, ORIGIN, base64, checkpoint, signed, signed_text, signing_key

TEXT = checkpoint(3).text()
VALID = signed(3).serialise()
ROOT = base64(checkpoint(3).root)
WITNESS = signing_key("witness.example/w1", "witness")
NAMESAKE = signing_key(ORIGIN, "not the log's key")


def table() -> dict[str, Any]:
    """The whole file: the log's key, notes with what they say or the code of the refusal, verifier keys."""
    refused = {
        "malformed_note": malformed_notes(),
        "malformed_checkpoint": {name: signed_text(text) for name, text in malformed_checkpoints().items()},
        "wrong_origin": notes_of_other_logs(),
        "bad_signature": unsigned_notes(),
    }
    return {
        "log_key": str(LOG_KEY.verifier),
        "accepted": [
            {"name": name, **note_member(note), **_members(says)} for name, (note, says) in accepted_notes().items()
        ],
        "refused": [
            {"name": name, **note_member(note), "code": code}
            for code, notes in refused.items()
            for name, note in notes.items()
        ],
        "verifier_keys": {"accepted": trusted_keys(), "refused": refused_keys()},
    }


def accepted_notes() -> dict[str, tuple[bytes, Checkpoint]]:
    three = checkpoint(3)
    extended = Checkpoint(ORIGIN, 3, three.root, ("an extension", "— and another"))
    largest = Checkpoint(ORIGIN, 2**53 - 1, three.root)
    return {
        "three entries": (VALID, three),
        "the empty log": (signed(0).serialise(), checkpoint(0)),
        "a cosignature by a key that is not known": (signed(3, "told", WITNESS).serialise(), three),
        "a cosignature before the log's own": (signed_text(TEXT, WITNESS, LOG_KEY), three),
        "the log's signature twice": (signed_text(TEXT, LOG_KEY, LOG_KEY), three),
        "a false signature by an unknown key of the log's name": (VALID + line(NAMESAKE, "another text\n"), three),
        "extension lines": (signed_text(extended.text()), extended),
        "the largest size": (signed_text(largest.text()), largest),
        "a hundred signatures": (signed_text(TEXT, *[LOG_KEY] * 100), three),
    }


def malformed_notes() -> dict[str, bytes]:
    text, signature, key_id = TEXT.encode(), line(LOG_KEY).split()[2], base64(LOG_KEY.verifier.key_id).encode()
    return {
        "nothing": b"",
        "no signature": text,
        "an empty signature block": text + b"\n",
        "cut inside the signature line": VALID[:-10],
        "no newline at the end": VALID[:-1],
        "another character for the last newline": VALID[:-1] + b"x",
        "a line after the signatures": VALID + b"more\n",
        "an empty line after the signatures": VALID + b"\n",
        "carriage returns": VALID.replace(b"\n", b"\r\n"),
        "a tab in the text": VALID.replace(b"clinic", b"cli\tnic", 1),
        "a zero byte in the text": VALID.replace(b"clinic", b"cli\0nic", 1),
        "not UTF-8": VALID.replace(b"clinic", b"cli\xffnic", 1),
        "a lone surrogate": VALID.replace(b"clinic", b"cli\xed\xa0\x80nic", 1),
        "a hyphen for the em dash": VALID.replace("—".encode(), b"-"),
        "a signature line without its em dash": text + b"\n" + line(LOG_KEY).removeprefix("— ".encode()),
        "a second signature line without its em dash": VALID + line(WITNESS).removeprefix("— ".encode()),
        "two spaces before the signature": VALID.replace(b" " + signature, b"  " + signature),
        "a word after the signature": VALID[:-1] + b" more\n",
        "a signer without a name": text + "\n—  ".encode() + signature + b"\n",
        "a signer's name with a plus": text + "\n— a+b ".encode() + signature + b"\n",
        "a signer's name with a wide space": text + "\n— a\u3000b ".encode() + signature + b"\n",
        "a signer's name with a next-line sign": text + "\n— a\u0085b ".encode() + signature + b"\n",
        "a signer without a signature": text + f"\n— {ORIGIN}\n".encode(),
        "a key id without a signature": text + f"\n— {ORIGIN} ".encode() + key_id + b"\n",
        "a signature without padding": text + f"\n— {ORIGIN} ".encode() + key_id.rstrip(b"=") + b"\n",
        "a signature in base64url": text + f"\n— {ORIGIN} -___AAAA\n".encode(),
        "a signature whose unused bits are set": text + f"\n— {ORIGIN} AAAAAAB=\n".encode(),
        "a hundred and one signatures": text + b"\n" + line(LOG_KEY) * 101,
    }


def malformed_checkpoints() -> dict[str, str]:
    return {
        "two lines": f"{ORIGIN}\n3\n",
        "an empty origin": f"\n3\n{ROOT}\n",
        "a size with a leading zero": f"{ORIGIN}\n03\n{ROOT}\n",
        "a size with a sign": f"{ORIGIN}\n+3\n{ROOT}\n",
        "a negative size": f"{ORIGIN}\n-3\n{ROOT}\n",
        "a size with a space": f"{ORIGIN}\n 3\n{ROOT}\n",
        "a size in full-width digits": f"{ORIGIN}\n\uff13\n{ROOT}\n",
        "a size in scientific notation": f"{ORIGIN}\n3e0\n{ROOT}\n",
        "a size beyond what JSON carries": f"{ORIGIN}\n9007199254740992\n{ROOT}\n",
        "no size": f"{ORIGIN}\n\n{ROOT}\n",
        "a root of 31 bytes": f"{ORIGIN}\n3\n{base64(checkpoint(3).root[:31])}\n",
        "a root that is not base64": f"{ORIGIN}\n3\n!{ROOT[1:]}\n",
        "a root without padding": f"{ORIGIN}\n3\n{ROOT.rstrip('=')}\n",
        "no root": f"{ORIGIN}\n3\n\n",
        "an empty extension line": f"{ORIGIN}\n3\n{ROOT}\n\nan extension\n",
        "an empty log with a root": f"{ORIGIN}\n0\n{ROOT}\n",
    }


def notes_of_other_logs() -> dict[str, bytes]:
    text = checkpoint(3, origin="other.example/log").text()
    return {
        "another log's, signed by this log": signed_text(text),
        "another log's, signed by itself": signed_text(text, signing_key("other.example/log")),
        "an origin that differs in case": signed_text(checkpoint(3, origin=ORIGIN.upper()).text()),
        "an origin after a byte-order mark": b"\xef\xbb\xbf" + VALID,
    }


def unsigned_notes() -> dict[str, bytes]:
    signature = signed(3).note.signatures[0]
    cut = base64(signature.key_id + signature.signature[:63])
    long = base64(signature.key_id + signature.signature + b"\0")
    return {
        "signed by a witness alone": signed_text(TEXT, WITNESS),
        "signed by another key of the log's name": signed_text(TEXT, NAMESAKE),
        "signed by the log's key under another name": signed_text(TEXT, signing_key("renamed.example")),
        "the log's signature and key id under another name": VALID.replace(
            f"— {ORIGIN}".encode(), "— renamed".encode()
        ),
        "another size than was signed": VALID.replace(b"\n3\n", b"\n4\n"),
        "another root than was signed": VALID.replace(ROOT.encode(), base64(EMPTY_ROOT).encode()),
        "an extension that was not signed": VALID.replace(b"\n\n", b"\nan extension\n\n"),
        "a second signature by the log, and false": VALID + line(LOG_KEY, "another text\n"),
        "a signature of 63 bytes": f"{TEXT}\n— {ORIGIN} {cut}\n".encode(),
        "a signature of 65 bytes": f"{TEXT}\n— {ORIGIN} {long}\n".encode(),
    }


def trusted_keys() -> dict[str, str]:
    return {
        "the log's": str(LOG_KEY.verifier),
        "PeterNeumann's, of Go's sumdb/note": "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "the Go checksum database's": "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
    }


def refused_keys() -> dict[str, str]:
    key = LOG_KEY.verifier.public_key
    name, key_id, encoded = str(LOG_KEY.verifier).split("+", 2)
    return {
        "nothing": "",
        "no name": _key_text("", b"\x01" + key),
        "a name with a space": _key_text("clinic example", b"\x01" + key),
        "a name with a control character": _key_text("clinic\x1fexample", b"\x01" + key),
        "a key id that is another's": f"{name}+00000000+{encoded}",
        "a key id in capitals": "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "a newline at the end": f"{LOG_KEY.verifier}\n",
        "a key that is cut short": f"{name}+{key_id}+{encoded[:-4]}",
        "a key of 31 bytes": _key_text(name, b"\x01" + key[:-1]),
        "a key of 33 bytes": _key_text(name, b"\x01" + key + b"\0"),
        "another signature type": _key_text(name, b"\x04" + key),
    }


def _key_text(name: str, typed_key: bytes) -> str:
    """A verifier key's text with the right id, whatever it names."""
    key_id = sha256(name.encode() + b"\n" + typed_key).hexdigest()[:8]
    return f"{name}+{key_id}+{base64(typed_key)}"


def line(key: SigningKey, text: str = TEXT) -> bytes:
    """The signature line of `key` over a text, which need not be that of the note it is put in."""
    return key.sign(text).line().encode()


def note_member(note: bytes) -> dict[str, str]:
    """How the tables write a note: as text, or where that is impossible as base64."""
    try:
        return {"note": note.decode()}
    except UnicodeDecodeError:
        return {"note_base64": base64(note)}


def _members(says: Checkpoint) -> dict[str, Any]:
    return {"origin": says.origin, "size": says.size, "root": base64(says.root), "extensions": list(says.extensions)}
