"""The code two people compare in the clinic, and the clinic's own on its card (`docs/protocol.md` §1)."""

from __future__ import annotations

from typing import Final

from messenger.protocol.encoding import b64u_decode, labelled_hash
from messenger.protocol.errors import EncodingRefused

GROUPS: Final = 6
_GROUP_BYTES: Final = 5
_NO_SEALING_KEY: Final = bytes(32)


def safety_code(owner: str, signing_key: bytes, sealing_key_id: str) -> tuple[str, ...]:
    """Six groups of five digits for an account's current keys: 99.7 bits of its hash."""
    return _numeric(owner, signing_key, b64u_decode(sealing_key_id))


def clinic_code(clinic: str, signing_key: bytes) -> tuple[str, ...]:
    """Six groups of five digits for a clinic's key."""
    return _numeric(clinic, signing_key, _NO_SEALING_KEY)


def shared_code(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Twelve groups, the same on both screens: the smaller code first."""
    return min(one, other) + max(one, other)


def _numeric(owner: str, signing_key: bytes, sealing: bytes) -> tuple[str, ...]:
    if len(signing_key) != len(_NO_SEALING_KEY) or len(sealing) != len(_NO_SEALING_KEY):
        raise EncodingRefused("malformed_key", "A safety code is made of two times 32 bytes.")
    digest = labelled_hash("safety-code", owner.encode("ascii") + b"\x00", signing_key, sealing)
    groups = (digest[at : at + _GROUP_BYTES] for at in range(0, GROUPS * _GROUP_BYTES, _GROUP_BYTES))
    return tuple(f"{int.from_bytes(group, 'big') % 100_000:05d}" for group in groups)
