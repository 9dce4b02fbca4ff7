"""Epoch keys: what commits to one, how it reaches its readers, and the conversation's name under it (§5)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from messenger.protocol.content import decrypt, encrypt, generate_content_key
from messenger.protocol.encoding import b64u_encode, hash_text, labelled_hash, lines, u32be
from messenger.protocol.errors import OpeningFailed
from messenger.protocol.json_strict import parse_json, write_json
from messenger.protocol.kinds.conversation import Epoch, EpochReader
from messenger.protocol.padding import pad, unpad
from messenger.protocol.sealing import SealingKey, SealingPublicKey, epoch_box_info, open_box, seal
from messenger.protocol.shape import Members

MAX_NAME_CHARACTERS: Final = 120


@dataclass(frozen=True)
class NewEpoch:
    """An epoch just made: what the statement says, the boxes beside it, the key."""

    epoch: Epoch
    boxes: Mapping[str, bytes]
    key: bytes = field(repr=False)


def epoch_commitment(conversation: str, number: int, key: bytes) -> str:
    """`H("epoch", conversation ‖ u32be(number) ‖ key)`: one key for all readers, whatever was sealed to each."""
    return b64u_encode(labelled_hash("epoch", conversation.encode("ascii"), u32be(number), key))


def make_epoch(conversation: str, number: int, readers: Mapping[str, SealingPublicKey]) -> NewEpoch:
    """A new random epoch key, sealed to each of `readers` (account or team → its sealing key)."""
    key = generate_content_key()
    commitment = epoch_commitment(conversation, number, key)
    boxes = {
        reader: seal(public, epoch_box_info(conversation, number, reader, public.id, commitment), key)
        for reader, public in sorted(readers.items())
    }
    listed = tuple(EpochReader(reader, readers[reader].id, hash_text(box)) for reader, box in boxes.items())
    return NewEpoch(Epoch(number, commitment, listed), boxes, key)


def open_epoch(conversation: str, epoch: Epoch, reader: str, private: SealingKey, box: bytes) -> bytes:
    """The epoch key in a reader's box; raises `OpeningFailed`: `wrong_box` when it is not the box the signed statement
    lists for this reader and key, `cannot_open`, `wrong_commitment` when it holds another key than all others got.
    """
    listed = next((one for one in epoch.readers if one.reader == reader), None)
    if listed is None or listed.key != private.id or listed.box != hash_text(box):
        raise OpeningFailed("wrong_box", "This is not the box that was sealed to this reader.")
    key = open_box(private, epoch_box_info(conversation, epoch.number, reader, private.id, epoch.commitment), box)
    if not hmac.compare_digest(epoch_commitment(conversation, epoch.number, key), epoch.commitment):
        raise OpeningFailed("wrong_commitment", "This box holds another key than its statement commits to.")
    return key


def encrypt_name(key: bytes, conversation: str, number: int, name: str) -> bytes:
    """A conversation's name under an epoch key; the statement holds the SHA-256 of what this returns."""
    if not 0 < len(name.encode("utf-16-le")) // 2 <= MAX_NAME_CHARACTERS:
        raise ValueError("a name has 1 to 120 characters")
    return encrypt(key, _name_context(conversation, number), pad(write_json({"name": name})))


def decrypt_name(key: bytes, conversation: str, number: int, ciphertext: bytes) -> str:
    """The name; raises `OpeningFailed` (`cannot_decrypt`) or `EncodingRefused`."""
    members = Members(parse_json(unpad(decrypt(key, _name_context(conversation, number), ciphertext))))
    name = members.text("name", longest=MAX_NAME_CHARACTERS, shortest=1)
    members.close()
    return name


def _name_context(conversation: str, number: int) -> bytes:
    return lines("between/v1/conversation-name", conversation, str(number))
