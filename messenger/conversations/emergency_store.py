"""Reads and writes of conversations' emergency keys and their custodians' boxes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from messenger.conversations.models import Conversation, EmergencyKey, EmergencyShareBox


def add_key(session: Session, key: EmergencyKey, boxes: Mapping[str, bytes]) -> None:
    """Store a key and the boxes of its shares, custodian → box."""
    session.add(key)
    session.flush()
    rows = [{"emergency_key": key.emergency_key, "custodian": one, "box": box} for one, box in boxes.items()]
    session.execute(insert(EmergencyShareBox), rows)


def find_key(session: Session, emergency_key: str) -> EmergencyKey | None:
    """The key with this id."""
    return session.get(EmergencyKey, emergency_key, populate_existing=True)


def find_standing(session: Session, conversation: str) -> EmergencyKey | None:
    """The key that stands in a conversation's chain, spent or not."""
    return session.scalars(
        select(EmergencyKey)
        .where(EmergencyKey.conversation == conversation, EmergencyKey.ended.is_(None))
        .execution_options(populate_existing=True)
    ).first()


def list_keys(session: Session, conversation: str) -> Sequence[EmergencyKey]:
    """Every key that a conversation has had."""
    return session.scalars(
        select(EmergencyKey).where(EmergencyKey.conversation == conversation).order_by(EmergencyKey.emergency_key)
    ).all()


def list_standing(session: Session, conversations: Collection[str]) -> dict[str, str]:
    """Conversation → the key that stands in it and is not spent."""
    rows = session.execute(
        select(EmergencyKey.conversation, EmergencyKey.emergency_key).where(
            EmergencyKey.conversation.in_(conversations), EmergencyKey.ended.is_(None), EmergencyKey.spent.is_(None)
        )
    )
    return {row.conversation: row.emergency_key for row in rows}


def spend_all(session: Session, clinic: str, at: datetime) -> None:
    """Let nothing more be sealed to any key of a clinic. Rows are locked in the writer's order."""
    locked = session.scalars(
        select(Conversation)
        .where(Conversation.clinic == clinic, Conversation.emergency.is_not(None))
        .order_by(Conversation.conversation)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in locked:
        row.emergency, row.epoch_over = None, True
    session.flush()
    session.execute(
        update(EmergencyKey)
        .where(
            EmergencyKey.spent.is_(None),
            EmergencyKey.conversation.in_(select(Conversation.conversation).where(Conversation.clinic == clinic)),
        )
        .values(spent=at)
        .execution_options(synchronize_session=False)
    )


def find_share_box(session: Session, emergency_key: str, custodian: str) -> bytes | None:
    """A custodian's box."""
    found = session.get(EmergencyShareBox, (emergency_key, custodian))
    return None if found is None else found.box


def list_escrowed(session: Session, patient: str) -> list[tuple[str, str]]:
    """(conversation, emergency key) of those of a patient's conversations that an emergency opens."""
    rows = session.execute(
        select(Conversation.conversation, Conversation.emergency)
        .where(Conversation.patient == patient, Conversation.emergency.is_not(None))
        .order_by(Conversation.conversation)
    )
    return [(conversation, key) for conversation, key in rows if key is not None]


def find_conversation(session: Session, conversation: str) -> Conversation | None:
    """The conversation with this id."""
    return session.get(Conversation, conversation, populate_existing=True)


def list_custodians(session: Session, emergency_key: str) -> list[str]:
    """Who has a share of a key."""
    wanted = select(EmergencyShareBox.custodian).where(EmergencyShareBox.emergency_key == emergency_key)
    return list(session.scalars(wanted.order_by(EmergencyShareBox.custodian)))


def list_keys_of(session: Session, custodian: str) -> list[str]:
    """The keys that a custodian has a share of."""
    wanted = select(EmergencyShareBox.emergency_key).where(EmergencyShareBox.custodian == custodian)
    return list(session.scalars(wanted.order_by(EmergencyShareBox.emergency_key)))
