"""Before anybody is signed in: what the service is, signing in, joining. Every door counts its tries."""

from typing import Final, get_args

from flask import Blueprint, Response, jsonify, request

from messenger.accounts import joining, sign_in
from messenger.accounts.joining import Joining
from messenger.accounts.names import name_key, take_label
from messenger.accounts.sign_in import Proof, SlotType
from messenger.protocol.encoding import b64u_encode, format_time
from messenger.protocol.message import MAX_CIPHERTEXT_BYTES, MAX_HEADER_BYTES
from messenger.protocol.sealing import SEALING_KEY_BYTES, SealingPublicKey
from messenger.protocol.statement import Envelope
from messenger.web import limits
from messenger.web.body import json_members
from messenger.web.client_build import find_bundle
from messenger.web.guards import Guard, guard
from messenger.web.new_session import hand_over
from messenger.web.request_scope import db_session, now, scope
from messenger.web.tries import forgive, refund, spend

doors: Final = Blueprint("doors", __name__)


@doors.get("/api/service")
@guard(Guard.ANYONE)
def describe_service() -> Response:
    """What a client needs to know before it talks."""
    settings = scope().settings
    return jsonify(
        service=settings.base_url,
        emergency_number=settings.emergency_number,
        clinic_phone=settings.clinic_phone,
        time_zone=settings.time_zone,
        bundle=find_bundle(),
        now=format_time(now()),
        limits={"ciphertext": MAX_CIPHERTEXT_BYTES, "header": MAX_HEADER_BYTES},
    )


@doors.post("/api/sign-in/start")
@guard(Guard.ANYONE)
def start_sign_in() -> Response:
    """A challenge to sign."""
    members = json_members()
    name, slot = members.text("name", longest=200, shortest=1), members.one_of("slot", get_args(SlotType))
    members.close()
    spend((limits.KNOCK_BY_ADDRESS, _address()))
    secret = scope().settings.secret_key.encode()
    return jsonify(sign_in.start(db_session(), name, slot, now(), secret).as_json())


@doors.post("/api/sign-in")
@guard(Guard.ANYONE)
def finish_sign_in() -> Response:
    """A session for a proof."""
    members = json_members()
    name = members.text("name", longest=200, shortest=1)
    proof = Proof(name, Envelope.parse(members.take("proof")), take_label(members))
    in_body = members.flag("token")
    members.close()
    spend((limits.SIGN_IN_BY_NAME, name_key(name)), (limits.SIGN_IN_BY_ADDRESS, _address()))
    signed_in = sign_in.sign_in(db_session(), proof, scope().settings.base_url, now())
    forgive(limits.SIGN_IN_BY_NAME, name_key(name))
    refund(limits.SIGN_IN_BY_ADDRESS, _address())
    return hand_over(signed_in.as_json(), signed_in.begun.token, in_body=in_body)


@doors.post("/api/join/possession")
@guard(Guard.ANYONE)
def challenge_joiner() -> Response:
    """A nonce sealed to the key somebody wants to join with."""
    members = json_members()
    invitation = members.id("invitation", "inv")
    sealing_key = SealingPublicKey.parse(members.raw("sealing_key", SEALING_KEY_BYTES))
    members.close()
    spend((limits.KNOCK_BY_ADDRESS, _address()))
    ticket = joining.challenge_possession(db_session(), invitation, sealing_key, now())
    return jsonify(ticket=ticket.ticket, box=b64u_encode(ticket.box))


@doors.post("/api/join")
@guard(Guard.ANYONE)
def join() -> Response:
    """An account, and its first session."""
    members = json_members()
    joiner, in_body = Joining.take(members), members.flag("token")
    members.close()
    spend((limits.JOIN_BY_INVITATION, joiner.invitation), (limits.JOIN_BY_ADDRESS, _address()))
    signed_in = joining.join(db_session(), joiner, now())
    refund(limits.JOIN_BY_ADDRESS, _address())
    return hand_over(signed_in.as_json(), signed_in.begun.token, in_body=in_body)


def _address() -> str:
    return limits.client_address(request, scope().settings.trusted_proxy)
