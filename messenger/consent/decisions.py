"""What a patient decides: consents given, changed, revoked, people blocked; statements that clients judge alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from messenger.accounts import people
from messenger.accounts.actor import Actor
from messenger.accounts.verified import current_signing_key, verified_account
from messenger.audit.actions import Action
from messenger.audit.service import AuditEvent
from messenger.chains import service as chains
from messenger.chains.errors import ChainMoved
from messenger.consent import store
from messenger.consent.errors import GranteeUnknown
from messenger.consent.models import Consent
from messenger.protocol.consent_chain import (
    Block,
    ConsentStatement,
    Decision,
    Deed,
    EmergencyChoice,
    verify_consent_chain,
)
from messenger.protocol.encoding import parse_time
from messenger.protocol.kinds.block import BlockBody, UnblockBody
from messenger.protocol.kinds.consent import ConsentBody, ConsentChangeBody, ConsentRevocationBody
from messenger.protocol.kinds.emergency_choice import EmergencyOptInBody, EmergencyOptOutBody
from messenger.protocol.statement import Envelope, Header, Statement, payload_type, verify
from messenger.roles import CARE_STAFF
from messenger.teams import service as teams
from messenger.teams.errors import TeamKeyMissing

B = TypeVar("B", ConsentBody, ConsentChangeBody, ConsentRevocationBody, ConsentStatement)

_BODIES: Final[dict[str, type[ConsentStatement]]] = {
    payload_type(body.kind): body for body in (ConsentBody, ConsentChangeBody, ConsentRevocationBody)
}
ChoiceStatement = EmergencyOptInBody | EmergencyOptOutBody
_CHOICES: Final[dict[str, type[ChoiceStatement]]] = {
    payload_type(body.kind): body for body in (EmergencyOptInBody, EmergencyOptOutBody)
}
BlockStatement = BlockBody | UnblockBody
_BLOCKS: Final[dict[str, type[BlockStatement]]] = {payload_type(body.kind): body for body in (BlockBody, UnblockBody)}
_ACTIONS: Final[dict[Deed, Action]] = {
    "given": Action.CONSENT_GIVEN,
    "changed": Action.CONSENT_CHANGED,
    "revoked": Action.CONSENT_REVOKED,
}


@dataclass(frozen=True)
class Decided:
    """What one statement did, and the hash that the patient's chain ends with now."""

    decision: Decision | EmergencyChoice | Block
    head: str


def decide(session: Session, patient: Actor, envelope: Envelope, at: datetime) -> Decided:
    """Append what the patient decided to their chain and let it count from here on.

    Raises:
        ChainMoved: another device decided something first.
        GranteeUnknown, TeamUnknown, TeamKeyMissing: nobody of the care staff, or no team, of this clinic is named.
        ClockSkewed, ProtocolError: the statement does not hold, or cannot stand here (`protocol.consent_chain`).
    """
    if envelope.type in _CHOICES:
        return _choose(session, patient, envelope, at)
    if envelope.type in _BLOCKS:
        return _block(session, patient, envelope, at)
    body_type = _BODIES.get(envelope.type, ConsentBody)
    statement: Statement[ConsentStatement]
    statement = verify(envelope, body_type, {"self": current_signing_key(session, patient.account)})
    chains.check_clock(statement.header, at)
    _require_next(session, patient.account, statement.header)
    before = chains.list_statements(session, f"consent:{patient.account}")
    chain = verify_consent_chain([*before, envelope], verified_account(session, patient.account))
    decision = chain.decisions[-1]
    if decision.did == "given" and decision.after is not None:
        _check_grantee(session, patient, decision.after.grantee)
    _keep(session, patient, statement, decision, at)
    return Decided(decision, statement.hash)


def _choose(session: Session, patient: Actor, envelope: Envelope, at: datetime) -> Decided:
    """Append that the patient opted in to emergency access, or out of it."""
    statement: Statement[ChoiceStatement]
    statement = verify(envelope, _CHOICES[envelope.type], {"self": current_signing_key(session, patient.account)})
    chains.check_clock(statement.header, at)
    _require_next(session, patient.account, statement.header)
    before = chains.list_statements(session, f"consent:{patient.account}")
    chain = verify_consent_chain([*before, envelope], verified_account(session, patient.account))
    choice = chain.choices[-1]
    action = Action.EMERGENCY_OPTED_IN if choice.opted_in else Action.EMERGENCY_OPTED_OUT
    entry = AuditEvent(clinic=patient.clinic, actor=patient.account, subject=patient.account, action=action, time=at)
    chains.append(session, statement, entry)
    store.put_choice(session, patient.account, opted_in=choice.opted_in)
    return Decided(choice, statement.hash)


def _block(session: Session, patient: Actor, envelope: Envelope, at: datetime) -> Decided:
    """Append that the patient keeps somebody from reading, or does so no longer."""
    statement: Statement[BlockStatement]
    statement = verify(envelope, _BLOCKS[envelope.type], {"self": current_signing_key(session, patient.account)})
    chains.check_clock(statement.header, at)
    _require_next(session, patient.account, statement.header)
    before = chains.list_statements(session, f"consent:{patient.account}")
    block = verify_consent_chain([*before, envelope], verified_account(session, patient.account)).blocks[-1]
    if block.blocked:
        _check_grantee(session, patient, block.account)
    entry = AuditEvent(
        clinic=patient.clinic,
        actor=patient.account,
        subject=patient.account,
        action=Action.READER_BLOCKED if block.blocked else Action.READER_UNBLOCKED,
        object=block.account,
        time=at,
    )
    chains.append(session, statement, entry)
    store.put_block(session, patient.account, block.account, blocked=block.blocked)
    return Decided(block, statement.hash)


def keep_given(session: Session, patient: Actor, statement: Statement[ConsentBody], at: datetime) -> None:
    """Append a consent that was verified to be its patient's first.

    Raises:
        ChainMoved: another device was first.
    """
    body, header = statement.body, statement.header
    decision = Decision(header.sequence or 0, statement.hash, header.time, "given", body.consent, None, body)
    _keep(session, patient, statement, decision, at)


def _require_next(session: Session, patient: str, header: Header) -> None:
    """The statement follows the newest; a loser of a race is told so, before anything else is judged."""
    head = chains.head(session, f"consent:{patient}")
    place = (0, None) if head is None else (head.sequence + 1, head.hash)
    if (header.sequence, header.previous) != place:
        raise ChainMoved


def _check_grantee(session: Session, patient: Actor, grantee: str) -> None:
    if grantee.startswith("tea_"):
        teams.check_teams(session, patient.clinic, [grantee])
        if grantee not in teams.sealing_keys(session, [grantee]):
            raise TeamKeyMissing
        return
    person = people.find_entry(session, grantee)
    if person is None or person.clinic != patient.clinic or person.role not in CARE_STAFF:
        raise GranteeUnknown


def _keep(session: Session, patient: Actor, statement: Statement[B], decision: Decision, at: datetime) -> None:
    entry = AuditEvent(
        clinic=patient.clinic,
        actor=patient.account,
        subject=patient.account,
        action=_ACTIONS[decision.did],
        object=decision.consent,
        time=at,
    )
    chains.append(session, statement, entry)
    if decision.after is None:
        store.end_consent(session, patient.account, decision.consent, at)
    elif decision.before is None:
        store.add_consent(
            session, Consent(sequence=decision.place, **_parties(decision.after), **_terms(decision.after))
        )
    else:
        store.change_consent(session, patient.account, decision.consent, _terms(decision.after))


def _parties(body: ConsentBody) -> dict[str, object]:
    return {"consent": body.consent, "patient": body.patient, "clinic": body.clinic, "grantee": body.grantee}


def _terms(body: ConsentBody) -> dict[str, object]:
    return {
        "scope": body.scope,
        "purpose": body.purpose,
        "history": body.history,
        "history_from": parse_time(body.history_from) if body.history_from else None,
        "not_before": parse_time(body.not_before),
        "until": parse_time(body.until) if body.until else None,
        "may_open": body.may_open,
    }
