"""Signed notes (C2SP signed-note) with Ed25519 keys: text, an empty line, one line for each signature."""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from messenger.merkle.errors import NoteError, SignatureError, VerifierKeyError
from messenger.merkle.public_key import PUBLIC_KEY_SIZE, require_public_key

MAX_NOTE_SIZE: Final = 1_000_000
MAX_SIGNATURES: Final = 100
"""The bounds of Go's sumdb/note: the specification asks for 16 signatures at least, of up to 5 kB each."""

_ED25519: Final = b"\x01"
_KEY_ID_SIZE: Final = 4
_SIGNATURE_PREFIX: Final = "— "

# No plus, no control character, no lone surrogate, nothing of Unicode's White_Space; spelled out because \s means
# another set in Python and yet another in JavaScript.
_NAME: Final = re.compile(r"[^+\x00-\x20\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff]+")
_TEXT: Final = re.compile(r"[^\x00-\x09\x0b-\x1f\ud800-\udfff]*\n")
_VERIFIER_KEY: Final = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: the key's name, its 4-byte id, the signature's bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """The line as it stands in the note, its newline included."""
        encoded = b64encode(self.key_id + self.signature).decode("ascii")
        return f"{_SIGNATURE_PREFIX}{self.name} {encoded}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A named Ed25519 public key, trusted for what it signs.

    Raises VerifierKeyError for a name or a key that must not be trusted.
    """

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise VerifierKeyError("a key's name is not empty and holds no space, plus or control character")
        require_public_key(self.public_key)

    @property
    def key_id(self) -> bytes:
        """Four bytes that, beside the name, tell whose a signature is; not a secret and not a strong hash."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()[:_KEY_ID_SIZE]

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read `name+key id in hex+base64(type, public key)`, as Go's sumdb/note writes it.

        Raises VerifierKeyError unless the text is well-formed, Ed25519, and its key id the right one.
        """
        parts = _VERIFIER_KEY.fullmatch(text)
        if not parts:
            raise VerifierKeyError("a verifier key reads name+key id+key")
        name, key_id, encoded = parts.groups()
        key = decode_base64(encoded)
        if key is None or len(key) != 1 + PUBLIC_KEY_SIZE or key[:1] != _ED25519:
            raise VerifierKeyError("a verifier key holds the type byte of Ed25519 and 32 bytes")
        verifier = cls(name, key[1:])
        if verifier.key_id.hex() != key_id:
            raise VerifierKeyError("the verifier key's id is not that of its name and key")
        return verifier

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public_key).decode('ascii')}"

    def is_named_by(self, signature: NoteSignature) -> bool:
        """Whether the signature claims this key: its name *and* its id."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def verify(self, text: str, signature: NoteSignature) -> None:
        """Raise SignatureError unless `signature` is this key's own over the note text `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature.signature, text.encode())
        except InvalidSignature:
            raise SignatureError(f"the signature of {self.name} is false") from None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A named Ed25519 private key that signs notes."""

    name: str
    private_key: Ed25519PrivateKey = field(repr=False, compare=False)

    @property
    def verifier(self) -> VerifierKey:
        """The public half. Raises VerifierKeyError for a name that no key may have."""
        return VerifierKey(self.name, self.private_key.public_key().public_bytes_raw())

    def sign(self, text: str) -> NoteSignature:
        """Sign the note text. Raises NoteError for text that no note may hold."""
        return NoteSignature(self.name, self.verifier.key_id, self.private_key.sign(_require_text(text)))


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text and its signatures, every one kept in its place, those of unknown keys too.

    Nothing in `text` may be believed before `verify`.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, encoded: bytes) -> "SignedNote":
        """Read a note; `serialise` gives back the very same bytes. Raises NoteError for anything else."""
        if len(encoded) > MAX_NOTE_SIZE:
            raise NoteError(f"a note has at most {MAX_NOTE_SIZE} bytes")
        try:
            decoded = encoded.decode("utf-8")
        except UnicodeDecodeError:
            raise NoteError("a note is UTF-8") from None
        text, separator, block = decoded.rpartition("\n\n")
        if not separator or not block.endswith("\n"):
            raise NoteError("a note ends in an empty line and signature lines")
        lines = block[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise NoteError(f"a note has at most {MAX_SIGNATURES} signatures")
        _require_text(text + "\n")
        return cls(text + "\n", tuple(_parse_signature(line) for line in lines))

    def serialise(self) -> bytes:
        """The note's bytes."""
        return "".join([self.text, "\n", *(signature.line() for signature in self.signatures)]).encode()

    def verify(self, key: VerifierKey) -> None:
        """Raise SignatureError unless `key` signed this note and no signature of its is false."""
        own = [signature for signature in self.signatures if key.is_named_by(signature)]
        if not own:
            raise SignatureError(f"{key.name} has not signed this")
        for signature in own:
            key.verify(self.text, signature)


def sign_note(text: str, keys: Collection[SigningKey]) -> SignedNote:
    """Make a note signed by each of `keys`, of which there is at least one. Raises NoteError otherwise."""
    if not keys:
        raise NoteError("a note has at least one signature")
    return SignedNote(text, tuple(key.sign(text) for key in keys))


def _parse_signature(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_SIGNATURE_PREFIX).partition(" ")
    if not line.startswith(_SIGNATURE_PREFIX) or not space or not _NAME.fullmatch(name):
        raise NoteError("a signature line is an em dash, a key's name and a signature")
    signature = decode_base64(encoded)
    if signature is None or len(signature) <= _KEY_ID_SIZE:
        raise NoteError("a signature is base64 of a key id and at least one byte")
    return NoteSignature(name, signature[:_KEY_ID_SIZE], signature[_KEY_ID_SIZE:])


def _require_text(text: str) -> bytes:
    if not _TEXT.fullmatch(text):
        raise NoteError("a note's text is Unicode, ends in a newline and holds no other control character")
    return text.encode()


def decode_base64(encoded: str) -> bytes | None:
    """The bytes of standard base64 in its one canonical form, or None: two texts never mean the same bytes."""
    try:
        decoded = b64decode(encoded, validate=True)
    except (Base64Error, ValueError):
        return None
    return decoded if b64encode(decoded).decode("ascii") == encoded else None
