"""A real clinic's log, and the ways in which somebody with the database in hand may change it."""

from sqlalchemy import Connection, Engine, create_engine, text

from messenger.audit.sequencer import Sequencer
from messenger.auditor.database_check import Given, check_database
from messenger.auditor.findings import Report
from messenger.db import parse_database_url
from tests.cast import Cast

APPEND_ONLY = ("audit_bodies", "audit_frames", "audit_nodes", "audit_checkpoints", "chain_statements")


def sequence(cast: Cast) -> int:
    """Put what waits into the log, as the server does."""
    house = cast.house
    return Sequencer(house.database, house.clock, house.settings.secret_key.encode()).sequence()


def checked(cast: Cast, given: Given | None = None) -> Report:
    """What the auditor finds."""
    return check_database(cast.house.settings.database_url, given or Given())


def codes(report: Report) -> list[str]:
    """The codes of what was found, each once, sorted."""
    return sorted({finding.code for finding in report.findings})


def break_in(cast: Cast, *statements: str, **values: object) -> None:
    """Run SQL as whoever owns the database: no trigger and no foreign key in the way."""
    engine = create_engine(parse_database_url(cast.house.settings.database_url))
    with engine.begin() as connection:
        _lift_protection(engine, connection)
        for statement in statements:
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            assert connection.execute(text(statement), used).rowcount, f"changed nothing: {statement}"
    engine.dispose()


def _lift_protection(engine: Engine, connection: Connection) -> None:
    for table in APPEND_ONLY:
        if engine.dialect.name == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_refuses_{verb}")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_refuses_change ON {table}")
            connection.exec_driver_sql("SET session_replication_role = replica")
