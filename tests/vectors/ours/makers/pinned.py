"""Randomised bytes that stay the same from one run to the next: kept in a file by a hash of what they hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from messenger.protocol.content import decrypt, encrypt
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.sealing import SealingKey, open_box, seal

FILE = Path(__file__).parent.parent / "pinned.json"

_kept: dict[str, str] = json.loads(FILE.read_text()) if FILE.exists() else {}
_used: dict[str, str] = {}


def seed(name: str, length: int = 32) -> bytes:
    """Bytes that look random and are the same in every run."""
    return hashlib.shake_256(b"between vectors: " + name.encode()).digest(length)


def pinned_box(to: SealingKey, info: bytes, secret: bytes) -> bytes:
    """A box of `secret`, made once."""
    box = _pin((b"box", to.seed, info, secret), lambda: seal(to.public, info, secret))
    assert open_box(to, info, box) == secret
    return box


def pinned_ciphertext(key: bytes, context: bytes, plaintext: bytes) -> bytes:
    """A ciphertext of `plaintext`, made once."""
    ciphertext = _pin((b"ciphertext", key, context, plaintext), lambda: encrypt(key, context, plaintext))
    assert decrypt(key, context, ciphertext) == plaintext
    return ciphertext


def used() -> str:
    """The file's text with what this run used, and nothing else."""
    return json.dumps(dict(sorted(_used.items())), indent=0) + "\n"


def _pin(inputs: tuple[bytes, ...], make: Callable[[], bytes]) -> bytes:
    name = hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in inputs)).hexdigest()
    _used[name] = _kept.get(name) or _used.get(name) or b64u_encode(make())
    return b64u_decode(_used[name])
