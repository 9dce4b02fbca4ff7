"""Joining: an invitation becomes an account with keys, vault, sealed documents and first session, all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy.orm import Session

from messenger import events
from messenger.accounts import invitations, possession, sign_in, store, vaults
from messenger.accounts.actor import Joiner
from messenger.accounts.announcements import AccountJoined
from messenger.accounts.documents import Document, put_document
from messenger.accounts.errors import ConsentMissing, InvitationUsed, NameTaken
from messenger.accounts.models import Account, Invitation
from messenger.accounts.names import LANGUAGES, SignInName, choose_name, take_label
from messenger.accounts.possession import Ticket
from messenger.accounts.sign_in import SignedIn
from messenger.accounts.verified import verified_account
from messenger.audit.actions import Action
from messenger.audit.service import AuditEvent
from messenger.chains import service as chains
from messenger.errors import Invalid
from messenger.protocol.account_chain import KeyVersion
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.kinds.key import KeyBody
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.shape import Members
from messenger.protocol.statement import Envelope, verify
from messenger.roles import Role


@dataclass(frozen=True)
class Joining:
    """What a joiner sends, all in one request (docs/protocol.md §3)."""

    invitation: str
    name: str
    ticket: str
    nonce: bytes
    key: Envelope
    vault: Envelope
    consent: Envelope | None
    documents: Mapping[str, Document]
    device: str
    device_label: str
    language: str

    @classmethod
    def take(cls, members: Members) -> Self:
        """From the members of a request, which has others beside these; raises `EncodingRefused`."""
        return cls(
            invitation=members.id("invitation", "inv"),
            name=members.text("name", longest=200),
            ticket=members.text("ticket", longest=100),
            nonce=members.raw("nonce", 32),
            key=Envelope.parse(members.take("key")),
            vault=Envelope.parse(members.take("vault")),
            consent=members.or_none("consent", lambda name: Envelope.parse(members.take(name))),
            documents=Document.parse_all(members.take("documents")),
            device=members.id("device", "dev"),
            device_label=take_label(members),
            language=members.one_of("language", LANGUAGES),
        )


def challenge_possession(session: Session, invitation: str, sealing_key: SealingPublicKey, at: datetime) -> Ticket:
    """Seal a nonce to the key that somebody wants to join with.

    Raises:
        InvitationUnknown, InvitationUsed, InvitationCancelled, InvitationExpired: nobody can join with it.
    """
    row = invitations.get_open(session, invitation, at)
    return possession.challenge(session, row.account, sealing_key, at)


def join(session: Session, joining: Joining, at: datetime) -> SignedIn:
    """Make the account that the invitation is for and begin its first session.

    Raises:
        InvitationUnknown, InvitationUsed, InvitationCancelled, InvitationExpired: nobody can join with it.
        NameTaken, DeviceTaken, PossessionRefused, ConsentMissing, StatementMisplaced: as they say.
        Invalid: `name_unusable`, `slots_incomplete`, `documents_expected`.
        ProtocolError: a statement does not hold, such as a key that the invitation's secret did not countersign.
    """
    row = invitations.get_open(session, joining.invitation, at)
    name = _free_name(session, joining.name)
    if (joining.consent is not None) != (row.role == Role.PATIENT):
        raise ConsentMissing
    if not store.use_invitation(session, row.invitation, at):
        raise InvitationUsed
    keys = verified_account(session, row.account, [joining.key]).current
    possession.redeem(session, row.account, keys.sealing.id, joining.ticket, joining.nonce, at)
    vault = vaults.check_vault(joining.vault, row.account, keys.signing, keys.sealing.id)
    account = _add_account(session, row, name, keys, joining.language, at)
    vouching = SigningPublicKey(row.public_key)
    statement = verify(joining.key, KeyBody, {"self": keys.signing, "invitation": vouching})
    chains.append(session, statement, _entry(row, at))
    vaults.keep_vault(session, account, vault, at)
    _keep_documents(session, row, joining.documents, at)
    events.publish(
        session, AccountJoined(row.account, row.clinic, Role(row.role), tuple(row.teams), joining.consent, at)
    )
    return sign_in.begin_for(session, account, joining.device, joining.device_label, at)


def _free_name(session: Session, text: str) -> SignInName:
    name = choose_name(text)
    if store.find_account_by_name(session, name.key) is not None:
        raise NameTaken
    return name


def _add_account(
    session: Session, row: Invitation, name: SignInName, keys: KeyVersion, language: str, at: datetime
) -> Account:
    account = Account(
        account=row.account,
        clinic=row.clinic,
        role=row.role,
        invitation=row.invitation,
        name=name.shown,
        name_key=name.key,
        language=language,
        key_version=keys.version,
        signing_key=keys.signing.raw,
        sealing_key=keys.sealing.raw,
        sealing_key_id=keys.sealing.id,
        vault_version=1,
        joined=at,
    )
    if not store.add_account(session, account):
        raise NameTaken  # somebody took it between the look and the insert
    return store.get_account(session, row.account)


def _keep_documents(session: Session, row: Invitation, documents: Mapping[str, Document], at: datetime) -> None:
    expected = {"pins", "clinic-key"} if row.founding else {"pins"}
    if documents.keys() != expected or any(document.version != 1 for document in documents.values()):
        raise Invalid("documents_expected", "Joining brings the first version of the documents it needs, and no other.")
    owner = Joiner(row.account, Role(row.role), row.clinic)
    for name, document in sorted(documents.items()):
        put_document(session, owner, name, document, at)


def _entry(row: Invitation, at: datetime) -> AuditEvent:
    return AuditEvent(
        clinic=row.clinic,
        actor=row.account,
        subject=row.account,
        action=Action.ACCOUNT_JOINED,
        object=row.invitation,
        time=at,
    )
