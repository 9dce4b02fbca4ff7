"""Sealing a 32-byte secret to one reader: HPKE base mode (RFC 9180), KEM 0x647A (X-Wing), HKDF-SHA256, AES-256-GCM.

There is no AAD: everything a box depends on stands in `info`, one ASCII line each, the purpose first. A box is
anonymous; what authenticates it is the signed statement that holds its hash.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite

from messenger.protocol.encoding import b64u_encode, labelled_hash, lines
from messenger.protocol.errors import KeyRefused, OpeningFailed

SEED_BYTES: Final = 32
SECRET_BYTES: Final = 32
SEALING_KEY_BYTES: Final = 1216
BOX_BYTES: Final = 1168

_MLKEM_BYTES: Final = 1184
_P: Final = 2**255 - 19
# RFC 7748 §6.1 and <https://cr.yp.to/ecdh.html#validate>: the canonical u whose order divides 8, on curve and twist.
_SMALL_ORDER_U: Final = frozenset(
    {
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        _P - 1,
    }
)

_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def sealing_key_id(public: bytes) -> str:
    """`H("sealing-key", public)`, 43 characters."""
    return b64u_encode(labelled_hash("sealing-key", public))


@dataclass(frozen=True)
class SealingPublicKey:
    """An X-Wing public key that was checked on import; `raw` is ML-KEM-768's 1,184 bytes and X25519's 32."""

    raw: bytes

    @classmethod
    def parse(cls, raw: bytes) -> SealingPublicKey:
        """A checked key; raises `KeyRefused` (`weak_key`): length, FIPS 203 §7.2 modulus check, X25519 part
        non-canonical or of small order.
        """
        u = int.from_bytes(raw[_MLKEM_BYTES:], "little")
        if len(raw) != SEALING_KEY_BYTES or u >= _P or u in _SMALL_ORDER_U:
            raise KeyRefused("weak_key", "This sealing key is malformed or of small order.")
        try:
            MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_BYTES])
        except ValueError as refused:
            raise KeyRefused("weak_key", "This sealing key is not an ML-KEM-768 key.") from refused
        return cls(raw)

    @property
    def id(self) -> str:
        """The key's id."""
        return sealing_key_id(self.raw)

    def hpke(self) -> MLKEM768X25519PublicKey:
        """The key as the HPKE suite takes it."""
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.raw[:_MLKEM_BYTES]),
            X25519PublicKey.from_public_bytes(self.raw[_MLKEM_BYTES:]),
        )


@dataclass(frozen=True)
class SealingKey:
    """An X-Wing key pair; the private part is its 32-byte seed (draft-connolly-cfrg-xwing-kem §5.2)."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise KeyRefused("malformed_seed", "A sealing seed is 32 bytes.")

    @classmethod
    def generate(cls) -> SealingKey:
        """A new random key."""
        return cls(secrets.token_bytes(SEED_BYTES))

    @property
    def public(self) -> SealingPublicKey:
        """The public part."""
        mlkem, x25519 = self._expanded()
        return SealingPublicKey(mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw())

    @property
    def id(self) -> str:
        """The key's id."""
        return self.public.id

    def hpke(self) -> MLKEM768X25519PrivateKey:
        """The key as the HPKE suite takes it."""
        return MLKEM768X25519PrivateKey(*self._expanded())

    def _expanded(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        """X-Wing §5.2 expandDecapsulationKey: SHAKE256 of the seed, 64 bytes for ML-KEM and 32 for X25519."""
        expanded = hashlib.shake_256(self.seed).digest(96)
        return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])


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


def history_box_info(
    conversation: str, epoch: int, reader: str, reader_key: str, commitment: str, consent: str
) -> bytes:
    """The place of an earlier epoch's key sealed to a reader who joined after it, under a consent."""
    return lines("between/v1/history-box", conversation, str(epoch), reader, reader_key, commitment, consent)


def team_box_info(team: str, generation: int, account: str, account_key: str, team_key: str) -> bytes:
    """The place of a team generation's seed sealed to a member."""
    return lines("between/v1/team-box", team, str(generation), account, account_key, team_key)


def clinic_key_box_info(clinic: str, account: str, account_key: str, clinic_key: str) -> bytes:
    """The place of the clinic's signing seed sealed to a second administrator."""
    return lines("between/v1/clinic-key-box", clinic, account, account_key, clinic_key)


def profile_box_info(patient: str, version: int, reader: str, reader_key: str) -> bytes:
    """The place of a profile key sealed to a reader."""
    return lines("between/v1/profile-box", patient, str(version), reader, reader_key)


def emergency_share_box_info(
    conversation: str, emergency_key: str, custodian_set: str, index: int, custodian: str, custodian_key: str
) -> bytes:
    """The place of a custodian's share of a conversation's emergency key; two shares of one set open it."""
    place = (conversation, emergency_key, custodian_set, "2", str(index), custodian, custodian_key)
    return lines("between/v1/emergency-share-box", *place)


def emergency_release_box_info(
    request: str, emergency_key: str, index: int, custodian: str, requester: str, requester_key: str
) -> bytes:
    """The place of a share that a custodian sealed again, to who asked and under the hash of the request."""
    place = (request, emergency_key, str(index), custodian, requester, requester_key)
    return lines("between/v1/emergency-release-box", *place)


def emergency_text_box_info(emergency: str, reader: str, reader_key: str) -> bytes:
    """The place of the key of what somebody wrote when they asked for emergency access, sealed to a reader of it."""
    return lines("between/v1/emergency-text-box", emergency, reader, reader_key)


def possession_info(account: str, account_key: str) -> bytes:
    """The place of the nonce by which the server sees that a sealing key is held by who registers it."""
    return lines("between/v1/possession", account, account_key)
