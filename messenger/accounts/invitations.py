"""Invitations: who may become which account, once, until when, and who says so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from messenger.accounts import store
from messenger.accounts.actor import Actor, Joiner
from messenger.accounts.errors import (
    InvitationCancelled,
    InvitationExpired,
    InvitationUnknown,
    InvitationUsed,
    StatementMisplaced,
)
from messenger.accounts.models import Invitation
from messenger.accounts.verified import inviting_account, verified_clinic
from messenger.audit import service as audit
from messenger.audit.actions import Action
from messenger.audit.service import AuditEvent
from messenger.chains import service as chains
from messenger.errors import Conflict, Invalid, NotFound, Refused
from messenger.protocol.account_chain import verify_invitation
from messenger.protocol.commitment import CommittedText, open_card
from messenger.protocol.encoding import b64u_encode, format_time, parse_time
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.invitation import InvitationBody
from messenger.protocol.statement import Envelope, Statement, peek_body
from messenger.roles import Role

LONGEST: Final = timedelta(days=30)
"""How long an invitation may wait: its secret lies on paper meanwhile."""

MAX_LABEL_BYTES: Final = 1024


class State(StrEnum):
    """What has become of an invitation."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ListedInvitation:
    """A line of the list of invitations; `label` is the inviter's own note, sealed by them for themselves."""

    invitation: str
    account: str
    role: Role
    teams: tuple[str, ...]
    inviter: str
    created: datetime
    expires: datetime
    state: State
    label: bytes | None

    def as_json(self) -> JsonObject:
        """The line as it travels."""
        return {
            "invitation": self.invitation,
            "account": self.account,
            "role": self.role.value,
            "teams": list(self.teams),
            "inviter": self.inviter,
            "created": format_time(self.created),
            "expires": format_time(self.expires),
            "state": self.state.value,
            "label": None if self.label is None else b64u_encode(self.label),
        }


def check_signed(session: Session, actor: Actor, envelope: Envelope, at: datetime) -> Statement[InvitationBody]:
    """The invitation that the actor has signed, by the rules every client goes by.

    Raises:
        Refused: `may_not_invite`, when somebody else is named as the inviter.
        Invalid: `expiry_unusable`, in the past or more than 30 days ahead.
        ProtocolError: signed by nobody who may invite this role, or for another clinic.
    """
    clinic = verified_clinic(session, actor.clinic)
    claimed = peek_body(envelope, InvitationBody)
    if claimed.inviter != actor.account:
        raise Refused("may_not_invite", "You cannot invite in somebody else's name.")
    inviter = inviting_account(session, clinic, actor.account)
    statement = verify_invitation(envelope, claimed.account, clinic, inviter)
    if not at < parse_time(statement.body.expires) <= at + LONGEST:
        raise Invalid("expiry_unusable", "An invitation ends within {days} days.", days=LONGEST.days)
    return statement


def keep_signed(
    session: Session,
    actor: Actor,
    statement: Statement[InvitationBody],
    card: CommittedText | None,
    label: bytes | None,
    at: datetime,
) -> None:
    """Keep a checked invitation: it begins the invited account's chain.

    Raises:
        Conflict: `invitation_exists`, its id or its account is taken.
        Invalid: `card_misplaced`, `label_too_large`.
        ProtocolError: the card is not the one that was committed to.
        ClockSkewed, ChainMoved: as for every statement.
    """
    body = statement.body
    _check_card(body, card)
    if label is not None and len(label) > MAX_LABEL_BYTES:
        raise Invalid("label_too_large", "The note on an invitation takes {limit} bytes.", limit=MAX_LABEL_BYTES)
    added = store.add_invitation(
        session,
        Invitation(
            invitation=body.invitation,
            clinic=body.clinic,
            account=body.account,
            role=body.role,
            teams=list(body.teams),
            inviter=actor.account,
            founding=False,
            public_key=body.public_key.raw,
            created=at,
            expires=parse_time(body.expires),
            card_salt=card.salt if card else None,
            card_text=card.text if card else None,
            label=label,
        ),
    )
    if not added:
        raise Conflict("invitation_exists", "There is an invitation with this number already. Make a new one.")
    chains.append(session, statement, _entry(actor, Action.INVITATION_CREATED, body.account, body.invitation, at))


def keep_founding(
    session: Session, clinic: str, founder: str, invitation: str, public_key: bytes, at: datetime, expires: datetime
) -> None:
    """Keep what `clinic create` prints a link for: no statement yet, the founder's browser will sign it."""
    store.add_invitation(
        session,
        Invitation(
            invitation=invitation,
            clinic=clinic,
            account=founder,
            role=Role.ADMINISTRATOR,
            teams=[],
            inviter=founder,
            founding=True,
            public_key=public_key,
            created=at,
            expires=expires,
        ),
    )


def sign_founding(session: Session, row: Invitation, envelope: Envelope, card: CommittedText, at: datetime) -> None:
    """Keep the founder's own invitation, signed by the clinic's key that has just been made.

    Raises:
        StatementMisplaced: it is not the invitation that `clinic create` recorded.
        Invalid: `card_misplaced`.
        ProtocolError: it is not signed by the clinic's key, or the card is not the one committed to.
    """
    clinic = verified_clinic(session, row.clinic)
    statement = verify_invitation(envelope, row.account, clinic, None)
    body = statement.body
    recorded = (row.invitation, Role.ADMINISTRATOR, row.public_key, row.account)
    if (body.invitation, body.role, body.public_key.raw, body.inviter) != recorded or body.teams:
        raise StatementMisplaced
    _check_card(body, card)
    row.card_salt, row.card_text = card.salt, card.text
    founder = Joiner(row.account, Role.ADMINISTRATOR, row.clinic)
    chains.append(session, statement, _entry(founder, Action.INVITATION_CREATED, row.account, row.invitation, at))


def get_open(session: Session, invitation: str, at: datetime) -> Invitation:
    """The invitation, if somebody can still join with it.

    Raises:
        InvitationUnknown, InvitationUsed, InvitationCancelled, InvitationExpired: nobody can.
    """
    found = store.find_invitation(session, invitation)
    if found is None:
        raise InvitationUnknown
    refusals = {
        State.USED: InvitationUsed,
        State.CANCELLED: InvitationCancelled,
        State.EXPIRED: InvitationExpired,
    }
    refusal = refusals.get(state_of(found, at))
    if refusal is not None:
        raise refusal
    return found


def state_of(invitation: Invitation, at: datetime) -> State:
    """What has become of it by now."""
    if invitation.used is not None:
        return State.USED
    if invitation.cancelled is not None:
        return State.CANCELLED
    return State.EXPIRED if invitation.expires <= at else State.OPEN


def list_invitations(session: Session, actor: Actor, at: datetime) -> list[ListedInvitation]:
    """An administrator sees the clinic's invitations, others the ones they made; the newest first."""
    own = None if actor.role is Role.ADMINISTRATOR else actor.account
    return [
        ListedInvitation(
            invitation=row.invitation,
            account=row.account,
            role=Role(row.role),
            teams=tuple(row.teams),
            inviter=row.inviter,
            created=row.created,
            expires=row.expires,
            state=state_of(row, at),
            label=row.label if row.inviter == actor.account else None,
        )
        for row in store.list_invitations(session, actor.clinic, own)
    ]


def cancel(session: Session, actor: Actor, invitation: str, at: datetime) -> None:
    """Take an invitation back: whoever made it, or an administrator of its clinic.

    Raises:
        NotFound: there is none that this actor may take back.
        InvitationUsed, InvitationCancelled, InvitationExpired: it is over already.
    """
    found = store.find_invitation(session, invitation)
    if found is None or found.clinic != actor.clinic or found.founding:
        raise NotFound
    if actor.role is not Role.ADMINISTRATOR and found.inviter != actor.account:
        raise NotFound
    get_open(session, invitation, at)
    if not store.cancel_invitation(session, invitation, at):
        raise InvitationUsed  # somebody joined, or cancelled, between the look and the update
    audit.record(session, _entry(actor, Action.INVITATION_CANCELLED, found.account, invitation, at))


def _check_card(body: InvitationBody, card: CommittedText | None) -> None:
    """Staff are invited with the name and credential that the statement commits to, patients without."""
    if (card is None) != (body.card is None) or (card is None) != (Role(body.role) is Role.PATIENT):
        raise Invalid("card_misplaced", "Staff are invited with their name and credential, patients without.")
    if card is not None:
        open_card(card, body.card)


def _entry(actor: Actor, action: Action, invited: str, invitation: str, at: datetime) -> AuditEvent:
    return AuditEvent(
        clinic=actor.clinic, actor=actor.account, subject=invited, action=action, object=invitation, time=at
    )
