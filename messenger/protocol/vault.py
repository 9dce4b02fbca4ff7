"""Making and opening a vault (`docs/protocol.md` §4).

What opens it is checked against what signs it: the keys inside are derived again and compared with the ids in the
slot's context, in the vault and in the account's chain. Every failure is one error: a server learns nothing from how.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.content import decrypt, encrypt
from messenger.protocol.encoding import b64u_encode, derive, lines
from messenger.protocol.errors import OpeningFailed, ProtocolError
from messenger.protocol.json_strict import JsonValue, parse_json, write_json
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.vault import Slot, SlotType, VaultBody
from messenger.protocol.password import Argon2Parameters, HkdfParameters, SlotSecrets
from messenger.protocol.sealing import SealingKey
from messenger.protocol.shape import Members
from messenger.protocol.statement import Envelope, verify

MASTER_KEY_BYTES: Final = 32


@dataclass(frozen=True)
class IdentityKeys:
    """One version of an account's private keys."""

    version: int
    signing: SigningKey
    sealing: SealingKey


@dataclass(frozen=True)
class OpenVault:
    """What a credential opened: the master key and every version of the keys, newest last."""

    body: VaultBody
    master_key: bytes = field(repr=False)
    keys: tuple[IdentityKeys, ...] = field(repr=False)

    @property
    def current(self) -> IdentityKeys:
        """The newest keys."""
        return self.keys[-1]

    def sealing_key(self, key_id: str) -> SealingKey | None:
        """The private sealing key with this id, old ones included: they open what was sealed to them."""
        return next((key.sealing for key in self.keys if key.sealing.id == key_id), None)


def generate_master_key() -> bytes:
    """A new random master key."""
    return secrets.token_bytes(MASTER_KEY_BYTES)


def make_slot(
    master_key: bytes,
    *,
    account: str,
    slot: str,
    made_in: int,
    kdf: Argon2Parameters | HkdfParameters,
    credential: SlotSecrets,
    keys: IdentityKeys,
) -> Slot:
    """The master key under one credential; its type follows from the derivation."""
    kdf.check()
    slot_type: SlotType = "password" if isinstance(kdf, Argon2Parameters) else "recovery"
    context = slot_context(account, slot, slot_type, made_in, (keys.signing.id, keys.sealing.id), kdf)
    sealed = encrypt(credential.slot_key, context, master_key)
    return Slot(slot, slot_type, made_in, kdf, credential.sign_in.public, sealed)


def make_vault(
    account: str, version: int, master_key: bytes, keys: Sequence[IdentityKeys], slots: Sequence[Slot]
) -> VaultBody:
    """The body of a vault's version; `keys` are all versions of the account's keys, newest last."""
    newest = keys[-1]
    ids = (newest.signing.id, newest.sealing.id)
    return VaultBody(account, version, *ids, tuple(slots), seal_keys(account, master_key, keys))


def seal_keys(account: str, master_key: bytes, keys: Sequence[IdentityKeys]) -> bytes:
    """All versions of the private keys under the master key."""
    written: list[JsonValue] = [
        {
            "version": key.version,
            "signing_seed": b64u_encode(key.signing.seed),
            "sealing_seed": b64u_encode(key.sealing.seed),
        }
        for key in keys
    ]
    context = keys_context(account, keys[-1].signing.id, keys[-1].sealing.id)
    return encrypt(derive(master_key, b"", "sealed-keys"), context, write_json({"keys": written}))


def open_vault(envelope: Envelope, chain: AccountChain, slot_type: SlotType, credential: SlotSecrets) -> OpenVault:
    """The vault of the account whose chain this is, opened with one credential.

    The chain may still be no more than what was served: it is believed only because the keys that the credential opens
    are the ones it names. Raises `OpeningFailed` (`vault_unopened`), whatever the reason.
    """
    try:
        body = verify(envelope, VaultBody, {"self": chain.current.signing}).body
        vault = _open(body, slot_type, credential)
        _compare(vault, chain)
    except (ProtocolError, StopIteration) as refused:
        raise OpeningFailed("vault_unopened", "This vault does not open.") from refused
    return vault


def slot_context(
    account: str,
    slot: str,
    slot_type: SlotType,
    made_in: int,
    key_ids: tuple[str, str],
    kdf: Argon2Parameters | HkdfParameters,
) -> bytes:
    """The place of a master key in a slot: every line that a server might want to swap."""
    costs = (str(kdf.m), str(kdf.t), str(kdf.p)) if isinstance(kdf, Argon2Parameters) else ("", "", "")
    place = ("between/v1/vault-slot", account, slot, slot_type, str(made_in), *key_ids)
    return lines(*place, kdf.name, *costs, b64u_encode(kdf.salt))


def keys_context(account: str, signing_key: str, sealing_key: str) -> bytes:
    """The place of the private keys under the master key."""
    return lines("between/v1/sealed-keys", account, signing_key, sealing_key)


def _open(body: VaultBody, slot_type: SlotType, credential: SlotSecrets) -> OpenVault:
    slot = next(one for one in body.slots if one.type == slot_type and one.sign_in_key == credential.sign_in.public)
    slot.kdf.check()
    ids = (body.signing_key, body.sealing_key)
    context = slot_context(body.account, slot.slot, slot.type, slot.made_in, ids, slot.kdf)
    master_key = decrypt(credential.slot_key, context, slot.sealed)
    written = decrypt(derive(master_key, b"", "sealed-keys"), keys_context(body.account, *ids), body.sealed_keys)
    members = Members(parse_json(written))
    keys = members.list("keys", _parse_keys)
    members.close()
    return OpenVault(body, master_key, keys)


def _parse_keys(value: JsonValue) -> IdentityKeys:
    members = Members(value)
    version = members.integer("version", least=1)
    signing, sealing = SigningKey(members.raw("signing_seed")), SealingKey(members.raw("sealing_seed"))
    members.close()
    return IdentityKeys(version, signing, sealing)


def _compare(vault: OpenVault, chain: AccountChain) -> None:
    """Every private key inside belongs to the public one of its version in the chain, and none is missing."""
    body = vault.body
    inside = [(key.version, key.signing.public, key.sealing.public) for key in vault.keys]
    stated = [(key.version, key.signing, key.sealing) for key in chain.keys]
    ids = (chain.account, chain.current.signing.id, chain.current.sealing.id)
    if inside != stated or (body.account, body.signing_key, body.sealing_key) != ids:
        raise OpeningFailed("vault_unopened", "The keys in this vault are not the account's.")
