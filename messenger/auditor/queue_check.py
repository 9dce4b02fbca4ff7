"""Entries that are recorded and have no place in the log yet: in order, unless the log went on without them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from messenger.auditor.entry_check import COLUMNS, check_entry
from messenger.auditor.findings import Finding
from messenger.auditor.said import Sayings
from messenger.auditor.tables import BODIES, FRAMES, QUEUE

PAGE: Final = 2_000

LONGEST_WAIT: Final = timedelta(minutes=5)
"""How much older than the newest entry in the log a waiting one may be: no transaction takes so long to commit."""

_NEWEST: Final = (
    select(BODIES.c.time).join(FRAMES, FRAMES.c.event == BODIES.c.event).order_by(FRAMES.c.index.desc()).limit(1)
)
_WAITING: Final = (
    select(QUEUE.c.id, QUEUE.c.event, QUEUE.c.subject, QUEUE.c.body_hash, *COLUMNS)
    .select_from(QUEUE.outerjoin(BODIES, QUEUE.c.event == BODIES.c.event))
    .order_by(QUEUE.c.id)
    .limit(PAGE)
)


@dataclass
class QueueCheck:
    """Walks what waits of one clinic. What it says counts as said: it is durable, and cannot leave the queue unseen."""

    connection: Connection
    clinic: str
    sayings: Sayings

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong with what waits."""
        newest = self.connection.scalar(_NEWEST.where(FRAMES.c.clinic == self.clinic))
        last = -1
        while rows := self._read(last):
            for row in rows:
                yield from check_entry(row, None, self.sayings)
                if _held_back(row, newest):
                    yield Finding("entry_held_back", about=row.event)
            last = rows[-1].id

    def _read(self, last: int) -> list[Row[Any]]:
        return list(self.connection.execute(_WAITING.where(QUEUE.c.clinic == self.clinic, QUEUE.c.id > last)))


def _held_back(row: Row[Any], newest: datetime | None) -> bool:
    return newest is not None and row.body_time is not None and row.body_time + LONGEST_WAIT < newest
