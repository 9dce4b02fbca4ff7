"""Rows that only the first of several writers inserts.

Losing such a race is an answer, not an error: an IntegrityError would abort the whole transaction on PostgreSQL.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

from messenger.bulk import table_of


def insert_once(session: Session, model: type[DeclarativeBase], values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; whether this writer did."""
    first = next(iter(table_of(model).primary_key))
    return bool(_insert(session, model, [values], first))


def values_of(row: DeclarativeBase) -> dict[str, Any]:
    """The columns of a row that is in no session yet, as `insert_once` takes them; what was not set is null."""
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(row).mapper.column_attrs}


def insert_absent(
    session: Session,
    model: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    returned: InstrumentedAttribute[str],
) -> list[str]:
    """Insert those of the rows whose keys are not there yet; the `returned` column of each that was inserted."""
    return _insert(session, model, rows, returned) if rows else []


def _insert(
    session: Session,
    model: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    returned: ColumnElement[Any] | InstrumentedAttribute[Any],
) -> list[Any]:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(model).values(list(rows)).on_conflict_do_nothing().returning(returned)
    return list(session.scalars(statement))
