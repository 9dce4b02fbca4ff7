"""Which Ed25519 public keys may be trusted at all.

OpenSSL and Chromium accept encodings under which one signature verifies for any message: keys of small
order, and points written in a second way. Such a key is refused before it verifies anything. This is
arithmetic on public values; the signatures themselves are `cryptography`'s.
"""

from typing import Final

from messenger.merkle.errors import VerifierKeyError

PUBLIC_KEY_SIZE: Final = 32

_PRIME: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _PRIME) % _PRIME
_SIGN_BIT: Final = 1 << 255

_Y_OF_ORDER_EIGHT: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y: Final = frozenset({0, 1, _PRIME - 1, _Y_OF_ORDER_EIGHT, _PRIME - _Y_OF_ORDER_EIGHT})
"""The y of the eight points whose order divides eight; the sign of x tells each pair apart."""


def require_public_key(encoded: bytes) -> None:
    """Refuse what is not an honest 32-byte Ed25519 public key (RFC 8032, section 5.1.3).

    Raises VerifierKeyError for another length, a y that is not reduced, a point off the curve, or one of
    small order.
    """
    if len(encoded) != PUBLIC_KEY_SIZE:
        raise VerifierKeyError(f"an Ed25519 public key is {PUBLIC_KEY_SIZE} bytes, this has {len(encoded)}")
    y = int.from_bytes(encoded, "little") & ~_SIGN_BIT
    if y >= _PRIME:
        raise VerifierKeyError("the public key is not written in its canonical form")
    if y in _SMALL_ORDER_Y:
        raise VerifierKeyError("the public key is a point of small order")
    if not _is_on_curve(y):
        raise VerifierKeyError("the public key is not a point of the curve")


def _is_on_curve(y: int) -> bool:
    """Whether x² = (y² − 1) / (d·y² + 1) has a root; the quotient is a square when the product is."""
    numerator, denominator = y * y - 1, _D * y * y + 1
    return pow(numerator * denominator, (_PRIME - 1) // 2, _PRIME) == 1
