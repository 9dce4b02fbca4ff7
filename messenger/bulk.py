"""Many rows in one statement: arrays through `unnest` on PostgreSQL, `executemany` on SQLite.

Measured before it was written (performance design): row by row, the writer of messages is bound by round trips.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy import Connection, Table, TextClause, insert, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase

Rows = Sequence[Mapping[str, object]]


def table_of(model: type[DeclarativeBase]) -> Table:
    """The table that a model is mapped to."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - no model of this project maps a join
    return table


def insert_all(connection: Connection, model: type[DeclarativeBase], rows: Rows) -> None:
    """Insert `rows`, each with the same columns, in their order. Nothing happens for none."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table_of(model)), rows)
        return
    columns = tuple(rows[0])
    connection.execute(_insert_from_arrays(table_of(model), columns), arrays_of(rows, columns))


def arrays_of(rows: Rows, columns: Sequence[str]) -> dict[str, object]:
    """One array for each column, as the PostgreSQL statements take them."""
    return {column: [row[column] for row in rows] for column in columns}


def unnested(table: Table, columns: Sequence[str]) -> str:
    """`unnest(CAST(:a AS text[]), …)` with each column's own type. PostgreSQL alone."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    arrays = (f"CAST(:{column} AS {table.c[column].type.compile(dialect)}[])" for column in columns)
    return f"unnest({', '.join(arrays)})"


@lru_cache
def _insert_from_arrays(table: Table, columns: tuple[str, ...]) -> TextClause:
    names = ", ".join(f'"{column}"' for column in columns)
    return text(f'INSERT INTO "{table.name}" ({names}) SELECT * FROM {unnested(table, columns)}')  # noqa: S608
