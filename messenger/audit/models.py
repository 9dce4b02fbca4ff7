"""Tables of the access log. Bodies, frames, nodes and checkpoints refuse every change and removal."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from messenger.append_only import append_only
from messenger.db import Base, UtcDateTime

_BIG = BigInteger().with_variant(Integer(), "sqlite")


class Log(Base):
    """One access log for each clinic: its origin, its public key and its sealed private one."""

    __tablename__ = "logs"

    clinic: Mapped[str] = mapped_column(String(36), primary_key=True)
    origin: Mapped[str] = mapped_column(Text)
    verifier_key: Mapped[str] = mapped_column(Text)
    sealed_seed: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditBody(Base):
    """An entry as it was hashed, with the members that are searched for beside it."""

    __tablename__ = "audit_bodies"

    event: Mapped[str] = mapped_column(String(36), primary_key=True)
    clinic: Mapped[str] = mapped_column(ForeignKey("logs.clinic"))
    subject: Mapped[str] = mapped_column(String(36))
    actor: Mapped[str] = mapped_column(String(36))
    action: Mapped[str] = mapped_column(String(40))
    conversation: Mapped[str | None] = mapped_column(String(36))
    time: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str] = mapped_column(Text)


class AuditDetail(Base):
    """The text that an entry's `detail` commits to. It stands beside the entry so that it alone can be erased."""

    __tablename__ = "audit_details"

    event: Mapped[str] = mapped_column(ForeignKey("audit_bodies.event"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    text: Mapped[str] = mapped_column(Text)


class QueuedEntry(Base):
    """An entry that the sequencer has not placed in the tree yet."""

    __tablename__ = "audit_queue"

    id: Mapped[int] = mapped_column(_BIG, primary_key=True, autoincrement=True)
    clinic: Mapped[str] = mapped_column(String(36))
    event: Mapped[str] = mapped_column(String(36))
    subject: Mapped[str] = mapped_column(String(36))
    body_hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (Index("ix_audit_queue_clinic_id", "clinic", "id"),)


class AuditFrame(Base):
    """The place of an entry: leaf `index` of its clinic's tree, link `sequence` of its subject's chain."""

    __tablename__ = "audit_frames"

    clinic: Mapped[str] = mapped_column(ForeignKey("logs.clinic"), primary_key=True)
    index: Mapped[int] = mapped_column(_BIG, primary_key=True, autoincrement=False)
    event: Mapped[str] = mapped_column(String(36), unique=True)
    subject: Mapped[str] = mapped_column(String(36))
    sequence: Mapped[int] = mapped_column(_BIG)
    previous: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    body_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (UniqueConstraint("clinic", "subject", "sequence"),)


class AuditNode(Base):
    """A perfect subtree of a clinic's Merkle tree; never changes once it is complete."""

    __tablename__ = "audit_nodes"

    clinic: Mapped[str] = mapped_column(ForeignKey("logs.clinic"), primary_key=True)
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(_BIG, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditCheckpoint(Base):
    """A head of the tree as the log signed it."""

    __tablename__ = "audit_checkpoints"

    clinic: Mapped[str] = mapped_column(ForeignKey("logs.clinic"), primary_key=True)
    size: Mapped[int] = mapped_column(_BIG, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    note: Mapped[str] = mapped_column(Text)
    signed: Mapped[datetime] = mapped_column(UtcDateTime)


for _table in (AuditBody, AuditFrame, AuditNode, AuditCheckpoint):
    append_only(_table)
