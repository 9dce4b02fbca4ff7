"""Opening a conversation: a reader-signed request, its entry in the log, and a lease within which content is served."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from messenger import events
from messenger.accounts.verified import current_signing_key
from messenger.audit import service as audit
from messenger.audit.actions import Action, Reason
from messenger.chains.service import check_clock
from messenger.consent import service as consent
from messenger.conversations import lease_store, store
from messenger.conversations.access import entry, require_reader
from messenger.conversations.announcements import LeasesEnded
from messenger.conversations.caller import Caller
from messenger.conversations.errors import OpenFirst, SequenceUnknown, StatementMisplaced, StatementUsed
from messenger.conversations.models import Conversation, Lease
from messenger.protocol.encoding import b64u_decode, parse_time
from messenger.protocol.kinds.access import LeaseRenewalBody, OpenBody
from messenger.protocol.statement import Envelope, Statement, verify

LEASE_RUNS: Final = timedelta(minutes=15)

Request = TypeVar("Request", OpenBody, LeaseRenewalBody)


@dataclass(frozen=True)
class Opened:
    """The entry that the log holds of an opening, and until when content is served."""

    event: str
    until: datetime


def open_conversation(session: Session, caller: Caller, conversation: str, envelope: Envelope, at: datetime) -> Opened:
    """Record that the caller opens a conversation and let it be served for fifteen minutes, or until consent ends.

    Whoever serves that content commits first: an entry that cannot be kept means that nothing is shown.

    Raises:
        ConversationUnknown, NotAReader: not one for this caller.
        StatementMisplaced, StatementUsed, ClockSkewed, ProtocolError: the request is not this caller's for this place
            and time.
    """
    row = store.get_conversation(session, conversation)
    require_reader(session, caller, row, Action.CONVERSATION_OPENED, at)
    statement = _verified(session, caller, conversation, envelope, OpenBody, at)
    purpose = statement.body.purpose
    opened = entry(
        caller,
        row,
        Action.CONVERSATION_OPENED,
        at,
        reason=Reason(purpose),
        statement=b64u_decode(statement.hash),
        automatic=purpose == "automatic",
    )
    event = audit.record(session, opened)
    lease = Lease(
        statement=b64u_decode(statement.hash),
        event=event,
        session=caller.session,
        account=caller.account,
        conversation=conversation,
        signed=parse_time(statement.header.time),
        until=_lease_end(session, caller, row, at),
    )
    if not lease_store.add_lease(session, lease):
        raise StatementUsed
    return Opened(event, lease.until)


def renew_lease(session: Session, caller: Caller, conversation: str, envelope: Envelope, at: datetime) -> datetime:
    """Let a running lease run for fifteen minutes from now; recorded as automatic. Until when.

    Raises:
        ConversationUnknown, NotAReader: not one for this caller, not any more perhaps.
        OpenFirst: the opening is not this session's, or its lease has ended.
        StatementUsed: this renewal, or a later one, was made before.
        StatementMisplaced, ClockSkewed, ProtocolError: as for opening.
    """
    row = store.get_conversation(session, conversation)
    require_reader(session, caller, row, Action.CONVERSATION_RENEWED, at)
    statement = _verified(session, caller, conversation, envelope, LeaseRenewalBody, at)
    lease = lease_store.find_lease(session, b64u_decode(statement.body.open))
    if lease is None or (lease.session, lease.conversation) != (caller.session, conversation):
        raise OpenFirst
    if lease.left is not None or lease.until <= at:
        raise OpenFirst
    until = _lease_end(session, caller, row, at)
    if not lease_store.renew_lease(session, lease, parse_time(statement.header.time), until):
        raise StatementUsed
    audit.record(
        session,
        entry(
            caller,
            row,
            Action.CONVERSATION_RENEWED,
            at,
            statement=b64u_decode(statement.hash),
            automatic=True,
            object=lease.event,
        ),
    )
    return until


def leave_conversation(
    session: Session, caller: Caller, conversation: str, first: int, last: int, at: datetime
) -> None:
    """End the caller's leases on a conversation and record which messages were shown; 0 and 0 for none.

    Raises:
        ConversationUnknown: there is none.
        OpenFirst: the caller's session has not opened it, or has left it already.
        SequenceUnknown: it has no such messages.
    """
    row = store.get_conversation(session, conversation)
    if not (first == last == 0 or 1 <= first <= last <= row.last_sequence):
        raise SequenceUnknown
    ended = lease_store.end_leases(session, caller.session, conversation, at)
    if not ended:
        raise OpenFirst
    events.publish(session, LeasesEnded(conversation))
    detail = json.dumps({"first": first, "last": last}, separators=(",", ":"))
    audit.record(session, entry(caller, row, Action.CONVERSATION_LEFT, at, object=ended[-1], detail=detail))


def require_lease(session: Session, caller: Caller, conversation: Conversation, at: datetime) -> datetime:
    """Until when the caller's session is served this conversation: no longer than its consents cover the caller.

    Raises:
        OpenFirst: no lease runs, or no consent covers the caller any more.
    """
    lease = lease_store.find_running_lease(session, caller.session, conversation.conversation, at)
    covered = consent.covered_until(session, caller.account, conversation.patient, conversation.conversation, at)
    if lease is None or covered is None:
        raise OpenFirst
    return min(lease.until, covered)


def _lease_end(session: Session, caller: Caller, row: Conversation, at: datetime) -> datetime:
    """Fifteen minutes from now, or sooner where the consents that cover the caller end."""
    covered = consent.covered_until(session, caller.account, row.patient, row.conversation, at)
    return min(at + LEASE_RUNS, covered or at)


def _verified(
    session: Session,
    caller: Caller,
    conversation: str,
    envelope: Envelope,
    body_type: type[Request],
    at: datetime,
) -> Statement[Request]:
    statement = verify(envelope, body_type, {"self": current_signing_key(session, caller.account)})
    body = statement.body
    if (body.account, body.device, body.conversation) != (caller.account, caller.device, conversation):
        raise StatementMisplaced
    if statement.header.signer.account != caller.account:
        raise StatementMisplaced
    check_clock(statement.header, at)
    return statement
