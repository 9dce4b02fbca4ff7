"""Asking, releasing and closing: each a statement judged as every client judges it, each with its entry in the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy.orm import Session

from messenger import events
from messenger.accounts import people
from messenger.accounts.actor import Actor
from messenger.accounts.verified import verified_account
from messenger.audit import service as audit
from messenger.audit.actions import Action, Reason
from messenger.audit.service import SYSTEM, AuditEvent
from messenger.chains import service as chains
from messenger.chains.errors import ChainMoved
from messenger.consent import service as consent
from messenger.conversations import emergency_keys
from messenger.conversations.errors import NotOptedIn
from messenger.emergency import store
from messenger.emergency.announcements import EmergencyChanged
from messenger.emergency.errors import (
    EmergencyBoxes,
    EmergencyExists,
    EmergencyMisplaced,
    EmergencyUnknown,
    RequesterBlocked,
)
from messenger.emergency.models import Emergency
from messenger.protocol.account_chain import AccountChain
from messenger.protocol.emergency_chain import Emergency as Verified
from messenger.protocol.emergency_chain import verify_emergency
from messenger.protocol.encoding import format_time, hash_text, parse_time
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.emergency import EmergencyCloseBody, EmergencyReleaseBody, EmergencyRequestBody
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody
from messenger.protocol.sealing import BOX_BYTES
from messenger.protocol.signers import Accounts
from messenger.protocol.statement import Body, Envelope, Statement, payload_type, peek_body, peek_header
from messenger.roles import Role

LONGEST_TEXT: Final = 20_000
"""Bytes of an encrypted text."""


@dataclass(frozen=True)
class Beside:
    """What travels beside a request: the encrypted text, and a box of its key for each reader."""

    text: bytes
    boxes: Mapping[str, bytes]


def ask(session: Session, actor: Actor, envelope: Envelope, beside: Beside, at: datetime) -> str:
    """Keep a request for emergency access and tell everybody whom it concerns; its id.

    Raises:
        NotOptedIn: the patient has not opted in, or no key of this conversation is sealed to: there is no way.
        RequesterBlocked: the patient keeps the actor from reading; a colleague can ask.
        EmergencyMisplaced, EmergencyBoxes, EmergencyExists, ClockSkewed, ProtocolError.
    """
    body = peek_body(envelope, EmergencyRequestBody)
    escrowed = emergency_keys.escrowed(session, body.conversation)
    if escrowed is None or (escrowed.clinic, escrowed.patient) != (actor.clinic, body.patient):
        raise NotOptedIn
    if escrowed.emergency_key != body.emergency_key:
        raise NotOptedIn
    if actor.account in consent.blocked_of(session, body.patient):
        raise RequesterBlocked
    if store.has_emergency(session, body.emergency):
        raise EmergencyExists
    found = verify_emergency([envelope], body.emergency, _key(session, body.emergency_key), _accounts(session))
    _require_sender(actor, envelope, at)
    _check_text(found.request, beside)
    entry = _entry(found.request, actor.account, Action.EMERGENCY_REQUESTED, at, Reason(body.reason))
    _, event = chains.append_named(session, _statement(envelope, EmergencyRequestBody), entry)
    row = Emergency(
        emergency=body.emergency,
        clinic=body.clinic,
        patient=body.patient,
        conversation=body.conversation,
        emergency_key=body.emergency_key,
        requester=body.requester,
        event=event,
        requested=at,
        until=parse_time(body.until),
        text=beside.text,
    )
    store.add_emergency(session, row, beside.boxes)
    announce(session, row)
    return body.emergency


def release(session: Session, actor: Actor, emergency: str, envelope: Envelope, box: bytes, at: datetime) -> None:
    """Keep a custodian's share, sealed to the requester. With the second one, the requester can read.

    Raises:
        NotOptedIn: the patient has opted out since it was asked for.
        EmergencyUnknown, EmergencyMisplaced, EmergencyBoxes, ChainMoved, ClockSkewed.
        ChainRefused: as for clients; `emergency_over` by this server's clock, too.
    """
    row = store.get_emergency(session, emergency, lock=True)
    if row.clinic == actor.clinic and not consent.is_opted_in(session, row.patient):
        raise NotOptedIn
    found = _grown(session, actor, row, envelope, at)
    newest = found.releases[-1]
    if len(box) != BOX_BYTES or hash_text(box) != newest.body.box:
        raise EmergencyBoxes
    entry = _entry(found.request, actor.account, Action.EMERGENCY_RELEASED, at)
    chains.append(session, _statement(envelope, EmergencyReleaseBody), entry)
    store.add_release_box(session, emergency, actor.account, box)
    if found.opened is not None and row.released is None:
        row.released = at
        emergency_keys.spend(session, row.emergency_key, at)
    announce(session, row)


def close(session: Session, actor: Actor, emergency: str, envelope: Envelope, at: datetime) -> None:
    """Keep what compliance found; the access ends now if it still ran.

    Raises:
        EmergencyUnknown, EmergencyMisplaced, ChainMoved, ClockSkewed.
        ChainRefused: as for clients.
    """
    row = store.get_emergency(session, emergency, lock=True)
    found = _grown(session, actor, row, envelope, at)
    assert found.closing is not None  # noqa: S101 (the statement that was just verified closes it)
    entry = _entry(found.request, actor.account, Action.EMERGENCY_CLOSED, at, Reason(found.closing.finding))
    chains.append(session, _statement(envelope, EmergencyCloseBody), entry)
    row.closed, row.ended = at, row.ended or at
    session.flush()
    announce(session, row)


def end_over(session: Session, at: datetime) -> None:
    """Record of every emergency whose time is up that it has ended."""
    for row in store.list_over(session, at):
        row.ended = at
        ended = AuditEvent(
            clinic=row.clinic,
            actor=SYSTEM,
            subject=row.patient,
            action=Action.EMERGENCY_ENDED,
            object=row.emergency,
            conversation=row.conversation,
            automatic=True,
            time=at,
        )
        audit.record(session, ended)
        announce(session, row)


def announce(session: Session, row: Emergency) -> None:
    """Tell the patient, the requester, those who hold shares, and compliance."""
    custodians = [share.custodian for share in _key(session, row.emergency_key).shares]
    compliance = people.list_entries_of_roles(session, row.clinic, [Role.COMPLIANCE])
    audience = {row.patient, row.requester, *custodians, *(person.account for person in compliance)}
    events.publish(session, EmergencyChanged(row.emergency, row.patient, tuple(sorted(audience))))


def verified(session: Session, row: Emergency) -> Verified:
    """An emergency as its chain says."""
    statements = chains.list_statements(session, f"emergency:{row.emergency}")
    return verify_emergency(statements, row.emergency, _key(session, row.emergency_key), _accounts(session))


def _grown(session: Session, actor: Actor, row: Emergency, envelope: Envelope, at: datetime) -> Verified:
    """The chain with a statement at its end that the actor made now."""
    if row.clinic != actor.clinic:
        raise EmergencyUnknown
    chain = f"emergency:{row.emergency}"
    header, head = peek_header(envelope), chains.head(session, chain)
    if head is None or (header.sequence, header.previous) != (head.sequence + 1, head.hash):
        raise ChainMoved
    _require_sender(actor, envelope, at)
    statements = [*chains.list_statements(session, chain), envelope]
    key, accounts = _key(session, row.emergency_key), _accounts(session)
    if envelope.type == payload_type(EmergencyReleaseBody.kind) and row.until <= at:
        raise ChainRefused("emergency_over", "This emergency was over before the share was released.")
    return verify_emergency(statements, row.emergency, key, accounts)


def _require_sender(actor: Actor, envelope: Envelope, at: datetime) -> None:
    header = peek_header(envelope)
    if header.signer.account != actor.account:
        raise EmergencyMisplaced
    chains.check_clock(header, at)


def _check_text(request: EmergencyRequestBody, beside: Beside) -> None:
    if len(beside.text) > LONGEST_TEXT or hash_text(beside.text) != request.text:
        raise EmergencyBoxes
    sent = {reader: hash_text(box) for reader, box in beside.boxes.items() if len(box) == BOX_BYTES}
    if len(sent) != len(beside.boxes) or sent != {box.reader: box.box for box in request.boxes}:
        raise EmergencyBoxes


def _statement(envelope: Envelope, body_type: type[Body]) -> Statement[Body]:
    """A statement that was just verified in its chain."""
    return Statement(envelope.hash, peek_header(envelope), peek_body(envelope, body_type), envelope)


def _key(session: Session, emergency_key: str) -> EmergencyKeyBody:
    statement = emergency_keys.key_statement(session, emergency_key)
    if statement is None:
        raise NotOptedIn
    return peek_body(statement, EmergencyKeyBody)


def _accounts(session: Session) -> Accounts:
    @cache
    def find(account: str) -> AccountChain | None:
        return verified_account(session, account) if people.find_entry(session, account) else None

    return find


def _entry(
    request: EmergencyRequestBody, actor: str, action: Action, at: datetime, reason: Reason | None = None
) -> AuditEvent:
    return AuditEvent(
        clinic=request.clinic,
        actor=actor,
        subject=request.patient,
        action=action,
        object=request.emergency,
        conversation=request.conversation,
        reason=reason,
        time=at,
    )


def instant(at: datetime | None) -> str | None:
    """A time as it travels."""
    return None if at is None else format_time(at)
