"""Reads and writes of emergencies and what lies beside their statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from messenger.emergency.errors import EmergencyUnknown
from messenger.emergency.models import Emergency, EmergencyReleaseBox, EmergencyTextBox


def add_emergency(session: Session, emergency: Emergency, boxes: Mapping[str, bytes]) -> None:
    """Store a request and the boxes of its text, reader → box."""
    session.add(emergency)
    session.flush()
    rows = [{"emergency": emergency.emergency, "reader": reader, "box": box} for reader, box in boxes.items()]
    session.execute(insert(EmergencyTextBox), rows)


def has_emergency(session: Session, emergency: str) -> bool:
    """Whether there is one with this id."""
    return session.get(Emergency, emergency) is not None


def get_emergency(session: Session, emergency: str, *, lock: bool = False) -> Emergency:
    """The emergency with this id, locked until the transaction ends where it is to be changed.

    Raises:
        EmergencyUnknown: there is none.
    """
    found = session.get(Emergency, emergency, with_for_update=lock or None, populate_existing=True)
    if found is None:
        raise EmergencyUnknown
    return found


def list_of_people(
    session: Session, *, patient: str | None = None, requester: str | None = None, clinic: str | None = None
) -> Sequence[Emergency]:
    """Emergencies about a patient, by a requester, or of a clinic, newest first."""
    by = {Emergency.patient: patient, Emergency.requester: requester, Emergency.clinic: clinic}
    wanted = [column == value for column, value in by.items() if value is not None]
    return session.scalars(select(Emergency).where(*wanted).order_by(Emergency.emergency.desc())).all()


def list_of_keys(session: Session, emergency_keys: Collection[str]) -> Sequence[Emergency]:
    """Emergencies about conversations with one of these emergency keys, newest first."""
    wanted = select(Emergency).where(Emergency.emergency_key.in_(emergency_keys))
    return session.scalars(wanted.order_by(Emergency.emergency.desc())).all()


def find_text_box(session: Session, emergency: str, reader: str) -> bytes | None:
    """A reader's box of the text."""
    found = session.get(EmergencyTextBox, (emergency, reader))
    return None if found is None else found.box


def add_release_box(session: Session, emergency: str, custodian: str, box: bytes) -> None:
    """Store a share that was let go."""
    session.add(EmergencyReleaseBox(emergency=emergency, custodian=custodian, box=box))
    session.flush()


def list_release_boxes(session: Session, emergency: str) -> dict[str, bytes]:
    """Custodian → the share that they let go."""
    rows = session.scalars(select(EmergencyReleaseBox).where(EmergencyReleaseBox.emergency == emergency))
    return {row.custodian: row.box for row in rows}


def list_over(session: Session, at: datetime) -> Sequence[Emergency]:
    """Emergencies whose time is up and of which that was not recorded."""
    due = select(Emergency).where(Emergency.ended.is_(None), Emergency.until <= at).with_for_update(skip_locked=True)
    return session.scalars(due.order_by(Emergency.emergency)).all()
