"""Reads of stored messages; what writes them is `batch_store`."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from messenger.conversations.models import Message

Stretches = Sequence[tuple[int, int]]
"""First and last sequences of the stretches among which messages are looked for, each inclusive."""


def list_after(session: Session, conversation: str, stretches: Stretches, after: int, limit: int) -> Sequence[Message]:
    """The first messages with a greater sequence than `after`, ascending."""
    return session.scalars(
        select(Message)
        .where(Message.conversation == conversation, Message.sequence > after, _within(stretches))
        .order_by(Message.sequence)
        .limit(limit)
    ).all()


def list_before(
    session: Session, conversation: str, stretches: Stretches, before: int | None, limit: int
) -> Sequence[Message]:
    """The last messages with a smaller sequence than `before`, or the newest of all, ascending."""
    newest = (
        select(Message)
        .where(Message.conversation == conversation, _within(stretches))
        .order_by(Message.sequence.desc())
        .limit(limit)
    )
    if before is not None:
        newest = newest.where(Message.sequence < before)
    return session.scalars(newest).all()[::-1]


def _within(stretches: Stretches) -> ColumnElement[bool]:
    return or_(false(), *(and_(Message.sequence >= first, Message.sequence <= last) for first, last in stretches))
