"""Clinics, teams and invitations over HTTP."""

from typing import Final

from flask import Blueprint, Response, jsonify, request

from messenger.protocol.commitment import CommittedText
from messenger.protocol.statement import Envelope
from messenger.teams import clinics, custodians, enrolment, membership, self_view, statements
from messenger.teams.clinics import Founding
from messenger.teams.statements import TeamKeyUpdate
from messenger.web import limits
from messenger.web.body import json_members
from messenger.web.guards import Guard, guard
from messenger.web.identity import caller
from messenger.web.new_session import hand_over
from messenger.web.request_scope import db_session, now, scope
from messenger.web.tries import refund, spend

blueprint: Final = Blueprint("teams", __name__)

CREATED: Final = 201


@blueprint.get("/api/clinics/<clinic>/trust")
@guard(Guard.ANYONE)
def clinic_trust(clinic: str) -> Response:
    """The chain that vouches for a clinic."""
    return jsonify(statements=[one.as_json() for one in clinics.statements_of(db_session(), clinic)])


@blueprint.get("/api/invitations/<invitation>")
@guard(Guard.ANYONE)
def look_at_invitation(invitation: str) -> Response:
    """What somebody who was invited verifies before joining."""
    spend((limits.KNOCK_BY_ADDRESS, _address()))
    return jsonify(enrolment.look(db_session(), invitation, now()).as_json())


@blueprint.post("/api/found")
@guard(Guard.ANYONE)
def found_clinic() -> Response:
    """The clinic's key and its first administrator."""
    members = json_members()
    founding, in_body = Founding.take(members), members.flag("token")
    members.close()
    spend((limits.JOIN_BY_INVITATION, founding.joining.invitation), (limits.JOIN_BY_ADDRESS, _address()))
    signed_in = clinics.found_clinic(db_session(), founding, now())
    refund(limits.JOIN_BY_ADDRESS, _address())
    return hand_over(signed_in.as_json(), signed_in.begun.token, in_body=in_body)


@blueprint.get("/api/me")
@guard(Guard.SIGNED_IN)
def me() -> Response:
    """Oneself, as the clinic knows one."""
    identity = caller()
    own = self_view.view_oneself(db_session(), identity.account, now())
    return jsonify({**own, "device": identity.device, "session": identity.session})


@blueprint.post("/api/clinic/statements")
@guard(Guard.ADMINISTRATOR)
def share_clinic_key() -> tuple[str, int]:
    """The clinic's key for another administrator."""
    members = json_members()
    statement, box = Envelope.parse(members.take("statement")), members.raw("box")
    members.close()
    clinics.share_clinic_key(db_session(), caller(), statement, box, now())
    return "", CREATED


@blueprint.post("/api/clinic/custodians")
@guard(Guard.ADMINISTRATOR)
def name_custodians() -> tuple[Response, int]:
    """Who keeps the shares of emergency keys from now on."""
    members = json_members()
    statement = Envelope.parse(members.take("statement"))
    members.close()
    return jsonify(custodian_set=custodians.name_custodians(db_session(), caller(), statement, now())), CREATED


@blueprint.post("/api/teams")
@guard(Guard.ADMINISTRATOR)
def create_team() -> tuple[Response, int]:
    """A new care team."""
    members = json_members()
    statement = Envelope.parse(members.take("statement"))
    members.close()
    return jsonify(team=statements.create_team(db_session(), caller(), statement, now())), CREATED


@blueprint.post("/api/teams/<team>/statements")
@guard(Guard.CARE_STAFF)
def change_team_key(team: str) -> tuple[str, int]:
    """A new key for a team, or the running one for somebody who waits."""
    members = json_members()
    update = TeamKeyUpdate.take(members)
    members.close()
    statements.change_team_key(db_session(), caller(), team, update, now())
    return "", CREATED


@blueprint.post("/api/teams/<team>/people")
@guard(Guard.STAFF)
def change_team_people(team: str) -> tuple[str, int]:
    """Somebody appointed to a team or removed from it, or its new name and managers."""
    members = json_members()
    statement = Envelope.parse(members.take("statement"))
    members.close()
    membership.change_people(db_session(), caller(), team, statement, now())
    return "", CREATED


@blueprint.get("/api/invitations")
@guard(Guard.STAFF)
def list_invitations() -> Response:
    """The clinic's invitations, or one's own."""
    listed = enrolment.list_invitations(db_session(), caller(), now())
    return jsonify(invitations=[invitation.as_json() for invitation in listed])


@blueprint.post("/api/invitations")
@guard(Guard.STAFF)
def invite() -> tuple[str, int]:
    """A new invitation."""
    members = json_members()
    statement = Envelope.parse(members.take("statement"))
    card = members.or_none("card", lambda name: CommittedText.parse(members.take(name)))
    label = members.or_none("label", members.raw)
    members.close()
    enrolment.invite(db_session(), caller(), statement, card, label, now())
    return "", CREATED


@blueprint.delete("/api/invitations/<invitation>")
@guard(Guard.STAFF)
def cancel_invitation(invitation: str) -> tuple[str, int]:
    """Take an invitation back."""
    enrolment.cancel_invitation(db_session(), caller(), invitation, now())
    return "", 204


def _address() -> str:
    return limits.client_address(request, scope().settings.trusted_proxy)
