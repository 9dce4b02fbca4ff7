"""The RFC 9180 key schedule written out for tests, from a KEM's shared secret on: the library gives no way in there."""

import hashlib
import hmac
from dataclasses import dataclass

AEAD_KEY_BYTES = {1: 16, 2: 32, 3: 32}
NONCE_BYTES = 12


@dataclass(frozen=True)
class Context:
    """What base mode derives (RFC 9180 §5.1)."""

    key: bytes
    base_nonce: bytes
    exporter_secret: bytes

    def nonce(self, sequence: int) -> bytes:
        """RFC 9180 §5.2."""
        return (int.from_bytes(self.base_nonce, "big") ^ sequence).to_bytes(NONCE_BYTES, "big")


def schedule(kem: int, aead: int, shared_secret: bytes, info: bytes) -> Context:
    """Base mode with HKDF-SHA256."""
    suite = b"HPKE" + kem.to_bytes(2, "big") + (1).to_bytes(2, "big") + aead.to_bytes(2, "big")

    def extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256").digest()

    def expand(key: bytes, label: bytes, context: bytes, length: int) -> bytes:
        labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return hmac.new(key, labelled + b"\x01", hashlib.sha256).digest()[:length]

    context = b"\x00" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared_secret, b"secret", b"")
    key = expand(secret, b"key", context, AEAD_KEY_BYTES[aead])
    return Context(key, expand(secret, b"base_nonce", context, NONCE_BYTES), expand(secret, b"exp", context, 32))
