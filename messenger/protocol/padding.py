"""Padmé padding (Nikitin et al., PETS 2019, §4): a length leaks O(log log n) bits, and nothing below 256 bytes."""

from __future__ import annotations

from typing import Final

from messenger.protocol.encoding import u32be
from messenger.protocol.errors import EncodingRefused

MIN_PADDED_BYTES: Final = 256
_LENGTH_BYTES: Final = 4


def padme(length: int) -> int:
    """The smallest Padmé length that holds `length` ≥ 1 bytes."""
    exponent = length.bit_length() - 1
    kept_bits = exponent.bit_length()
    mask = (1 << max(exponent - kept_bits, 0)) - 1
    return (length + mask) & ~mask


def pad(data: bytes) -> bytes:
    """`u32be(len) ‖ data ‖ zeros`, max(256, Padmé(4 + len)) bytes."""
    framed = u32be(len(data)) + data
    return framed.ljust(max(MIN_PADDED_BYTES, padme(len(framed))), b"\x00")


def unpad(padded: bytes) -> bytes:
    """What `pad` was given; raises `EncodingRefused` (`malformed_padding`) unless `padded` is exactly what it makes."""
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    data = padded[_LENGTH_BYTES : _LENGTH_BYTES + length]
    if len(padded) < MIN_PADDED_BYTES or len(data) != length or pad(data) != padded:
        raise EncodingRefused("malformed_padding", "This padding is not the one the protocol makes.")
    return data
