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
from messenger.protocol.consent_chain import Block
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
    """Take what the caller decides about readers and begin the epochs sent along; the consent chain's new head.

    What is not sent along begins with whoever writes next. Nobody writes into the patient's conversations meanwhile.

    Raises:
        ConversationUnknown: a rotation is of a conversation that is not the caller's.
        ConsentMoved, WrongReaders, BoxesMismatched, StatementMisplaced, ChainMoved, ClockSkewed, ProtocolError, and
            what `decisions.decide` raises: then nothing was changed at all.
    """
    rows = {row.conversation: row for row in store.lock_conversations_of(session, caller.account)}
    before, blocked = _readers(session, caller.account, rows.values(), at), consent.blocked_of(session, caller.account)
    decided = decisions.decide(session, caller, envelope, at)
    emergency_keys.follow_choice(session, caller.account, rows.values())
    for rotation in rotations:
        if rotation.conversation not in rows:
            raise ConversationUnknown
        append_rotation(session, caller, rows[rotation.conversation], rotation.envelope, rotation.beside, at)
    if isinstance(decided.decision, Block) and decided.decision.blocked:
        left = rows.keys() - {rotation.conversation for rotation in rotations}
        _end_epochs_of(session, decided.decision.account, [rows[conversation] for conversation in sorted(left)])
    after = _readers(session, caller.account, rows.values(), at)
    people = _accounts(session, {reader for readers in (*before.values(), *after.values()) for reader in readers}, at)
    shut_out = consent.blocked_of(session, caller.account)
    read = {conversation: _all(people, readers) - blocked for conversation, readers in before.items()}
    reads = {conversation: _all(people, readers) - shut_out for conversation, readers in after.items()}
    _announce(session, rows, after, {conversation: read[conversation] - reads[conversation] for conversation in rows})
    return decided.head


def _readers(session: Session, patient: str, rows: Iterable[Conversation], at: datetime) -> dict[str, set[str]]:
    consents, instant = consent.consents_of(session, patient), format_time(at)
    return {row.conversation: set(members(patient, consents, row.conversation, instant)) for row in rows}


def _announce(
    session: Session,
    rows: Mapping[str, Conversation],
    readers: Mapping[str, set[str]],
    lost: Mapping[str, set[str]],
) -> None:
    """Tell readers that there is something to look at, and those who read no longer that there is not."""
    for conversation, row in rows.items():
        told = tuple(sorted(readers[conversation]))
        events.publish(session, ConversationChanged(conversation, row.last_sequence, row.control_head, told))
        events.publish(session, ReadersChanged(conversation, tuple(sorted(lost[conversation]))))


def _end_epochs_of(session: Session, account: str, rows: Sequence[Conversation]) -> None:
    """Let nothing more be sent under a key that somebody blocked holds: whoever writes next makes another."""
    running = store.running_readers(session, [row.conversation for row in rows])
    people = teams.people_of_each(session, set().union(*running.values()))
    held = {account, *(team for team, standing in people.items() if account in standing)}
    for row in rows:
        if not held.isdisjoint(running.get(row.conversation, set())):
            row.epoch_over = True
    session.flush()


def _accounts(session: Session, readers: Collection[str], at: datetime) -> dict[str, set[str]]:
    """Who is behind each reader: the person, or the members of the team."""
    members_of = teams.members_of_each(session, {reader for reader in readers if reader.startswith("tea_")}, at)
    return {reader: members_of.get(reader, {reader}) for reader in readers}


def _all(people: Mapping[str, set[str]], readers: Iterable[str]) -> set[str]:
    return {account for reader in readers for account in people[reader]}
