"""What each party sees of an emergency; and, while it runs, the requester of the conversation it is about."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from messenger.accounts import people
from messenger.accounts.actor import Actor
from messenger.accounts.verified import current_signing_key
from messenger.audit import service as audit
from messenger.audit.actions import Action
from messenger.audit.service import AuditEvent
from messenger.chains import service as chains
from messenger.consent import service as consent
from messenger.conversations import emergency_keys, escrow
from messenger.conversations.caller import Caller
from messenger.conversations.escrow import Escrowed
from messenger.emergency import service, store
from messenger.emergency.errors import EmergencyMisplaced, EmergencyOver, EmergencyUnknown
from messenger.emergency.models import Emergency
from messenger.errors import NotFound
from messenger.protocol.encoding import b64u_decode, b64u_encode, format_time
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.access import OpenBody
from messenger.protocol.statement import Envelope, verify
from messenger.roles import Role


def list_emergencies(session: Session, actor: Actor) -> Sequence[Emergency]:
    """Those that concern the actor, newest first: as patient, requester, custodian of the key, or compliance."""
    if actor.role is Role.PATIENT:
        return store.list_of_people(session, patient=actor.account)
    if actor.role is Role.COMPLIANCE:
        return store.list_of_people(session, clinic=actor.clinic)
    if actor.role is Role.CUSTODIAN:
        return store.list_of_keys(session, emergency_keys.keys_of_custodian(session, actor.account))
    return store.list_of_people(session, requester=actor.account)


def listed_form(row: Emergency) -> JsonObject:
    """A line of the list; what is decided by is the chain."""
    return {
        "emergency": row.emergency,
        "patient": row.patient,
        "conversation": row.conversation,
        "requester": row.requester,
        "requested": format_time(row.requested),
        "until": format_time(row.until),
        "released": service.instant(row.released),
        "ended": service.instant(row.ended),
        "closed": service.instant(row.closed),
    }


def view(session: Session, actor: Actor, emergency: str) -> JsonObject:
    """An emergency with all that its statements are verified by, and the actor's own boxes.

    Raises:
        EmergencyUnknown: there is none that concerns the actor.
    """
    row = _concerning(session, actor, emergency)
    key, patient = emergency_keys.key_statement(session, row.emergency_key), people.get_person(session, row.patient)
    share = emergency_keys.share_box(session, row.emergency_key, actor.account)
    text_box = store.find_text_box(session, emergency, actor.account)
    boxes = store.list_release_boxes(session, emergency) if actor.account == row.requester else {}
    return {
        **listed_form(row),
        "event": row.event,
        "statements": [one.as_json() for one in chains.list_statements(session, f"emergency:{emergency}")],
        "key": None if key is None else key.as_json(),
        "chain": [one.as_json() for one in patient.chain],
        "inviter": patient.inviter,
        "text": b64u_encode(row.text),
        "text_box": None if text_box is None else b64u_encode(text_box),
        "share_box": None if share is None else b64u_encode(share),
        "release_boxes": {custodian: b64u_encode(box) for custodian, box in boxes.items()},
    }


def look_up_numbered(session: Session, actor: Actor, number: str, at: datetime) -> JsonObject:
    """As `look_up`, of the patient whom staff call by this number.

    Raises:
        NotFound: no patient of the actor's clinic, or more than one.
    """
    patient = people.find_numbered(session, actor.clinic, number)
    if patient is None:
        raise NotFound
    return look_up(session, actor, patient, at)


def look_up(session: Session, actor: Actor, patient: str, at: datetime) -> JsonObject:
    """Whether a patient has opted in, and which conversations an emergency would open; itself recorded.

    Raises:
        NotFound: no patient of the actor's clinic.
    """
    person = people.get_person(session, patient)
    if person.clinic != actor.clinic or person.role is not Role.PATIENT:
        raise NotFound
    looked = AuditEvent(
        clinic=actor.clinic, actor=actor.account, subject=patient, action=Action.EMERGENCY_LOOKED_UP, time=at
    )
    audit.record(session, looked)
    readers = people.list_entries_of_roles(session, actor.clinic, [Role.COMPLIANCE])
    return {
        "patient": patient,
        "opted_in": consent.is_opted_in(session, patient),
        "conversations": [
            {"conversation": conversation, "emergency_key": key, "custodians": [*custodians]}
            for conversation, key, custodians in emergency_keys.escrowed_of(session, patient)
        ],
        "compliance": [reader.account for reader in readers],
        "chain": [one.as_json() for one in person.chain],
        "inviter": person.inviter,
    }


def open_escrowed(session: Session, caller: Caller, emergency: str, envelope: Envelope, at: datetime) -> Escrowed:
    """Record that the requester opens the conversation, and hand it out: what the emergency key opens of it.

    Raises:
        EmergencyUnknown: it is not the caller's request.
        EmergencyOver: fewer than two custodians have released, its time is up, or it was closed.
        EmergencyMisplaced, StatementUsed, ClockSkewed, ProtocolError: the request to open is not the caller's for this.
    """
    row = _running(session, caller, emergency, at)
    statement = verify(envelope, OpenBody, {"self": current_signing_key(session, caller.account)})
    body = statement.body
    if (body.account, body.device, body.conversation) != (caller.account, caller.device, row.conversation):
        raise EmergencyMisplaced
    chains.check_clock(statement.header, at)
    opened = AuditEvent(
        clinic=row.clinic,
        actor=caller.account,
        subject=row.patient,
        action=Action.EMERGENCY_OPENED,
        object=emergency,
        conversation=row.conversation,
        statement=b64u_decode(statement.hash),
        time=at,
    )
    escrow.use_once(session, caller, row.conversation, statement, audit.record(session, opened), at)
    row.shown = row.shown or at
    session.flush()
    service.announce(session, row)
    return escrow.read(session, row.conversation, row.emergency_key, None)


def read_on(session: Session, caller: Caller, emergency: str, before: int, at: datetime) -> Escrowed:
    """Older messages of what was opened. Raises as `open_escrowed`."""
    row = _running(session, caller, emergency, at)
    if row.shown is None:
        raise EmergencyOver
    return escrow.read(session, row.conversation, row.emergency_key, before)


def _running(session: Session, caller: Caller, emergency: str, at: datetime) -> Emergency:
    row = store.get_emergency(session, emergency)
    if row.requester != caller.account:
        raise EmergencyUnknown
    if row.released is None or row.until <= at or row.closed is not None:
        raise EmergencyOver
    if caller.account in consent.blocked_of(session, row.patient):
        raise EmergencyOver
    if not service.verified(session, row).runs_at(format_time(at)):
        raise EmergencyOver
    return row


def _concerning(session: Session, actor: Actor, emergency: str) -> Emergency:
    row = store.get_emergency(session, emergency)
    shares = emergency_keys.share_box(session, row.emergency_key, actor.account)
    compliance = actor.role is Role.COMPLIANCE and actor.clinic == row.clinic
    if actor.account in {row.patient, row.requester} or shares is not None or compliance:
        return row
    raise EmergencyUnknown
