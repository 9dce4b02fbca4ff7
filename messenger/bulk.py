"""Many rows in one statement: arrays through `unnest` on PostgreSQL, `executemany` on SQLite.

Measured before it was written (performance design): row by row, the writer of messages is bound by round trips. The
arrays travel in PostgreSQL's binary form (`%(name)b`): escaping them as text cost ten times as much as all the rest.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy import Connection, Table, Update, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite
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
    connection.exec_driver_sql(_insert_from_arrays(table_of(model), columns), arrays_of(rows, columns))


def upsert_all(connection: Connection, model: type[DeclarativeBase], rows: Rows) -> None:
    """As `insert_all`; where a row with the primary key is there already, its other columns are replaced."""
    if not rows:
        return
    table, columns = table_of(model), tuple(rows[0])
    if connection.dialect.name == "sqlite":
        connection.execute(_sqlite_upsert(table, columns), rows)
        return
    connection.exec_driver_sql(_upsert_from_arrays(table, columns), arrays_of(rows, columns))


def update_all(connection: Connection, model: type[DeclarativeBase], rows: Rows) -> None:
    """Set the columns of the rows that have these primary keys; keys and new values stand in `rows` alike."""
    if not rows:
        return
    table, columns = table_of(model), tuple(rows[0])
    if connection.dialect.name == "sqlite":
        # A statement on the table itself, not the ORM's update by key; names differ so that key and value can too.
        connection.execute(
            _sqlite_update(table, columns), [{f"new_{column}": row[column] for column in columns} for row in rows]
        )
        return
    connection.exec_driver_sql(_update_from_arrays(table, columns), arrays_of(rows, columns))


def arrays_of(rows: Rows, columns: Sequence[str]) -> dict[str, object]:
    """One array for each column, as the PostgreSQL statements take them."""
    return {column: [row[column] for row in rows] for column in columns}


def unnested(table: Table, columns: Sequence[str]) -> str:
    """`unnest(CAST(%(a)b AS text[]), …)` with each column's own type, in the driver's own form. PostgreSQL alone."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    arrays = (f"CAST(%({column})b AS {table.c[column].type.compile(dialect)}[])" for column in columns)
    return f"unnest({', '.join(arrays)})"


def _keys(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


@lru_cache
def _sqlite_upsert(table: Table, columns: tuple[str, ...]) -> sqlite.Insert:
    statement = sqlite.insert(table)
    replaced = {column: statement.excluded[column] for column in columns if column not in _keys(table)}
    return statement.on_conflict_do_update(index_elements=_keys(table), set_=replaced)


@lru_cache
def _sqlite_update(table: Table, columns: tuple[str, ...]) -> Update:
    keys = _keys(table)
    return (
        update(table)
        .where(*(table.c[key] == bindparam(f"new_{key}") for key in keys))
        .values({column: bindparam(f"new_{column}") for column in columns if column not in keys})
    )


@lru_cache
def _upsert_from_arrays(table: Table, columns: tuple[str, ...]) -> str:
    keys = ", ".join(f'"{key}"' for key in _keys(table))
    replaced = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column not in _keys(table))
    return f"{_insert_from_arrays(table, columns)} ON CONFLICT ({keys}) DO UPDATE SET {replaced}"


@lru_cache
def _update_from_arrays(table: Table, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    replaced = ", ".join(f'"{column}" = new."{column}"' for column in columns if column not in _keys(table))
    same = " AND ".join(f'"{table.name}"."{key}" = new."{key}"' for key in _keys(table))
    return f'UPDATE "{table.name}" SET {replaced} FROM {unnested(table, columns)} AS new({names}) WHERE {same}'  # noqa: S608


@lru_cache
def _insert_from_arrays(table: Table, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table.name}" ({names}) SELECT * FROM {unnested(table, columns)}'  # noqa: S608
