"""A patient's decision about a consent, with the epochs that it ends: one transaction, whole or not at all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from messenger import events
from messenger.consent import decisions
from messenger.consent import service as consent
from messenger.conversations import emergency_keys, store
from messenger.conversations.announcements import ConversationChanged, ReadersChanged
from messenger.conversations.caller import Caller
from messenger.conversations.control import Beside, append_rotation
from messenger.conversations.errors import ConversationUnknown
from messenger.conversations.models import Conversation
from messenger.protocol.encoding import format_time
from messenger.protocol.members import members
from messenger.protocol.statement import Envelope
from messenger.teams import service as teams


@dataclass(frozen=True)
class Rotation:
    """The next epoch of one of the patient's conversations, for the readers of the new terms."""

    conversation: str
    envelope: Envelope
    beside: Beside


def decide_consent(
    session: Session, caller: Caller, envelope: Envelope, rotations: Sequence[Rotation], at: datetime
) -> str:
    """Give, change or revoke a consent of the caller's and begin the epochs sent along; the consent chain's new head.

    What is not sent along begins with whoever writes next. Nobody writes into the patient's conversations meanwhile.

    Raises:
        ConversationUnknown: a rotation is of a conversation that is not the caller's.
        ConsentMoved, WrongReaders, BoxesMismatched, StatementMisplaced, ChainMoved, ClockSkewed, ProtocolError, and
            what `decisions.decide` raises: then nothing was changed at all.
    """
    rows = {row.conversation: row for row in store.lock_conversations_of(session, caller.account)}
    before = _readers(session, caller.account, rows.values(), at)
    decided = decisions.decide(session, caller, envelope, at)
    emergency_keys.follow_choice(session, caller.account, rows.values())
    for rotation in rotations:
        if rotation.conversation not in rows:
            raise ConversationUnknown
        append_rotation(session, caller, rows[rotation.conversation], rotation.envelope, rotation.beside, at)
    after = _readers(session, caller.account, rows.values(), at)
    _announce(session, rows, before, after, at)
    return decided.head


def _readers(session: Session, patient: str, rows: Iterable[Conversation], at: datetime) -> dict[str, set[str]]:
    consents, instant = consent.consents_of(session, patient), format_time(at)
    return {row.conversation: set(members(patient, consents, row.conversation, instant)) for row in rows}


def _announce(
    session: Session,
    rows: Mapping[str, Conversation],
    before: Mapping[str, set[str]],
    after: Mapping[str, set[str]],
    at: datetime,
) -> None:
    """Tell readers that there is something to look at, and those who read no longer that there is not."""
    people = _accounts(session, {reader for readers in (*before.values(), *after.values()) for reader in readers}, at)
    for conversation, row in rows.items():
        readers = after[conversation]
        changed = ConversationChanged(conversation, row.last_sequence, row.control_head, tuple(sorted(readers)))
        events.publish(session, changed)
        lost = _all(people, before[conversation]) - _all(people, readers)
        events.publish(session, ReadersChanged(conversation, tuple(sorted(lost))))


def _accounts(session: Session, readers: Collection[str], at: datetime) -> dict[str, set[str]]:
    """Who is behind each reader: the person, or the members of the team."""
    members_of = teams.members_of_each(session, {reader for reader in readers if reader.startswith("tea_")}, at)
    return {reader: members_of.get(reader, {reader}) for reader in readers}


def _all(people: Mapping[str, set[str]], readers: Iterable[str]) -> set[str]:
    return {account for reader in readers for account in people[reader]}
