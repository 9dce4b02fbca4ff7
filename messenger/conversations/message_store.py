"""Reads of stored messages; what writes them is `batch_store`."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from messenger.conversations.models import Message


def list_after(session: Session, conversation: str, after: int, limit: int) -> Sequence[Message]:
    """The first messages with a greater sequence than `after`, ascending."""
    return session.scalars(
        select(Message)
        .where(Message.conversation == conversation, Message.sequence > after)
        .order_by(Message.sequence)
        .limit(limit)
    ).all()


def list_before(session: Session, conversation: str, before: int | None, limit: int) -> Sequence[Message]:
    """The last messages with a smaller sequence than `before`, or the newest of all, ascending."""
    newest = select(Message).where(Message.conversation == conversation).order_by(Message.sequence.desc()).limit(limit)
    if before is not None:
        newest = newest.where(Message.sequence < before)
    return session.scalars(newest).all()[::-1]
