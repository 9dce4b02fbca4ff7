"""Commits that fail when told to: before they happen, or in the answer only, as when a connection breaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from messenger.db import Database

Fault = Literal["none", "failed", "failed but stored"]
FAULTS: tuple[Fault, ...] = ("none", "failed", "failed but stored")


class CommitFaults:
    """What happens to the next commits, in order; after the last one all is well. `met` counts those that failed."""

    def __init__(self) -> None:
        self.plan: list[Fault] = []
        self.met = 0

    def before_commit(self, connection: Connection) -> None:
        fault = self.plan.pop(0) if self.plan else "none"
        if fault == "none":
            return
        self.met += 1
        if fault == "failed but stored":
            connection.exec_driver_sql("COMMIT")
        raise OperationalError("COMMIT", None, ConnectionError(fault))


@contextmanager
def commit_faults(database: Database) -> Iterator[CommitFaults]:
    """Put faults before a database's commits; gone at the end."""
    faults = CommitFaults()
    # Before the database's own listener, which is what commits on SQLite.
    event.listen(database.engine, "commit", faults.before_commit, insert=True)
    yield faults
    event.remove(database.engine, "commit", faults.before_commit)
