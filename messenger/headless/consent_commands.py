"""Consents on the command line: what a patient lets others read, changes and takes back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar, get_args

import click

from messenger.headless.commands import Door, print_line, with_door
from messenger.headless.consents import Consents, Done, NewTerms
from messenger.headless.identifiers import now
from messenger.interchange.record import ConsentRecord, records_of
from messenger.protocol.encoding import check_time
from messenger.protocol.errors import EncodingRefused
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.consent import History, Purpose

NEVER: Final = "never"

F = TypeVar("F", bound=Callable[..., None])


@click.group()
def consent() -> None:
    """Who may read: grant, change, revoke, block, unblock, list; a copy to keep, and checking one."""


def _time(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is None or value == NEVER:
        return value
    try:
        return check_time(value)
    except EncodingRefused as refused:
        raise click.BadParameter("Write an instant as 2026-03-11T12:00:00.000Z.") from refused


def _with_terms(command: F) -> F:
    """The options that say what a consent is to say; those that are not given are left out."""

    @click.option("--scope", metavar="all|CNV", help="All conversations with them, or this one.")
    @click.option("--purpose", type=click.Choice(get_args(Purpose)))
    @click.option("--history", type=click.Choice(get_args(History)), help="What was written before they came.")
    @click.option("--from", "history_from", callback=_time, help="With --history from: the date.")
    @click.option("--not-before", callback=_time, help="When it begins; otherwise now.")
    @click.option("--until", callback=_time, help="When it ends by itself, or 'never'.")
    @click.option("--may-open/--may-not-open", default=None, help="Whether they may begin conversations.")
    @wraps(command)
    def with_terms(*arguments: Any, **options: Any) -> None:
        names = ("scope", "purpose", "history", "history_from", "not_before", "until", "may_open")
        terms = {name: value for name in names if (value := options.pop(name)) is not None}
        if terms.get("until") == NEVER:
            terms["until"] = None
        if "history" in terms and terms["history"] != "from":
            terms.setdefault("history_from", None)
        if (terms.get("history") == "from") != (terms.get("history_from") is not None):
            raise click.UsageError("--from goes with --history from, and --history from with --from.")
        command(*arguments, terms=terms, **options)

    return with_terms  # type: ignore[return-value]  # click hands the options back as one argument


@consent.command()
@with_door
@click.option("--grantee", required=True, metavar="ID", help="A care team or somebody of the care staff.")
@_with_terms
def grant(door: Door, grantee: str, terms: dict[str, Any]) -> None:
    """Let a team or somebody of the care staff read; prints the consent."""
    with door.signed_in() as account:
        _print_done(Consents.of(account).grant(grantee, NewTerms(**terms)))


@consent.command()
@with_door
@click.argument("consent_id", metavar="CONSENT")
@_with_terms
def change(door: Door, consent_id: str, terms: dict[str, Any]) -> None:
    """Set other terms for a consent; what is not named stays."""
    with door.signed_in() as account:
        _print_done(Consents.of(account).change(consent_id, **terms))


@consent.command()
@with_door
@click.argument("consent_id", metavar="CONSENT")
def revoke(door: Door, consent_id: str) -> None:
    """End a consent at once. What was read before stays read."""
    with door.signed_in() as account:
        _print_done(Consents.of(account).revoke(consent_id))


@consent.command()
@with_door
@click.argument("account_id", metavar="ACCOUNT")
def block(door: Door, account_id: str) -> None:
    """Keep one person from reading, also through a team. The rest of the team reads on."""
    with door.signed_in() as account:
        _print_block(account_id, Consents.of(account).block(account_id))


@consent.command()
@with_door
@click.argument("account_id", metavar="ACCOUNT")
def unblock(door: Door, account_id: str) -> None:
    """Let somebody read again what consents let them read."""
    with door.signed_in() as account:
        _print_block(account_id, Consents.of(account).unblock(account_id))


@consent.command()
@with_door
@click.option("--patient", metavar="ID", help="Care staff: whose; a patient lists their own.")
def blocked(door: Door, patient: str | None) -> None:
    """List who is kept from reading, one on a line."""
    with door.signed_in() as account:
        chain = Consents.of(account).list(patient)
    for account_id in sorted(chain.blocked):
        since = [one.time for one in chain.blocks if one.account == account_id][-1]
        print_line({"account": account_id, "since": since})


@consent.command("list")
@with_door
@click.option("--patient", metavar="ID", help="Care staff: whose; a patient lists their own.")
def list_consents(door: Door, patient: str | None) -> None:
    """List every consent ever given, one on a line, under its newest terms."""
    with door.signed_in() as account:
        chain, instant = Consents.of(account).list(patient), now(account.clock)
    for record in records_of(chain):
        print_line(_line(record, instant))


def _line(record: ConsentRecord, instant: str) -> JsonObject:
    state = record.state_at(instant)
    revoked = record.decisions[-1].time if state == "revoked" else None
    return {**record.terms.as_json(), "state": state, "revoked": revoked}


def _print_block(account: str, done: Done) -> None:
    rotated = list(done.rotated)
    print_line({"account": account, "head": done.head, "rotated": rotated, "history_opened": done.opened})


def _print_done(done: Done) -> None:
    print_line(
        {"consent": done.consent, "head": done.head, "rotated": list(done.rotated), "history_opened": done.opened}
    )
