"""Beginning a conversation, changing its key, naming it: links of its control chain, checked as clients check them.

The server's rules are narrower than the clients' (the newest consents, the keys of now), so that nothing is stored that
an honest client would refuse. Its check is the second wall: consent is who holds a key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from messenger import events
from messenger.accounts.verified import current_signing_key
from messenger.audit.actions import Action
from messenger.chains import service as chains
from messenger.chains.errors import ChainMoved
from messenger.consent import service as consent
from messenger.conversations import emergency_keys, store
from messenger.conversations.access import entry, refusal, require_reader
from messenger.conversations.announcements import ConversationChanged
from messenger.conversations.caller import Caller
from messenger.conversations.errors import (
    BoxesMismatched,
    ConsentMoved,
    ConversationUnknown,
    NotAReader,
    NotCovered,
    StatementMisplaced,
    WrongReaders,
)
from messenger.conversations.models import Conversation, ConversationName
from messenger.conversations.store import NewLink
from messenger.protocol.encoding import b64u_decode, format_time, hash_text, parse_time
from messenger.protocol.kinds.conversation import (
    ConversationCreateBody,
    ConversationNameBody,
    ConversationRotationBody,
    Epoch,
)
from messenger.protocol.members import is_active
from messenger.protocol.statement import Body, Envelope, Statement, payload_type, verify
from messenger.teams import service as teams

B = TypeVar("B", bound=Body)

BOX_BYTES = 1168


@dataclass(frozen=True)
class Beside:
    """What travels beside a link: a box for each reader of a new epoch, and the encrypted name."""

    boxes: Mapping[str, bytes]
    name: bytes | None


def create_conversation(session: Session, caller: Caller, envelope: Envelope, beside: Beside, at: datetime) -> str:
    """Begin a conversation with its first epoch; its id.

    Raises:
        ConversationUnknown, NotAReader: the patient, if it is one, has consented to nothing with this caller.
        NotCovered: the consent does not let the caller begin one.
        ConsentMoved, WrongReaders, BoxesMismatched, StatementMisplaced, ChainMoved, ClockSkewed, ProtocolError.
    """
    statement = _verified(session, caller, envelope, ConversationCreateBody, at)
    body = statement.body
    if body.clinic != caller.clinic:
        raise StatementMisplaced
    _require_may_open(session, caller, body, at)
    _check_epoch(session, body.patient, statement, body.epoch, beside, at, {})
    conversation = Conversation(
        conversation=body.conversation,
        clinic=body.clinic,
        patient=body.patient,
        created=at,
        control_head=b64u_decode(statement.hash),
        epoch=body.epoch.number,
        epoch_began=at,
        epoch_place=0,
        last_sequence=0,
    )
    chains.append(session, statement, entry(caller, conversation, Action.CONVERSATION_CREATED, at))
    store.add_conversation(session, conversation)
    _keep_beside(session, conversation, statement, body.epoch, beside)
    conversation.name_statement = b64u_decode(statement.hash) if beside.name is not None else None
    _announce(session, conversation, [reader.reader for reader in body.epoch.readers])
    return body.conversation


def append_control(
    session: Session, caller: Caller, conversation: str, envelope: Envelope, beside: Beside, at: datetime
) -> None:
    """Append a rotation or a name.

    Raises:
        ConversationUnknown, NotAReader: not one for this caller.
        ConsentMoved, WrongReaders, BoxesMismatched, StatementMisplaced, ChainMoved, ClockSkewed, ProtocolError.
    """
    row = store.lock_conversation(session, conversation)
    if envelope.type == payload_type(ConversationNameBody.kind):
        require_reader(session, caller, row, Action.CONVERSATION_NAMED, at)
        _append_name(session, caller, row, envelope, beside, at)
    else:
        require_reader(session, caller, row, Action.CONVERSATION_ROTATED, at)
        append_rotation(session, caller, row, envelope, beside, at)


def append_rotation(
    session: Session, caller: Caller, row: Conversation, envelope: Envelope, beside: Beside, at: datetime
) -> None:
    """Append a rotation by somebody who reads the conversation; its row is locked. Raises as `append_control`."""
    statement = _verified(session, caller, envelope, ConversationRotationBody, at)
    body = statement.body
    if body.conversation != row.conversation:
        raise StatementMisplaced
    if body.epoch.number != row.epoch + 1:
        raise ChainMoved
    _require_covered(session, caller, row, at)
    emergency = emergency_keys.follow_rotation(session, row, body.reason, at)
    _check_epoch(session, row.patient, statement, body.epoch, beside, at, emergency)
    head = chains.append(session, statement, entry(caller, row, Action.CONVERSATION_ROTATED, at))
    _keep_beside(session, row, statement, body.epoch, beside)
    link = NewLink(head, statement.header.sequence or 0, body.epoch.number, named=beside.name is not None)
    store.move_epoch(session, row, link, at)
    _announce(session, row, [reader.reader for reader in body.epoch.readers])


def _append_name(
    session: Session, caller: Caller, row: Conversation, envelope: Envelope, beside: Beside, at: datetime
) -> None:
    statement = _verified(session, caller, envelope, ConversationNameBody, at)
    body = statement.body
    if body.conversation != row.conversation:
        raise StatementMisplaced
    if body.epoch != row.epoch:
        raise ChainMoved
    if beside.boxes:
        raise BoxesMismatched
    _check_name(body.name, beside)
    _require_covered(session, caller, row, at)
    head = chains.append(session, statement, entry(caller, row, Action.CONVERSATION_NAMED, at))
    _keep_name(session, row.conversation, head, row.epoch, beside)
    store.move_name(session, row, head)
    _announce(session, row, store.list_readers(session, row.conversation, row.epoch))


def _verified(session: Session, caller: Caller, envelope: Envelope, body_type: type[B], at: datetime) -> Statement[B]:
    statement = verify(envelope, body_type, {"self": current_signing_key(session, caller.account)})
    if statement.header.signer.account != caller.account:
        raise StatementMisplaced
    chains.check_clock(statement.header, at)  # first: readers are looked up at the time that it says
    return statement


def _require_may_open(session: Session, caller: Caller, body: ConversationCreateBody, at: datetime) -> None:
    if caller.account == body.patient:
        return
    if not consent.may_read(session, caller.account, body.patient, body.conversation, at):
        raise _refused(session, caller, body, at)
    own = {caller.account, *teams.teams_of(session, caller.account, at)}
    instant = format_time(at)
    if not any(
        one.may_open and one.grantee in own and is_active(one, body.conversation, instant)
        for one in consent.consents_of(session, body.patient)
    ):
        raise NotCovered


def _refused(session: Session, caller: Caller, body: ConversationCreateBody, at: datetime) -> Exception:
    if chains.head(session, f"consent:{body.patient}") is None:
        return ConversationUnknown()
    planned = Conversation(conversation=body.conversation, clinic=caller.clinic, patient=body.patient)
    return NotAReader(refusal(caller, planned, Action.CONVERSATION_CREATED, at))


def _require_covered(session: Session, caller: Caller, row: Conversation, at: datetime) -> None:
    """The link before must cover who signs the next one: as the patient, a reader, or a member of a reading team."""
    before = set(store.list_readers(session, row.conversation, row.epoch))
    if before.isdisjoint({caller.account, *teams.teams_of(session, caller.account, at)}):
        raise WrongReaders


def _check_epoch(
    session: Session,
    patient: str,
    statement: Statement[B],
    epoch: Epoch,
    beside: Beside,
    at: datetime,
    emergency: Mapping[str, str],
) -> None:
    """The epoch is sealed to exactly whom consent names, now and at the time that the statement says."""
    body = statement.body
    assert isinstance(body, ConversationCreateBody | ConversationRotationBody)  # noqa: S101 - the two that have epochs
    head = chains.head(session, f"consent:{patient}")
    if head is None or head.hash != body.consent_head:
        raise ConsentMoved
    listed = {reader.reader: reader.key for reader in epoch.readers}
    for instant in (at, parse_time(statement.header.time)):
        if listed != {**consent.readers_of(session, patient, body.conversation, instant), **emergency}:
            raise WrongReaders
    if beside.boxes.keys() != listed.keys():
        raise BoxesMismatched
    for reader in epoch.readers:
        box = beside.boxes[reader.reader]
        if len(box) != BOX_BYTES or hash_text(box) != reader.box:
            raise BoxesMismatched
    _check_name(body.name, beside)


def _check_name(expected: str | None, beside: Beside) -> None:
    if (None if beside.name is None else hash_text(beside.name)) != expected:
        raise BoxesMismatched


def _keep_beside(session: Session, row: Conversation, statement: Statement[B], epoch: Epoch, beside: Beside) -> None:
    store.add_epoch(session, row.conversation, epoch.number, row.last_sequence)
    store.add_boxes(session, row.conversation, epoch.number, beside.boxes)
    _keep_name(session, row.conversation, b64u_decode(statement.hash), epoch.number, beside)


def _keep_name(session: Session, conversation: str, statement: bytes, epoch: int, beside: Beside) -> None:
    if beside.name is not None:
        store.add_name(
            session,
            ConversationName(statement=statement, conversation=conversation, epoch=epoch, ciphertext=beside.name),
        )


def _announce(session: Session, row: Conversation, readers: list[str]) -> None:
    events.publish(session, ConversationChanged(row.conversation, row.last_sequence, row.control_head, tuple(readers)))
