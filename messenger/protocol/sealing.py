"""Sealing a 32-byte secret to one reader: HPKE base mode (RFC 9180), KEM 0x647A, HKDF-SHA256, AES-256-GCM.

There is no AAD: everything a box depends on stands in `info`, one ASCII line each, the purpose first. A box is
anonymous; what authenticates it is the signed statement that holds its hash.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from messenger.protocol.encoding import lines
from messenger.protocol.errors import OpeningFailed
from messenger.protocol.keys import SealingKey, SealingPublicKey

SECRET_BYTES: Final = 32
BOX_BYTES: Final = 1168

_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal(public: SealingPublicKey, info: bytes, secret: bytes) -> bytes:
    """The 1,168-byte box `enc ‖ ct` that opens with `public`'s private part and this `info` alone."""
    if len(secret) != SECRET_BYTES:
        raise ValueError("a box holds 32 bytes")
    return _SUITE.encrypt(secret, public.hpke(), info=info)


def open_box(private: SealingKey, info: bytes, box: bytes) -> bytes:
    """The 32 bytes of a box; raises `OpeningFailed` (`cannot_open`) for another key, place, length or a changed bit."""
    if len(box) != BOX_BYTES:
        raise OpeningFailed("cannot_open", "A box is 1,168 bytes.")
    try:
        return _SUITE.decrypt(box, private.hpke(), info=info)
    except (InvalidTag, ValueError) as refused:
        raise OpeningFailed("cannot_open", "This box does not open with this key in this place.") from refused


def epoch_box_info(conversation: str, epoch: int, reader: str, reader_key: str, commitment: str) -> bytes:
    """The place of an epoch key sealed to a person or a team."""
    return lines("between/v1/epoch-box", conversation, str(epoch), reader, reader_key, commitment)


def team_box_info(team: str, generation: int, account: str, account_key: str, team_key: str) -> bytes:
    """The place of a team generation's seed sealed to a member."""
    return lines("between/v1/team-box", team, str(generation), account, account_key, team_key)


def clinic_key_box_info(clinic: str, account: str, account_key: str, clinic_key: str) -> bytes:
    """The place of the clinic's signing seed sealed to a second administrator."""
    return lines("between/v1/clinic-key-box", clinic, account, account_key, clinic_key)


def profile_box_info(patient: str, version: int, reader: str, reader_key: str) -> bytes:
    """The place of a profile key sealed to a reader."""
    return lines("between/v1/profile-box", patient, str(version), reader, reader_key)


def possession_info(account: str, account_key: str) -> bytes:
    """The place of the nonce by which the server sees that a sealing key is held by who registers it."""
    return lines("between/v1/possession", account, account_key)
