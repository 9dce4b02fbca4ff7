"""Reads and writes of the writer, each for a whole batch in one statement. SQLAlchemy Core: the ORM halves the rate."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, select, update

from messenger.bulk import Rows, insert_all, table_of, update_all, upsert_all
from messenger.conversations.models import Conversation, DeviceHead, Message, Receipt


def list_stored(
    connection: Connection, messages: Collection[str]
) -> Sequence[Row[str, str, str, int, datetime, bytes]]:
    """Id, conversation, sender, sequence, time of receipt and hash of those of the messages that are stored."""
    return connection.execute(
        select(
            Message.message, Message.conversation, Message.sender, Message.sequence, Message.received, Message.hash
        ).where(Message.message.in_(messages))
    ).all()


def lock_conversations(
    connection: Connection, conversations: Collection[str]
) -> Sequence[Row[str, str, str, bytes, int, int, int]]:
    """Id, clinic, patient, control head, epoch, its place and last sequence; nobody changes them until the end.

    The rows are locked in the order of their ids, so that two writers never wait for each other.
    """
    return connection.execute(
        select(
            Conversation.conversation,
            Conversation.clinic,
            Conversation.patient,
            Conversation.control_head,
            Conversation.epoch,
            Conversation.epoch_place,
            Conversation.last_sequence,
        )
        .where(Conversation.conversation.in_(conversations))
        .order_by(Conversation.conversation)
        .with_for_update()
    ).all()


def list_device_heads(connection: Connection, conversations: Collection[str]) -> Sequence[Row[str, str, int, bytes]]:
    """Conversation, device, sequence and hash of every device's newest message in these conversations.

    All devices of a conversation, for they are few; SQLite looks through the whole table for a list of pairs.
    """
    return connection.execute(
        select(DeviceHead.conversation, DeviceHead.device, DeviceHead.sequence, DeviceHead.hash).where(
            DeviceHead.conversation.in_(conversations)
        )
    ).all()


def list_receipts(connection: Connection, conversations: Collection[str]) -> Sequence[Row[str, str, int, int]]:
    """Conversation, account, delivered and read of every receipt in these conversations, as for devices."""
    return connection.execute(
        select(Receipt.conversation, Receipt.account, Receipt.delivered, Receipt.read).where(
            Receipt.conversation.in_(conversations)
        )
    ).all()


def add_messages(connection: Connection, messages: Rows) -> None:
    """Store messages."""
    insert_all(connection, Message, messages)


def erase_ciphertexts(connection: Connection, messages: Collection[str]) -> None:
    """Remove the ciphertexts of these messages; headers, signatures and hashes stay."""
    if messages:
        table = table_of(Message)
        connection.execute(update(table).where(table.c.message.in_(messages)).values(ciphertext=None))


def move_conversations(connection: Connection, moved: Rows) -> None:
    """Set the last sequence and time of receipt of conversations that were written into."""
    update_all(connection, Conversation, moved)


def move_device_heads(connection: Connection, heads: Rows) -> None:
    """Set each device's newest message."""
    upsert_all(connection, DeviceHead, heads)


def put_receipts(connection: Connection, receipts: Rows) -> None:
    """Set how far people have received and read."""
    upsert_all(connection, Receipt, receipts)
