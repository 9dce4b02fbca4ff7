"""What waits, over HTTP: questions of one's patients, and one's conversations with what is open in each."""

from typing import Final

from flask import Blueprint, Response, jsonify

from messenger.inbox import service
from messenger.inbox.forms import conversation_form, waiting_form
from messenger.web.guards import Guard, guard
from messenger.web.identity import caller
from messenger.web.request_scope import db_session, now

blueprint: Final = Blueprint("inbox", __name__)


@blueprint.get("/api/inbox")
@guard(Guard.CARE_STAFF)
def list_waiting() -> Response:
    """Unanswered questions, longest waiting first."""
    return jsonify(questions=[waiting_form(one) for one in service.list_waiting(db_session(), caller(), now())])


@blueprint.get("/api/conversations")
@guard(Guard.SIGNED_IN)
def list_conversations() -> Response:
    """One's conversations, the one written into last first; no content."""
    listed = service.list_conversations(db_session(), caller(), now())
    return jsonify(conversations=[conversation_form(line, questions) for line, questions in listed])
