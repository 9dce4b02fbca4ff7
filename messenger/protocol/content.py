"""Content encryption: C2SP chunked-encryption, Cobblestone-256 (SHA-512, AES-256-GCM).

Random salt for each ciphertext, key commitment checked before anything is decrypted, and the context bound: a
ciphertext opens in the one place it was made for, under the one key (no "invisible salamander").
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from messenger.protocol.errors import OpeningFailed

CONTENT_KEY_BYTES: Final = 32


def generate_content_key() -> bytes:
    """A new random 32-byte key."""
    return secrets.token_bytes(CONTENT_KEY_BYTES)


def encrypt(key: bytes, context: bytes, plaintext: bytes) -> bytes:
    """The ciphertext of `plaintext` for this place."""
    encryptor = Cobblestone256Encryptor(key, context)
    return encryptor.update(plaintext) + encryptor.finalize()


def decrypt(key: bytes, context: bytes, ciphertext: bytes) -> bytes:
    """The whole plaintext or nothing; raises `OpeningFailed` (`cannot_decrypt`)."""
    decryptor = Cobblestone256Decryptor(key, context)
    try:
        return decryptor.update(ciphertext) + decryptor.finalize()
    except (InvalidTag, ValueError) as refused:
        raise OpeningFailed("cannot_decrypt", "This ciphertext does not open with this key in this place.") from refused
