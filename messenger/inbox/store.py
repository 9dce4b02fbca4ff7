"""Reads and writes of questions."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from messenger.bulk import Rows, insert_all
from messenger.inbox.models import Question


def add_questions(session: Session, questions: Rows) -> None:
    """Store questions that were just asked."""
    insert_all(session.connection(), Question, questions)


def acknowledge(session: Session, conversation: str, questions: Collection[str], by: str, at: datetime) -> None:
    """Enter by which message these open questions were first acknowledged."""
    session.execute(
        update(Question)
        .where(*_open_among(conversation, questions), Question.acknowledged.is_(None))
        .values(acknowledged=by, acknowledged_at=at)
        .execution_options(synchronize_session=False)
    )


def close(
    session: Session, conversation: str, questions: Collection[str], closed_as: str, by: str, at: datetime
) -> None:
    """Close these questions where they are still open."""
    session.execute(
        update(Question)
        .where(*_open_among(conversation, questions))
        .values(closed=at, closed_as=closed_as, closed_by=by)
        .execution_options(synchronize_session=False)
    )


def list_open(
    session: Session, clinic: str, patients: Collection[str], conversations: Collection[str]
) -> Sequence[Question]:
    """The open questions of these patients, or in these conversations, longest waiting first."""
    return session.scalars(
        select(Question)
        .where(
            Question.clinic == clinic,
            Question.closed.is_(None),
            or_(Question.patient.in_(patients), Question.conversation.in_(conversations)),
        )
        .order_by(Question.asked, Question.question)
    ).all()


def list_open_in(session: Session, conversations: Collection[str]) -> Sequence[Question]:
    """The open questions in these conversations, in no order."""
    return session.scalars(
        select(Question).where(Question.conversation.in_(conversations), Question.closed.is_(None))
    ).all()


def _open_among(conversation: str, questions: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return Question.question.in_(questions), Question.conversation == conversation, Question.closed.is_(None)
