"""Reads and writes of the access log's tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, delete, func, select, tuple_
from sqlalchemy.orm import Session

from messenger.audit.models import AuditBody, AuditCheckpoint, AuditDetail, AuditFrame, AuditNode, Log, QueuedEntry
from messenger.bulk import Rows, Writes, among, insert_all, table_of
from messenger.merkle.tree import Node, NodeId
from messenger.protocol.access_log import Frame

_queue = table_of(QueuedEntry).c

_REMOVED: Final = delete(table_of(QueuedEntry)).where(among(_queue.id, "entries"))

_NEWEST: Final = (
    select(func.max(AuditFrame.sequence))
    .where(AuditFrame.clinic == bindparam("clinic"), AuditFrame.subject == QueuedEntry.subject)
    .correlate(QueuedEntry)
    .scalar_subquery()
)
_ENDS: Final = select(QueuedEntry.subject, _NEWEST).where(among(_queue.id, "entries")).distinct()


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest frame of a subject: its sequence in the chain and its 32-byte hash."""

    sequence: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry in the sequencer's queue."""

    id: int
    event: str
    subject: str
    body_hash: bytes


def add_log(session: Session, log: Log) -> None:
    """Store a clinic's log."""
    session.add(log)
    session.flush()


def find_log(session: Session, clinic: str) -> Log | None:
    """The clinic's log."""
    return session.get(Log, clinic)


def list_clinics_waiting(session: Session) -> Sequence[str]:
    """The clinics with entries in the queue."""
    return session.scalars(select(QueuedEntry.clinic).distinct()).all()


def add_entries(writes: Writes, bodies: Rows, queued: Rows, details: Rows) -> None:
    """Let bodies be stored and put before the sequencer."""
    writes.insert(AuditBody, bodies)
    writes.insert(QueuedEntry, queued)
    writes.insert(AuditDetail, details)


def list_waiting(session: Session, clinic: str, limit: int) -> list[Waiting]:
    """The longest-waiting entries of a clinic, at most `limit`."""
    rows = session.execute(
        select(QueuedEntry.id, QueuedEntry.event, QueuedEntry.subject, QueuedEntry.body_hash)
        .where(QueuedEntry.clinic == clinic)
        .order_by(QueuedEntry.id)
        .limit(limit)
    )
    return [Waiting(*row) for row in rows]


def remove_waiting(session: Session, entries: Sequence[Waiting]) -> None:
    """Take exactly these out of the queue: a smaller id may belong to a transaction that commits later."""
    session.execute(_REMOVED, {"entries": [entry.id for entry in entries]})


def chain_heads(session: Session, clinic: str, entries: Sequence[Waiting]) -> dict[str, ChainHead]:
    """The newest frame of each subject that the entries name; absent where a chain has none yet."""
    ends = session.execute(_ENDS, {"clinic": clinic, "entries": [entry.id for entry in entries]})
    begun = [(subject, sequence) for subject, sequence in ends if sequence is not None]
    rows = session.execute(
        select(AuditFrame.subject, AuditFrame.sequence, AuditFrame.hash).where(
            AuditFrame.clinic == clinic, tuple_(AuditFrame.subject, AuditFrame.sequence).in_(begun)
        )
    )
    return {subject: ChainHead(sequence, value) for subject, sequence, value in rows}


def add_frames(session: Session, clinic: str, frames: Sequence[Frame], events: Sequence[str]) -> None:
    """Store the frames of `events`, one for each, in the same order."""
    rows = [
        {
            "clinic": clinic,
            "index": frame.index,
            "event": event,
            "subject": frame.subject,
            "sequence": frame.sequence,
            "previous": frame.previous,
            "body_hash": frame.body_hash,
            "hash": frame.hash,
        }
        for frame, event in zip(frames, events, strict=True)
    ]
    insert_all(session.connection(), AuditFrame, rows)


def add_nodes(session: Session, clinic: str, nodes: Sequence[Node]) -> None:
    """Store perfect subtrees of a clinic's tree."""
    rows = [{"clinic": clinic, "level": node.id.level, "index": node.id.index, "hash": node.hash} for node in nodes]
    insert_all(session.connection(), AuditNode, rows)


def add_checkpoint(session: Session, checkpoint: AuditCheckpoint) -> None:
    """Store a signed head."""
    session.add(checkpoint)
    session.flush()


def find_checkpoint(session: Session, clinic: str) -> AuditCheckpoint | None:
    """The newest signed head of the clinic's log."""
    return session.scalars(
        select(AuditCheckpoint).where(AuditCheckpoint.clinic == clinic).order_by(AuditCheckpoint.size.desc()).limit(1)
    ).first()


def find_body(session: Session, event: str) -> AuditBody | None:
    """The entry with this id."""
    return session.get(AuditBody, event)


def find_frame(session: Session, event: str) -> Frame | None:
    """The frame of an entry, once the sequencer has placed it."""
    row = session.scalars(select(AuditFrame).where(AuditFrame.event == event)).first()
    return None if row is None else _frame(row)


def list_frames(session: Session, clinic: str, first: int, count: int) -> list[Frame]:
    """The frames at `first` and after it, at most `count`, in the log's order."""
    rows = session.scalars(
        select(AuditFrame)
        .where(AuditFrame.clinic == clinic, AuditFrame.index >= first, AuditFrame.index < first + count)
        .order_by(AuditFrame.index)
    )
    return [_frame(row) for row in rows]


def _frame(row: AuditFrame) -> Frame:
    return Frame(row.index, row.subject, row.sequence, row.previous, row.body_hash)


def tree_size(session: Session, clinic: str) -> int:
    """How many leaves the clinic's tree has."""
    newest = session.scalar(select(func.max(AuditFrame.index)).where(AuditFrame.clinic == clinic))
    return 0 if newest is None else newest + 1


class StoredNodes:
    """Reads a clinic's tree for `messenger.merkle` (a NodeReader)."""

    def __init__(self, session: Session, clinic: str) -> None:
        self._session = session
        self._clinic = clinic

    def read_nodes(self, ids: Sequence[NodeId]) -> Sequence[bytes]:
        """The hashes of `ids`, 32 bytes each, in the same order; fewer when some are missing."""
        rows = self._session.execute(
            select(AuditNode.level, AuditNode.index, AuditNode.hash).where(
                AuditNode.clinic == self._clinic,
                tuple_(AuditNode.level, AuditNode.index).in_([(node.level, node.index) for node in ids]),
            )
        )
        hashes = {NodeId(level, index): value for level, index, value in rows}
        return [hashes[node] for node in ids if node in hashes]
