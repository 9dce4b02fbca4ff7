"""Whether a caller may have to do with a conversation at all, and what the log says about it."""

from collections.abc import Collection
from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy.orm import Session

from messenger.audit import service as audit
from messenger.audit.actions import Action, Outcome, Reason
from messenger.audit.service import AuditEvent
from messenger.consent import service as consent
from messenger.conversations import store
from messenger.conversations.caller import Caller
from messenger.conversations.errors import NotAReader
from messenger.conversations.models import Conversation
from messenger.db import Database


class Further(TypedDict, total=False):
    """What an entry may say beside who did what where (`AuditEvent`)."""

    object: str | None
    outcome: Outcome
    reason: Reason
    statement: bytes
    automatic: bool
    detail: str


def require_reader(session: Session, caller: Caller, conversation: Conversation, action: Action, at: datetime) -> None:
    """Let a reader of the conversation pass.

    Raises:
        NotAReader: no consent covers the caller.
    """
    if consent.may_read(session, caller.account, conversation.patient, conversation.conversation, at):
        return
    raise NotAReader(refusal(caller, conversation, action, at))


def kept_from(session: Session, conversations: Collection[str]) -> dict[str, set[str]]:
    """By conversation, whom its patient keeps from reading though a team of theirs reads."""
    patients = store.patients_of(session, conversations)
    blocked = consent.blocked_of_each(session, set(patients.values()))
    return {conversation: blocked.get(patient, set()) for conversation, patient in patients.items()}


def entry(
    caller: Caller, conversation: Conversation, action: Action, at: datetime, **further: Unpack[Further]
) -> AuditEvent:
    """An entry about a conversation, in its patient's chain."""
    return AuditEvent(
        clinic=conversation.clinic,
        actor=caller.account,
        action=action,
        subject=conversation.patient,
        conversation=conversation.conversation,
        time=at,
        **further,
    )


def refusal(caller: Caller, conversation: Conversation, action: Action, at: datetime) -> AuditEvent:
    """The entry of an attempt that no consent covered."""
    return entry(caller, conversation, action, at, outcome=Outcome.REFUSED, reason=Reason.NOT_A_READER)


def record_attempt(database: Database, refused: NotAReader) -> None:
    """Record an attempt that was refused, in a transaction of its own; before this is durable nobody is answered."""
    with database.unit_of_work() as session:
        audit.record(session, refused.attempt)
