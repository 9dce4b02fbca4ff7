"""Many rows in one statement: arrays through `unnest` on PostgreSQL, `executemany` on SQLite.

Measured before it was written (performance design): row by row, the writer of messages is bound by round trips. The
arrays travel in PostgreSQL's binary form (`%(name)b`): escaping them as text cost ten times as much as all the rest.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    literal_column,
    null,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine

from messenger.db import UtcDateTime

Rows = Sequence[Mapping[str, object]]

_Slot = tuple[str, int]
"""A kind of column, and which of that kind."""

_EMPTY: Final[Mapping[str, TypeEngine[Any]]] = {
    "str": Text(),
    "int": BigInteger(),
    "bytes": LargeBinary(),
    "datetime": UtcDateTime(),
}

_Kind = Literal["insert", "upsert", "update"]


class _Several(TypeDecorator[Collection[str] | Collection[int]]):
    """Several texts or numbers as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[Text | BigInteger]) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that travels."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else postgresql.ARRAY(self.kind()))

    def process_bind_param(self, value: Collection[str] | Collection[int] | None, dialect: Dialect) -> Any:
        """To the database."""
        several = list(value or ())
        return json.dumps(several) if dialect.name == "sqlite" else several


class _Among(ColumnElement[bool]):
    """See `among`."""

    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012 (as its base class declares it)
        ("column", InternalTraversal.dp_clauseelement),
        ("several", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: ColumnElement[Any], several: BindParameter[Any]) -> None:
        self.column = column
        self.several = several


def among(column: ColumnElement[str] | ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Whether a column of texts or numbers holds one of those handed in under `name`, however many they are.

    `IN` writes a parameter for each, so that what runs with every batch is another statement each time: built, parsed
    and planned anew.
    """
    kind = BigInteger if isinstance(column.type, Integer) else Text
    return _Among(column, bindparam(name, type_=_Several(kind)))


@compiles(_Among, "postgresql")
def _among_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    return f"{compiler.process(element.column, **options)} = ANY ({compiler.process(element.several, **options)})"


@compiles(_Among, "sqlite")
def _among_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    several = f"SELECT value FROM json_each({compiler.process(element.several, **options)})"  # noqa: S608 (a parameter)
    return f"{compiler.process(element.column, **options)} IN ({several})"


def table_of(model: type[DeclarativeBase]) -> Table:
    """The table that a model is mapped to."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - no model of this project maps a join
    return table


class Reads:
    """Several reads that are asked together, each a `select` whose parameters have names of their own.

    They are one statement: one way there and back, and of one moment. Each of its rows fills the columns of one read
    and leaves empty what only others have.
    """

    def __init__(self, *reads: Select[Any]) -> None:
        columns = [_slots_of(read) for read in reads]
        slots = sorted({slot for taken in columns for slot in taken})
        self._places = [[slots.index(slot) for slot in taken] for taken in columns]
        parts = []
        for number, (read, taken) in enumerate(zip(reads, columns, strict=True)):
            filled: dict[_Slot, ColumnElement[Any]] = {slot: cast(null(), _EMPTY[slot[0]]) for slot in slots}
            filled.update(zip(taken, read.selected_columns, strict=True))
            parts.append(read.with_only_columns(literal_column(str(number)), *filled.values()))
        self._together = union_all(*parts)

    def run(self, connection: Connection, parameters: Mapping[str, object]) -> list[list[tuple[Any, ...]]]:
        """The rows of each read, in the order of the reads; a row has the columns of its `select`."""
        found: list[list[tuple[Any, ...]]] = [[] for _ in self._places]
        for number, *values in connection.execute(self._together, parameters):
            found[number].append(tuple(values[place] for place in self._places[number]))
        return found


def _slots_of(read: Select[Any]) -> list[_Slot]:
    """For each column of the read its kind, and which of that kind it is."""
    types = [column.type for column in read.selected_columns]
    plain = [one.impl_instance if isinstance(one, TypeDecorator) else one for one in types]
    kinds = [one.python_type.__name__ for one in plain]
    return [(kind, kinds[:place].count(kind)) for place, kind in enumerate(kinds)]


class Writes:
    """What a transaction writes into several tables, collected and then run together.

    On PostgreSQL the whole of it is one statement, hence one way there and back, whatever the number of tables; so each
    table may stand in it once, and nothing in it sees what the rest of it writes. On SQLite it runs in its order.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[_Kind, Table, Rows]] = []

    def insert(self, model: type[DeclarativeBase], rows: Rows) -> None:
        """Insert `rows`, each with the same columns, in their order. Nothing happens for none."""
        self._add("insert", model, rows)

    def upsert(self, model: type[DeclarativeBase], rows: Rows) -> None:
        """As `insert`; where a row with the primary key is there already, its other columns are replaced."""
        self._add("upsert", model, rows)

    def update(self, model: type[DeclarativeBase], rows: Rows) -> None:
        """Set the columns of the rows that have these primary keys; keys and new values stand in `rows` alike."""
        self._add("update", model, rows)

    def run(self, connection: Connection) -> None:
        """Write all that was collected."""
        if connection.dialect.name == "sqlite":
            for kind, table, rows in self._parts:
                _run_on_sqlite(connection, kind, table, rows)
        elif self._parts:
            self._run_at_once(connection)

    def _add(self, kind: _Kind, model: type[DeclarativeBase], rows: Rows) -> None:
        if rows:
            self._parts.append((kind, table_of(model), rows))

    def _run_at_once(self, connection: Connection) -> None:
        parts, arrays = [], {}
        for number, (kind, table, rows) in enumerate(self._parts):
            prefix, columns = f"w{number}_", tuple(rows[0])
            parts.append(f"w{number} AS ({_FROM_ARRAYS[kind](table, columns, prefix)})")
            arrays.update(arrays_of(rows, columns, prefix))
        connection.exec_driver_sql(f"WITH {', '.join(parts)} SELECT 1", arrays)


def insert_all(connection: Connection, model: type[DeclarativeBase], rows: Rows) -> None:
    """Insert `rows` into one table, as `Writes.insert`."""
    writes = Writes()
    writes.insert(model, rows)
    writes.run(connection)


def arrays_of(rows: Rows, columns: Sequence[str], prefix: str = "") -> dict[str, object]:
    """One array for each column, as the PostgreSQL statements take them."""
    return {f"{prefix}{column}": [row[column] for row in rows] for column in columns}


def unnested(table: Table, columns: Sequence[str], prefix: str = "") -> str:
    """`unnest(CAST(%(a)b AS text[]), …)` with each column's own type, in the driver's own form. PostgreSQL alone."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    arrays = (f"CAST(%({prefix}{column})b AS {table.c[column].type.compile(dialect)}[])" for column in columns)
    return f"unnest({', '.join(arrays)})"


def _run_on_sqlite(connection: Connection, kind: _Kind, table: Table, rows: Rows) -> None:
    columns = tuple(rows[0])
    if kind == "insert":
        connection.execute(_sqlite_insert(table), rows)
    elif kind == "upsert":
        connection.execute(_sqlite_upsert(table, columns), rows)
    else:
        # A statement on the table itself, not the ORM's update by key; names differ so that key and value can too.
        renamed = [{f"new_{column}": row[column] for column in columns} for row in rows]
        connection.execute(_sqlite_update(table, columns), renamed)


def _keys(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


@lru_cache
def _sqlite_insert(table: Table) -> sqlite.Insert:
    return sqlite.insert(table)


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
def _upsert_from_arrays(table: Table, columns: tuple[str, ...], prefix: str) -> str:
    keys = ", ".join(f'"{key}"' for key in _keys(table))
    replaced = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column not in _keys(table))
    return f"{_insert_from_arrays(table, columns, prefix)} ON CONFLICT ({keys}) DO UPDATE SET {replaced}"


@lru_cache
def _update_from_arrays(table: Table, columns: tuple[str, ...], prefix: str) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    replaced = ", ".join(f'"{column}" = new."{column}"' for column in columns if column not in _keys(table))
    same = " AND ".join(f'"{table.name}"."{key}" = new."{key}"' for key in _keys(table))
    return f'UPDATE "{table.name}" SET {replaced} FROM {unnested(table, columns, prefix)} AS new({names}) WHERE {same}'  # noqa: S608


@lru_cache
def _insert_from_arrays(table: Table, columns: tuple[str, ...], prefix: str) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table.name}" ({names}) SELECT * FROM {unnested(table, columns, prefix)}'  # noqa: S608


_FROM_ARRAYS: Final[Mapping[_Kind, Callable[[Table, tuple[str, ...], str], str]]] = {
    "insert": _insert_from_arrays,
    "upsert": _upsert_from_arrays,
    "update": _update_from_arrays,
}
