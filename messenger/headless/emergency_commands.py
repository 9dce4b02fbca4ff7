"""Emergency access on the command line: who may be let in, who asks, who lets them, what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, get_args

import click

from messenger.headless.commands import Door, print_line, with_door
from messenger.headless.custodians import name_custodians
from messenger.headless.directory import Directory
from messenger.headless.emergency import Emergencies
from messenger.headless.emergency_choice import opt_in, opt_out, renew_emergency_keys
from messenger.headless.emergency_reading import open_emergency
from messenger.protocol.kinds.custodians import FEWEST_CUSTODIANS, MOST_CUSTODIANS
from messenger.protocol.kinds.emergency import EmergencyReason, Finding

LONGEST_HOURS: Final = 24


@click.group()
def emergency() -> None:
    """Emergency access: custodians, opt in and out, request, release, open, close, list."""


@emergency.command()
@with_door
@click.argument("people", metavar="ACCOUNT...", nargs=-1, required=True)
def custodians(door: Door, people: tuple[str, ...]) -> None:
    """Name the clinic's custodians, at least three; any two of them open an emergency together."""
    if not FEWEST_CUSTODIANS <= len(set(people)) <= MOST_CUSTODIANS:
        raise click.UsageError(f"Name {FEWEST_CUSTODIANS} to {MOST_CUSTODIANS} different custodians.")
    with door.signed_in() as account:
        named = name_custodians(account, Directory(account), set(people))
        print_line({"custodian_set": named.hash, "custodians": sorted(named.keys)})


@emergency.command("opt-in")
@with_door
def opting_in(door: Door) -> None:
    """A patient: let two custodians together open what is written from now on, in an emergency."""
    with door.signed_in() as account:
        print_line({"opted_in": True, "conversations": opt_in(account)})


@emergency.command("opt-out")
@with_door
def opting_out(door: Door) -> None:
    """A patient: end that. What was written while it was on can still be opened."""
    with door.signed_in() as account:
        print_line({"opted_in": False, "conversations": opt_out(account)})


@emergency.command()
@with_door
def renew(door: Door) -> None:
    """A patient: make the emergency keys that are missing, after one was used or custodians were replaced."""
    with door.signed_in() as account:
        print_line({"conversations": renew_emergency_keys(account)})


@emergency.command()
@with_door
@click.option("--patient", required=True, metavar="ID")
@click.option("--conversation", required=True, metavar="ID")
@click.option("--reason", required=True, type=click.Choice(get_args(EmergencyReason)))
@click.option("--text", required=True, help="What happened: for the patient, custodians and compliance alone.")
@click.option("--hours", type=click.IntRange(1, LONGEST_HOURS), default=4, show_default=True)
def request(door: Door, patient: str, conversation: str, reason: Any, text: str, hours: int) -> None:
    """Care staff: ask the custodians to open one conversation. The patient is told at once."""
    with door.signed_in() as account:
        asked = Emergencies.of(account).ask(patient, conversation, reason, text, timedelta(hours=hours))
        print_line({"emergency": asked})


@emergency.command()
@with_door
@click.argument("emergency_id", metavar="EMERGENCY")
def release(door: Door, emergency_id: str) -> None:
    """A custodian: release one's share, once the log has proved that it holds the request."""
    with door.signed_in() as account:
        print_line({"emergency": emergency_id, "statement": Emergencies.of(account).release(emergency_id)})


@emergency.command("open")
@with_door
@click.argument("emergency_id", metavar="EMERGENCY")
def open_it(door: Door, emergency_id: str) -> None:
    """The requester: print what the emergency opens, one message on a line."""
    with door.signed_in() as account:
        for message in open_emergency(Emergencies.of(account), emergency_id).thread().messages:
            print_line(message.as_json())


@emergency.command()
@with_door
@click.argument("emergency_id", metavar="EMERGENCY")
@click.option("--finding", required=True, type=click.Choice(get_args(Finding)))
def close(door: Door, emergency_id: str, finding: Any) -> None:
    """Compliance: close it with a finding. An access that still runs ends now."""
    with door.signed_in() as account:
        print_line({"emergency": emergency_id, "statement": Emergencies.of(account).close(emergency_id, finding)})


@emergency.command()
@with_door
@click.argument("emergency_id", metavar="EMERGENCY")
def show(door: Door, emergency_id: str) -> None:
    """One emergency as its signed statements say, with what the requester wrote."""
    with door.signed_in() as account:
        emergencies = Emergencies.of(account)
        known = emergencies.look(emergency_id)
        found = known.emergency
        print_line(
            {
                "emergency": found.id,
                "patient": found.request.patient,
                "conversation": found.request.conversation,
                "requester": found.request.requester,
                "reason": found.request.reason,
                "text": emergencies.text_of(known),
                "until": found.request.until,
                "released_by": [one.body.custodian for one in found.releases],
                "finding": None if found.closing is None else found.closing.finding,
            }
        )


@emergency.command("list")
@with_door
def list_emergencies(door: Door) -> None:
    """List those that concern oneself, newest first: as patient, requester, custodian or compliance."""
    with door.signed_in() as account:
        for line in Emergencies.of(account).list():
            print_line(line)
