"""The small encodings everything else stands on (`docs/protocol.md` §1)."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from messenger.protocol.errors import EncodingRefused

HASH_BYTES = 32
HASH_CHARACTERS = 43

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_HASH = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", re.ASCII)
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

# By the length modulo 4: which last character leaves the bits that stand for nothing at zero.
_LAST_CHARACTERS = {0: _ALPHABET, 2: _ALPHABET[::16], 3: _ALPHABET[::4]}
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z", re.ASCII)
_FIRST_YEAR = 1970


def b64u_encode(data: bytes) -> str:
    """Base64url without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64u_decode(text: str) -> bytes:
    """The bytes of canonical base64url; raises `EncodingRefused` (`malformed_base64`) for padding, a foreign
    character, an impossible length or unused bits that are not zero.
    """
    if _BASE64URL.fullmatch(text) is None or len(text) % 4 == 1:
        raise EncodingRefused("malformed_base64", "This is not base64url without padding.")
    if text[-1:] not in _LAST_CHARACTERS[len(text) % 4]:
        raise EncodingRefused("malformed_base64", "This base64url is not canonical: its unused bits are not zero.")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha256(data: bytes) -> bytes:
    """SHA-256, 32 bytes (FIPS 180-4)."""
    return hashlib.sha256(data).digest()


def hash_text(data: bytes) -> str:
    """SHA-256 of `data` as it stands in JSON: 43 characters of base64url."""
    return b64u_encode(sha256(data))


def check_hash_text(text: str) -> str:
    """`text` if it is the JSON form of a 32-byte hash; raises `EncodingRefused` (`malformed_hash`)."""
    if _HASH.fullmatch(text) is None:
        raise EncodingRefused("malformed_hash", "A hash is 43 characters of canonical base64url.")
    return text


def labelled_hash(label: str, *parts: bytes) -> bytes:
    """`H(label, x…)`: SHA-256 over `between/v1/<label>`, one zero byte and the parts.

    Every part but the last MUST have a length fixed by the label: nothing else separates them.
    """
    return sha256(b"between/v1/" + label.encode("ascii") + b"\x00" + b"".join(parts))


def derive(key: bytes, salt: bytes, label: str, length: int = 32) -> bytes:
    """HKDF-SHA256 (RFC 5869) with info `between/v1/<label>`; an absent salt is the empty string."""
    info = b"between/v1/" + label.encode("ascii")
    return HKDF(algorithm=SHA256(), length=length, salt=salt or None, info=info).derive(key)


def pae(payload_type: str, payload: bytes) -> bytes:
    """The DSSE v1 pre-authentication encoding: what is signed, so that a blob of one type verifies as no other."""
    kind = payload_type.encode("ascii")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def lines(*values: str) -> bytes:
    """The ASCII lines that bind a box or a ciphertext to its place, joined by line feeds."""
    if any("\n" in value for value in values):
        raise EncodingRefused("malformed_lines", "A line of a context holds no line break.")
    try:
        return "\n".join(values).encode("ascii")
    except UnicodeEncodeError as refused:
        raise EncodingRefused("malformed_lines", "A line of a context is ASCII.") from refused


def u32be(number: int) -> bytes:
    """An unsigned 32-bit integer, big-endian; raises `EncodingRefused` (`malformed_number`) outside its range."""
    if not 0 <= number < 1 << 32:
        raise EncodingRefused("malformed_number", "This number does not fit in 32 bits.")
    return number.to_bytes(4, "big")


def format_time(instant: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`, rounded down to the millisecond; a naive datetime is a programming error."""
    if instant.tzinfo is None:
        raise ValueError("a time of the protocol has a time zone")
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def parse_time(text: str) -> datetime:
    """The instant of a protocol time; raises `EncodingRefused` (`malformed_time`) for any other form, a day that is
    not in the calendar, a leap second or a year before 1970.
    """
    if _TIME.fullmatch(text) is None or int(text[:4]) < _FIRST_YEAR:
        raise EncodingRefused("malformed_time", "A time is written YYYY-MM-DDTHH:MM:SS.mmmZ.")
    try:
        return datetime.fromisoformat(text)
    except ValueError as refused:
        raise EncodingRefused("malformed_time", "This time is not in the calendar.") from refused


def check_time(text: str) -> str:
    """`text` if it is a time of the protocol; such texts sort as the instants do. Raises as `parse_time`."""
    parse_time(text)
    return text
