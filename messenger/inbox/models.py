"""The table of questions. It holds what stands in message headers, never content."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from messenger.db import Base, UtcDateTime

_BIG = BigInteger().with_variant(Integer(), "sqlite")


class Question(Base):
    """A question from a patient's side, and what became of it: `acknowledged` and `closed_by` name messages.

    It is closed as `answered` by a message of the care team, or as `withdrawn` when its sender takes it back.
    """

    __tablename__ = "questions"

    question: Mapped[str] = mapped_column(ForeignKey("messages.message"), primary_key=True)
    clinic: Mapped[str] = mapped_column(ForeignKey("clinics.clinic"))
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.conversation"))
    patient: Mapped[str] = mapped_column(String(36))
    sequence: Mapped[int] = mapped_column(_BIG)
    asked: Mapped[datetime] = mapped_column(UtcDateTime)
    category: Mapped[str | None] = mapped_column(String(20))
    urgency: Mapped[str] = mapped_column(String(10))
    acknowledged: Mapped[str | None] = mapped_column(String(36))
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_as: Mapped[str | None] = mapped_column(String(10))
    closed_by: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (
        # What is open is a small part of what was ever asked: these hold that part alone, in the queue's order.
        Index(
            "ix_questions_open",
            "clinic",
            "asked",
            "question",
            sqlite_where=text("closed IS NULL"),
            postgresql_where=text("closed IS NULL"),
        ),
        Index(
            "ix_questions_open_in_conversation",
            "conversation",
            sqlite_where=text("closed IS NULL"),
            postgresql_where=text("closed IS NULL"),
        ),
    )
