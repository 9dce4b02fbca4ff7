"""A new password, a new recovery code, new keys after a theft (`docs/protocol.md` §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from messenger.headless.account import Account
from messenger.headless.credentials import Credential, new_recovery_credential, password_credential, slot_of
from messenger.headless.identifiers import now
from messenger.protocol.account_chain import AccountChain, KeyVersion
from messenger.protocol.documents import DOCUMENT_NAMES, DocumentName, seal_document
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.key import KeyBody
from messenger.protocol.kinds.vault import Slot, SlotType, VaultBody
from messenger.protocol.pins import Pins, pin_account
from messenger.protocol.sealing import SealingKey, open_box, possession_info
from messenger.protocol.statement import Envelope, make_statement, peek_header
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

    The old private keys are kept to read what was sealed to them; the sealed documents move to the new master key in
    the same request. Ends every other session. Raises `ServiceRefused` (`chain_moved`, `document_moved`).
    """
    account.save_pins()
    credential, (recovery, code) = password_credential(password), new_recovery_credential()
    old, master_key = account.vault.current, generate_master_key()
    keys = IdentityKeys(old.version + 1, SigningKey.generate(), SealingKey.generate())
    statement = _key_statement(account, keys, old.signing)
    version = account.vault.body.version + 1
    slots = [slot_of(one, master_key, account.id, version, keys, account.clock) for one in (credential, recovery)]
    body = make_vault(account.id, version, master_key, [*account.vault.keys, keys], slots)
    renewed = _Renewed(
        chain=_grown(account.chain, keys, statement),
        vault=OpenVault(body, master_key, (*account.vault.keys, keys)),
        statement=_vault_statement(account, body, keys.signing),
    )
    documents = _documents(account, renewed)
    ticket, nonce = _possession(account, keys.sealing)
    request: JsonObject = {
        "key": statement.as_json(),
        "vault": renewed.statement.as_json(),
        "ticket": ticket,
        "nonce": b64u_encode(nonce),
        "documents": {name: one.sealed(master_key, account.id) for name, one in documents.items()},
    }
    account.api.post("/api/keys", request)
    account.chain, account.vault, account.vault_head = renewed.chain, renewed.vault, renewed.statement.hash
    account.pins, account.pins_version = Pins.parse(documents["pins"].document), documents["pins"].version
    account.keystore.unlock_again(master_key)
    account.remember()
    return credential, code


@dataclass(frozen=True)
class _Renewed:
    """What an account is after its keys were replaced."""

    chain: AccountChain
    vault: OpenVault
    statement: Envelope


@dataclass(frozen=True)
class _Document:
    name: DocumentName
    version: int
    document: JsonObject

    def sealed(self, master_key: bytes, account: str) -> JsonObject:
        ciphertext = seal_document(master_key, account, self.name, self.version, self.document)
        return {"version": self.version, "ciphertext": b64u_encode(ciphertext)}


def _documents(account: Account, renewed: _Renewed) -> dict[str, _Document]:
    """Every document there is, as its next version; the pins already know the new keys."""
    own = pin_account(renewed.chain, compared=True)
    pins = replace(account.pins, accounts={**account.pins.accounts, account.id: own}, vault=renewed.vault.body.version)
    found: dict[str, _Document] = {"pins": _Document("pins", account.pins_version + 1, pins.as_json())}
    for name in DOCUMENT_NAMES:
        stored = None if name == "pins" else account.document(name)
        if stored is not None:
            found[name] = _Document(name, stored[0] + 1, stored[1])
    return found


def _grown(chain: AccountChain, keys: IdentityKeys, statement: Envelope) -> AccountChain:
    since = peek_header(statement).time
    version = KeyVersion(keys.version, keys.signing.public, keys.sealing.public, since, statement.hash)
    return replace(chain, keys=(*chain.keys, version), hashes=(*chain.hashes, statement.hash))


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
