"""Emergency access over HTTP."""

import re
from typing import Final

from flask import Blueprint, Response, jsonify, request

from messenger.emergency import service, serving
from messenger.emergency.service import Beside
from messenger.errors import NotFound
from messenger.protocol.errors import EncodingRefused
from messenger.protocol.ids import IdType, check_id
from messenger.protocol.kinds.emergency import EmergencyCloseBody
from messenger.protocol.shape import bad_members
from messenger.protocol.statement import Envelope, payload_type
from messenger.web.body import json_members
from messenger.web.guards import Guard, guard
from messenger.web.identity import caller
from messenger.web.request_scope import db_session, now

blueprint: Final = Blueprint("emergency", __name__)

_DIGITS: Final = 16
_NUMBER: Final = re.compile(r"[0-9A-Fa-f]{6}", re.ASCII)
"""What staff call a patient by: the end of the account's id."""


@blueprint.get("/api/patients/<patient>/emergency")
@guard(Guard.CARE_STAFF, records=True)
def look_up(patient: str) -> Response:
    """Whether there is a way; that somebody looked is in the log."""
    session, actor, at = db_session(), caller(), now()
    if _NUMBER.fullmatch(patient):
        return jsonify(serving.look_up_numbered(session, actor, patient, at))
    return jsonify(serving.look_up(session, actor, _id(patient, "acc"), at))


@blueprint.get("/api/emergencies")
@guard(Guard.SIGNED_IN)
def list_emergencies() -> Response:
    """Those that concern oneself."""
    return jsonify(emergencies=[serving.listed_form(row) for row in serving.list_emergencies(db_session(), caller())])


@blueprint.post("/api/emergencies")
@guard(Guard.CARE_STAFF)
def ask() -> tuple[Response, int]:
    """Ask for emergency access."""
    members = json_members()
    envelope = Envelope.parse(members.take("statement"))
    beside = Beside(members.raw("text"), members.raw_by_id("boxes", "acc"))
    members.close()
    return jsonify(emergency=service.ask(db_session(), caller(), envelope, beside, now())), 201


@blueprint.get("/api/emergencies/<emergency>")
@guard(Guard.SIGNED_IN)
def view(emergency: str) -> Response:
    """One, with what it is verified by."""
    return jsonify(serving.view(db_session(), caller(), _id(emergency, "eme")))


@blueprint.post("/api/emergencies/<emergency>/statements")
@guard(Guard.STAFF)
def decide(emergency: str) -> tuple[Response, int]:
    """Release a share, or close."""
    members = json_members()
    envelope = Envelope.parse(members.take("statement"))
    box = members.or_none("box", members.raw)
    members.close()
    named = _id(emergency, "eme")
    if (envelope.type == payload_type(EmergencyCloseBody.kind)) != (box is None):
        raise bad_members("a release has a box, and a closing none")
    if box is None:
        service.close(db_session(), caller(), named, envelope, now())
    else:
        service.release(db_session(), caller(), named, envelope, box, now())
    return jsonify(), 201


@blueprint.post("/api/emergencies/<emergency>/open")
@guard(Guard.CARE_STAFF)
def open_escrowed(emergency: str) -> Response:
    """What the emergency opens. The answer leaves after the commit, and with it the entry that says who opened."""
    members = json_members()
    envelope = Envelope.parse(members.take("statement"))
    members.close()
    return jsonify(serving.open_escrowed(db_session(), caller(), _id(emergency, "eme"), envelope, now()).as_json())


@blueprint.get("/api/emergencies/<emergency>/messages")
@guard(Guard.CARE_STAFF)
def list_messages(emergency: str) -> Response:
    """Older messages of it."""
    before = request.args.get("before", "")
    if not (before.isascii() and before.isdigit() and len(before) <= _DIGITS):
        raise bad_members("before is a number")
    return jsonify(serving.read_on(db_session(), caller(), _id(emergency, "eme"), int(before), now()).as_json())


def _id(text: str, kind: IdType) -> str:
    """An id in an address; anything else is nothing that is here."""
    try:
        return check_id(text, kind)
    except EncodingRefused:
        raise NotFound from None
