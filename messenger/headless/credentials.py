"""Passwords and recovery codes as this client holds them while it works: their halves, never the words."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from messenger.clock import Clock
from messenger.headless.identifiers import new_id
from messenger.protocol.kinds.vault import Slot
from messenger.protocol.password import (
    SALT_BYTES,
    Argon2Parameters,
    HkdfParameters,
    SlotSecrets,
    password_secrets,
    recovery_secrets,
)
from messenger.protocol.recovery_code import generate_recovery_secret, read_recovery_code, write_recovery_code
from messenger.protocol.vault import IdentityKeys, make_slot


@dataclass(frozen=True)
class Credential:
    """One credential: how it is derived and what came of it."""

    kdf: Argon2Parameters | HkdfParameters
    secrets: SlotSecrets


def password_credential(password: str, kdf: Argon2Parameters | None = None) -> Credential:
    """A password's halves, under a fresh salt unless the service told one. Takes a sixth of a second."""
    parameters = kdf or Argon2Parameters(secrets.token_bytes(SALT_BYTES))
    return Credential(parameters, password_secrets(password, parameters))


def recovery_credential(code: str, kdf: HkdfParameters) -> Credential:
    """A recovery code's halves; raises `PasswordRefused` for a code that was mistyped."""
    return Credential(kdf, recovery_secrets(read_recovery_code(code), kdf))


def new_recovery_credential() -> tuple[Credential, str]:
    """A new recovery code's halves, and the code to be shown once."""
    secret, kdf = generate_recovery_secret(), HkdfParameters(secrets.token_bytes(SALT_BYTES))
    return Credential(kdf, recovery_secrets(secret, kdf)), write_recovery_code(secret)


def slot_of(
    credential: Credential, master_key: bytes, account: str, version: int, keys: IdentityKeys, clock: Clock
) -> Slot:
    """The master key under this credential."""
    return make_slot(
        master_key,
        account=account,
        slot=new_id("slt", clock),
        made_in=version,
        kdf=credential.kdf,
        credential=credential.secrets,
        keys=keys,
    )
