"""C2SP chunked-encryption written out for tests: the hash and the AEAD are parameters, which our library fixes.

The public vectors use SHA-256; the protocol uses SHA-512 (Cobblestone-256). This passes the vectors under SHA-256, and
under SHA-512 it must read what the library writes and write what the library reads.
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

CHUNK = 16_384
TAG = 16
SALT = 24
COMMITMENT = 32


class Refused(Exception):
    """The ciphertext does not open."""


@dataclass(frozen=True)
class Instantiation:
    """One AEAD of the specification."""

    name: str
    key_bytes: int

    def aead(self, key: bytes) -> AESGCM | ChaCha20Poly1305:
        """The AEAD under a derived key."""
        return ChaCha20Poly1305(key) if "CHACHA" in self.name else AESGCM(key)


@dataclass(frozen=True)
class Derived:
    """What a salt and a context make of a key."""

    key: bytes
    base_nonce: bytes
    commitment: bytes


def derived(key: bytes, salt: bytes, context: bytes, instantiation: Instantiation, hash_name: str) -> Derived:
    """HKDF-Expand (RFC 5869 §2.3) with the key as pseudo-random key: no extraction."""
    info = b"c2sp.org/chunked-encryption@v1+" + instantiation.name.encode() + b"\x00" + salt + context
    okm, block, counter = b"", b"", 1
    while len(okm) < instantiation.key_bytes + 12 + COMMITMENT:
        block = hmac.new(key, block + info + bytes([counter]), hash_name).digest()
        okm, counter = okm + block, counter + 1
    end = instantiation.key_bytes
    return Derived(okm[:end], okm[end : end + 12], okm[end + 12 : end + 12 + COMMITMENT])


def _nonce(base: bytes, chunk: int) -> bytes:
    return (int.from_bytes(base, "big") ^ chunk).to_bytes(12, "big")


def open_chunks(
    key: bytes, context: bytes, ciphertext: bytes, instantiation: Instantiation, hash_name: str
) -> tuple[Derived, bytes]:
    """The derived secrets and the plaintext; raises `Refused`."""
    if len(key) != instantiation.key_bytes or len(ciphertext) < SALT + COMMITMENT + TAG:
        raise Refused
    secrets = derived(key, ciphertext[:SALT], context, instantiation, hash_name)
    if secrets.commitment != ciphertext[SALT : SALT + COMMITMENT]:
        raise Refused
    body = ciphertext[SALT + COMMITMENT :]
    chunks = [body[at : at + CHUNK + TAG] for at in range(0, len(body), CHUNK + TAG)]
    if len(chunks[-1]) == CHUNK + TAG or len(chunks[-1]) < TAG:
        raise Refused
    aead = instantiation.aead(secrets.key)
    try:
        parts = [aead.decrypt(_nonce(secrets.base_nonce, at), chunk, None) for at, chunk in enumerate(chunks)]
    except Exception as error:
        raise Refused from error
    return secrets, b"".join(parts)


def seal_chunks(
    key: bytes, context: bytes, plaintext: bytes, salt: bytes, instantiation: Instantiation, hash_name: str
) -> bytes:
    """The ciphertext under a given salt."""
    secrets = derived(key, salt, context, instantiation, hash_name)
    aead = instantiation.aead(secrets.key)
    parts = [plaintext[at : at + CHUNK] for at in range(0, len(plaintext) + 1, CHUNK)]
    sealed = [aead.encrypt(_nonce(secrets.base_nonce, at), part, None) for at, part in enumerate(parts)]
    return salt + secrets.commitment + b"".join(sealed)


def payload_hash(payload: bytes) -> str:
    """How the vectors name a payload."""
    return hashlib.sha256(payload).hexdigest()
