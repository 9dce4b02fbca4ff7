"""Reads and writes of conversations, their keys' boxes, names and receipts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Row, func, insert, or_, select
from sqlalchemy.orm import Session

from messenger.conversations.errors import ConversationUnknown
from messenger.conversations.models import (
    Conversation,
    ConversationName,
    EpochBox,
    EpochStart,
    HistoryBox,
    Message,
    Receipt,
)

ListedRow = Row[Conversation, str | None, bytes | None, ConversationName | None, int | None, int]
"""A conversation, the reader and box of its running epoch, its name, how far the account has received and read."""


class NewLink(NamedTuple):
    """A link that was just appended: its hash and place in the control chain, its epoch, and whether it has a name."""

    statement: bytes
    place: int
    epoch: int
    named: bool


def add_conversation(session: Session, conversation: Conversation) -> None:
    """Store a conversation that was just begun."""
    session.add(conversation)
    session.flush()


def get_conversation(session: Session, conversation: str) -> Conversation:
    """The conversation of this id.

    Raises:
        ConversationUnknown: there is none.
    """
    found = session.get(Conversation, conversation)
    if found is None:
        raise ConversationUnknown
    return found


def lock_conversation(session: Session, conversation: str) -> Conversation:
    """As `get_conversation`, and nobody writes into it or changes it until this transaction ends."""
    found = session.get(Conversation, conversation, with_for_update=True, populate_existing=True)
    if found is None:
        raise ConversationUnknown
    return found


def lock_conversations_of(session: Session, patient: str) -> Sequence[Conversation]:
    """As `lock_conversation`, all of a patient's, in the order of their ids, in which the writer locks them too."""
    return session.scalars(
        select(Conversation)
        .where(Conversation.patient == patient)
        .order_by(Conversation.conversation)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def patients_of(session: Session, conversations: Collection[str]) -> dict[str, str]:
    """Whose each of these conversations is."""
    rows = select(Conversation.conversation, Conversation.patient).where(Conversation.conversation.in_(conversations))
    return {row.conversation: row.patient for row in session.execute(rows)}


def list_conversations(
    session: Session, account: str, readers: Collection[str], scopes: Collection[tuple[str, str]]
) -> list[ListedRow]:
    """The conversations of patients, or single ones, that `scopes` (patient, `all` or conversation) name.

    Each comes with the box of the first of `readers` (the account or a team of its) that has one, and `account`'s
    receipt; the one written into last comes first. What `account` wrote itself before anybody else is
    read: nobody's own words are new.
    """
    first_of_others = (
        select(Message.sequence)
        .where(
            Message.conversation == Conversation.conversation,
            Message.sequence > func.coalesce(Receipt.read, 0),
            Message.sender != account,
        )
        .order_by(Message.sequence)
        .limit(1)
        .correlate(Conversation, Receipt)
        .scalar_subquery()
    )
    read = func.coalesce(first_of_others - 1, Conversation.last_sequence)
    patients = [patient for patient, scope in scopes if scope == "all"]
    single = [scope for _, scope in scopes if scope != "all"]
    rows = session.execute(
        select(Conversation, EpochBox.reader, EpochBox.box, ConversationName, Receipt.delivered, read)
        .outerjoin(
            EpochBox,
            (EpochBox.conversation == Conversation.conversation)
            & (EpochBox.epoch == Conversation.epoch)
            & EpochBox.reader.in_(readers),
        )
        .outerjoin(ConversationName, ConversationName.statement == Conversation.name_statement)
        .outerjoin(Receipt, (Receipt.conversation == Conversation.conversation) & (Receipt.account == account))
        .where(or_(Conversation.patient.in_(patients), Conversation.conversation.in_(single)))
        .order_by(Conversation.last_received.desc().nulls_last(), Conversation.conversation.desc(), EpochBox.reader)
    )
    seen: dict[str, ListedRow] = {}
    for row in rows:
        seen.setdefault(row[0].conversation, row)
    return list(seen.values())


def move_epoch(session: Session, conversation: Conversation, link: NewLink, at: datetime) -> None:
    """Let the conversation stand at a new link. The row is locked."""
    conversation.epoch = link.epoch
    conversation.epoch_began = at
    conversation.epoch_place = link.place
    conversation.epoch_over = False
    conversation.control_head = link.statement
    conversation.name_statement = link.statement if link.named else None
    session.flush()


def move_name(session: Session, conversation: Conversation, control_head: bytes) -> None:
    """Let the conversation have the name that the statement `control_head` gives it. The row is locked."""
    conversation.control_head = control_head
    conversation.name_statement = control_head
    session.flush()


def add_epoch(session: Session, conversation: str, epoch: int, after: int) -> None:
    """Store where an epoch begins."""
    session.add(EpochStart(conversation=conversation, epoch=epoch, after=after))
    session.flush()


def list_epochs(session: Session, conversation: str) -> Sequence[Row[int, int]]:
    """Each epoch and the sequence after which it begins, in order."""
    return session.execute(
        select(EpochStart.epoch, EpochStart.after)
        .where(EpochStart.conversation == conversation)
        .order_by(EpochStart.epoch)
    ).all()


def list_sealed_epochs(session: Session, conversation: str, readers: Collection[str]) -> set[int]:
    """The epochs whose key was sealed to one of these readers, when it began or later."""
    listed = select(EpochBox.epoch).where(EpochBox.conversation == conversation, EpochBox.reader.in_(readers))
    opened = select(HistoryBox.epoch).where(HistoryBox.conversation == conversation, HistoryBox.reader.in_(readers))
    return set(session.scalars(listed.union(opened)))


def add_history(session: Session, conversation: str, reader: str, statement: bytes, boxes: Mapping[int, bytes]) -> None:
    """Store the boxes of earlier epochs, epoch → box, that a statement opens to a reader."""
    rows = [
        {"conversation": conversation, "reader": reader, "epoch": epoch, "statement": statement, "box": box}
        for epoch, box in boxes.items()
    ]
    session.execute(insert(HistoryBox), rows)


def list_history_of(
    session: Session, conversation: str, statements: Collection[bytes], readers: Collection[str]
) -> Sequence[HistoryBox]:
    """As `list_history`, by these statements alone."""
    return session.scalars(
        select(HistoryBox)
        .where(
            HistoryBox.conversation == conversation,
            HistoryBox.statement.in_(statements),
            HistoryBox.reader.in_(readers),
        )
        .order_by(HistoryBox.epoch, HistoryBox.reader, HistoryBox.statement)
    ).all()


def list_history(session: Session, conversation: str, readers: Collection[str]) -> Sequence[HistoryBox]:
    """The boxes of earlier epochs that were opened to these readers, oldest epoch first."""
    return session.scalars(
        select(HistoryBox)
        .where(HistoryBox.conversation == conversation, HistoryBox.reader.in_(readers))
        .order_by(HistoryBox.epoch, HistoryBox.reader, HistoryBox.statement)
    ).all()


def move_head(session: Session, conversation: Conversation, control_head: bytes) -> None:
    """Let the control chain end with a statement that changes neither key nor name. The row is locked."""
    conversation.control_head = control_head
    session.flush()


def add_boxes(session: Session, conversation: str, epoch: int, boxes: Mapping[str, bytes]) -> None:
    """Store an epoch's boxes, reader → box."""
    session.execute(
        insert(EpochBox),
        [{"conversation": conversation, "reader": reader, "epoch": epoch, "box": box} for reader, box in boxes.items()],
    )


def list_readers(session: Session, conversation: str, epoch: int) -> list[str]:
    """To whom an epoch's key was sealed."""
    return list(
        session.scalars(select(EpochBox.reader).where(EpochBox.conversation == conversation, EpochBox.epoch == epoch))
    )


def running_readers(session: Session, conversations: Collection[str]) -> dict[str, set[str]]:
    """By conversation, to whom the running epoch's key was sealed."""
    rows = (
        select(EpochBox.conversation, EpochBox.reader)
        .join(Conversation, Conversation.conversation == EpochBox.conversation)
        .where(EpochBox.conversation.in_(conversations), EpochBox.epoch == Conversation.epoch)
    )
    found: dict[str, set[str]] = {}
    for conversation, reader in session.execute(rows):
        found.setdefault(conversation, set()).add(reader)
    return found


def list_boxes(session: Session, conversation: str, readers: Collection[str], since: int = 1) -> Sequence[EpochBox]:
    """The boxes of these readers, oldest epoch first, of the epoch `since` and later ones."""
    return session.scalars(
        select(EpochBox)
        .where(EpochBox.conversation == conversation, EpochBox.reader.in_(readers), EpochBox.epoch >= since)
        .order_by(EpochBox.epoch, EpochBox.reader)
    ).all()


def add_name(session: Session, name: ConversationName) -> None:
    """Store an encrypted name."""
    session.add(name)
    session.flush()


def list_names(session: Session, conversation: str) -> Sequence[ConversationName]:
    """Every name that the conversation has had."""
    return session.scalars(select(ConversationName).where(ConversationName.conversation == conversation)).all()


def list_names_of(session: Session, statements: Collection[bytes]) -> Sequence[ConversationName]:
    """The names that these statements gave."""
    return session.scalars(select(ConversationName).where(ConversationName.statement.in_(statements))).all()


def list_receipts(session: Session, conversation: str) -> Sequence[Receipt]:
    """How far everybody has received and read."""
    return session.scalars(select(Receipt).where(Receipt.conversation == conversation).order_by(Receipt.account)).all()
