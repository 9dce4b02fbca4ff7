"""Tables of emergencies. The signed statements are in the chains; these rows answer queries about them."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from messenger.db import Base, UtcDateTime


class Emergency(Base):
    """One request for emergency access. Whoever changes it locks this row first."""

    __tablename__ = "emergencies"

    emergency: Mapped[str] = mapped_column(String(36), primary_key=True)
    clinic: Mapped[str] = mapped_column(ForeignKey("clinics.clinic"), index=True)
    patient: Mapped[str] = mapped_column(ForeignKey("accounts.account"), index=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.conversation"))
    emergency_key: Mapped[str] = mapped_column(ForeignKey("emergency_keys.emergency_key"), index=True)
    requester: Mapped[str] = mapped_column(ForeignKey("accounts.account"), index=True)
    event: Mapped[str] = mapped_column(String(36))
    """The log entry of the request: what custodians ask a proof of."""
    requested: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[bytes] = mapped_column(LargeBinary)
    """What the requester wrote, encrypted."""
    released: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the second custodian released."""
    shown: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the requester was first served."""
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EmergencyTextBox(Base):
    """The key of what the requester wrote, sealed to somebody who decides on it or whom it concerns."""

    __tablename__ = "emergency_text_boxes"

    emergency: Mapped[str] = mapped_column(ForeignKey("emergencies.emergency"), primary_key=True)
    reader: Mapped[str] = mapped_column(String(36), primary_key=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class EmergencyReleaseBox(Base):
    """A custodian's share, sealed again to the requester."""

    __tablename__ = "emergency_release_boxes"

    emergency: Mapped[str] = mapped_column(ForeignKey("emergencies.emergency"), primary_key=True)
    custodian: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)
