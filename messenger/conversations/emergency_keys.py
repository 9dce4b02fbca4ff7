"""A conversation's emergency key: made by the patient, sealed to while it stands, left out once it was used."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from messenger import events
from messenger.accounts.verified import current_signing_key, verified_clinic
from messenger.audit.actions import Action
from messenger.chains import service as chains
from messenger.chains.errors import ChainMoved
from messenger.consent import service as consent
from messenger.conversations import emergency_store, store
from messenger.conversations.access import entry
from messenger.conversations.announcements import ConversationChanged
from messenger.conversations.caller import Caller
from messenger.conversations.errors import (
    BoxesMismatched,
    ConversationUnknown,
    NotOptedIn,
    StatementMisplaced,
    WrongReaders,
)
from messenger.conversations.models import Conversation
from messenger.conversations.models import EmergencyKey as KeyRow
from messenger.protocol.emergency_key import EmergencyKey, check_emergency_key
from messenger.protocol.encoding import b64u_encode, hash_text
from messenger.protocol.errors import ChainRefused
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.conversation import RotationReason
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody
from messenger.protocol.sealing import BOX_BYTES
from messenger.protocol.statement import Envelope, Statement, payload_type, peek_body, verify
from messenger.teams import clinics
from messenger.teams.announcements import CustodiansNamed


@dataclass(frozen=True)
class EmergencyGround:
    """What a reader judges a conversation's emergency keys by: the clinic's word, and which keys were used."""

    clinic: list[Envelope]
    used: list[str]

    def as_json(self) -> JsonObject:
        """The ground as it travels."""
        return {"clinic": [envelope.as_json() for envelope in self.clinic], "used": [*self.used]}


@dataclass(frozen=True)
class EscrowedConversation:
    """A conversation whose next epoch is sealed to an emergency key."""

    clinic: str
    patient: str
    emergency_key: str


def set_emergency_key(
    session: Session, caller: Caller, conversation: str, envelope: Envelope, boxes: Mapping[str, bytes], at: datetime
) -> None:
    """Keep a new emergency key of the caller's conversation in the place of the one before.

    Raises:
        ConversationUnknown: it is not the caller's.
        NotOptedIn: the caller has not opted in.
        ChainRefused: `unknown_custodians`, `wrong_custodians`, `key_reused`: as for clients, and for the running set.
        BoxesMismatched, StatementMisplaced, ChainMoved, ClockSkewed, ProtocolError.
    """
    row = store.lock_conversation(session, conversation)
    if row.patient != caller.account:
        raise ConversationUnknown
    if not consent.is_opted_in(session, caller.account):
        raise NotOptedIn
    statement = _verified(session, caller, row, envelope, at)
    body = statement.body
    _check(session, row, body)
    sent = {custodian: hash_text(box) for custodian, box in boxes.items() if len(box) == BOX_BYTES}
    if len(sent) != len(boxes) or sent != {share.custodian: share.box for share in body.shares}:
        raise BoxesMismatched
    head = chains.append(
        session, statement, entry(caller, row, Action.EMERGENCY_KEY_MADE, at, object=body.emergency_key)
    )
    standing = emergency_store.find_standing(session, conversation)
    if standing is not None:
        standing.ended = at
    kept = KeyRow(
        emergency_key=body.emergency_key,
        conversation=conversation,
        statement=head,
        sealing_key_id=body.sealing_key.id,
        used=False,
    )
    emergency_store.add_key(session, kept, boxes)
    row.emergency = body.emergency_key
    store.move_head(session, row, head)
    readers = store.list_readers(session, conversation, row.epoch)
    events.publish(session, ConversationChanged(conversation, row.last_sequence, row.control_head, tuple(readers)))


def follow_rotation(session: Session, row: Conversation, reason: RotationReason, at: datetime) -> dict[str, str]:
    """The emergency key that a new epoch must be sealed to, with its sealing key's id; the row is locked.

    Raises:
        WrongReaders: a spent key has to be ended first, or there is none to end.
    """
    standing = emergency_store.find_standing(session, row.conversation)
    spent = standing is not None and standing.spent is not None and consent.is_opted_in(session, row.patient)
    if spent != (reason == "emergency"):
        raise WrongReaders
    if standing is not None and spent:
        standing.ended = at
        session.flush()
        return {}
    if standing is None or row.emergency is None:
        return {}
    return {standing.emergency_key: standing.sealing_key_id}


def follow_choice(session: Session, patient: str, rows: Collection[Conversation]) -> None:
    """Let the patient's conversations, whose rows are locked, follow what the patient chose last."""
    opted_in = consent.is_opted_in(session, patient)
    keys = emergency_store.list_standing(session, [row.conversation for row in rows]) if opted_in else {}
    for row in rows:
        row.emergency = keys.get(row.conversation)
    session.flush()


def follow_custodians(session: Session, named: CustodiansNamed) -> None:
    """Nothing more is sealed to keys that are in former custodians' hands."""
    emergency_store.spend_all(session, named.clinic, named.time)


def spend(session: Session, emergency_key: str, at: datetime) -> None:
    """Two custodians have released it: nothing more is sealed to it."""
    found = emergency_store.find_key(session, emergency_key)
    if found is None:
        return
    row = store.lock_conversation(session, found.conversation)
    found.used = True
    found.spent = found.spent or at
    row.epoch_over = row.epoch_over or emergency_key in store.list_readers(session, row.conversation, row.epoch)
    if row.emergency == emergency_key:
        row.emergency = None
    session.flush()


def ground_of(session: Session, row: Conversation) -> EmergencyGround | None:
    """What this conversation's emergency keys are judged by; None where it has never had one."""
    keys = emergency_store.list_keys(session, row.conversation)
    if not keys:
        return None
    return EmergencyGround(clinics.statements_of(session, row.clinic), [key.emergency_key for key in keys if key.used])


def escrowed(session: Session, conversation: str) -> EscrowedConversation | None:
    """What an emergency would open of a conversation; None where there is no way in."""
    row = emergency_store.find_conversation(session, conversation)
    if row is None or row.emergency is None:
        return None
    return EscrowedConversation(row.clinic, row.patient, row.emergency)


def escrowed_of(session: Session, patient: str) -> list[tuple[str, str, list[str]]]:
    """(conversation, emergency key, custodians) of all of a patient's conversations that an emergency would open."""
    return [
        (conversation, key, emergency_store.list_custodians(session, key))
        for conversation, key in emergency_store.list_escrowed(session, patient)
    ]


def keys_of_custodian(session: Session, custodian: str) -> list[str]:
    """The emergency keys that a custodian has a share of."""
    return emergency_store.list_keys_of(session, custodian)


def share_box(session: Session, emergency_key: str, custodian: str) -> bytes | None:
    """A custodian's share as it was sealed to them."""
    return emergency_store.find_share_box(session, emergency_key, custodian)


def key_statement(session: Session, emergency_key: str) -> Envelope | None:
    """The statement by which a patient made a key; None where there is no such key."""
    found = emergency_store.find_key(session, emergency_key)
    if found is None:
        return None
    named = b64u_encode(found.statement)
    statements = chains.list_statements(session, f"conversation:{found.conversation}")
    return next(one for one in statements if one.hash == named)


def _verified(
    session: Session, caller: Caller, row: Conversation, envelope: Envelope, at: datetime
) -> Statement[EmergencyKeyBody]:
    statement = verify(envelope, EmergencyKeyBody, {"self": current_signing_key(session, caller.account)})
    if statement.header.signer.account != caller.account or statement.body.conversation != row.conversation:
        raise StatementMisplaced
    chains.check_clock(statement.header, at)
    head = chains.head(session, f"conversation:{row.conversation}")
    if head is None or (statement.header.sequence, statement.header.previous) != (head.sequence + 1, head.hash):
        raise ChainMoved
    return statement


def _check(session: Session, row: Conversation, body: EmergencyKeyBody) -> None:
    """As clients judge it; and it is for the custodians of now."""
    clinic = verified_clinic(session, row.clinic)
    running = clinic.custodians
    if running is None or body.custodian_set != running.hash:
        raise ChainRefused("unknown_custodians", "These custodians are not the clinic's running ones.")
    before = [
        EmergencyKey(envelope.hash, place, peek_body(envelope, EmergencyKeyBody))
        for place, envelope in enumerate(chains.list_statements(session, f"conversation:{row.conversation}"))
        if envelope.type == payload_type(EmergencyKeyBody.kind)
    ]
    check_emergency_key(body, before, {one.hash: one for one in clinic.custodian_sets})
