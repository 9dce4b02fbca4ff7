"""What readers are served: their conversations without content, control chains with their own boxes, messages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from messenger.audit.actions import Action
from messenger.chains import service as chains
from messenger.consent import service as consent
from messenger.conversations import emergency_keys, message_store, store
from messenger.conversations.access import require_reader
from messenger.conversations.caller import Caller
from messenger.conversations.emergency_keys import EmergencyGround
from messenger.conversations.epochs import stretches_for
from messenger.conversations.models import (
    Conversation,
    ConversationName,
    EpochBox,
    HistoryBox,
    Message,
    Receipt,
)
from messenger.conversations.opening import require_lease
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.kinds.conversation import ConversationRotationBody
from messenger.protocol.statement import Envelope, payload_type, peek_body
from messenger.roles import Role
from messenger.teams import service as teams

NEWEST: Final = 50
"""Messages that come with an opening."""

MOST: Final = 200
"""Messages in one page."""


@dataclass(frozen=True)
class Listed:
    """A conversation in a list: with the running epoch's box for the reader, and how far the reader has come."""

    conversation: Conversation
    reader: str | None
    box: bytes | None
    name: ConversationName | None
    delivered: int
    read: int


@dataclass(frozen=True)
class Control:
    """A control chain, its encrypted names by statement hash, and the caller's boxes."""

    statements: Sequence[Envelope]
    names: Mapping[str, bytes]
    boxes: Sequence[EpochBox]
    history: Sequence[HistoryBox]
    emergency: EmergencyGround | None
    after: str | None = None
    """The hash of the statement after which this begins; None where it is the whole chain."""


@dataclass(frozen=True)
class Span:
    """Which messages are asked for: the last before a sequence, the first after one, or the newest."""

    before: int | None
    after: int | None
    limit: int


@dataclass(frozen=True)
class Page:
    """Messages in the order of their sequences, how many the conversation has, and which of them are not the reader's.

    What is withheld was written in epochs that were not sealed to the reader: first and last sequences, inclusive.
    """

    messages: Sequence[Message]
    last_sequence: int
    withheld: Sequence[tuple[int, int]]


def list_conversations(session: Session, caller: Caller, at: datetime) -> list[Listed]:
    """The conversations that the caller may read now, the one written into last first. No content."""
    scopes = list(consent.grants_to(session, caller.account, at))
    if caller.role is Role.PATIENT:
        scopes.append((caller.account, "all"))
    rows = store.list_conversations(session, caller.account, readers_for(session, caller, at), scopes)
    return [
        Listed(conversation, reader, box, name, delivered or 0, read)
        for conversation, reader, box, name, delivered, read in rows
    ]


def control_of(session: Session, caller: Caller, conversation: str, at: datetime, after: str | None = None) -> Control:
    """A conversation's control chain with what of it is the caller's; what follows the statement `after` alone, if any.

    Raises:
        ConversationUnknown, NotAReader: not one for this caller.
    """
    row = store.get_conversation(session, conversation)
    require_reader(session, caller, row, Action.CONVERSATION_OPENED, at)
    chain, readers = f"conversation:{conversation}", readers_for(session, caller, at)
    place = None if after is None else chains.place_of(session, chain, after)
    if place is not None:
        return _control_after(session, row, place, readers, after)
    return Control(
        statements=chains.list_statements(session, chain),
        names={b64u_encode(name.statement): name.ciphertext for name in store.list_names(session, conversation)},
        boxes=store.list_boxes(session, conversation, readers),
        history=store.list_history(session, conversation, readers),
        emergency=emergency_keys.ground_of(session, row),
    )


def _control_after(
    session: Session, row: Conversation, place: int, readers: Collection[str], after: str | None
) -> Control:
    statements = chains.list_statements_after(session, f"conversation:{row.conversation}", place)
    hashes = [b64u_decode(statement.hash) for statement in statements]
    rotations = [one for one in statements if one.type == payload_type(ConversationRotationBody.kind)]
    epochs = [peek_body(one, ConversationRotationBody).epoch.number for one in rotations]
    return Control(
        statements=statements,
        names={b64u_encode(name.statement): name.ciphertext for name in store.list_names_of(session, hashes)},
        boxes=store.list_boxes(session, row.conversation, readers, epochs[0]) if epochs else [],
        history=store.list_history_of(session, row.conversation, hashes, readers) if hashes else [],
        emergency=emergency_keys.ground_of(session, row),
        after=after,
    )


def newest_messages(session: Session, caller: Caller, conversation: str, at: datetime) -> Page:
    """What an opening shows first; the caller has just been given a lease."""
    return _page(session, caller, store.get_conversation(session, conversation), Span(None, None, NEWEST), at)


def messages_page(session: Session, caller: Caller, conversation: str, span: Span, at: datetime) -> Page:
    """Messages before or after a sequence, within a running lease.

    Raises:
        ConversationUnknown, NotAReader: not one for this caller, not any more perhaps.
        OpenFirst: no lease runs.
    """
    row = store.get_conversation(session, conversation)
    require_reader(session, caller, row, Action.CONVERSATION_OPENED, at)
    require_lease(session, caller, row, at)
    return _page(session, caller, row, span, at)


def receipts_of(session: Session, conversation: str) -> Sequence[Receipt]:
    """How far everybody has received and read; the caller has just been given a lease."""
    return store.list_receipts(session, conversation)


def readers_for(session: Session, caller: Caller, at: datetime) -> list[str]:
    """Under which ids keys are sealed to the caller: their own, and those of the teams for which they read."""
    return [caller.account, *teams.teams_of(session, caller.account, at)]


def _page(session: Session, caller: Caller, row: Conversation, span: Span, at: datetime) -> Page:
    stretches = stretches_for(session, row, readers_for(session, caller, at))
    asked = (session, row.conversation, stretches.served)
    if span.after is not None:
        found = message_store.list_after(*asked, span.after, span.limit)
    else:
        found = message_store.list_before(*asked, span.before, span.limit)
    return Page(found, row.last_sequence, stretches.withheld)
