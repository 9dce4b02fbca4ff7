"""Rows for any table, made from its columns: what a migration has to carry over."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    select,
)
from sqlalchemy.types import TypeDecorator

ROWS = 3
NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
CLOSED: dict[tuple[str, str], Any] = {}
"""Columns with a closed list of values that their type does not say: one that is allowed."""

numbers = itertools.count(1)


def fill(connection: Connection, metadata: MetaData) -> dict[str, int]:
    """Put rows into every table, parents first; how many each then holds."""
    for table in metadata.sorted_tables:
        parents = {key.parent.name: values_of(connection, key.column) for key in table.foreign_keys}
        for row in range(ROWS):
            values = {
                column.name: parents[column.name][row] if column.name in parents else value_for(table, column)
                for column in table.columns
                if column.server_default is None and column.identity is None
            }
            connection.execute(insert(table).values(values))
    return count(connection, metadata)


def count(connection: Connection, metadata: MetaData) -> dict[str, int]:
    """How many rows each table holds."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


def values_of(connection: Connection, column: Column[Any]) -> list[Any]:
    return list(connection.execute(select(column).distinct().limit(ROWS)).scalars())


def value_for(table: Table, column: Column[Any]) -> Any:
    """A value that the column takes and no other row has, where its type leaves room for that."""
    if (table.name, column.name) in CLOSED:
        return CLOSED[table.name, column.name]
    number = next(numbers)
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    match kind:
        case Boolean():
            return True
        case Integer():
            return number
        case Date():
            return NOON.date() + timedelta(days=number)
        case DateTime():
            return NOON + timedelta(seconds=number)
        case LargeBinary():
            return number.to_bytes(32, "big")
        case JSON():
            return []
        case Enum():
            return kind.enums[0]
        case String() | Text():
            return f"{number:032d}"[-(kind.length or 32) :]
    raise TypeError(f"{table.name}.{column.name} is {column.type!r}: say in tests/house/rows.py what goes into it")
