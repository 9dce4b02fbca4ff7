"""The database as every room relies on it, on both kinds."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from messenger import db
from messenger.db import AnotherServerRuns, Database, UtcDateTime, hold_server_lock, open_database
from messenger.errors import Unavailable
from messenger.web.errors import without_messages

ADD = text("INSERT INTO try_counts VALUES (:subject, '2026-03-11 12:00:00', 1)")


def add(session: Session, subject: str) -> None:
    session.execute(ADD, {"subject": subject})


def add_all(session: Session, *subjects: str) -> None:
    for subject in subjects:
        add(session, subject)


def subjects(database: Database) -> list[str]:
    with database.reading_session() as session:
        return list(session.execute(text("SELECT subject FROM try_counts ORDER BY subject")).scalars())


def setting(database: Database, statement: str) -> object:
    with database.engine.connect() as connection:
        return connection.exec_driver_sql(statement).scalar()


def test_a_unit_of_work_is_kept_whole_or_not_at_all(database: Database) -> None:
    with database.unit_of_work() as session:
        add(session, "kept")
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        add_all(session, "lost", "kept")
    assert subjects(database) == ["kept"]


def test_a_reading_session_cannot_write_and_says_so(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), database.reading_session() as session:
        add(session, "smuggled")
    assert subjects(database) == []


def test_a_connection_that_read_can_write_again(database: Database) -> None:
    for number in range(3):
        subjects(database)
        with database.unit_of_work() as session:
            add(session, str(number))
    assert subjects(database) == ["0", "1", "2"]


def test_a_failed_unit_of_work_gives_its_turn_back(database: Database) -> None:
    for _ in range(3):
        with pytest.raises(IntegrityError), database.unit_of_work() as session:
            add_all(session, "lost", "lost")
    with database.unit_of_work() as session:
        add(session, "kept")
    assert subjects(database) == ["kept"]


def test_what_is_logged_of_an_error_quotes_no_row(database: Database) -> None:
    with database.unit_of_work() as session:
        add(session, "Margaret Hale")
    with pytest.raises(IntegrityError) as refused, database.unit_of_work() as session:
        add(session, "Margaret Hale")
    assert "Margaret" not in without_messages(refused.value)


def test_writers_at_once_all_get_their_turn(database: Database) -> None:
    start = Barrier(8)

    def write(number: int) -> None:
        start.wait()
        for step in range(5):
            with database.unit_of_work() as session:
                subjects(database)  # somebody reads meanwhile
                add(session, f"{number}-{step}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert len(subjects(database)) == 40


def test_a_writer_who_waits_too_long_is_told_that_nothing_changed(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.05)
    database = open_database(sqlite_url)
    with database.unit_of_work() as first:
        add(first, "first")
        with pytest.raises(Unavailable) as refused, database.unit_of_work() as second:
            add(second, "second")
    assert refused.value.code == "busy"
    assert subjects(database) == ["first"]
    database.dispose()


def test_a_commit_that_fails_lets_the_next_writer_have_its_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.05)
    with database.unit_of_work() as session:  # a promise that the database checks at the commit and not before
        session.execute(text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
        session.execute(
            text("CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)")
        )
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.execute(text("INSERT INTO children VALUES (1)"))
    with database.unit_of_work() as session:
        add(session, "kept")
    assert subjects(database) == ["kept"]


def test_sqlite_keeps_what_it_acknowledged_through_a_power_cut(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    full = 2
    assert setting(database, "PRAGMA journal_mode") == "wal"
    assert setting(database, "PRAGMA synchronous") == full
    assert setting(database, "PRAGMA foreign_keys") == 1
    assert setting(database, "PRAGMA secure_delete") == 1
    database.dispose()


def test_postgresql_acknowledges_what_is_on_disk(postgres_url: str) -> None:
    database = open_database(postgres_url)
    assert setting(database, "SHOW synchronous_commit") == "on"
    assert setting(database, "SHOW timezone") == "UTC"
    database.dispose()


def test_an_erased_value_leaves_no_bytes_in_the_sqlite_file(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    canary = "a-canary-that-was-erased"
    with database.unit_of_work() as session:
        add(session, canary)
    with database.unit_of_work() as session:
        session.execute(text("DELETE FROM try_counts"))
    database.dispose()
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert canary.encode() not in file.read_bytes()


DIALECTS: list[Dialect] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("dialect", DIALECTS)
@given(
    instant=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=9))]))
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(dialect: Dialect, instant: datetime) -> None:
    if not datetime(1900, 1, 1, tzinfo=UTC) < instant < datetime(2900, 1, 1, tzinfo=UTC):
        return
    kind = UtcDateTime()
    back = kind.process_result_value(kind.process_bind_param(instant, dialect), dialect)
    assert back == instant
    assert back is not None
    assert back.tzinfo is UTC


def test_a_time_without_an_offset_is_not_stored() -> None:
    with pytest.raises(ValueError, match="offset"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 11), sqlite.dialect())  # noqa: DTZ001 (the fault it is about)


@pytest.mark.parametrize("url", ["mysql://h/n", "sqlite://", "sqlite:///relative", "nothing", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite:////absolute/path|not the address"):
        open_database(url)


def test_one_process_holds_an_sqlite_file_and_many_may_hold_postgresql(sqlite_url: str) -> None:
    descriptor = hold_server_lock(sqlite_url)
    assert descriptor is not None
    with pytest.raises(AnotherServerRuns):
        hold_server_lock(sqlite_url)
    os.close(descriptor)
    again = hold_server_lock(sqlite_url)
    assert again is not None
    os.close(again)
    assert hold_server_lock("postgresql://somewhere/name") is None


def test_the_command_line_may_read_while_the_server_runs(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.unit_of_work() as session:
        add(session, "uncommitted")
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
        assert other.execute("SELECT count(*) FROM try_counts").fetchone() == (0,)
        other.close()
    database.dispose()


def test_a_connection_that_was_cut_while_it_rested_is_not_handed_out(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "UNASKED_SECONDS", 0.0)
    opened = open_database(postgres_url)
    with opened.engine.connect() as connection:
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    other = open_database(postgres_url)
    with other.engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": own})
    other.dispose()
    with opened.unit_of_work() as session:
        add(session, "kept")
    assert subjects(opened) == ["kept"]
    opened.dispose()
