"""Many rows and several tables at once, on both kinds of database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, event, select

from messenger.bulk import Reads, Writes, among, insert_all, table_of
from messenger.chains.models import ChainHead
from messenger.db import Database
from messenger.web.models import TryCount

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)

heads, tries = table_of(ChainHead).c, table_of(TryCount).c

HEADS = select(heads.chain, heads.sequence, heads.hash).where(among(heads.chain, "chains"))
TRIES = select(tries.subject, tries.window_ends, tries.tries).where(tries.window_ends >= bindparam("since"))


def head(chain: str, sequence: int) -> dict[str, object]:
    return {"chain": chain, "sequence": sequence, "hash": bytes([sequence]) * 32}


def tried(subject: str, times: int = 1) -> dict[str, object]:
    return {"subject": subject, "window_ends": NOON, "tries": times}


def read(database: Database, **asked: Any) -> list[list[tuple[Any, ...]]]:
    with database.reading_session() as session:
        return Reads(HEADS, TRIES).run(session.connection(), asked)


def write(database: Database, writes: Writes) -> int:
    """Run them; how many statements went to the database."""
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    with database.unit_of_work() as session:
        connection = session.connection()
        event.listen(database.engine, "before_cursor_execute", note)
        writes.run(connection)
        event.remove(database.engine, "before_cursor_execute", note)
    return len(told)


def test_several_tables_are_written_together_and_read_together(database: Database) -> None:
    writes = Writes()
    writes.insert(ChainHead, [head("a", 1), head("b", 2)])
    writes.insert(TryCount, [tried("x")])
    assert write(database, writes) == (2 if database.engine.dialect.name == "sqlite" else 1)
    found, counted = read(database, chains={"b", "c"}, since=NOON)
    assert found == [("b", 2, b"\x02" * 32)]
    assert counted == [("x", NOON, 1)]


def test_what_is_there_is_replaced_by_an_upsert_and_changed_by_an_update(database: Database) -> None:
    with database.unit_of_work() as session:
        insert_all(session.connection(), ChainHead, [head("a", 1), head("b", 2)])
        insert_all(session.connection(), TryCount, [tried("x"), tried("y")])
    writes = Writes()
    writes.upsert(ChainHead, [head("b", 7), head("c", 3)])
    writes.update(TryCount, [tried("y", 5), tried("nobody")])
    write(database, writes)
    found, counted = read(database, chains=["a", "b", "c"], since=NOON)
    assert sorted((chain, sequence) for chain, sequence, _ in found) == [("a", 1), ("b", 7), ("c", 3)]
    assert sorted(counted) == [("x", NOON, 1), ("y", NOON, 5)]


def test_among_none_nothing_is_found_and_no_rows_write_nothing(database: Database) -> None:
    writes = Writes()
    writes.insert(ChainHead, [])
    assert write(database, writes) == 0
    with database.unit_of_work() as session:
        insert_all(session.connection(), ChainHead, [head("a", 1)])
    assert read(database, chains=[], since=NOON) == [[], []]


def test_a_text_that_looks_like_another_ones_end_is_itself(database: Database) -> None:
    strange = ['say "a"', "b,c", "{d}", "NULL", "é\\"]
    with database.unit_of_work() as session:
        insert_all(session.connection(), ChainHead, [head(one, 1) for one in strange])
    found, _ = read(database, chains=strange[:4], since=NOON)
    assert sorted(chain for chain, *_ in found) == sorted(strange[:4])
