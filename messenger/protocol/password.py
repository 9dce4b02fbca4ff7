"""From a password or a recovery code to its two halves (`docs/protocol.md` §4): what signs in, what opens the slot."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from argon2.low_level import Type, hash_secret_raw

from messenger.protocol.encoding import derive
from messenger.protocol.errors import PasswordRefused
from messenger.protocol.keys import SigningKey

SALT_BYTES: Final = 16
ARGON2_MEMORY_KIB: Final = 65_536
ARGON2_PASSES: Final = 3
ARGON2_LANES: Final = 1
ARGON2_VERSION: Final = 0x13
MAX_PASSWORD_BYTES: Final = 1024


@dataclass(frozen=True)
class Argon2Parameters:
    """What a password slot was made with. Only the floor itself is accepted: `m`, `t` and `p` are not choices."""

    salt: bytes
    m: int = ARGON2_MEMORY_KIB
    t: int = ARGON2_PASSES
    p: int = ARGON2_LANES

    name = "argon2id"

    def check(self) -> None:
        """Raises `PasswordRefused` (`weak_parameters`) for anything but the compiled-in floor, whoever serves it."""
        if (self.m, self.t, self.p) != (ARGON2_MEMORY_KIB, ARGON2_PASSES, ARGON2_LANES) or len(self.salt) != SALT_BYTES:
            raise PasswordRefused("weak_parameters", "The service asked for weaker password protection than allowed.")


@dataclass(frozen=True)
class HkdfParameters:
    """What a recovery slot was made with: the code has 160 random bits, so it needs no slow function."""

    salt: bytes

    name = "hkdf"

    def check(self) -> None:
        """Raises `PasswordRefused` (`weak_parameters`) unless the salt is 16 bytes."""
        if len(self.salt) != SALT_BYTES:
            raise PasswordRefused("weak_parameters", "The salt of a recovery slot is 16 bytes.")


@dataclass(frozen=True)
class SlotSecrets:
    """The two halves: the sign-in key, whose public part the server holds, and the slot key, which never leaves."""

    sign_in: SigningKey
    slot_key: bytes = field(repr=False)


def normalise_password(password: str) -> bytes:
    """NFC in UTF-8, so that one password typed on two keyboards is one; raises `PasswordRefused`
    (`password_unusable`) for an empty one, one with a lone surrogate, or more than 1,024 bytes.
    """
    try:
        data = unicodedata.normalize("NFC", password).encode("utf-8")
    except UnicodeEncodeError as refused:
        raise PasswordRefused("password_unusable", "This password holds a broken character.") from refused
    if not 0 < len(data) <= MAX_PASSWORD_BYTES:
        raise PasswordRefused("password_unusable", "A password has between 1 and 1,024 bytes.")
    return data


def password_secrets(password: str, parameters: Argon2Parameters) -> SlotSecrets:
    """Argon2id (RFC 9106) over the password, then HKDF into two halves. Takes about 165 ms and 64 MiB."""
    parameters.check()
    stretched = hash_secret_raw(
        secret=normalise_password(password),
        salt=parameters.salt,
        time_cost=parameters.t,
        memory_cost=parameters.m,
        parallelism=parameters.p,
        hash_len=32,
        type=Type.ID,
        version=ARGON2_VERSION,
    )
    return SlotSecrets(SigningKey(derive(stretched, b"", "sign-in-key")), derive(stretched, b"", "slot-key"))


def recovery_secrets(secret: bytes, parameters: HkdfParameters) -> SlotSecrets:
    """HKDF over the recovery code's 20 bytes into the two halves."""
    parameters.check()
    return SlotSecrets(
        SigningKey(derive(secret, parameters.salt, "recovery-sign-in-key")),
        derive(secret, parameters.salt, "recovery-slot-key"),
    )
