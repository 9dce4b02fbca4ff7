"""Conversations over HTTP."""

from typing import Final

from flask import Blueprint, Flask, Response, current_app, jsonify, request

from messenger.conversations import consenting, control, emergency_keys, history, opening, reading
from messenger.conversations.access import record_attempt
from messenger.conversations.consenting import Rotation
from messenger.conversations.control import Beside
from messenger.conversations.errors import BadQuery, ConversationUnknown, NotAReader
from messenger.conversations.forms import control_form, page_form, receipts_form
from messenger.conversations.reading import Span
from messenger.conversations.writer import Writer
from messenger.protocol.encoding import b64u_decode, format_time
from messenger.protocol.errors import EncodingRefused
from messenger.protocol.ids import check_id
from messenger.protocol.json_strict import JsonValue
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import Envelope
from messenger.web.body import json_members, json_object
from messenger.web.errors import answer
from messenger.web.guards import Guard, guard
from messenger.web.identity import caller
from messenger.web.request_scope import db_session, now, scope

LONGEST_NAME_CIPHERTEXT: Final = 2048
_DIGITS: Final = 16

EXTENSION: Final = "between.writer"

blueprint: Final = Blueprint("conversations", __name__)


def install(app: Flask, writer: Writer) -> None:
    """Put the room's doors into the application; what is sent through them is stored by `writer`."""
    app.extensions[EXTENSION] = writer
    app.register_blueprint(blueprint)


@blueprint.post("/api/conversations")
@guard(Guard.SIGNED_IN)
def create_conversation() -> tuple[Response, int]:
    """Begin one."""
    envelope, beside = _link(json_members())
    created = control.create_conversation(db_session(), caller(), envelope, beside, now())
    return jsonify(conversation=created), 201


@blueprint.get("/api/conversations/<conversation>/control")
@guard(Guard.SIGNED_IN)
def view_control(conversation: str) -> Response:
    """Its control chain, with one's own boxes; or what of it stands after a statement."""
    return jsonify(control_form(reading.control_of(db_session(), caller(), _id(conversation), now(), _after())))


@blueprint.post("/api/conversations/<conversation>/control")
@guard(Guard.SIGNED_IN)
def append_control(conversation: str) -> tuple[Response, int]:
    """A new key, or a name."""
    envelope, beside = _link(json_members())
    control.append_control(db_session(), caller(), _id(conversation), envelope, beside, now())
    return jsonify(), 201


@blueprint.post("/api/conversations/<conversation>/history")
@guard(Guard.SIGNED_IN)
def open_history(conversation: str) -> tuple[Response, int]:
    """Keys of earlier epochs for somebody who came later."""
    members = json_members()
    envelope, boxes = Envelope.parse(members.take("statement")), members.json_object("boxes")
    members.close()
    sealed = {_epoch(number): _box(box) for number, box in boxes.items()}
    history.open_history(db_session(), caller(), _id(conversation), envelope, sealed, now())
    return jsonify(), 201


@blueprint.post("/api/conversations/<conversation>/emergency-key")
@guard(Guard.PATIENT)
def set_emergency_key(conversation: str) -> tuple[Response, int]:
    """A key for emergencies, its seed in the custodians' hands."""
    members = json_members()
    envelope, boxes = Envelope.parse(members.take("statement")), members.raw_by_id("boxes", "acc")
    members.close()
    emergency_keys.set_emergency_key(db_session(), caller(), _id(conversation), envelope, boxes, now())
    return jsonify(), 201


@blueprint.post("/api/consents")
@guard(Guard.PATIENT)
def decide_consent() -> tuple[Response, int]:
    """Let somebody read, on other terms, or no longer; with the new keys of the conversations concerned."""
    members = json_members()
    envelope = Envelope.parse(members.take("statement"))
    rotations = members.list("rotations", _rotation)
    members.close()
    head = consenting.decide_consent(db_session(), caller(), envelope, rotations, now())
    return jsonify(head=head), 201


@blueprint.post("/api/conversations/<conversation>/open")
@guard(Guard.SIGNED_IN)
def open_conversation(conversation: str) -> Response:
    """Its newest messages. The answer leaves after the commit, and with it the entry that says who opened."""
    envelope = _envelope(json_members())
    opened = opening.open_conversation(db_session(), caller(), _id(conversation), envelope, now())
    return jsonify(
        event=opened.event,
        lease={"until": format_time(opened.until)},
        receipts=receipts_form(reading.receipts_of(db_session(), conversation)),
        control=control_form(reading.control_of(db_session(), caller(), conversation, now(), _after())),
        **page_form(reading.newest_messages(db_session(), caller(), conversation, now())),
    )


@blueprint.post("/api/conversations/<conversation>/renew")
@guard(Guard.SIGNED_IN)
def renew_lease(conversation: str) -> Response:
    """Go on being served what is written."""
    envelope = _envelope(json_members())
    until = opening.renew_lease(db_session(), caller(), _id(conversation), envelope, now())
    return jsonify(lease={"until": format_time(until)})


@blueprint.post("/api/conversations/<conversation>/leave")
@guard(Guard.SIGNED_IN)
def leave_conversation(conversation: str) -> tuple[str, int]:
    """Say which messages were shown."""
    members = json_members()
    first, last = members.integer("first"), members.integer("last")
    members.close()
    opening.leave_conversation(db_session(), caller(), _id(conversation), first, last, now())
    return "", 204


@blueprint.get("/api/conversations/<conversation>/messages")
@guard(Guard.SIGNED_IN)
def list_messages(conversation: str) -> Response:
    """A page of messages, within a lease."""
    return jsonify(page_form(reading.messages_page(db_session(), caller(), _id(conversation), _span(), now())))


@blueprint.post("/api/conversations/<conversation>/messages")
@guard(Guard.SIGNED_IN)
def send_message(conversation: str) -> tuple[Response, int]:
    """Send one; the answer says that it is durable."""
    sent = _writer().post(caller(), _id(conversation), json_object())
    body = jsonify(id=sent.id, sequence=sent.sequence, received=format_time(sent.received))
    return body, 201 if sent.stored else 200


@blueprint.post("/api/conversations/<conversation>/receipts")
@guard(Guard.SIGNED_IN)
def put_receipt(conversation: str) -> tuple[str, int]:
    """How far one has received and read."""
    _writer().put_receipt(caller(), _id(conversation), json_members())
    return "", 204


def _writer() -> Writer:
    writer: Writer = current_app.extensions[EXTENSION]
    return writer


@blueprint.errorhandler(NotAReader)
def _answer_not_a_reader(refused: NotAReader) -> Response:
    record_attempt(scope().database, refused)
    return answer(refused)


def _id(text: str) -> str:
    """An id in an address; anything else is no conversation."""
    try:
        return check_id(text, "cnv")
    except EncodingRefused:
        raise ConversationUnknown from None


def _after() -> str | None:
    """The head of the control chain that the caller has verified."""
    text = request.args.get("after")
    return None if text is None else Members({"after": text}).hash("after")


def _envelope(members: Members) -> Envelope:
    envelope = Envelope.parse(members.take("statement"))
    members.close()
    return envelope


def _link(members: Members) -> tuple[Envelope, Beside]:
    envelope = Envelope.parse(members.take("statement"))
    boxes = members.take("boxes")
    name = members.or_none("name", members.raw)
    members.close()
    if not isinstance(boxes, dict) or (name is not None and len(name) > LONGEST_NAME_CIPHERTEXT):
        raise bad_members("boxes are an object and a name is short")
    return envelope, Beside({reader: _box(box) for reader, box in boxes.items()}, name)


def _rotation(value: JsonValue) -> Rotation:
    members = Members(value)
    conversation = members.id("conversation", "cnv")
    return Rotation(conversation, *_link(members))


def _epoch(number: str) -> int:
    if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS and str(int(number)) == number):
        raise bad_members("an epoch is a number")
    return int(number)


def _box(value: JsonValue) -> bytes:
    if not isinstance(value, str):
        raise bad_members("a box is text")
    return b64u_decode(value)


def _span() -> Span:
    before, after, limit = _number("before"), _number("after"), _number("limit")
    span = Span(before, after, reading.NEWEST if limit is None else limit)
    if (before is not None and after is not None) or not 1 <= span.limit <= reading.MOST:
        raise BadQuery(reading.MOST)
    return span


def _number(name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadQuery(reading.MOST)
    return int(text)
