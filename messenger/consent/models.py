"""Tables of consents and profiles. The signed consents are in the chains; these rows answer queries about them."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from messenger.db import Base, UtcDateTime


class Consent(Base):
    """A consent under its newest terms, as the patient's chain decided them. `history_from` is the statement's `from`.

    `sequence` is the place in the chain at which it was given; `ended` when its revocation was stored.
    """

    __tablename__ = "consents"

    patient: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    consent: Mapped[str] = mapped_column(String(36))
    clinic: Mapped[str] = mapped_column(String(36))
    grantee: Mapped[str] = mapped_column(String(36))
    scope: Mapped[str] = mapped_column(String(36))
    purpose: Mapped[str] = mapped_column(String(20))
    history: Mapped[str] = mapped_column(String(10))
    history_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    may_open: Mapped[bool]
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("patient", "consent"),
        Index("ix_consents_grantee_patient", "grantee", "patient"),
    )


class EmergencyChoice(Base):
    """What a patient chose last about emergency access. Who never chose is opted out and has no row."""

    __tablename__ = "emergency_choices"

    patient: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    opted_in: Mapped[bool]


class Block(Base):
    """Somebody whom a patient keeps from reading now, whatever consents say."""

    __tablename__ = "blocks"

    patient: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True, index=True)


class Profile(Base):
    """A patient's encrypted profile beside the statement that holds its hash; an older version is not kept."""

    __tablename__ = "profiles"

    patient: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)


class ProfileBox(Base):
    """The key of a patient's running profile, sealed to a reader."""

    __tablename__ = "profile_boxes"

    patient: Mapped[str] = mapped_column(ForeignKey("profiles.patient"), primary_key=True)
    reader: Mapped[str] = mapped_column(String(36), primary_key=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class ProfileListing(Base):
    """That a viewer was shown a patient's sealed profile in a list on a day, so that the log says it once."""

    __tablename__ = "profile_listings"

    viewer: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    patient: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
