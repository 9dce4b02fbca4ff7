"""What the log said, kept on disk while the rest is held against it: a log may be larger than memory."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

_BATCH: Final = 10_000
_SCHEMA: Final = """
CREATE TABLE said (statement TEXT, action TEXT, object TEXT, place INTEGER);
CREATE TABLE found (statement TEXT);
"""


class Said(NamedTuple):
    """One entry that names a signed statement or message: its hash, what was done, to what, and where in the log."""

    statement: str
    action: str
    object: str | None
    place: int | None


class Sayings:
    """Entries by the hash that they name, and the hashes that were found stored."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: list[Said] = []

    def say(self, said: Said) -> None:
        """Keep an entry."""
        self._waiting.append(said)
        if len(self._waiting) >= _BATCH:
            self._flush()

    def index(self) -> None:
        """Make what was kept quick to find; called once, after the last entry."""
        self._flush()
        self._connection.execute("CREATE INDEX said_by_statement ON said (statement, action)")
        self._connection.execute("CREATE INDEX said_by_object ON said (object, action)")

    def unsaid(self, stored: Iterable[str], action: str | None = None) -> Iterator[str]:
        """Those of the `stored` hashes that no entry (of this action) names; all of them count as found."""
        query = "SELECT 1 FROM said WHERE statement = ? AND (? IS NULL OR action = ?) LIMIT 1"
        for statement in stored:
            self._connection.execute("INSERT INTO found VALUES (?)", (statement,))
            if self._connection.execute(query, (statement, action, action)).fetchone() is None:
                yield statement

    def names(self, what: str, action: str) -> bool:
        """Whether an entry says that this was done to `what`."""
        query = "SELECT 1 FROM said WHERE object = ? AND action = ? LIMIT 1"
        return self._connection.execute(query, (what, action)).fetchone() is not None

    def never_found(self) -> Iterator[Said]:
        """Entries whose statement or message is stored nowhere; called last."""
        self._connection.execute("CREATE INDEX found_by_statement ON found (statement)")
        rows = self._connection.execute(
            "SELECT * FROM said WHERE NOT EXISTS (SELECT 1 FROM found WHERE found.statement = said.statement)"
        )
        yield from (Said(*row) for row in rows)

    def _flush(self) -> None:
        self._connection.executemany("INSERT INTO said VALUES (?, ?, ?, ?)", self._waiting)
        self._waiting.clear()


@contextmanager
def sayings() -> Iterator[Sayings]:
    """An empty store in a file of its own, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="between-audit-") as folder:
        connection = sqlite3.connect(Path(folder) / "said.sqlite", isolation_level=None)
        try:
            connection.executescript("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF;" + _SCHEMA)
            yield Sayings(connection)
        finally:
            connection.close()
