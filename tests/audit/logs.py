"""A log at hand: a clinic's log without a clinic, entries for it, and its whole truth computed the slow way."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select

from messenger.audit import logs
from messenger.audit import service as audit
from messenger.audit.actions import Action
from messenger.audit.models import AuditBody, AuditCheckpoint, AuditFrame, QueuedEntry
from messenger.audit.sequencer import Sequencer
from messenger.audit.service import AuditEvent
from messenger.db import Database
from messenger.merkle.checkpoint import open_checkpoint
from messenger.merkle.note import VerifierKey
from messenger.merkle.tree import EMPTY_FRONTIER, leaf_hash
from messenger.protocol.access_log import Frame, LogEntry
from tests.factories import HandClock, new_id

SECRET = b"the secret of a test's server, of no worth to anyone"


@dataclass
class LogAtHand:
    """One clinic's log in a database."""

    database: Database
    clock: HandClock
    clinic: str
    key: VerifierKey

    def sequencer(self, secret: bytes = SECRET) -> Sequencer:
        return Sequencer(self.database, self.clock, secret)

    def event(self, subject: str | None = None, **members: object) -> AuditEvent:
        account = subject or new_id("acc")
        chosen = {
            "clinic": self.clinic,
            "actor": account,
            "action": Action.MESSAGE_SENT,
            "subject": account,
            "object": new_id("msg"),
            "statement": secrets.token_bytes(32),
            "time": self.clock.now(),
        }
        return AuditEvent(**{**chosen, **members})  # type: ignore[arg-type]  # named above

    def record(self, *events: AuditEvent) -> list[str]:
        with self.database.unit_of_work() as session:
            return audit.record_all(session, events)

    def body(self, event: str) -> LogEntry:
        with self.database.reading_session() as session:
            found = session.get(AuditBody, event)
            assert found is not None
            return LogEntry.parse(found.body.encode("ascii"))

    def queued(self) -> int:
        with self.database.reading_session() as session:
            return len(session.scalars(select(QueuedEntry).where(QueuedEntry.clinic == self.clinic)).all())

    def checkpoints(self) -> list[AuditCheckpoint]:
        with self.database.reading_session() as session:
            which = select(AuditCheckpoint).where(AuditCheckpoint.clinic == self.clinic)
            return list(session.scalars(which.order_by(AuditCheckpoint.size)))

    def check_whole(self) -> int:
        """Recompute every frame, chain and root from the bodies alone; how many entries the tree has."""
        with self.database.reading_session() as session:
            frames = session.scalars(
                select(AuditFrame).where(AuditFrame.clinic == self.clinic).order_by(AuditFrame.index)
            ).all()
            bodies = {body.event: body for body in session.scalars(select(AuditBody))}
        heads: dict[str, tuple[int, bytes]] = {}
        roots = [EMPTY_FRONTIER]
        for index, row in enumerate(frames):
            sequence, previous = heads.get(row.subject, (-1, None))
            body = bodies[row.event]
            frame = Frame(index, body.subject, sequence + 1, previous, sha256(body.body.encode("ascii")).digest())
            assert (row.index, row.subject, row.sequence, row.previous, row.body_hash, row.hash) == (
                frame.index,
                frame.subject,
                frame.sequence,
                frame.previous,
                frame.body_hash,
                frame.hash,
            )
            heads[row.subject] = (frame.sequence, frame.hash)
            roots.append(roots[-1].append([leaf_hash(frame.encode())]).frontier)
        for kept in self.checkpoints():
            signed = open_checkpoint(kept.note.encode(), self.key).checkpoint
            assert (signed.size, signed.root) == (kept.size, kept.root)
            assert signed.root == roots[signed.size].root()
        return len(frames)


def a_log(database: Database, clock: HandClock | None = None, secret: bytes = SECRET) -> LogAtHand:
    """A clinic's empty log."""
    clinic, clock = new_id("cln"), clock or HandClock()
    with database.unit_of_work() as session:
        key = logs.create_log(session, clinic, "localhost:8000", secret, clock.now())
    return LogAtHand(database, clock, clinic, VerifierKey.parse(key))
