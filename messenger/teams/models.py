"""Tables of clinics and care teams. Boxes and links are ciphertext; the statements that name them are in the chains."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from messenger.db import Base, UtcDateTime


class Clinic(Base):
    """A clinic. It has no signing key until its founder's browser has made one."""

    __tablename__ = "clinics"

    clinic: Mapped[str] = mapped_column(ForeignKey("logs.clinic"), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    founder: Mapped[str] = mapped_column(String(36))
    log_key: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    signing_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    founded: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClinicKeyBox(Base):
    """The clinic's signing seed, sealed to an administrator. The founder holds it in a sealed document instead."""

    __tablename__ = "clinic_key_boxes"

    clinic: Mapped[str] = mapped_column(ForeignKey("clinics.clinic"), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    statement: Mapped[bytes] = mapped_column(LargeBinary(32))
    box: Mapped[bytes] = mapped_column(LargeBinary)


class Team(Base):
    """A care team at its running generation; generation 0 has no key yet."""

    __tablename__ = "teams"

    team: Mapped[str] = mapped_column(String(36), primary_key=True)
    clinic: Mapped[str] = mapped_column(ForeignKey("clinics.clinic"), index=True)
    name: Mapped[str] = mapped_column(Text)
    manager: Mapped[str] = mapped_column(ForeignKey("accounts.account"))
    generation: Mapped[int] = mapped_column(Integer)
    sealing_key: Mapped[bytes | None] = mapped_column(LargeBinary(1216))
    sealing_key_id: Mapped[str | None] = mapped_column(String(43))
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class TeamMember(Base):
    """Someone placed in a team; `generation` is the newest one they hold the key of, or null while they wait.

    Cover reads from `cover_from` until before `cover_until`; for members both are null.
    """

    __tablename__ = "team_members"

    team: Mapped[str] = mapped_column(ForeignKey("teams.team"), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    generation: Mapped[int | None] = mapped_column(Integer)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    cover_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cover_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_team_members_account", "account"),)


class TeamBox(Base):
    """A generation's seed, sealed to a member."""

    __tablename__ = "team_boxes"

    team: Mapped[str] = mapped_column(ForeignKey("teams.team"), primary_key=True)
    generation: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    statement: Mapped[bytes] = mapped_column(LargeBinary(32))
    box: Mapped[bytes] = mapped_column(LargeBinary)


class TeamLink(Base):
    """The seed of the generation before, encrypted under this one's."""

    __tablename__ = "team_links"

    team: Mapped[str] = mapped_column(ForeignKey("teams.team"), primary_key=True)
    generation: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
