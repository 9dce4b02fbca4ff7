"""Recording: one entry for each action, in the transaction of what it records."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from messenger import events
from messenger.audit import store
from messenger.audit.actions import Action, Outcome, Reason
from messenger.audit.errors import LogUnwritable
from messenger.bulk import Writes
from messenger.protocol.access_log import NONCE_BYTES, LogEntry
from messenger.protocol.commitment import SALT_BYTES, CommittedText
from messenger.protocol.encoding import b64u_encode, format_time, sha256
from messenger.protocol.ids import make_id

SYSTEM: Final = "system"
"""The actor of what nobody asked for: expiry, seeding, retention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """What an entry will say. `subject` is whose record it stands in: an account, or a team or clinic for its own.

    `statement` is the 32-byte hash of the signed statement or message that did it. `detail` is text that stands
    beside the entry, which holds a salted commitment to it: it can be erased without touching the log.
    """

    clinic: str
    actor: str
    action: Action
    subject: str
    time: datetime
    on_behalf: str | None = None
    object: str | None = None
    conversation: str | None = None
    outcome: Outcome = Outcome.DONE
    reason: Reason | None = None
    statement: bytes | None = None
    automatic: bool = False
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class _Recorded:
    """An entry ready to be stored, with the text beside it."""

    event: AuditEvent
    entry: LogEntry
    body: bytes
    detail: CommittedText | None


@dataclass(frozen=True, slots=True)
class EntriesRecorded:
    """Entries joined this transaction: the sequencer has work once it is durable."""

    clinics: frozenset[str]


def record(session: Session, event: AuditEvent) -> str:
    """Write one entry in the caller's transaction; the id of the entry (`evt_…`).

    Raises:
        LogUnwritable: it cannot be written, so what it records must not happen.
    """
    return record_all(session, [event])[0]


def record_all(session: Session, recorded: Sequence[AuditEvent]) -> list[str]:
    """Write entries in the caller's transaction, in this order; their ids. Either all of them commit or nothing.

    Raises:
        LogUnwritable: as `record`.
    """
    writes = Writes()
    written = record_with(writes, session, recorded)
    try:
        writes.run(session.connection())
    except SQLAlchemyError as error:
        raise LogUnwritable from error
    return written


def record_with(writes: Writes, session: Session, recorded: Sequence[AuditEvent]) -> list[str]:
    """As `record_all`, the entries joining what else the transaction writes at once: it is the caller who runs it."""
    if not recorded:
        return []
    entries = [_entry(event) for event in recorded]
    store.add_entries(
        writes,
        [_body_row(entry) for entry in entries],
        [_queue_row(entry) for entry in entries],
        [_detail_row(entry, entry.detail) for entry in entries if entry.detail is not None],
    )
    events.publish(session, EntriesRecorded(frozenset(event.clinic for event in recorded)))
    return [recorded.entry.id for recorded in entries]


def _entry(event: AuditEvent) -> _Recorded:
    detail = None if event.detail is None else CommittedText(secrets.token_bytes(SALT_BYTES), event.detail)
    random = secrets.token_bytes(NONCE_BYTES + 10)
    entry = LogEntry(
        id=make_id("evt", int(event.time.timestamp() * 1000), random[NONCE_BYTES:]),
        clinic=event.clinic,
        time=format_time(event.time),
        actor=event.actor,
        on_behalf=event.on_behalf,
        action=event.action.value,
        object=event.object,
        subject=event.subject,
        conversation=event.conversation,
        outcome=event.outcome.value,
        reason=None if event.reason is None else event.reason.value,
        statement=None if event.statement is None else b64u_encode(event.statement),
        automatic=event.automatic,
        detail=None if detail is None else detail.commitment,
        nonce=random[:NONCE_BYTES],
    )
    return _Recorded(event, entry, entry.encode(), detail)


def _body_row(recorded: _Recorded) -> dict[str, object]:
    entry = recorded.entry
    return {
        "event": entry.id,
        "clinic": entry.clinic,
        "subject": entry.subject,
        "actor": entry.actor,
        "action": entry.action,
        "conversation": entry.conversation,
        "time": recorded.event.time,
        "body": recorded.body.decode("ascii"),
    }


def _queue_row(recorded: _Recorded) -> dict[str, object]:
    entry = recorded.entry
    return {"clinic": entry.clinic, "event": entry.id, "subject": entry.subject, "body_hash": sha256(recorded.body)}


def _detail_row(recorded: _Recorded, detail: CommittedText) -> dict[str, object]:
    return {"event": recorded.entry.id, "salt": detail.salt, "text": detail.text}
