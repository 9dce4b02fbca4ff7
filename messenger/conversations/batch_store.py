"""Reads and writes of the writer, each for a whole batch in one statement.

SQLAlchemy Core, since the ORM halves the rate, and each statement built once: building one costs as much as running it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, select, update

from messenger.bulk import Rows, Writes, among, table_of
from messenger.conversations.models import Conversation, DeviceHead, Message, Receipt

_messages = table_of(Message).c
_conversations = table_of(Conversation).c
_devices = table_of(DeviceHead).c
_receipts = table_of(Receipt).c

_LOCKED: Final = (
    select(
        _conversations.conversation,
        _conversations.clinic,
        _conversations.patient,
        _conversations.control_head,
        _conversations.epoch,
        _conversations.epoch_place,
        _conversations.last_sequence,
        _conversations.emergency,
        _conversations.epoch_over,
    )
    .where(among(_conversations.conversation, "conversations"))
    .order_by(_conversations.conversation)
    .with_for_update()
)

STORED: Final = select(
    _messages.message,
    _messages.conversation,
    _messages.sender,
    _messages.sequence,
    _messages.received,
    _messages.hash,
).where(among(_messages.message, "messages"))
"""Id, conversation, sender, sequence, time of receipt and hash of those of `messages` that are stored."""

DEVICE_HEADS: Final = select(_devices.conversation, _devices.device, _devices.sequence, _devices.hash).where(
    among(_devices.conversation, "written")
)
"""Conversation, device, sequence and hash of every device's newest message in the conversations `written`.

All devices of a conversation, for they are few; SQLite looks through the whole table for a list of pairs.
"""

RECEIPTS: Final = select(_receipts.conversation, _receipts.account, _receipts.delivered, _receipts.read).where(
    among(_receipts.conversation, "read")
)
"""Conversation, account, delivered and read of every receipt in the conversations `read`, as for devices."""

_ERASURE: Final = update(table_of(Message)).where(among(_messages.message, "messages")).values(ciphertext=None)


def lock_conversations(
    connection: Connection, conversations: Collection[str]
) -> Sequence[Row[str, str, str, bytes, int, int, int, str | None, bool]]:
    """Id, clinic, patient, control head, epoch, its place, last sequence, emergency key and whether it is over.

    Nobody changes them until the end. They are locked in the order of their ids, so that no two writers wait for each
    other.
    """
    return connection.execute(_LOCKED, {"conversations": list(conversations)}).all()


def erase_ciphertexts(connection: Connection, messages: Collection[str]) -> None:
    """Remove the ciphertexts of these messages; headers, signatures and hashes stay."""
    if messages:
        connection.execute(_ERASURE, {"messages": list(messages)})


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch writes: rows of each table."""

    messages: Rows
    conversations: Rows
    """Last sequence and time of receipt of those that were written into."""
    device_heads: Rows
    """Each device's newest message."""
    receipts: Rows
    """How far people have received and read."""


def writes_of(batch: Batch) -> Writes:
    """What stores all of it."""
    writes = Writes()
    writes.insert(Message, batch.messages)
    writes.update(Conversation, batch.conversations)
    writes.upsert(DeviceHead, batch.device_heads)
    writes.upsert(Receipt, batch.receipts)
    return writes
