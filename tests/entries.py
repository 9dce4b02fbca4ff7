"""The access log of a clinic as tests look at it."""

from dataclasses import dataclass

from sqlalchemy import func, select

from messenger.audit.models import AuditBody, AuditFrame
from messenger.audit.sequencer import Sequencer
from messenger.db import Database
from messenger.protocol.access_log import LogEntry


@dataclass
class Entries:
    """Entries of one clinic."""

    database: Database
    clinic: str
    sequencer: Sequencer

    def of(self, action: str, **members: object) -> list[LogEntry]:
        """The entries of an action, oldest first, whose members are these."""
        with self.database.reading_session() as session:
            rows = session.scalars(
                select(AuditBody).where(AuditBody.clinic == self.clinic, AuditBody.action == action)
            ).all()
        found = [LogEntry.parse(row.body.encode("ascii")) for row in rows]
        chosen = [one for one in found if all(getattr(one, name) == value for name, value in members.items())]
        return sorted(chosen, key=lambda entry: (entry.time, entry.id))

    def only(self, action: str, **members: object) -> LogEntry:
        """The one entry of an action whose members are these."""
        found = self.of(action, **members)
        assert len(found) == 1, found
        return found[0]

    def placed(self) -> int:
        """How many entries have a place in the tree once the sequencer has had its turn; each has one."""
        self.sequencer.sequence()
        assert not self.sequencer.failing
        with self.database.reading_session() as session:
            frames = session.scalar(select(func.count()).where(AuditFrame.clinic == self.clinic)) or 0
            assert frames == session.scalar(select(func.count()).where(AuditBody.clinic == self.clinic))
        return frames
