"""An emergency key's seed in shares: split among custodians, sealed to each, sealed again, combined (§5).

Shamir's scheme over GF(256) gives a wrong secret in silence where a share is changed or is another set's. So a combined
seed is believed only where it makes the very key that the patient's statement names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from messenger.protocol.clinic_chain import CustodianSet
from messenger.protocol.encoding import hash_text
from messenger.protocol.errors import OpeningFailed
from messenger.protocol.kinds.custodians import THRESHOLD
from messenger.protocol.kinds.emergency import EmergencyReleaseBody, EmergencyRequestBody
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody, SealedShare
from messenger.protocol.sealing import (
    SEED_BYTES,
    SealingKey,
    SealingPublicKey,
    emergency_release_box_info,
    emergency_share_box_info,
    open_box,
    seal,
)


@dataclass(frozen=True)
class NewEmergencyKey:
    """An emergency key just made: what the statement says, and each custodian's box beside it. Its seed is gone."""

    body: EmergencyKeyBody
    boxes: Mapping[str, bytes]


@dataclass(frozen=True)
class Share:
    """One share of a seed: 32 bytes, and the place on the polynomial at which they are its value."""

    index: int
    value: bytes


def make_emergency_key(
    conversation: str, emergency_key: str, custodians: CustodianSet, public: Mapping[str, SealingPublicKey]
) -> NewEmergencyKey:
    """A new random key of a conversation, its seed split among the custodians, whose sealing keys are `public`."""
    seed = SealingKey.generate()
    return seal_shares(conversation, emergency_key, custodians, public, seed.public, split_seed(seed, len(public)))


def split_seed(key: SealingKey, parts: int) -> tuple[Share, ...]:
    """The shares of a key's seed: any two make it again, one says nothing of it."""
    from pyshamir import split  # whoever neither splits nor combines starts without it

    shares = (bytes(share) for share in split(key.seed, parts, THRESHOLD))
    return tuple(Share(share[SEED_BYTES], share[:SEED_BYTES]) for share in shares)


def seal_shares(
    conversation: str,
    emergency_key: str,
    custodians: CustodianSet,
    public: Mapping[str, SealingPublicKey],
    sealing_key: SealingPublicKey,
    shares: Iterable[Share],
) -> NewEmergencyKey:
    """Each share sealed to a custodian, in the order of their accounts."""
    sealed, boxes = [], {}
    for custodian, share in zip(sorted(public), shares, strict=True):
        key = public[custodian]
        place = (conversation, emergency_key, custodians.hash, share.index, custodian, key.id)
        boxes[custodian] = seal(key, emergency_share_box_info(*place), share.value)
        sealed.append(SealedShare(custodian, share.index, key.id, hash_text(boxes[custodian])))
    body = EmergencyKeyBody(conversation, emergency_key, sealing_key, custodians.hash, tuple(sealed))
    return NewEmergencyKey(body, boxes)


def open_share(key: EmergencyKeyBody, custodian: str, private: SealingKey, box: bytes) -> Share:
    """A custodian's own share; raises `OpeningFailed` (`wrong_box`, `cannot_open`)."""
    listed = key.share_of(custodian)
    if listed is None or listed.key != private.id or listed.box != hash_text(box):
        raise OpeningFailed("wrong_box", "This is not the share that was sealed to this custodian.")
    place = (key.conversation, key.emergency_key, key.custodian_set, listed.index, custodian, private.id)
    return Share(listed.index, open_box(private, emergency_share_box_info(*place), box))


def release_share(
    request: EmergencyRequestBody, statement: str, custodian: str, share: Share, requester: SealingPublicKey
) -> tuple[EmergencyReleaseBody, bytes]:
    """A share sealed to the requester's key, under the hash of their request: what is signed, and the box beside it."""
    if requester.id != request.key:
        raise OpeningFailed("wrong_box", "This is not the key that the request names.")
    box = seal(requester, _release_place(request, statement, custodian, share.index), share.value)
    body = EmergencyReleaseBody(request.emergency, statement, custodian, share.index, request.key, hash_text(box))
    return body, box


def open_release(
    request: EmergencyRequestBody, release: EmergencyReleaseBody, private: SealingKey, box: bytes
) -> Share:
    """A share that was released to this requester; raises `OpeningFailed` (`wrong_box`, `cannot_open`)."""
    if release.key != private.id or release.box != hash_text(box):
        raise OpeningFailed("wrong_box", "This is not the share that was released.")
    place = _release_place(request, release.request, release.custodian, release.index)
    return Share(release.index, open_box(private, place, box))


def combine_shares(key: EmergencyKeyBody, shares: Iterable[Share]) -> SealingKey:
    """The private emergency key; raises `OpeningFailed` (`wrong_commitment`) where the shares are not all of it."""
    from pyshamir import combine  # as above

    try:
        seed = combine([bytearray(share.value + bytes([share.index])) for share in shares])
    except ValueError as refused:
        raise OpeningFailed("wrong_commitment", "These shares do not make a key.") from refused
    made = SealingKey(bytes(seed))
    if made.public != key.sealing_key:
        raise OpeningFailed("wrong_commitment", "These shares make another key than the patient's client made.")
    return made


def _release_place(request: EmergencyRequestBody, statement: str, custodian: str, index: int) -> bytes:
    place = (statement, request.emergency_key, index, custodian, request.requester, request.key)
    return emergency_release_box_info(*place)
