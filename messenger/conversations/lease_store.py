"""Reads and writes of leases: how long what a session opened is served to it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from messenger.conversations.models import Lease
from messenger.once import insert_once


def add_lease(session: Session, lease: Lease) -> bool:
    """Store a lease unless its statement was used before; whether it was stored."""
    return insert_once(
        session,
        Lease,
        {
            "statement": lease.statement,
            "event": lease.event,
            "session": lease.session,
            "account": lease.account,
            "conversation": lease.conversation,
            "signed": lease.signed,
            "until": lease.until,
        },
    )


def find_lease(session: Session, statement: bytes) -> Lease | None:
    """The lease that this opening gave."""
    return session.get(Lease, statement, populate_existing=True)


def find_running_lease(session: Session, session_id: str, conversation: str, at: datetime) -> Lease | None:
    """The lease that runs longest of those that a session holds on a conversation."""
    return session.scalars(
        select(Lease)
        .where(Lease.session == session_id, Lease.conversation == conversation, Lease.until > at, Lease.left.is_(None))
        .order_by(Lease.until.desc())
        .limit(1)
    ).first()


def renew_lease(session: Session, lease: Lease, signed: datetime, until: datetime) -> bool:
    """Let a lease run on, unless a later renewal came first; whether it does."""
    renewed = session.execute(
        update(Lease)
        .where(Lease.statement == lease.statement, Lease.signed < signed, Lease.left.is_(None))
        .values(signed=signed, until=until)
        .returning(Lease.statement)
        .execution_options(synchronize_session=False)
    )
    return renewed.first() is not None


def end_leases(session: Session, session_id: str, conversation: str, at: datetime) -> list[str]:
    """End the leases of a session on a conversation; the log entries of their openings, oldest first."""
    ended = session.execute(
        update(Lease)
        .where(Lease.session == session_id, Lease.conversation == conversation, Lease.left.is_(None))
        .values(left=at)
        .returning(Lease.event)
        .execution_options(synchronize_session=False)
    )
    return sorted(ended.scalars())
