"""Reads and writes of accounts, invitations, sign-in slots, challenges, tickets and documents."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from messenger.accounts.models import (
    Account,
    Challenge,
    Invitation,
    PossessionTicket,
    SealedDocument,
    SignedInSession,
    SignInSlot,
    Vault,
)
from messenger.errors import NotFound
from messenger.once import insert_once, values_of


def add_account(session: Session, account: Account) -> bool:
    """Store an account; whether its name was still free."""
    return insert_once(session, Account, values_of(account))


def find_account(session: Session, account: str) -> Account | None:
    """The account of this id."""
    return session.get(Account, account)


def get_account(session: Session, account: str) -> Account:
    """The account of this id.

    Raises:
        NotFound: nobody has joined with it.
    """
    found = find_account(session, account)
    if found is None:
        raise NotFound
    return found


def find_account_by_name(session: Session, name_key: str) -> Account | None:
    """Who signs in with this name."""
    return session.scalars(select(Account).where(Account.name_key == name_key)).first()


def list_accounts(session: Session, accounts: Collection[str]) -> Sequence[Account]:
    """The accounts of these ids, in the order of joining."""
    return session.scalars(select(Account).where(Account.account.in_(accounts)).order_by(Account.account)).all()


def list_accounts_of_roles(session: Session, clinic: str, roles: Iterable[str]) -> Sequence[Account]:
    """The accounts of a clinic with one of these roles, in the order of joining."""
    return session.scalars(
        select(Account).where(Account.clinic == clinic, Account.role.in_(roles)).order_by(Account.account)
    ).all()


def list_accounts_ending(session: Session, clinic: str, role: str, ending: str) -> Sequence[str]:
    """The ids of a clinic's accounts of this role that end so."""
    ours = select(Account.account).where(Account.clinic == clinic, Account.role == role)
    return session.scalars(ours.where(Account.account.endswith(ending, autoescape=True))).all()


def find_clinics(session: Session, accounts: Collection[str]) -> dict[str, str]:
    """The clinic of each of these accounts."""
    rows = session.execute(select(Account.account, Account.clinic).where(Account.account.in_(accounts)))
    return {row.account: row.clinic for row in rows}


def add_invitation(session: Session, invitation: Invitation) -> bool:
    """Store an invitation; whether its id and its account were still free."""
    return insert_once(session, Invitation, values_of(invitation))


def find_invitation(session: Session, invitation: str) -> Invitation | None:
    """The invitation of this id."""
    return session.get(Invitation, invitation)


def find_invitation_of(session: Session, account: str) -> Invitation | None:
    """The invitation that this account is, or was, joined with."""
    return session.scalars(select(Invitation).where(Invitation.account == account)).first()


def list_invitations_of(session: Session, accounts: Collection[str]) -> Sequence[Invitation]:
    """The invitations that these accounts were joined with."""
    return session.scalars(select(Invitation).where(Invitation.account.in_(accounts))).all()


def list_invitations(session: Session, clinic: str, inviter: str | None) -> Sequence[Invitation]:
    """The invitations into a clinic, or those by one inviter there; the newest first, founding ones left out."""
    which: list[ColumnElement[bool]] = [Invitation.clinic == clinic, Invitation.founding.is_(False)]
    if inviter is not None:
        which.append(Invitation.inviter == inviter)
    return session.scalars(select(Invitation).where(*which).order_by(Invitation.created.desc())).all()


def use_invitation(session: Session, invitation: str, at: datetime) -> bool:
    """Use up an invitation that is neither used nor cancelled; whether this caller did."""
    return _settle(session, invitation, used=at)


def cancel_invitation(session: Session, invitation: str, at: datetime) -> bool:
    """Cancel an invitation that is neither used nor cancelled; whether this caller did."""
    return _settle(session, invitation, cancelled=at)


def _settle(session: Session, invitation: str, **values: datetime) -> bool:
    # The condition is in the UPDATE, not before it: of two who join at once, one finds no row.
    settled = (
        update(Invitation)
        .where(Invitation.invitation == invitation, Invitation.used.is_(None), Invitation.cancelled.is_(None))
        .values(**values)
        .returning(Invitation.invitation)
    )
    return session.execute(settled).first() is not None


def find_vault(session: Session, account: str) -> Vault | None:
    """The account's newest vault."""
    return session.get(Vault, account)


def put_vault(session: Session, vault: Vault) -> None:
    """Keep this vault and no older one."""
    session.merge(vault)
    session.flush()


def replace_slots(session: Session, account: str, slots: Sequence[SignInSlot]) -> None:
    """Let these, and no others, be the credentials of an account."""
    session.execute(delete(SignInSlot).where(SignInSlot.account == account))
    session.flush()
    session.add_all(slots)
    session.flush()


def find_slot(session: Session, account: str, slot_type: str) -> SignInSlot | None:
    """The credential of this type."""
    return session.get(SignInSlot, (account, slot_type))


def find_slot_by_name(session: Session, name_key: str, slot_type: str) -> SignInSlot | None:
    """The credential of this type of whoever has this name."""
    return session.scalars(
        select(SignInSlot)
        .join(Account, Account.account == SignInSlot.account)
        .where(Account.name_key == name_key, SignInSlot.type == slot_type)
    ).first()


def list_running(
    session: Session, sessions: Collection[str], unseen_since: datetime, begun_before: datetime
) -> set[str]:
    """Those of the sessions that are there, were seen after the one time and begun after the other."""
    return set(
        session.scalars(
            select(SignedInSession.session).where(
                SignedInSession.session.in_(sessions),
                SignedInSession.last_seen > unseen_since,
                SignedInSession.created > begun_before,
            )
        )
    )


def add_challenge(session: Session, challenge: Challenge) -> None:
    """Store a challenge that was given out."""
    session.add(challenge)
    session.flush()


def answer_challenge(session: Session, challenge_hash: bytes, at: datetime) -> Challenge | None:
    """Mark a running challenge as answered; None if there is none, it has run out or was answered before."""
    answered = (
        update(Challenge)
        .where(Challenge.hash == challenge_hash, Challenge.expires > at, Challenge.answered.is_(None))
        .values(answered=at)
        .returning(Challenge)
    )
    return session.scalars(answered).first()


def remove_challenge(session: Session, challenge: Challenge) -> None:
    """Remove a challenge that was answered well."""
    session.delete(challenge)
    session.flush()


def list_settled_challenges(session: Session, at: datetime, limit: int) -> Sequence[Challenge]:
    """Challenges that were answered wrongly or ran out, at most `limit`."""
    return session.scalars(
        select(Challenge)
        .where((Challenge.answered <= at) | (Challenge.expires <= at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def remove_challenges(session: Session, challenges: Sequence[Challenge]) -> None:
    """Remove these challenges."""
    session.execute(delete(Challenge).where(Challenge.hash.in_([challenge.hash for challenge in challenges])))


def add_ticket(session: Session, ticket: PossessionTicket) -> None:
    """Store a possession ticket."""
    session.add(ticket)
    session.flush()


def take_ticket(session: Session, ticket_hash: bytes) -> PossessionTicket | None:
    """Remove a ticket and hand it over: it is worth one try within the transaction that succeeds."""
    return session.scalars(
        delete(PossessionTicket).where(PossessionTicket.hash == ticket_hash).returning(PossessionTicket)
    ).first()


def remove_expired_tickets(session: Session, at: datetime) -> None:
    """Remove the tickets that ran out."""
    session.execute(delete(PossessionTicket).where(PossessionTicket.expires <= at))


def find_document(session: Session, account: str, name: str) -> SealedDocument | None:
    """The document of this name."""
    return session.get(SealedDocument, (account, name))


def put_document(session: Session, document: SealedDocument) -> bool:
    """Store the version after the stored one (1 after none); whether the stored one was the one before."""
    if document.version == 1:
        return insert_once(session, SealedDocument, values_of(document))
    replaced = (
        update(SealedDocument)
        .where(
            SealedDocument.account == document.account,
            SealedDocument.name == document.name,
            SealedDocument.version == document.version - 1,
        )
        .values(version=document.version, ciphertext=document.ciphertext)
        .returning(SealedDocument.version)
        .execution_options(synchronize_session=False)
    )
    return session.execute(replaced).first() is not None
