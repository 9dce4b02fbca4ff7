"""`python -m messenger log verify`: exit 0 in order, 1 a finding, 2 could not check, 3 unreachable."""

import json
import sys
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from messenger.auditor.database_check import Given, check_database
from messenger.auditor.errors import CannotCheck
from messenger.auditor.findings import Report
from messenger.auditor.public_check import check_server
from messenger.merkle.errors import MerkleError
from messenger.merkle.note import VerifierKey

FOUND, COULD_NOT_CHECK = 1, 2


@click.group("log")
def log_commands() -> None:
    """Check the access log."""


@log_commands.command()
@click.option("--database", help="sqlite:////absolute/path or postgresql://…: the full check.")
@click.option("--server", help="The service's address: what it shows to anybody.")
@click.option("--clinic", help="Which clinic, where there are several.")
@click.option("--key", "log_key", help="The log's key as the clinic published it.")
@click.option(
    "--since", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A checkpoint kept earlier."
)
def verify(
    database: str | None, server: str | None, clinic: str | None, log_key: str | None, since: Path | None
) -> None:
    """Verify the whole log and print what was found."""
    if (database is None) == (server is None):
        raise click.UsageError("Give either --database or --server.")
    try:
        key = VerifierKey.parse(log_key) if log_key is not None else None
        given = Given(clinic, key, since.read_bytes() if since is not None else None)
        report = check_database(database, given) if database is not None else check_server(server or "", given)
    except CannotCheck as refused:
        _could_not_check(refused.code, refused.sentence)
    except MerkleError as refused:
        _could_not_check(refused.code, str(refused))
    except SQLAlchemyError as refused:
        _could_not_check("no_database", f"The database cannot be read ({type(refused).__name__}).")
    else:
        _print(report)


def _print(report: Report) -> None:
    click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    sys.exit(0 if report.ok else FOUND)


def _could_not_check(code: str, sentence: str) -> None:
    click.echo(json.dumps({"error": {"code": code, "message": sentence}}, ensure_ascii=False), err=True)
    sys.exit(COULD_NOT_CHECK)
