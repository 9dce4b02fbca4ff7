"""How the database means to carry out what a service asks: every statement of a call, explained.

What reads whole tables is fast in a test and slow at a million rows, so tests ask for the plan and not for the time.
SQLite plans without statistics, as in production. PostgreSQL would scan a table of ten rows whatever its indexes, so
scanning is priced out for the explanation: what still reads from end to end has no index to use.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from messenger.db import Database

Asked = tuple[str, Any]

_INDEX_READS = {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}


def whole_table_reads(database: Database, call: Callable[[Session], object]) -> list[str]:
    """The steps of `call` that read a whole table, with the statement each belongs to; none is what a test wants."""
    asked = asked_by(database, call)
    with database.engine.connect() as connection:
        return [f"{step}\n{statement}" for statement, given in asked for step in _scans(connection, statement, given)]


def asked_by(database: Database, call: Callable[[Session], object]) -> list[Asked]:
    """What `call` asks the database, in order."""
    asked: list[Asked] = []

    def note(_connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.unit_of_work() as session:
            call(session)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert asked, "the call asked the database nothing"
    return asked


def _scans(connection: Connection, statement: str, given: Any) -> list[str]:
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
        # An empty IN list is planned as a subquery that scans nothing; `json_each` reads a parameter (`bulk.among`).
        return [row[3] for row in rows if re.match(r"SCAN (?!(\d+ )?CONSTANT|\(|json_each)", row[3])]
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    ((plan,),) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", given).all()
    return [node["Node Type"] for node in nodes(plan[0]["Plan"]) if _reads_all(node)]


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A step of PostgreSQL's plan and all below it."""
    yield node
    for below in node.get("Plans", ()):
        yield from nodes(below)


def _reads_all(node: dict[str, Any]) -> bool:
    """A table from end to end, or an index from end to end."""
    kind = node["Node Type"]
    return kind == "Seq Scan" or (kind in _INDEX_READS and "Index Cond" not in node)
