"""The database: SQLite in WAL for one node, PostgreSQL for several. Both answer a commit only when it is durable."""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.types import TypeDecorator

from messenger import events
from messenger.errors import Unavailable

BUSY_SECONDS = 5
"""How long a writer waits for its turn before the caller is told to try again."""

POOL_SIZE = 16
UNASKED_SECONDS = 1.0
"""How long a connection may have rested before it is asked whether it still stands."""

READ_ONLY = "between_read_only"
_RESTING_SINCE = "between_resting_since"


class Base(DeclarativeBase):
    """The tables of every room. Constraint names are derived, so that migrations of both databases can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC, aware on both sides. SQLite keeps no offset, so it is taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database; refuses a time that does not say where it was read."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant needs its offset")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


@dataclass(frozen=True)
class Database:
    """One engine and the two ways to begin a unit of work on it."""

    engine: Engine
    reader: Engine
    subscribers: events.Subscribers

    def session(self) -> Session:
        """A session that may write. On SQLite it holds the one write lock from its first statement to its end."""
        return events.carry(Session(self.engine, expire_on_commit=False), self.subscribers)

    def reading_session(self) -> Session:
        """A session whose transaction the database itself refuses to write in, and which holds up no writer."""
        return events.carry(Session(self.reader, expire_on_commit=False), self.subscribers)

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A writing session, committed when the block ends and rolled back when it raises."""
        with self.session() as session:
            try:
                yield session
                events.commit(session)
            except BaseException:
                events.forget(session)
                raise

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def open_database(url: str, subscribers: events.Subscribers | None = None) -> Database:
    """Connect to `sqlite:////absolute/path` or `postgresql://…`.

    Raises:
        ValueError: another kind of database, or an SQLite address without a file.
    """
    address = parse_database_url(url)
    engine = _sqlite_engine(address) if address.get_backend_name() == "sqlite" else _postgresql_engine(address)
    reader = engine.execution_options(**{READ_ONLY: True})
    return Database(engine, reader, subscribers or events.Subscribers())


def parse_database_url(url: str) -> URL:
    """The address with the driver this project uses.

    Raises:
        ValueError: not an SQLite file or a PostgreSQL server.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise ValueError("this is not the address of a database") from error
    if address.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return address.set(drivername="postgresql+psycopg")
    if address.drivername == "sqlite" and address.database and Path(address.database).is_absolute():
        return address
    raise ValueError("use sqlite:////absolute/path or postgresql://user@host/name")


def _sqlite_engine(address: URL) -> Engine:
    # Autocommit in the driver, BEGIN from the event below: pysqlite's own BEGIN comes too late to take a lock.
    engine = create_engine(
        address,
        hide_parameters=True,  # what is stored does not belong into an error message
        poolclass=QueuePool,
        pool_size=POOL_SIZE,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": BUSY_SECONDS},
    )
    turn = _WriteTurn()

    @event.listens_for(engine, "connect")
    def _settle(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # NORMAL loses acknowledged commits at a power cut
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "secure_delete=ON",  # an erased message leaves no bytes in free pages
            "recursive_triggers=ON",  # else INSERT OR REPLACE passes the triggers of append-only tables
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "begin", turn.begin)
    event.listen(engine, "commit", turn.commit)
    event.listen(engine, "rollback", turn.rollback)
    return engine


class _WriteTurn:
    """One writer at a time within this process, and SQLite's transactions said out loud.

    SQLite would make a second writer wait inside C, and with it every greenlet of the process, the holder of the lock
    included. This lock is one that greenlets wait for.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: Connection | None = None

    def begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get(READ_ONLY):
            connection.exec_driver_sql("PRAGMA query_only=ON")
            connection.exec_driver_sql("BEGIN")
            return
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise Unavailable("busy", "The service is busy. Nothing was changed; please try again in a moment.")
        self._holder = connection
        try:
            connection.exec_driver_sql("PRAGMA query_only=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            self._release(connection)
            raise

    def commit(self, connection: Connection) -> None:
        # The event comes before the driver's commit; committing here lets the turn go only once it is durable.
        try:
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            self.rollback(connection)  # a full disk, a deferred constraint: SQLAlchemy tells of no rollback after it
            raise
        self._release(connection)

    def rollback(self, connection: Connection) -> None:
        try:
            if (
                not connection.invalidated
                and cast("sqlite3.Connection", connection.connection.driver_connection).in_transaction
            ):
                connection.exec_driver_sql("ROLLBACK")
        finally:
            self._release(connection)

    def _release(self, connection: Connection) -> None:
        if self._holder is connection:
            self._holder = None
            self._lock.release()


def _postgresql_engine(address: URL) -> Engine:
    engine = create_engine(
        address,
        hide_parameters=True,
        pool_size=POOL_SIZE,
        pool_use_lifo=True,  # the connection that was used last knows most statements already
        connect_args={"options": f"-c synchronous_commit=on -c timezone=UTC -c lock_timeout={BUSY_SECONDS}s"},
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(READ_ONLY):
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    @event.listens_for(engine, "checkin")
    def _rest(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_RESTING_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _look(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        # The pool's own `pre_ping` asks before each use: a fifth of what the writer's shortest transaction costs.
        if time.monotonic() - record.info.get(_RESTING_SINCE, 0.0) > UNASKED_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error  # the pool takes another connection

    return engine


class AnotherServerRuns(RuntimeError):
    """A second server process on one SQLite file: it would keep sockets and write turns of its own."""


def hold_server_lock(url: str) -> int | None:
    """Take the lock that one server process holds on an SQLite file; the descriptor lives as long as the process.

    PostgreSQL takes several web nodes, so there is nothing to hold and the answer is None. The descriptor survives
    exec, because the server replaces the process that took it.

    Raises:
        AnotherServerRuns: some process holds it.
    """
    address = parse_database_url(url)
    if address.get_backend_name() != "sqlite":
        return None
    path = Path(f"{address.database}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise AnotherServerRuns(
            f"another server runs on {address.database}; SQLite takes one, PostgreSQL takes several"
        ) from error
    os.set_inheritable(descriptor, True)  # noqa: FBT003
    return descriptor
