"""The one table of this layer: how often somebody tried."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from messenger.db import Base, UtcDateTime


class TryCount(Base):
    """Tries of one subject under one limit within one window of time; rows of ended windows are removed."""

    __tablename__ = "try_counts"

    subject: Mapped[str] = mapped_column(String(43), primary_key=True)
    """A keyed hash, so that the table holds neither names nor addresses."""
    window_ends: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True, index=True)
    tries: Mapped[int] = mapped_column(Integer, nullable=False)
