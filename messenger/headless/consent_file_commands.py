"""Consents in files on the command line: a copy as FHIR, and checking one without any service."""

from __future__ import annotations

from pathlib import Path

import click

from messenger.clock import SystemClock
from messenger.headless.commands import Door, print_line, with_door
from messenger.headless.consent_commands import consent
from messenger.headless.exports import export_consents
from messenger.headless.identifiers import now
from messenger.interchange.evidence import read_fingerprint
from messenger.interchange.record import ConsentRecord
from messenger.interchange.resources import RELEASES, Release
from messenger.interchange.verifying import VerifiedExport, verify_export
from messenger.protocol.consent_chain import Decision, EmergencyChoice
from messenger.protocol.consent_change import change_of
from messenger.protocol.encoding import b64u_encode, check_hash_text
from messenger.protocol.errors import ProtocolError
from messenger.protocol.json_strict import JsonObject


def _fingerprint(_context: click.Context, _option: click.Parameter, value: str) -> str:
    try:
        return read_fingerprint(value)
    except ProtocolError as refused:
        raise click.BadParameter("Six groups of five digits as on the clinic's card, or the key's id.") from refused


def _head(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    try:
        return None if value is None else check_hash_text(value)
    except ProtocolError as refused:
        raise click.BadParameter("The hash of a decision: 43 characters.") from refused


@consent.command()
@with_door
@click.option("--format", "release", type=click.Choice(RELEASES), default="r4", show_default=True)
@click.option("--patient", metavar="ID", help="Care staff: whose; a patient exports their own.")
@click.option("--output", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export(door: Door, release: Release, patient: str | None, output: Path) -> None:
    """Write a copy of all decisions as FHIR, checked before it is written; prints what it shows."""
    with door.signed_in() as account:
        data, shown = export_consents(account, release, patient)
    output.write_bytes(data)
    print_line({"file": str(output), **_shown(shown)})


@consent.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--clinic-fingerprint", "fingerprint", required=True, callback=_fingerprint, help="As on its card.")
@click.option("--head", callback=_head, help="A decision known from elsewhere: the copy must reach to it.")
def verify(file: Path, fingerprint: str, head: str | None) -> None:
    """Check a copy of decisions offline: this patient of this clinic signed exactly this. Prints what it shows."""
    print_line({"ok": True, **_shown(verify_export(file.read_bytes(), fingerprint, head))})


def _shown(shown: VerifiedExport) -> JsonObject:
    """What is certain, and up to where: nobody can tell from a file alone what was decided later."""
    instant = now(SystemClock())
    return {
        "release": shown.release,
        "clinic": shown.chains.clinic.clinic,
        "clinic_name": shown.chains.clinic.name,
        "patient": shown.chains.patient.account,
        "as_of": {
            "head": shown.chains.consents.head,
            "decisions": len(shown.chains.consents.hashes),
            "written": shown.written,
            "log": _log(shown),
        },
        "consents": [_consent(record, shown, instant) for record in shown.records],
        "emergency_access": [_choice(choice, shown) for choice in shown.chains.consents.choices],
    }


def _log(shown: VerifiedExport) -> JsonObject | None:
    if shown.log is None:
        return None
    checkpoint = shown.log.checkpoint
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": b64u_encode(checkpoint.root),
        "decisions": len(shown.log.recorded),
    }


def _consent(record: ConsentRecord, shown: VerifiedExport, instant: str) -> JsonObject:
    return {
        **record.terms.as_json(),
        "state": record.state_at(instant),
        "decisions": [_decision(one, shown) for one in record.decisions],
    }


def _decision(decision: Decision, shown: VerifiedExport) -> JsonObject:
    before, after = decision.before, decision.after
    changes = [] if before is None or after is None else [*change_of(before, after)]
    return {"did": decision.did, "changes": changes, **_place(decision, shown)}


def _choice(choice: EmergencyChoice, shown: VerifiedExport) -> JsonObject:
    return {"did": "opted_in" if choice.opted_in else "opted_out", **_place(choice, shown)}


def _place(said: Decision | EmergencyChoice, shown: VerifiedExport) -> JsonObject:
    recorded: JsonObject | None = None
    if shown.log is not None and said.place < len(shown.log.recorded):
        entry = shown.log.recorded[said.place]
        recorded = {"index": entry.index, "time": entry.time}
    return {"place": said.place, "time": said.time, "statement": said.hash, "recorded": recorded}
