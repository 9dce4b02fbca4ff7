"""Tables of conversations. The signed links are in the chains, these rows answer queries; content is ciphertext."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from messenger.db import Base, UtcDateTime

_BIG = BigInteger().with_variant(Integer(), "sqlite")


class Conversation(Base):
    """A conversation at the end of its control chain. Whoever changes or writes into it locks this row first."""

    __tablename__ = "conversations"

    conversation: Mapped[str] = mapped_column(String(36), primary_key=True)
    clinic: Mapped[str] = mapped_column(ForeignKey("clinics.clinic"))
    patient: Mapped[str] = mapped_column(ForeignKey("accounts.account"), index=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    control_head: Mapped[bytes] = mapped_column(LargeBinary(32))
    epoch: Mapped[int] = mapped_column(Integer)
    epoch_began: Mapped[datetime] = mapped_column(UtcDateTime)
    epoch_place: Mapped[int] = mapped_column(Integer)
    """Where in the control chain the running epoch's link stands: a message names that place or a later one."""
    name_statement: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    last_sequence: Mapped[int] = mapped_column(_BIG)
    last_received: Mapped[datetime | None] = mapped_column(UtcDateTime)
    emergency: Mapped[str | None] = mapped_column(String(36))
    """The emergency key that the next epoch is sealed to: the patient is opted in, it stands and is not spent."""
    epoch_over: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether another epoch must begin before the next message: the running one is sealed to a key that is spent."""


class EmergencyKey(Base):
    """An emergency key of a conversation: `spent` once nothing more is sealed to it, `ended` once it stands no more."""

    __tablename__ = "emergency_keys"

    emergency_key: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.conversation"), index=True)
    statement: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealing_key_id: Mapped[str] = mapped_column(String(43))
    spent: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used: Mapped[bool]
    """Whether two custodians have released it; else their set was replaced."""
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EmergencyShareBox(Base):
    """A custodian's share of an emergency key."""

    __tablename__ = "emergency_share_boxes"

    emergency_key: Mapped[str] = mapped_column(ForeignKey("emergency_keys.emergency_key"), primary_key=True)
    custodian: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True, index=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class ConversationName(Base):
    """A name, encrypted under the key of `epoch`, beside the statement that holds its hash."""

    __tablename__ = "conversation_names"

    statement: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.conversation"), index=True)
    epoch: Mapped[int] = mapped_column(Integer)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)


class EpochStart(Base):
    """Where an epoch begins: its messages are those after this sequence, up to where the next one begins."""

    __tablename__ = "epochs"

    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.conversation"), primary_key=True)
    epoch: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    after: Mapped[int] = mapped_column(_BIG)


class EpochBox(Base):
    """An epoch's key, sealed to one of its readers: a person or a team."""

    __tablename__ = "epoch_boxes"

    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.conversation"), primary_key=True)
    reader: Mapped[str] = mapped_column(String(36), primary_key=True)
    epoch: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class HistoryBox(Base):
    """An earlier epoch's key, sealed to somebody who came later, beside the statement that lists it."""

    __tablename__ = "history_boxes"

    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.conversation"), primary_key=True)
    reader: Mapped[str] = mapped_column(String(36), primary_key=True)
    epoch: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    statement: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class Message(Base):
    """A message as it was signed. Erased, it keeps header, signature and the ciphertext's hash."""

    __tablename__ = "messages"

    message: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.conversation"))
    sequence: Mapped[int] = mapped_column(_BIG)
    sender: Mapped[str] = mapped_column(String(36))
    device: Mapped[str] = mapped_column(String(36))
    device_sequence: Mapped[int] = mapped_column(_BIG)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    header: Mapped[bytes] = mapped_column(LargeBinary)
    ciphertext: Mapped[bytes | None] = mapped_column(LargeBinary)
    ciphertext_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    received: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("conversation", "sequence"),
        UniqueConstraint("conversation", "device", "device_sequence"),
    )


class DeviceHead(Base):
    """A device's newest message in a conversation: what its next one must follow."""

    __tablename__ = "device_heads"

    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.conversation"), primary_key=True)
    device: Mapped[str] = mapped_column(String(36), primary_key=True)
    sequence: Mapped[int] = mapped_column(_BIG)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Receipt(Base):
    """Up to which sequence a conversation reached somebody's devices, and up to which they have read it."""

    __tablename__ = "receipts"

    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.conversation"), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"), primary_key=True)
    delivered: Mapped[int] = mapped_column(_BIG)
    read: Mapped[int] = mapped_column(_BIG)


class Lease(Base):
    """A signed opening: until when its session is served the conversation's content. Kept; it never runs twice."""

    __tablename__ = "leases"

    statement: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    event: Mapped[str] = mapped_column(String(36))
    session: Mapped[str] = mapped_column(String(36))
    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"))
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.conversation"))
    signed: Mapped[datetime] = mapped_column(UtcDateTime)
    """When its holder last asked for it: a renewal counts once, and only if it was signed later."""
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    left: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_leases_session_conversation_until", "session", "conversation", "until"),)
