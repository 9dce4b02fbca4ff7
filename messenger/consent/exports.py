"""A patient's consents handed out as FHIR, with everything that shows that the patient gave exactly these."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Final

from sqlalchemy.orm import Session

from messenger.accounts import people
from messenger.accounts.actor import Actor
from messenger.accounts.people import Person
from messenger.audit import proofs
from messenger.audit import service as audit
from messenger.audit.actions import Action, Outcome, Reason
from messenger.audit.service import AuditEvent
from messenger.consent.errors import NotCovered, ReleaseUnknown
from messenger.consent.service import covers, statements_of
from messenger.errors import NotFound
from messenger.interchange.evidence import Evidence, LogEvidence, LoggedStatement
from messenger.interchange.export import write_export
from messenger.interchange.resources import RELEASES, Release
from messenger.protocol.access_log import LogEntry
from messenger.protocol.encoding import format_time
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.statement import Envelope, peek_signer
from messenger.teams import clinics

CONTENT_TYPES: Final[dict[Release, str]] = {
    "r4": "application/fhir+json; fhirVersion=4.0",
    "r5": "application/fhir+json; fhirVersion=5.0",
}

_DECISIONS: Final = tuple(
    action
    for action in Action
    if action.startswith(("consent:", "emergency:opted_")) and action is not Action.CONSENT_EXPORTED
)
"""The actions by which statements of a patient's consent chain enter the log."""


def check_release(text: str) -> Release:
    """The release of FHIR that is named.

    Raises:
        ReleaseUnknown: it is none of those written here.
    """
    for release in RELEASES:
        if release == text:
            return release
    raise ReleaseUnknown


def export_consents(session: Session, actor: Actor, patient: str, release: Release, at: datetime) -> JsonObject:
    """All that a patient decided, as it stands now; the entry of it joins this transaction.

    Raises:
        NotFound: there is no such patient in the actor's clinic.
        NotCovered: no consent covers the actor; the refusal is in the log.
    """
    entry = people.find_entry(session, patient)
    if entry is None or entry.clinic != actor.clinic:
        raise NotFound
    exported = AuditEvent(
        clinic=actor.clinic, actor=actor.account, subject=patient, action=Action.CONSENT_EXPORTED, time=at
    )
    if not covers(session, actor, patient, at):
        audit.record(session, replace(exported, outcome=Outcome.REFUSED, reason=Reason.NOT_A_READER))
        raise NotCovered
    key = SigningPublicKey(clinics.signing_key(session, actor.clinic)).id
    evidence = _evidence(session, people.get_person(session, patient), key)
    bundle = write_export(evidence, evidence.verify(key), format_time(at), release)
    audit.record(session, exported)
    return bundle


def _evidence(session: Session, person: Person, clinic_key: str) -> Evidence:
    consents = statements_of(session, person.account)
    inviter = None
    if peek_signer(person.chain[0]).key != clinic_key:
        inviter = (person.inviter, tuple(people.get_person(session, person.inviter).chain))
    return Evidence(
        patient=person.account,
        clinic_chain=tuple(clinics.statements_of(session, person.clinic)),
        inviter=inviter,
        patient_chain=tuple(person.chain),
        consents=tuple(consents),
        log=_log(session, person, consents),
    )


def _log(session: Session, person: Person, consents: Sequence[Envelope]) -> LogEvidence | None:
    """The entries of the decisions that the sequencer has placed: all but those of the last second."""
    proved = proofs.prove_decisions(session, person.clinic, person.account, _DECISIONS)
    if proved is None:
        return None
    note, inclusions = proved
    found = {LogEntry.parse(one.body).statement: one for one in inclusions}
    placed = takewhile(lambda one: one is not None, (found.get(statement.hash) for statement in consents))
    return LogEvidence(note, tuple(LoggedStatement(one.frame, one.body, tuple(one.proof)) for one in placed if one))
