"""Typed identifiers: three letters, `_`, the 32 hex digits of a UUIDv7 (RFC 9562), `docs/protocol.md` §1.

A typed id can never be mistaken for one of another type, nor for a key id, which is a 43-character hash.
"""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

from messenger.protocol.errors import EncodingRefused

IdType = Literal["cln", "acc", "dev", "tea", "cnv", "msg", "inv", "cns", "slt", "ses", "evt", "emk", "eme"]
ID_TYPES: Final[tuple[IdType, ...]] = get_args(IdType)
ID_CHARACTERS: Final = 36

_ID = re.compile(r"([a-z]{3})_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}", re.ASCII)
_RANDOM_BYTES = 10


def check_id(text: str, *types: IdType) -> str:
    """`text` if it is an id of one of `types`; raises `EncodingRefused` (`bad_id`)."""
    match = _ID.fullmatch(text)
    if match is None or match[1] not in ID_TYPES:
        raise EncodingRefused("bad_id", "This is not an id: three letters, _, 32 hexadecimal digits.")
    if match[1] not in types:
        raise EncodingRefused("bad_id", f"An id of type {match[1]} cannot stand here.")
    return text


def make_id(id_type: IdType, milliseconds: int, random: bytes) -> str:
    """The UUIDv7 id of a moment: `milliseconds` since 1970 and 10 random bytes, of which 74 bits are used."""
    if len(random) != _RANDOM_BYTES or not 0 <= milliseconds < 1 << 48:
        raise ValueError("an id is made of 48 bits of time and 10 random bytes")
    number = int.from_bytes(milliseconds.to_bytes(6, "big") + random, "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return f"{id_type}_{number:032x}"
