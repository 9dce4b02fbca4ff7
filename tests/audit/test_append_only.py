"""The log's tables accept rows and never change or lose one: the databases themselves refuse."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from messenger.app import metadata
from messenger.db import Database
from tests.audit.logs import a_log

KEPT = {"audit_bodies", "audit_frames", "audit_nodes", "audit_checkpoints", "chain_statements"}


def test_the_tables_marked_append_only_are_those_of_the_log_and_of_statements() -> None:
    assert {name for name, table in metadata.tables.items() if table.info.get("append_only")} == KEPT


@pytest.fixture
def kept_rows(database: Database) -> Database:
    """A database with at least one row in each of these tables."""
    log = a_log(database)
    log.record(log.event(), log.event())
    log.sequencer().sequence()
    with database.unit_of_work() as session:
        session.execute(
            text("INSERT INTO chain_statements VALUES ('team:x', 0, :hash, 'team-create', :envelope)"),
            {"hash": b"h" * 32, "envelope": b"{}"},
        )
    return database


def refused(database: Database, statement: str) -> bool:
    """Whether the database refuses, and says that the table is append-only."""
    with database.session() as session:
        try:
            session.execute(text(statement))
        except DBAPIError as error:
            return "append-only" in str(error.orig)
        finally:
            session.rollback()
    return False


@pytest.mark.parametrize("table", sorted(KEPT))
def test_no_row_is_changed_removed_or_replaced(kept_rows: Database, table: str) -> None:
    with kept_rows.reading_session() as session:
        rows = session.execute(text(f"SELECT * FROM {table}")).mappings().all()  # noqa: S608 (a name of ours)
    assert rows
    column = next(iter(rows[0]))
    assert refused(kept_rows, f'UPDATE {table} SET "{column}" = "{column}"')  # noqa: S608
    assert refused(kept_rows, f"DELETE FROM {table}")  # noqa: S608
    if kept_rows.engine.dialect.name == "sqlite":
        assert refused(kept_rows, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608
        assert refused(kept_rows, f"REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")  # noqa: S608
    else:
        assert refused(kept_rows, f"TRUNCATE {table} CASCADE")
        key = ", ".join(f'"{one.name}"' for one in metadata.tables[table].primary_key)
        assert refused(
            kept_rows,
            f'INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) DO UPDATE SET "{column}" = excluded."{column}"',  # noqa: S608, E501
        )
    with kept_rows.reading_session() as session:
        assert session.execute(text(f"SELECT * FROM {table}")).mappings().all() == rows  # noqa: S608
