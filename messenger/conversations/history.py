"""Opening earlier epochs to somebody who came later: judged as every client judges it, and by the terms of now too."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from messenger import events
from messenger.accounts.verified import current_signing_key, verified_account
from messenger.audit.actions import Action
from messenger.chains import service as chains
from messenger.chains.errors import ChainMoved
from messenger.consent import service as consent
from messenger.conversations import store
from messenger.conversations.access import entry, require_reader
from messenger.conversations.announcements import ConversationChanged
from messenger.conversations.caller import Caller
from messenger.conversations.errors import BoxesMismatched, StatementMisplaced, WrongReaders
from messenger.conversations.models import Conversation
from messenger.protocol.consent_chain import verify_consent_chain
from messenger.protocol.encoding import b64u_decode, format_time, hash_text
from messenger.protocol.errors import ChainRefused
from messenger.protocol.history import opens_epochs
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.kinds.conversation import (
    ConversationCreateBody,
    ConversationHistoryBody,
    ConversationRotationBody,
)
from messenger.protocol.link import Link
from messenger.protocol.members import is_active
from messenger.protocol.sealing import BOX_BYTES
from messenger.protocol.statement import Envelope, Statement, payload_type, peek_body, peek_header, verify
from messenger.teams import service as teams

_LINKS: Final[dict[str, type[ConversationCreateBody | ConversationRotationBody]]] = {
    payload_type(body.kind): body for body in (ConversationCreateBody, ConversationRotationBody)
}


def open_history(
    session: Session,
    caller: Caller,
    conversation: str,
    envelope: Envelope,
    boxes: Mapping[int, bytes],
    at: datetime,
) -> None:
    """Keep the keys of earlier epochs that a reader sealed to another one under a consent.

    Raises:
        ConversationUnknown, NotAReader: not one for this caller.
        WrongReaders: the running epoch does not cover the caller.
        ChainRefused: `wrong_readers`, `unknown_reader_key`, `not_consented`, `history_not_consented`, as for clients.
        BoxesMismatched, StatementMisplaced, ChainMoved, ClockSkewed, ProtocolError.
    """
    row = store.lock_conversation(session, conversation)
    require_reader(session, caller, row, Action.HISTORY_OPENED, at)
    statement = _verified(session, caller, row, envelope, at)
    body = statement.body
    _require_covered(session, caller, row, at)
    _check_opened(session, row, statement, at)
    _check_boxes(body, boxes)
    opened = entry(caller, row, Action.HISTORY_OPENED, at, object=body.consent)
    head = chains.append(session, statement, opened)
    store.add_history(session, conversation, body.reader, b64u_decode(statement.hash), boxes)
    store.move_head(session, row, head)
    readers = store.list_readers(session, conversation, row.epoch)
    events.publish(session, ConversationChanged(conversation, row.last_sequence, row.control_head, tuple(readers)))


def _verified(
    session: Session, caller: Caller, row: Conversation, envelope: Envelope, at: datetime
) -> Statement[ConversationHistoryBody]:
    statement = verify(envelope, ConversationHistoryBody, {"self": current_signing_key(session, caller.account)})
    if statement.header.signer.account != caller.account or statement.body.conversation != row.conversation:
        raise StatementMisplaced
    chains.check_clock(statement.header, at)
    head = chains.head(session, f"conversation:{row.conversation}")
    if head is None or (statement.header.sequence, statement.header.previous) != (head.sequence + 1, head.hash):
        raise ChainMoved
    return statement


def _require_covered(session: Session, caller: Caller, row: Conversation, at: datetime) -> None:
    running = store.list_readers(session, row.conversation, row.epoch)
    if set(running).isdisjoint({caller.account, *teams.teams_of(session, caller.account, at)}):
        raise WrongReaders


def _check_opened(
    session: Session, row: Conversation, statement: Statement[ConversationHistoryBody], at: datetime
) -> None:
    body, links = statement.body, _links(session, row.conversation)
    running = links[-1]
    if body.reader not in running.keys:
        raise ChainRefused("wrong_readers", "Earlier epochs were opened to somebody who does not read this one.")
    if body.key != running.keys[body.reader]:
        raise ChainRefused("unknown_reader_key", "Earlier epochs were sealed to another key than this one is.")
    patient = verified_account(session, row.patient)
    consents = verify_consent_chain(consent.statements_of(session, row.patient), patient)
    opened = {epoch.number for epoch in body.epochs}
    for terms, instant in (
        (consents.terms_at(running.consent_head), statement.header.time),
        (consents.terms, format_time(at)),
    ):
        named = _named(session, body, terms, instant)
        if not opened <= set(opens_epochs(links, named, body.reader, row.conversation)):
            raise ChainRefused("history_not_consented", "The consent named does not open all of these epochs.")


def _named(
    session: Session, body: ConversationHistoryBody, terms: tuple[ConsentBody, ...], instant: str
) -> ConsentBody:
    """The consent that makes the reader one: its own, or in its team's place that of the team, as the link lists it."""
    found = next((one for one in terms if one.consent == body.consent), None)
    standing = {} if found is None else teams.people_of_each(session, [found.grantee]).get(found.grantee, {})
    made = found is not None and (found.grantee == body.reader or body.reader in standing)
    if found is None or not made or not is_active(found, body.conversation, instant):
        raise ChainRefused("not_consented", "The consent named does not make this reader one here and now.")
    return found


def _links(session: Session, conversation: str) -> list[Link]:
    """The epochs as their statements say: each was verified before it was stored."""
    links = []
    for place, envelope in enumerate(chains.list_statements(session, f"conversation:{conversation}")):
        if envelope.type in _LINKS:
            header, body = peek_header(envelope), peek_body(envelope, _LINKS[envelope.type])
            links.append(Link(body.epoch, header.time, header.signer.account or "", body.consent_head, place))
    return links


def _check_boxes(body: ConversationHistoryBody, boxes: Mapping[int, bytes]) -> None:
    sent = {epoch: hash_text(box) for epoch, box in boxes.items() if len(box) == BOX_BYTES}
    if sent != {epoch.number: epoch.box for epoch in body.epochs} or len(sent) != len(boxes):
        raise BoxesMismatched
