"""A copy of a patient's decisions as FHIR, checked before anybody keeps it."""

from __future__ import annotations

from datetime import timedelta

from messenger.headless.account import Account
from messenger.headless.directory import Directory
from messenger.headless.errors import AnswerUnreadable, HistoryRolledBack
from messenger.headless.identifiers import now
from messenger.interchange.errors import ExportRefused
from messenger.interchange.resources import Release
from messenger.interchange.verifying import CLOCKS_APART, VerifiedExport, verify_export
from messenger.protocol.encoding import parse_time


def export_consents(account: Account, release: Release, patient: str | None = None) -> tuple[bytes, VerifiedExport]:
    """The file and what it shows: one's own decisions, or those of a patient who lets one read.

    It holds every decision that this client has seen. Raises `ServiceRefused`, `HistoryRolledBack`, `AnswerUnreadable`
    for a file of something else than was asked for, and as `verify_export`.
    """
    of = patient or account.id
    seen = Directory(account).consents(of)
    data = account.api.bytes_of(f"/api/patients/{of}/consents/export?format={release}")
    try:
        shown = verify_export(data, account.clinic.key.id, seen.head)
    except ExportRefused as refused:
        raise (HistoryRolledBack if refused.code == "older_than_known" else AnswerUnreadable) from refused
    apart: timedelta = abs(parse_time(shown.written) - parse_time(now(account.clock)))
    if (shown.evidence.patient, shown.release) != (of, release) or apart > CLOCKS_APART:
        raise AnswerUnreadable
    return data, shown
