"""A patient's profile: encrypted under a key of its own, sealed to the patient and to whom consents name (§5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from messenger.protocol.content import decrypt, encrypt, generate_content_key
from messenger.protocol.encoding import hash_text, lines
from messenger.protocol.errors import OpeningFailed
from messenger.protocol.json_strict import JsonObject, parse_json, write_json
from messenger.protocol.kinds.conversation import EpochReader
from messenger.protocol.kinds.profile import ProfileBody
from messenger.protocol.padding import pad, unpad
from messenger.protocol.sealing import SealingKey, SealingPublicKey, open_box, profile_box_info, seal
from messenger.protocol.shape import Members

MAX_FIELD_CHARACTERS: Final = 500


@dataclass(frozen=True)
class Profile:
    """What a patient wants to be called. The server holds none of it."""

    legal_name: str
    preferred_name: str
    pronouns: str
    language_note: str

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "legal_name": self.legal_name,
            "preferred_name": self.preferred_name,
            "pronouns": self.pronouns,
            "language_note": self.language_note,
        }


@dataclass(frozen=True)
class NewProfile:
    """A version of a profile just encrypted: the statement's body, the ciphertext and the boxes beside it."""

    body: ProfileBody
    ciphertext: bytes
    boxes: Mapping[str, bytes]


def encrypt_profile(
    profile: Profile, patient: str, version: int, readers: Mapping[str, SealingPublicKey]
) -> NewProfile:
    """A new version under a fresh key, sealed to each of `readers` (account or team → its sealing key)."""
    key = generate_content_key()
    ciphertext = encrypt(key, profile_context(patient, version), pad(write_json(profile.as_json())))
    boxes = {
        reader: seal(public, profile_box_info(patient, version, reader, public.id), key)
        for reader, public in sorted(readers.items())
    }
    listed = tuple(EpochReader(reader, readers[reader].id, hash_text(box)) for reader, box in boxes.items())
    return NewProfile(ProfileBody(patient, version, hash_text(ciphertext), listed), ciphertext, boxes)


def open_profile(body: ProfileBody, ciphertext: bytes, reader: str, private: SealingKey, box: bytes) -> Profile:
    """The profile that a verified statement describes.

    Raises `OpeningFailed`: `wrong_box` when box or ciphertext are not those that the statement lists, `cannot_open`,
    `cannot_decrypt`; and `EncodingRefused`.
    """
    listed = next((one for one in body.boxes if one.reader == reader), None)
    if listed is None or (listed.key, listed.box) != (private.id, hash_text(box)):
        raise OpeningFailed("wrong_box", "This is not the box that was sealed to this reader.")
    if hash_text(ciphertext) != body.ciphertext:
        raise OpeningFailed("wrong_box", "This is not the profile that its patient signed.")
    key = open_box(private, profile_box_info(body.patient, body.version, reader, private.id), box)
    members = Members(parse_json(unpad(decrypt(key, profile_context(body.patient, body.version), ciphertext))))
    profile = Profile(*(members.text(name, longest=MAX_FIELD_CHARACTERS) for name in _FIELDS))
    members.close()
    return profile


_FIELDS: Final = ("legal_name", "preferred_name", "pronouns", "language_note")


def profile_context(patient: str, version: int) -> bytes:
    """The place of a profile's ciphertext."""
    return lines("between/v1/profile", patient, str(version))
