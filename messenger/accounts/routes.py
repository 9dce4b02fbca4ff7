"""What signed-in people do about themselves: session, devices, vault, keys, documents."""

from typing import Final

from flask import Blueprint, Response, jsonify

from messenger.accounts import documents, possession, preferences, sessions, vaults
from messenger.accounts.documents import Document
from messenger.accounts.names import LANGUAGES
from messenger.accounts.vaults import NewKeys
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.sealing import SEALING_KEY_BYTES, SealingPublicKey
from messenger.protocol.statement import Envelope
from messenger.web.body import json_members, json_object
from messenger.web.csrf import clear_session_cookie
from messenger.web.guards import Guard, guard
from messenger.web.identity import caller
from messenger.web.request_scope import db_session, now, scope

blueprint: Final = Blueprint("accounts", __name__)

NO_CONTENT: Final[tuple[str, int]] = ("", 204)


@blueprint.patch("/api/me")
@guard(Guard.SIGNED_IN)
def change_language() -> tuple[str, int]:
    """Choose the language that the service speaks to oneself."""
    members = json_members()
    language = members.one_of("language", LANGUAGES)
    members.close()
    preferences.choose_language(db_session(), caller(), language, now())
    return NO_CONTENT


@blueprint.get("/api/session/share")
@guard(Guard.SIGNED_IN)
def get_share() -> Response:
    """The server's half of this device's wrapping key."""
    return jsonify(share=b64u_encode(sessions.share_of(db_session(), caller().session)))


@blueprint.post("/api/session/lock")
@guard(Guard.SIGNED_IN)
def lock() -> Response:
    """End this session; the device stays known."""
    sessions.lock(db_session(), caller(), now())
    return _signed_out()


@blueprint.post("/api/session/end")
@guard(Guard.SIGNED_IN)
def end() -> Response:
    """End this session and forget the device."""
    sessions.sign_out(db_session(), caller(), now())
    return _signed_out()


@blueprint.get("/api/devices")
@guard(Guard.SIGNED_IN)
def list_devices() -> Response:
    """One's own devices."""
    return jsonify(devices=[device.as_json() for device in sessions.list_devices(db_session(), caller(), now())])


@blueprint.delete("/api/devices/<device>")
@guard(Guard.SIGNED_IN)
def sign_out_device(device: str) -> tuple[str, int]:
    """Sign one device out."""
    sessions.sign_out_device(db_session(), caller(), device, now())
    return NO_CONTENT


@blueprint.delete("/api/devices")
@guard(Guard.SIGNED_IN)
def sign_out_other_devices() -> tuple[str, int]:
    """Sign every other device out."""
    sessions.sign_out_others(db_session(), caller(), now())
    return NO_CONTENT


@blueprint.get("/api/vault")
@guard(Guard.SIGNED_IN)
def get_vault() -> Response:
    """One's own vault."""
    return jsonify(vaults.newest_vault(db_session(), caller().account).as_json())


@blueprint.put("/api/vault")
@guard(Guard.SIGNED_IN)
def put_vault() -> tuple[str, int]:
    """A new password or recovery code."""
    vaults.put_vault(db_session(), caller(), Envelope.parse(json_object()), now())
    return NO_CONTENT


@blueprint.post("/api/keys/possession")
@guard(Guard.SIGNED_IN)
def challenge_possession() -> Response:
    """A nonce sealed to one's next sealing key."""
    members = json_members()
    sealing_key = SealingPublicKey.parse(members.raw("sealing_key", SEALING_KEY_BYTES))
    members.close()
    ticket = possession.challenge(db_session(), caller().account, sealing_key, now())
    return jsonify(ticket=ticket.ticket, box=b64u_encode(ticket.box))


@blueprint.post("/api/keys")
@guard(Guard.SIGNED_IN)
def replace_keys() -> tuple[str, int]:
    """New keys, because the old ones may be in other hands."""
    members = json_members()
    new = NewKeys(
        key=Envelope.parse(members.take("key")),
        vault=Envelope.parse(members.take("vault")),
        ticket=members.text("ticket", longest=100),
        nonce=members.raw("nonce", 32),
        documents=Document.parse_all(members.take("documents")),
    )
    members.close()
    vaults.replace_keys(db_session(), caller(), new, now())
    return NO_CONTENT


@blueprint.get("/api/documents/<name>")
@guard(Guard.SIGNED_IN)
def get_document(name: str) -> Response:
    """One's own sealed document."""
    return jsonify(documents.get_document(db_session(), caller(), name).as_json())


@blueprint.put("/api/documents/<name>")
@guard(Guard.SIGNED_IN)
def put_document(name: str) -> tuple[str, int]:
    """Its next version."""
    documents.put_document(db_session(), caller(), name, Document.parse(json_object()), now())
    return NO_CONTENT


def _signed_out() -> Response:
    response = Response(status=204)
    clear_session_cookie(response, https=scope().settings.https)
    return response
