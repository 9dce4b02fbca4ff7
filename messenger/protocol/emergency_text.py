"""What somebody wrote when they asked for emergency access, for the eyes of those who decide on it (§5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from messenger.protocol.content import decrypt, encrypt, generate_content_key
from messenger.protocol.encoding import hash_text, lines
from messenger.protocol.errors import OpeningFailed
from messenger.protocol.json_strict import parse_json, write_json
from messenger.protocol.kinds.conversation import EpochReader
from messenger.protocol.kinds.emergency import EmergencyRequestBody
from messenger.protocol.padding import pad, unpad
from messenger.protocol.sealing import SealingKey, SealingPublicKey, emergency_text_box_info, open_box, seal
from messenger.protocol.shape import Members

LONGEST_TEXT: Final = 2000
"""UTF-16 code units."""


@dataclass(frozen=True)
class SealedText:
    """A text encrypted, with a box of its key for each reader and what the request's statement says of them."""

    ciphertext: bytes
    boxes: Mapping[str, bytes]
    listed: tuple[EpochReader, ...]

    @property
    def hash(self) -> str:
        """The hash of the ciphertext, which the request names."""
        return hash_text(self.ciphertext)


def seal_text(emergency: str, text: str, readers: Mapping[str, SealingPublicKey]) -> SealedText:
    """A text of 1 to 2,000 characters under a new random key, sealed to each of `readers` (account → sealing key)."""
    if not 0 < len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT:
        raise ValueError("a text has 1 to 2,000 characters")
    key = generate_content_key()
    ciphertext = encrypt(key, _context(emergency), pad(write_json({"text": text})))
    boxes = {
        reader: seal(public, emergency_text_box_info(emergency, reader, public.id), key)
        for reader, public in sorted(readers.items())
    }
    listed = tuple(EpochReader(reader, readers[reader].id, hash_text(box)) for reader, box in boxes.items())
    return SealedText(ciphertext, boxes, listed)


def open_text(request: EmergencyRequestBody, reader: str, private: SealingKey, box: bytes, ciphertext: bytes) -> str:
    """The text; raises `OpeningFailed` (`wrong_box`, `cannot_open`, `cannot_decrypt`) or `EncodingRefused`."""
    listed = next((one for one in request.boxes if one.reader == reader), None)
    if listed is None or listed.key != private.id or listed.box != hash_text(box):
        raise OpeningFailed("wrong_box", "This is not the box that was sealed to this reader.")
    if request.text != hash_text(ciphertext):
        raise OpeningFailed("cannot_decrypt", "This is not the text that the request names.")
    key = open_box(private, emergency_text_box_info(request.emergency, reader, private.id), box)
    members = Members(parse_json(unpad(decrypt(key, _context(request.emergency), ciphertext))))
    text = members.text("text", longest=LONGEST_TEXT, shortest=1)
    members.close()
    return text


def _context(emergency: str) -> bytes:
    return lines("between/v1/emergency-text", emergency)
