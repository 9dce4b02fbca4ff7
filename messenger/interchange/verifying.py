"""Checking an exported file offline, from nothing but the clinic's fingerprint."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from messenger.interchange.errors import ExportRefused
from messenger.interchange.evidence import Evidence, VerifiedChains
from messenger.interchange.export import read_evidence, resources_of, write_export
from messenger.interchange.record import ConsentRecord, records_of
from messenger.interchange.recorded import VerifiedLog, verify_log
from messenger.interchange.resources import Release
from messenger.protocol.encoding import check_time, parse_time
from messenger.protocol.errors import EncodingRefused
from messenger.protocol.json_strict import JsonObject, JsonValue, parse_object

CLOCKS_APART: Final = timedelta(minutes=10)
"""How far the clock of a patient's device may be from the server's."""


@dataclass(frozen=True)
class VerifiedExport:
    """What a file shows. It cannot show that nothing was decided after `chains.consents.head`."""

    release: Release
    written: str
    """When the service says that it wrote the file; nobody has signed this."""
    evidence: Evidence
    chains: VerifiedChains
    log: VerifiedLog | None
    records: tuple[ConsentRecord, ...]


def verify_export(data: bytes, fingerprint: str, known_head: str | None = None) -> VerifiedExport:
    """What the file shows, if it is of the clinic with this fingerprint and says nothing that was not signed.

    `known_head` is a decision of this patient that one knows of from elsewhere: the file must hold it. Raises
    `ExportRefused` (`not_an_export`, `wrong_time`, `older_than_known`, `resource_differs`, …), `ChainRefused` and what
    verifying statements and the log raises.
    """
    bundle = parse_object(data)
    evidence = read_evidence(bundle)
    chains = evidence.verify(fingerprint)
    log = None if evidence.log is None else verify_log(evidence.log, chains)
    if known_head is not None and known_head not in chains.consents.hashes:
        raise ExportRefused("older_than_known", "This file ends before the decision that you know of, or is another's.")
    written = _written(bundle, chains)
    release = _release(bundle, evidence, chains, written)
    records = records_of(chains.consents)
    return VerifiedExport(release, written, evidence, chains, log, records)


def _written(bundle: JsonObject, chains: VerifiedChains) -> str:
    timestamp = bundle.get("timestamp")
    try:
        written = check_time(timestamp if isinstance(timestamp, str) else "")
    except EncodingRefused as refused:
        raise ExportRefused("wrong_time", "The file does not say when it was written.") from refused
    latest = parse_time(written) + CLOCKS_APART
    decided = [one.time for one in chains.consents.decisions] + [one.time for one in chains.consents.choices]
    if any(parse_time(time) > latest for time in decided):
        raise ExportRefused("wrong_time", "The file holds decisions from after it says that it was written.")
    return written


def _release(bundle: JsonObject, evidence: Evidence, chains: VerifiedChains, written: str) -> Release:
    """The release that the file is in, if it says exactly what the statements say."""
    release: Release = "r4" if any("scope" in resource for resource in resources_of(bundle)) else "r5"
    again = write_export(evidence, chains, written, release)
    if _canonical(again) != _canonical(bundle):
        where = ".".join(_first_difference(again, bundle))
        raise ExportRefused("resource_differs", f"At {where} the file says something else than what was signed.")
    return release


def _canonical(value: JsonValue) -> str:
    """The order of members and white space carry no meaning in FHIR; everything else does."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _first_difference(one: JsonValue, other: JsonValue) -> tuple[str, ...]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            if _canonical(one.get(name)) != _canonical(other.get(name)):
                return (name, *_first_difference(one.get(name), other.get(name)))
    if isinstance(one, list) and isinstance(other, list):
        for place, (item, another) in enumerate(zip(one, other, strict=False)):
            if _canonical(item) != _canonical(another):
                return (str(place), *_first_difference(item, another))
    return ()
