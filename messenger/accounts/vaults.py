"""Vaults and key statements: what their owner signed, kept, and the credentials that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from messenger.accounts import possession, sessions, store
from messenger.accounts.actor import Caller
from messenger.accounts.documents import Document, put_document
from messenger.accounts.errors import StatementMisplaced
from messenger.accounts.models import Account, SignInSlot, Vault
from messenger.accounts.verified import current_signing_key, verified_account
from messenger.audit.actions import Action, Reason
from messenger.audit.service import AuditEvent
from messenger.chains import service as chains
from messenger.errors import Invalid, NotFound
from messenger.protocol.json_strict import parse_json, write_json
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.kinds.key import KeyBody
from messenger.protocol.kinds.vault import VaultBody
from messenger.protocol.statement import Envelope, Statement, verify

SLOT_TYPES = frozenset({"password", "recovery"})


@dataclass(frozen=True)
class NewKeys:
    """New identity keys, the vault that holds them, the proof that the sealing key is held, and the sealed documents
    under the new master key: none of them may stay behind under one that nothing opens any more.
    """

    key: Envelope
    vault: Envelope
    ticket: str
    nonce: bytes
    documents: Mapping[str, Document]


def newest_vault(session: Session, account: str) -> Envelope:
    """The account's vault as it was signed.

    Raises:
        NotFound: there is none.
    """
    found = store.find_vault(session, account)
    if found is None:
        raise NotFound
    return Envelope.parse(parse_json(found.envelope))


def put_vault(session: Session, caller: Caller, envelope: Envelope, at: datetime) -> None:
    """Append a vault made with the running keys: a new password or a new recovery code.

    A new password ends every other session: whoever knew the old one is out.

    Raises:
        ChainMoved: another device was first.
        StatementMisplaced: the vault is another account's, or for other keys than the running ones.
        Invalid: `slots_incomplete`.
        ProtocolError: it is not what its owner can have signed, or its parameters are below the floor.
    """
    account = store.get_account(session, caller.account)
    vault = check_vault(
        envelope, account.account, current_signing_key(session, account.account), account.sealing_key_id
    )
    old = store.find_slot(session, account.account, "password")
    keep_vault(session, account, vault, at)
    new = store.find_slot(session, account.account, "password")
    if old is None or new is None or old.sign_in_key != new.sign_in_key:
        sessions.end_with_old_credentials(session, caller, at)


def replace_keys(session: Session, caller: Caller, new: NewKeys, at: datetime) -> None:
    """Append a new version of the caller's keys and the vault that holds them, and end every other session.

    Raises:
        ChainMoved, DocumentMoved: another device was first.
        PossessionRefused: the sealing key was not shown to be held.
        StatementMisplaced, Invalid, ProtocolError: as for `put_vault`; the key must follow in the account's chain.
    """
    account = store.get_account(session, caller.account)
    chain = verified_account(session, account.account, [new.key])
    keys = chain.current
    possession.redeem(session, account.account, keys.sealing.id, new.ticket, new.nonce, at)
    vault = check_vault(new.vault, account.account, keys.signing, keys.sealing.id)
    statement = verify(new.key, KeyBody, {"self": keys.signing, "previous": SigningPublicKey(account.signing_key)})
    chains.append(session, statement, _entry(account, Action.KEY_REPLACED, at, Reason.STOLEN))
    account.key_version, account.signing_key = keys.version, keys.signing.raw
    account.sealing_key, account.sealing_key_id = keys.sealing.raw, keys.sealing.id
    keep_vault(session, account, vault, at)
    for name, document in new.documents.items():
        put_document(session, caller, name, document, at)
    sessions.end_with_old_credentials(session, caller, at)


def check_vault(
    envelope: Envelope, account: str, signing: SigningPublicKey, sealing_key_id: str
) -> Statement[VaultBody]:
    """The vault, signed by these keys' owner for these keys, with one password and one recovery slot above the floor.

    Raises:
        StatementMisplaced: it is about another account or other keys.
        Invalid: `slots_incomplete`.
        ProtocolError: the statement does not hold, or `weak_parameters`.
    """
    vault = verify(envelope, VaultBody, {"self": signing})
    body = vault.body
    if (body.account, vault.header.signer.account) != (account, account):
        raise StatementMisplaced
    if (body.signing_key, body.sealing_key) != (signing.id, sealing_key_id):
        raise StatementMisplaced
    if sorted(slot.type for slot in body.slots) != sorted(SLOT_TYPES):
        raise Invalid("slots_incomplete", "A vault has one password and one recovery code.")
    for slot in body.slots:
        slot.kdf.check()
    return vault


def keep_vault(session: Session, account: Account, vault: Statement[VaultBody], at: datetime) -> None:
    """Append a checked vault, forget the one before it and let its slots be the account's credentials.

    Raises:
        ChainMoved: another device was first.
    """
    chains.append_hash(session, vault, _entry(account, Action.VAULT_CHANGED, at))
    account.vault_version = vault.body.version
    envelope = write_json(vault.envelope.as_json())
    store.put_vault(session, Vault(account=account.account, version=vault.body.version, envelope=envelope))
    slots = [
        SignInSlot(
            account=account.account,
            type=slot.type,
            slot=slot.slot,
            salt=slot.kdf.salt,
            sign_in_key=slot.sign_in_key.raw,
        )
        for slot in vault.body.slots
    ]
    store.replace_slots(session, account.account, slots)


def _entry(account: Account, action: Action, at: datetime, reason: Reason | None = None) -> AuditEvent:
    return AuditEvent(
        clinic=account.clinic, actor=account.account, subject=account.account, action=action, reason=reason, time=at
    )
