"""The recovery code: 160 bits in Crockford's base32 with a checksum, nine groups of four (`docs/protocol.md` §4)."""

from __future__ import annotations

import secrets
from typing import Final

from messenger.protocol.encoding import labelled_hash
from messenger.protocol.errors import PasswordRefused

RECOVERY_BYTES: Final = 20
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_CHARACTERS: Final = 32
_CHECK_CHARACTERS: Final = 4
_GROUP_CHARACTERS: Final = 4
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def generate_recovery_secret() -> bytes:
    """20 new random bytes."""
    return secrets.token_bytes(RECOVERY_BYTES)


def write_recovery_code(secret: bytes) -> str:
    """`XXXX-XXXX-…`, nine groups: what is shown once and printed."""
    if len(secret) != RECOVERY_BYTES:
        raise ValueError("a recovery code holds 20 bytes")
    text = _base32(int.from_bytes(secret, "big"), _CODE_CHARACTERS) + _checksum(secret)
    return "-".join(text[at : at + _GROUP_CHARACTERS] for at in range(0, len(text), _GROUP_CHARACTERS))


def read_recovery_code(text: str) -> bytes:
    """The 20 bytes of a code as a person typed it: any case, `O` for 0, `I` and `L` for 1, spaces and dashes anywhere.

    Raises `PasswordRefused`: `recovery_code_malformed` for the wrong length or a letter that is in no code,
    `recovery_code_mistyped` when the checksum does not fit.
    """
    if not text.isascii():
        raise PasswordRefused("recovery_code_malformed", "A recovery code has letters A to Z and digits alone.")
    characters = text.upper().translate(_READ_AS)
    if len(characters) != _CODE_CHARACTERS + _CHECK_CHARACTERS or any(c not in _ALPHABET for c in characters):
        raise PasswordRefused("recovery_code_malformed", "A recovery code is nine groups of four letters and digits.")
    number = 0
    for character in characters[:_CODE_CHARACTERS]:
        number = number << 5 | _ALPHABET.index(character)
    secret = number.to_bytes(RECOVERY_BYTES, "big")
    if _checksum(secret) != characters[_CODE_CHARACTERS:]:
        raise PasswordRefused("recovery_code_mistyped", "One of the letters or digits of this code is not right.")
    return secret


def _checksum(secret: bytes) -> str:
    digest = labelled_hash("recovery-code", secret)
    return _base32(int.from_bytes(digest[:3], "big") >> 4, _CHECK_CHARACTERS)


def _base32(number: int, characters: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(characters)))
