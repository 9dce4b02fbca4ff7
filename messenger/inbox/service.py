"""Following questions through messages: asked by a patient's side, acknowledged and answered by the care team."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from messenger.consent import service as consent
from messenger.conversations import reading
from messenger.conversations.announcements import MessagesSent, SentMessage
from messenger.conversations.caller import Caller
from messenger.conversations.reading import Listed
from messenger.inbox import store
from messenger.inbox.models import Question
from messenger.roles import CARE_STAFF, STAFF

ANSWERED = "answered"
WITHDRAWN = "withdrawn"


def follow_messages(session: Session, sent: MessagesSent) -> None:
    """Enter what messages ask, acknowledge, answer and withdraw, in the transaction that stores them."""
    store.add_questions(session, [_asked(message) for message in sent.messages if _is_question(message)])
    for message in sent.messages:
        if message.takes_back is not None:
            _close(session, message, [message.takes_back], WITHDRAWN)
        if message.role in CARE_STAFF and message.acknowledges:
            store.acknowledge(session, message.conversation, message.acknowledges, message.id, message.received)
        if message.role in CARE_STAFF and message.answers:
            _close(session, message, message.answers, ANSWERED)


def list_waiting(session: Session, caller: Caller, at: datetime) -> Sequence[Question]:
    """The unanswered questions that the caller may read, longest waiting first."""
    scopes = consent.grants_to(session, caller.account, at)
    patients = [patient for patient, scope in scopes if scope == "all"]
    conversations = [scope for _, scope in scopes if scope != "all"]
    return store.list_open(session, caller.clinic, patients, conversations)


def list_conversations(session: Session, caller: Caller, at: datetime) -> list[tuple[Listed, list[Question]]]:
    """The conversations that the caller may read, each with its unanswered questions, longest waiting first."""
    listed = reading.list_conversations(session, caller, at)
    found: dict[str, list[Question]] = {line.conversation.conversation: [] for line in listed}
    waiting = store.list_open_in(session, found)
    for question in sorted(waiting, key=lambda one: (one.asked, one.question)):
        found[question.conversation].append(question)
    return [(line, found[line.conversation.conversation]) for line in listed]


def _is_question(message: SentMessage) -> bool:
    """A correction is shown with its original, which goes on waiting; what staff ask patients is no promise of ours."""
    changes = message.corrects is not None or message.takes_back is not None
    return message.kind == "question" and not changes and message.role not in STAFF


def _asked(message: SentMessage) -> dict[str, Any]:
    return {
        "question": message.id,
        "clinic": message.clinic,
        "conversation": message.conversation,
        "patient": message.patient,
        "sequence": message.sequence,
        "asked": message.received,
        "category": message.category,
        "urgency": message.urgency,
    }


def _close(session: Session, message: SentMessage, questions: Iterable[str], closed_as: str) -> None:
    store.close(session, message.conversation, list(questions), closed_as, message.id, message.received)
