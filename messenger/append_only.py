"""Tables whose rows are written once: the database itself refuses to change, remove or replace one.

A mistake or a break-in through the application cannot rewrite them; whoever owns the database file can, and is found
out by the tree over them. SQLite lets INSERT OR REPLACE past a DELETE trigger unless `recursive_triggers` is on, which
every connection of `messenger.db` sets.
"""

from typing import Final

from sqlalchemy import Connection, Table, event
from sqlalchemy.orm import DeclarativeBase

from messenger.bulk import table_of

_SQLITE: Final = """
CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRESQL_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_POSTGRESQL_TRIGGER: Final = """
CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def refuse_changes(connection: Connection, table: str) -> None:
    """Make a table append-only; migrations call it for what the models mark with `append_only`."""
    if connection.dialect.name == "sqlite":
        statements = [_SQLITE.format(table=table, verb=verb) for verb in ("UPDATE", "DELETE")]
    else:
        # A per cent sign begins a parameter for this driver.
        statements = [_POSTGRESQL_FUNCTION.replace("%", "%%"), _POSTGRESQL_TRIGGER.format(table=table)]
    for statement in statements:
        connection.exec_driver_sql(statement)


def append_only(model: type[DeclarativeBase]) -> None:
    """Make the table of `model` append-only wherever the metadata creates it, and mark it so for the house tests."""
    table = table_of(model)
    table.info["append_only"] = True

    def refuse(target: Table, connection: Connection, **_: object) -> None:
        refuse_changes(connection, target.name)

    event.listen(table, "after_create", refuse)
