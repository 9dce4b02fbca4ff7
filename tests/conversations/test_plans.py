"""What conversations, the inbox and the log ask the database stays a look-up however much was written."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from messenger.audit import store as log_store
from messenger.bulk import insert_all
from messenger.conversations import batch, opening, reading
from messenger.conversations.known import ConsentCache, gather
from messenger.conversations.models import Message
from messenger.conversations.reading import Span
from messenger.conversations.sending import PutReceipt, Send, Work
from messenger.inbox import service as inbox
from messenger.inbox.models import Question
from messenger.merkle.tree import NodeId
from messenger.protocol.encoding import b64u_decode, format_time
from messenger.protocol.message import parse_header
from messenger.web.identity import Identity
from tests.cast import Cast
from tests.conversations.test_writer import identity
from tests.factories import PersonAtHand, new_id
from tests.plans import whole_table_reads
from tests.talk import Talk, a_talk

Call = Callable[[Talk, Session], object]


def now(talk: Talk) -> datetime:
    return talk.house.clock.now()


def nurse(talk: Talk) -> Identity:
    return identity(talk.cast.nurse)


def handed_in(talk: Talk, by: PersonAtHand, **changed: Any) -> Send:
    message = talk.write(by, **changed)
    return Send(identity(by), parse_header(message.header), message, b64u_decode(message.hash))


def write_batch(talk: Talk, session: Session) -> None:
    """All that the writer asks for messages that name old states, aim at others, and receipts."""
    work: list[Work] = [
        handed_in(talk, talk.patient, control_head=talk.consent_head, corrects=new_id("msg")),
        handed_in(talk, talk.cast.nurse, takes_back=talk.devices["sent"].previous),
        PutReceipt(nurse(talk), talk.conversation, 1, 1),
    ]
    decided = batch._Batch(gather(session, work, ConsentCache(), now(talk), format_time(now(talk))))
    for item in work:
        decided.take(item)
    decided.write(session)


LISTING = "listing one's conversations"

CALLS: dict[str, Call] = {
    "writing": write_batch,
    LISTING: lambda talk, session: inbox.list_conversations(session, nurse(talk), now(talk)),
    "listing what waits": lambda talk, session: inbox.list_waiting(session, nurse(talk), now(talk)),
    "reading the control chain": lambda talk, session: reading.control_of(
        session, nurse(talk), talk.conversation, now(talk)
    ),
    "reading the newest": lambda talk, session: reading.newest_messages(
        session, nurse(talk), talk.conversation, now(talk)
    ),
    "reading on": lambda talk, session: reading.messages_page(
        session, nurse(talk), talk.conversation, Span(None, 0, 50), now(talk)
    ),
    "reading back": lambda talk, session: reading.messages_page(
        session, nurse(talk), talk.conversation, Span(2, None, 50), now(talk)
    ),
    "reading receipts": lambda talk, session: reading.receipts_of(session, talk.conversation),
    "leaving": lambda talk, session: opening.leave_conversation(
        session, nurse(talk), talk.conversation, 1, 1, now(talk)
    ),
    "opening": lambda talk, session: opening.open_conversation(
        session, nurse(talk), talk.conversation, talk.opening(talk.cast.nurse), now(talk)
    ),
    "ending a chain of the log": lambda talk, session: log_store.chain_heads(
        session, talk.patient.clinic, log_store.list_waiting(session, talk.patient.clinic, 10)
    ),
    "reading a stretch of the log": lambda talk, session: log_store.list_frames(session, talk.patient.clinic, 0, 10),
    "the newest checkpoint": lambda talk, session: log_store.find_checkpoint(session, talk.patient.clinic),
    "the size of the tree": lambda talk, session: log_store.tree_size(session, talk.patient.clinic),
    "nodes of the tree": lambda talk, session: log_store.StoredNodes(session, talk.patient.clinic).read_nodes(
        [NodeId(0, 0), NodeId(1, 0)]
    ),
    "taking entries out of the queue": lambda talk, session: log_store.remove_waiting(
        session, log_store.list_waiting(session, talk.patient.clinic, 10)
    ),
}


@pytest.fixture
def busy(talk: Talk) -> Talk:
    """A conversation with messages, an open question, a receipt and a lease."""
    talk.send(talk.patient, kind="question")
    sent = talk.send(talk.cast.nurse)
    talk.devices["sent"] = type(talk.devices[talk.patient.device])(0, sent["id"])
    talk.open(talk.cast.nurse)
    talk.house.post(talk.path("receipts"), {"delivered": 1, "read": 1}, by=talk.cast.nurse)
    return talk


def ask_much(elsewhere: Talk) -> None:
    """Hundreds of open questions in another conversation, so that PostgreSQL sees a difference between two indexes."""
    messages = [fabricated(elsewhere, sequence) for sequence in range(1, 300)]
    questions = [
        {
            "question": message["message"],
            "clinic": elsewhere.patient.clinic,
            "conversation": elsewhere.conversation,
            "patient": elsewhere.patient.account,
            "sequence": message["sequence"],
            "asked": message["received"],
            "urgency": "ordinary",
        }
        for message in messages
    ]
    with elsewhere.house.database.unit_of_work() as session:
        insert_all(session.connection(), Message, messages)
        insert_all(session.connection(), Question, questions)
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ANALYZE questions"))


def fabricated(talk: Talk, sequence: int) -> dict[str, Any]:
    return {
        "message": new_id("msg"),
        "conversation": talk.conversation,
        "sequence": sequence,
        "sender": talk.patient.account,
        "device": talk.patient.device,
        "device_sequence": sequence,
        "hash": b"h" * 32,
        "header": b"{}",
        "ciphertext": b"",
        "ciphertext_hash": b"h" * 32,
        "signature": b"s" * 64,
        "received": now(talk),
    }


@pytest.mark.parametrize("call", CALLS)
def test_no_whole_table_is_read_when(busy: Talk, call: str) -> None:
    if call == LISTING:
        ask_much(a_talk(busy.cast).begin(busy.patient))
    assert whole_table_reads(busy.house.database, lambda session: CALLS[call](busy, session)) == []


@pytest.mark.parametrize(
    ("index", "call"),
    [
        ("ix_questions_open", "listing what waits"),
        ("ix_questions_open_in_conversation", LISTING),
        ("ix_leases_session_conversation_until", "reading on"),
        ("ix_conversations_patient", LISTING),
        ("ix_conversation_names_conversation", "reading the control chain"),
    ],
)
def test_each_index_is_the_one_that_is_used(busy: Talk, cast: Cast, index: str, call: str) -> None:
    with cast.house.database.unit_of_work() as session:
        session.execute(text(f"DROP INDEX {index}"))
    assert whole_table_reads(busy.house.database, lambda session: CALLS[call](busy, session))
