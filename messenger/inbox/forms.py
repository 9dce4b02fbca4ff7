"""The JSON in which questions and the list of conversations are served (docs/api.md)."""

from collections.abc import Sequence

from messenger.conversations.forms import listed_form
from messenger.conversations.reading import Listed
from messenger.inbox.models import Question
from messenger.protocol.encoding import format_time
from messenger.protocol.json_strict import JsonObject


def waiting_form(question: Question) -> JsonObject:
    """A question in the inbox. `acknowledged` is whether somebody of the team has said that it was seen."""
    return {
        "id": question.question,
        "conversation": question.conversation,
        "patient": question.patient,
        "sequence": question.sequence,
        "received": format_time(question.asked),
        "category": question.category,
        "urgency": question.urgency,
        "acknowledged": question.acknowledged is not None,
    }


def conversation_form(listed: Listed, questions: Sequence[Question]) -> JsonObject:
    """A line of the list of conversations with its open questions."""
    return listed_form(listed) | {"open_questions": [_open_form(question) for question in questions]}


def _open_form(question: Question) -> JsonObject:
    return {name: value for name, value in waiting_form(question).items() if name not in {"conversation", "patient"}}
