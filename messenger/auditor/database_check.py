"""The full check of one clinic, straight from the database, while the server runs or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, event, select
from sqlalchemy.engine import Engine

from messenger.auditor.errors import CannotCheck
from messenger.auditor.findings import Finding, Report
from messenger.auditor.log_check import LogCheck, code_of
from messenger.auditor.message_check import MessageCheck, missing
from messenger.auditor.queue_check import QueueCheck
from messenger.auditor.said import sayings
from messenger.auditor.statement_check import StatementCheck
from messenger.auditor.tables import LOGS
from messenger.db import parse_database_url
from messenger.merkle.checkpoint import Checkpoint, open_checkpoint
from messenger.merkle.errors import MerkleError
from messenger.merkle.note import VerifierKey
from messenger.protocol.encoding import b64u_encode


@dataclass(frozen=True, slots=True)
class Given:
    """What the auditor brings: which clinic, the log's key as published, a checkpoint kept from earlier."""

    clinic: str | None = None
    log_key: VerifierKey | None = None
    since: bytes | None = None


def check_database(url: str, given: Given) -> Report:
    """Check a clinic's log, statements and messages in one snapshot of the database at `url`.

    Raises CannotCheck where there is no such database, or no one clinic to check.
    """
    report = Report()
    with snapshot(url) as connection:
        clinic, key = _log(connection, given)
        report.add(_findings(connection, clinic, key, given, report))
    return report


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """The database at `url` as it is at the first read: what is written meanwhile is for the next check.

    Raises CannotCheck where there is no such database.
    """
    engine = _reading_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _findings(connection: Connection, clinic: str, key: VerifierKey, given: Given, report: Report) -> Iterator[Finding]:
    if given.log_key is not None and str(given.log_key) != str(key):
        yield Finding("wrong_key")
    kept, refused = _open_kept(given.since, given.log_key or key)
    if refused is not None:
        yield refused
    with sayings() as said:
        log = LogCheck(connection, clinic, given.log_key or key, said)
        if kept is not None:
            log.watched[kept.size] = None
        yield from log.findings()
        report.size, report.root = log.frontier.size, b64u_encode(log.frontier.root())
        yield from _compare(kept, log)
        yield from QueueCheck(connection, clinic, said).findings()
        said.index()
        yield from StatementCheck(connection, clinic, said).findings()
        yield from MessageCheck(connection, clinic, said).findings()
        yield from missing(said)


def _open_kept(note: bytes | None, key: VerifierKey) -> tuple[Checkpoint | None, Finding | None]:
    if note is None:
        return None, None
    try:
        return open_checkpoint(note, key).checkpoint, None
    except MerkleError as refused:
        return None, Finding(code_of(refused))


def _compare(kept: Checkpoint | None, log: LogCheck) -> Iterator[Finding]:
    if kept is None or kept.size == 0:
        return
    if kept.size > log.frontier.size:
        yield Finding("tree_shrunk", kept.size)
    elif log.watched[kept.size] != kept.root:
        yield Finding("fork", kept.size)


def _log(connection: Connection, given: Given) -> tuple[str, VerifierKey]:
    rows = connection.execute(select(LOGS.c.clinic, LOGS.c.verifier_key).order_by(LOGS.c.clinic)).all()
    chosen = [row for row in rows if given.clinic in (None, row.clinic)]
    if len(chosen) != 1:
        raise CannotCheck("which_clinic", f"There are {len(chosen)} such clinics here; name one with --clinic.")
    return chosen[0].clinic, VerifierKey.parse(chosen[0].verifier_key)


def _reading_engine(url: str) -> Engine:
    try:
        address = parse_database_url(url)
    except ValueError as refused:
        raise CannotCheck("no_database", str(refused)) from refused
    if address.get_backend_name() == "sqlite":
        # `mode=ro` needs no write permission and creates no file where there is none.
        engine = create_engine(address.set(database=f"file:{address.database}", query={"mode": "ro", "uri": "true"}))
        # Unasked, the driver begins nothing before the first write, and each read would see another state.
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return engine
    return create_engine(address, isolation_level="REPEATABLE READ", execution_options={"postgresql_readonly": True})
