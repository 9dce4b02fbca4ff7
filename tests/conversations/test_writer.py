"""The writer: whatever interleaves and fails, nothing is lost, nothing is doubled, everything has its entry."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from messenger.conversations.announcements import MessagesSent
from messenger.conversations.errors import CannotBeStored
from messenger.conversations.models import Message as StoredMessage
from messenger.conversations.sending import Acknowledgement
from messenger.conversations.writer import Writer
from messenger.db import open_database
from messenger.inbox.models import Question
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.message import Message, parse_header
from messenger.protocol.shape import Members
from messenger.roles import Role
from messenger.web.identity import Identity
from tests.cast import Cast
from tests.entries import Entries
from tests.factories import PersonAtHand
from tests.faults.commits import FAULTS, CommitFaults, commit_faults
from tests.talk import Talk, a_talk


def identity(person: PersonAtHand) -> Identity:
    return Identity(person.account, Role(person.role), person.clinic, person.session, person.device, "en")


@dataclass
class Sender:
    """A client in one conversation: it keeps a message until it is acknowledged and sends the very same bytes again."""

    talk: Talk
    person: PersonAtHand
    pending: Message | None = None
    acknowledged: dict[str, tuple[int, Message]] = field(default_factory=dict)

    def next(self, kind: str) -> Message:
        if self.pending is None:
            self.pending = self.talk.write(self.person, kind=kind)
        return self.pending

    def hear(self, answer: Acknowledgement | Exception) -> None:
        if isinstance(answer, CannotBeStored):
            return
        assert isinstance(answer, Acknowledgement), answer
        assert self.pending is not None
        self.acknowledged[answer.id] = (answer.sequence, self.pending)
        device = self.talk.devices[self.person.device]
        device.sequence, device.previous = device.sequence + 1, self.pending.hash
        self.pending = None


class Crowd:
    """Many authors who hand in at once, and then one turn of the writer."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.threads = ThreadPoolExecutor(8)

    def send(self, messages: list[tuple[Sender, Message]]) -> list[Acknowledgement | Exception]:
        waiting = [self._hand_in(sender, message) for sender, message in messages]
        if self.writer.waiting:
            self.writer.store_waiting()
        return [future.exception(30) or future.result() for future in waiting]  # type: ignore[misc]  # errors are ours

    def _hand_in(self, sender: Sender, message: Message) -> Future[Acknowledgement]:
        before = self.writer.waiting
        body = message.as_json()
        future = self.threads.submit(self.writer.post, identity(sender.person), sender.talk.conversation, body)
        while self.writer.waiting == before and not future.done():
            threading.Event().wait(0.001)
        return future


@pytest.fixture
def crowd(cast: Cast) -> Iterator[Crowd]:
    crowd = Crowd(Writer(cast.house.database, cast.house.clock))
    yield crowd
    crowd.threads.shutdown()


def everybody(cast: Cast) -> list[Sender]:
    """Two conversations that have just begun, and who writes in them."""
    first, second = a_talk(cast).begin(cast.patient), a_talk(cast).begin(cast.provider)
    return [Sender(talk, person) for talk in (first, second) for person in (cast.patient, cast.provider, cast.nurse)]


ROUNDS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 5), min_size=1, max_size=6, unique=True),
        st.lists(st.sampled_from(FAULTS), max_size=8),
        st.sampled_from(["question", "update", "thanks"]),
    ),
    min_size=1,
    max_size=6,
)


@given(rounds=ROUNDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_fails_every_message_is_stored_once_with_its_entry_and_told(
    cast: Cast, crowd: Crowd, entries: Entries, rounds: list[Any]
) -> None:
    senders = everybody(cast)
    told: list[str] = []
    cast.house.database.subscribers.after_commit(MessagesSent)(
        lambda sent: told.extend(one.id for one in sent.messages)
    )
    with commit_faults(cast.house.database) as faults:
        for who, plan, kind in rounds:
            play(crowd, faults, [senders[number] for number in who], plan, kind)
        left = [sender for sender in senders if sender.pending is not None]
        play(crowd, faults, left, [], "update")
    for talk in (senders[0].talk, senders[3].talk):
        check(talk, [sender for sender in senders if sender.talk is talk], entries, told)


def play(crowd: Crowd, faults: CommitFaults, senders: list[Sender], plan: list[Any], kind: str) -> None:
    faults.plan = list(plan)
    answers = crowd.send([(sender, sender.next(kind)) for sender in senders])
    faults.plan = []
    for sender, answer in zip(senders, answers, strict=True):
        sender.hear(answer)


def check(talk: Talk, senders: list[Sender], entries: Entries, told: list[str]) -> None:
    acknowledged = {message: kept for sender in senders for message, kept in sender.acknowledged.items()}
    with talk.house.database.reading_session() as session:
        rows = session.scalars(
            select(StoredMessage)
            .where(StoredMessage.conversation == talk.conversation)
            .order_by(StoredMessage.sequence)
        ).all()
        questions = session.scalars(select(Question.question).where(Question.conversation == talk.conversation)).all()
    assert {row.message: row.sequence for row in rows} == {
        message: sequence for message, (sequence, _) in acknowledged.items()
    }
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    assert all(b64u_encode(row.hash) == acknowledged[row.message][1].hash for row in rows)
    recorded = [(entry.object, entry.statement) for entry in entries.of("message:sent", conversation=talk.conversation)]
    assert sorted(recorded, key=str) == sorted(((row.message, b64u_encode(row.hash)) for row in rows), key=str)
    asked = [
        row.message
        for row in rows
        if parse_header(row.header).kind == "question" and row.sender == talk.patient.account
    ]
    assert sorted(questions) == sorted(asked)
    assert {row.message for row in rows} <= set(told)
    entries.placed()


def test_one_transaction_stores_what_many_hand_in_at_once(cast: Cast, crowd: Crowd) -> None:
    senders = everybody(cast)
    commits = itertools.count()
    event.listen(cast.house.database.engine, "commit", lambda _connection: next(commits))
    answers = crowd.send([(sender, sender.next("update")) for sender in senders])
    assert all(isinstance(answer, Acknowledgement) and answer.stored for answer in answers)
    assert next(commits) == 1


def test_one_that_is_refused_does_not_hold_up_the_others(cast: Cast, crowd: Crowd) -> None:
    senders = everybody(cast)
    bad = senders[2].talk.write(senders[2].person, epoch=7)
    handed_in = [(sender, bad if sender is senders[2] else sender.next("update")) for sender in senders]
    answers = crowd.send(handed_in)
    codes = [getattr(answer, "code", "stored") for answer in answers]
    assert codes == ["stored", "stored", "stale_epoch", "stored", "stored", "stored"]


def test_the_same_message_twice_in_one_batch_is_stored_once(cast: Cast, crowd: Crowd) -> None:
    sender = everybody(cast)[0]
    message = sender.next("update")
    first, second = crowd.send([(sender, message), (sender, message)])
    assert isinstance(first, Acknowledgement)
    assert isinstance(second, Acknowledgement)
    assert (first.stored, second.stored) == (True, False)
    assert (first.id, first.sequence) == (second.id, second.sequence)


def test_two_messages_with_one_id_in_one_batch_are_not_both_stored(cast: Cast, crowd: Crowd) -> None:
    sender, other = everybody(cast)[:2]
    message = sender.next("update")
    forged = other.talk.write(other.person, id=parse_header(message.header).id)
    first, second = crowd.send([(sender, message), (other, forged)])
    assert isinstance(first, Acknowledgement)
    assert getattr(second, "code", None) == "duplicate_id"


def test_a_message_and_what_takes_it_back_may_come_together(cast: Cast, crowd: Crowd, entries: Entries) -> None:
    sender = everybody(cast)[0]
    talk, device = sender.talk, sender.talk.devices
    message = sender.next("question")
    first_id = parse_header(message.header).id
    device[sender.person.device].sequence, device[sender.person.device].previous = 1, message.hash
    back = talk.write(sender.person, takes_back=first_id)
    answers = crowd.send([(sender, message), (sender, back)])
    assert all(isinstance(answer, Acknowledgement) for answer in answers)
    with talk.house.database.reading_session() as session:
        row = session.get(StoredMessage, first_id)
        question = session.get(Question, first_id)
        assert row is not None
        assert question is not None
        assert (row.ciphertext, question.closed_as) == (None, "withdrawn")
    assert entries.only("message:erased").object == first_id


def test_when_nothing_can_be_stored_everybody_is_told_and_it_goes_on_afterwards(cast: Cast, crowd: Crowd) -> None:
    senders = everybody(cast)
    messages = [(sender, sender.next("update")) for sender in senders]
    rename(cast, "audit_queue", "audit_queue_gone")
    answers = crowd.send(messages)
    assert [getattr(answer, "code", None) for answer in answers] == ["cannot_be_stored"] * 6
    assert [getattr(answer, "status", None) for answer in answers] == [503] * 6
    rename(cast, "audit_queue_gone", "audit_queue")
    assert all(isinstance(answer, Acknowledgement) for answer in crowd.send(messages))


def rename(cast: Cast, table: str, to: str) -> None:
    with cast.house.database.unit_of_work() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO {to}"))


def test_a_full_queue_turns_away_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messenger.conversations.writer.MOST_WAITING", 1)
    sender = everybody(cast)[0]
    crowd = Crowd(Writer(cast.house.database, cast.house.clock))
    message = sender.next("update")
    first = crowd._hand_in(sender, message)
    with pytest.raises(CannotBeStored):
        crowd.writer.post(identity(sender.person), sender.talk.conversation, message.as_json())
    crowd.writer.store_waiting()
    assert first.result(5).stored
    crowd.threads.shutdown()


def test_who_waits_when_the_writer_stops_is_told_to_try_again(cast: Cast) -> None:
    sender = everybody(cast)[0]
    crowd = Crowd(Writer(cast.house.database, cast.house.clock))
    waiting = crowd._hand_in(sender, sender.next("update"))
    crowd.writer.stop()
    crowd.writer.run()
    with pytest.raises(CannotBeStored):
        waiting.result(5)
    crowd.threads.shutdown()


@pytest.mark.parametrize("cast", ["postgres"], indirect=True)
@pytest.mark.postgres
def test_two_nodes_write_into_one_conversation_without_gaps_or_losses(cast: Cast, crowd: Crowd) -> None:
    node = open_database(cast.house.settings.database_url)
    other = Crowd(Writer(node, cast.house.clock))
    talk = a_talk(cast).begin(cast.patient)
    senders = [Sender(talk, person) for person in (cast.patient, cast.provider)]

    def write(at: Crowd, sender: Sender) -> None:
        for _ in range(20):
            (answer,) = at.send([(sender, sender.next("update"))])
            sender.hear(answer)

    nodes = [threading.Thread(target=write, args=pair) for pair in zip((crowd, other), senders, strict=True)]
    for working in nodes:
        working.start()
    for working in nodes:
        working.join(60)
    sequences = [sequence for sender in senders for sequence, _ in sender.acknowledged.values()]
    assert sorted(sequences) == list(range(1, 41))
    other.threads.shutdown()
    node.dispose()


def test_receipts_never_go_back(cast: Cast) -> None:
    talk = a_talk(cast).begin(cast.patient)
    writer = Writer(cast.house.database, cast.house.clock)
    working = threading.Thread(target=writer.run)
    working.start()
    crowd_sender = Sender(talk, cast.patient)
    for _ in range(3):
        crowd_sender.hear(writer.post(identity(cast.patient), talk.conversation, crowd_sender.next("update").as_json()))
    said = [
        writer.put_receipt(identity(cast.provider), talk.conversation, Members({"delivered": got, "read": read}))
        for got, read in ((1, 0), (3, 2), (2, 1), (0, 3))
    ]
    assert [(one.delivered, one.read) for one in said] == [(1, 0), (3, 2), (3, 2), (3, 3)]
    writer.stop()
    working.join(10)
