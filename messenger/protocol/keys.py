"""Signing keys: Ed25519 (RFC 8032), `docs/protocol.md` §1.

OpenSSL and WebCrypto import any 32 bytes as an Ed25519 key; a key of small order verifies one signature for any
message. So every public key passes through `parse` here, and nowhere else is one made from bytes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError

from messenger.protocol.encoding import b64u_encode, labelled_hash
from messenger.protocol.errors import KeyRefused, SignatureRefused

SEED_BYTES: Final = 32
SIGNING_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
# RFC 8032 §5.1: the y of the eight points whose order divides 8. The last pair are the points of order 8.
_Y8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y: Final = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})


def signing_key_id(public: bytes) -> str:
    """`H("signing-key", public)`, 43 characters: a hash, never to be mistaken for a typed id."""
    return b64u_encode(labelled_hash("signing-key", public))


@dataclass(frozen=True)
class SigningPublicKey:
    """An Ed25519 public key that was checked on import; `raw` is its 32 bytes."""

    raw: bytes

    @classmethod
    def parse(cls, raw: bytes) -> SigningPublicKey:
        """A checked key; raises `KeyRefused` (`weak_key`) if it is non-canonical, off the curve or of small order."""
        y = int.from_bytes(raw, "little") & ~(1 << 255)
        if len(raw) != SIGNING_KEY_BYTES or y >= _P or y in _SMALL_ORDER_Y or not _is_on_curve(y):
            raise KeyRefused("weak_key", "This signing key is malformed, off the curve or of small order.")
        return cls(raw)

    @property
    def id(self) -> str:
        """The key's id."""
        return signing_key_id(self.raw)

    @cached_property
    def _loaded(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Returns if `signature` is this key's over `message`; raises `SignatureRefused` (`bad_signature`)."""
        try:
            self._loaded.verify(signature, message)
        except InvalidSignature as refused:
            raise _bad_signature() from refused

    def verify_before_storing(self, signature: bytes, message: bytes) -> None:
        """As `verify`, in half the time, for a server that takes in what others are to verify: libsodium.

        What it returns for, `verify` returns for. It refuses besides signatures whose R is of small order, which no
        signer makes: so whoever must judge as every other client does uses `verify`.
        """
        try:
            crypto_sign_open(signature + message, self.raw)
        except CryptoError as refused:
            raise _bad_signature() from refused


def _bad_signature() -> SignatureRefused:
    return SignatureRefused("bad_signature", "This signature is not the key's over these bytes.")


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key pair; the private part is its 32-byte seed and never shows in a representation."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise KeyRefused("malformed_seed", "A signing seed is 32 bytes.")

    @classmethod
    def generate(cls) -> SigningKey:
        """A new random key."""
        return cls(secrets.token_bytes(SEED_BYTES))

    @property
    def public(self) -> SigningPublicKey:
        """The public part."""
        return SigningPublicKey(Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    @property
    def id(self) -> str:
        """The key's id."""
        return self.public.id

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def _is_on_curve(y: int) -> bool:
    """RFC 8032 §5.1.3: -x² + y² = 1 + d·x²·y² has an x, that is, (y² - 1)·(d·y² + 1) is a square."""
    numerator, denominator = (y * y - 1) % _P, (_D * y * y + 1) % _P
    return pow(numerator * denominator, (_P - 1) // 2, _P) in {0, 1}
