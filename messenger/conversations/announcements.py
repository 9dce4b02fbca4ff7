"""What this room tells the rooms above it and the sockets (`messenger.events`)."""

from dataclasses import dataclass
from datetime import datetime

from messenger.roles import Role


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message just stored, as far as the server may know it. `ciphertext` is None where it is erased already."""

    id: str
    conversation: str
    clinic: str
    patient: str
    sequence: int
    received: datetime
    sender: str
    role: Role
    """The sender's."""
    kind: str
    category: str | None
    urgency: str
    answers: tuple[str, ...]
    acknowledges: tuple[str, ...]
    corrects: str | None
    takes_back: str | None
    header: bytes
    ciphertext: bytes | None
    ciphertext_hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class MessagesSent:
    """Messages stored in one transaction, in the order of their sequences within each conversation."""

    messages: tuple[SentMessage, ...]


@dataclass(frozen=True, slots=True)
class MessageErased:
    """The ciphertext of a message is gone: its sender took it back."""

    conversation: str
    message: str


@dataclass(frozen=True, slots=True)
class ReceiptChanged:
    """How far somebody's devices have received and somebody has read."""

    conversation: str
    account: str
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """A conversation has a new head or new messages. `readers` are the people and teams who may know."""

    conversation: str
    last_sequence: int
    control_head: bytes
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadersChanged:
    """The patient has decided something: leases end with what covers them, and the accounts in `lost` read no more."""

    conversation: str
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeasesEnded:
    """Somebody has left a conversation: what their session's sockets are told of it ends."""

    conversation: str


@dataclass(frozen=True, slots=True)
class TypingChanged:
    """Somebody writes, or has stopped to. Never stored, so announced without a commit."""

    conversation: str
    account: str
    role: Role
    typing: bool
