"""A new password, a new recovery code, new keys after a theft (`docs/protocol.md` §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from messenger.headless.account import Account
from messenger.headless.credentials import Credential, new_recovery_credential, password_credential, slot_of
from messenger.headless.identifiers import now
from messenger.protocol.account_chain import KeyVersion
from messenger.protocol.documents import DOCUMENT_NAMES, DocumentName, seal_document
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.key import KeyBody
from messenger.protocol.kinds.vault import Slot, SlotType, VaultBody
from messenger.protocol.sealing import SealingKey, open_box, possession_info
from messenger.protocol.statement import Envelope, make_statement
from messenger.protocol.vault import IdentityKeys, OpenVault, generate_master_key, make_vault


def change_password(account: Account, password: str) -> Credential:
    """Puts a new password slot in the place of the old one; the recovery code stays. Ends every other session.

    Raises `ServiceRefused` (`chain_moved` when another device was first).
    """
    credential = password_credential(password)
    _replace_slot(account, "password", credential)
    return credential


def new_recovery_code(account: Account) -> str:
    """Puts a new recovery slot in the place of the old one; the code, to be shown once. Raises as `change_password`."""
    credential, code = new_recovery_credential()
    _replace_slot(account, "recovery", credential)
    return code


def replace_stolen_keys(account: Account, password: str) -> tuple[Credential, str]:
    """New keys, master key, password and recovery code, because a device or password may be in other hands.

    The old private keys are kept to read what was sealed to them. Documents are sealed again under the new master key.
    """
    credential, (recovery, code) = password_credential(password), new_recovery_credential()
    documents = {name: account.document(name) for name in DOCUMENT_NAMES}
    old, master_key = account.vault.current, generate_master_key()
    keys = IdentityKeys(old.version + 1, SigningKey.generate(), SealingKey.generate())
    ticket, nonce = _possession(account, keys.sealing)
    statement = _key_statement(account, keys, old.signing)
    version = account.vault.body.version + 1
    slots = [slot_of(one, master_key, account.id, version, keys, account.clock) for one in (credential, recovery)]
    body = make_vault(account.id, version, master_key, [*account.vault.keys, keys], slots)
    vault = _vault_statement(account, body, keys.signing)
    request: JsonObject = {
        "key": statement.as_json(),
        "vault": vault.as_json(),
        "ticket": ticket,
        "nonce": b64u_encode(nonce),
        "documents": _sealed_again(account.id, master_key, documents),
    }
    account.api.post("/api/keys", request)
    _take_over(account, body, vault, master_key, keys, statement)
    _remember_again(account, documents["pins"])
    return credential, code


def _replace_slot(account: Account, slot_type: SlotType, credential: Credential) -> None:
    vault, version = account.vault, account.vault.body.version + 1
    new = slot_of(credential, vault.master_key, account.id, version, vault.current, account.clock)
    slots: Sequence[Slot] = [new if slot.type == slot_type else slot for slot in vault.body.slots]
    body = make_vault(account.id, version, vault.master_key, vault.keys, slots)
    statement = _vault_statement(account, body, vault.current.signing)
    account.api.put("/api/vault", statement.as_json())
    account.vault, account.vault_head = replace(vault, body=body), statement.hash
    account.repin_own_chain()
    account.save_pins()
    account.remember()


def _vault_statement(account: Account, body: VaultBody, signing: SigningKey) -> Envelope:
    return make_statement(
        body,
        account=account.id,
        keys={"self": signing},
        time=now(account.clock),
        sequence=body.version - 1,
        previous=account.vault_head,
    )


def _key_statement(account: Account, keys: IdentityKeys, previous: SigningKey) -> Envelope:
    body = KeyBody(
        account=account.id,
        clinic=account.clinic.clinic,
        version=keys.version,
        signing_key=keys.signing.public,
        sealing_key=keys.sealing.public,
        reason="stolen",
    )
    return make_statement(
        body,
        account=account.id,
        keys={"self": keys.signing, "previous": previous},
        time=now(account.clock),
        sequence=len(account.chain.hashes),
        previous=account.chain.head,
    )


def _possession(account: Account, key: SealingKey) -> tuple[str, bytes]:
    members = account.api.post("/api/keys/possession", {"sealing_key": b64u_encode(key.public.raw)})
    ticket, box = members.text("ticket"), members.raw("box")
    return ticket, open_box(key, possession_info(account.id, key.id), box)


def _take_over(
    account: Account, body: VaultBody, vault: Envelope, master_key: bytes, keys: IdentityKeys, statement: Envelope
) -> None:
    version = KeyVersion(keys.version, keys.signing.public, keys.sealing.public, now(account.clock), statement.hash)
    account.vault = OpenVault(body, master_key, (*account.vault.keys, keys))
    account.vault_head = vault.hash
    account.chain = replace(
        account.chain, keys=(*account.chain.keys, version), hashes=(*account.chain.hashes, statement.hash)
    )


def _sealed_again(
    account: str, master_key: bytes, documents: Mapping[DocumentName, tuple[int, JsonObject] | None]
) -> JsonObject:
    """The next version of each document under the new master key; they move in the request that moves the keys."""
    return {
        name: {
            "version": found[0] + 1,
            "ciphertext": b64u_encode(seal_document(master_key, account, name, found[0] + 1, found[1])),
        }
        for name, found in documents.items()
        if found is not None
    }


def _remember_again(account: Account, pins: tuple[int, JsonObject] | None) -> None:
    account.pins_version = account.pins_version if pins is None else pins[0] + 1
    account.keystore.unlock_again(account.vault.master_key)
    account.repin_own_chain()
    account.save_pins()
    account.remember()
