"""The key directory, consents and profiles over HTTP."""

from typing import Final

from flask import Blueprint, Response, jsonify, request

from messenger.consent import directory, exports, profiles
from messenger.consent.profiles import SealedProfile
from messenger.protocol.ids import check_id
from messenger.protocol.json_strict import write_json
from messenger.roles import STAFF
from messenger.web.body import json_members
from messenger.web.guards import Guard, guard
from messenger.web.identity import caller
from messenger.web.request_scope import db_session, now

blueprint: Final = Blueprint("consent", __name__)


@blueprint.get("/api/accounts/<account>")
@guard(Guard.SIGNED_IN)
def look_up_account(account: str) -> Response:
    """Somebody's keys, and who vouches for them."""
    return jsonify(directory.look_up(db_session(), caller(), account, now()))


@blueprint.get("/api/clinic")
@guard(Guard.SIGNED_IN)
def view_clinic() -> Response:
    """One's own clinic."""
    return jsonify(directory.view_clinic(db_session(), caller()))


@blueprint.get("/api/teams")
@guard(Guard.SIGNED_IN)
def list_teams() -> Response:
    """The teams one may know of."""
    whole = caller().role in STAFF
    return jsonify(teams=[team.as_json(whole=whole) for team in directory.view_teams(db_session(), caller())])


@blueprint.get("/api/patients")
@guard(Guard.CARE_STAFF, records=True)
def list_patients() -> Response:
    """Patients whose consents cover oneself, a page at a time; that they were listed is in the log."""
    after = request.args.get("after", "")
    page = directory.list_patients(db_session(), caller(), check_id(after, "acc") if after else "", now())
    more = page[-1].person.account if len(page) == directory.PATIENTS_AT_ONCE else None
    return jsonify(patients=[patient.as_json() for patient in page], next=more)


@blueprint.get("/api/patients/<patient>/consents")
@guard(Guard.SIGNED_IN)
def list_consents(patient: str) -> Response:
    """What a patient consented to."""
    listed = directory.list_consents(db_session(), caller(), patient, now())
    return jsonify(statements=[statement.as_json() for statement in listed])


@blueprint.get("/api/patients/<patient>/consents/export")
@guard(Guard.SIGNED_IN, records=True)
def export_consents(patient: str) -> Response:
    """What a patient consented to as FHIR, to keep or to hand on; that it was handed out is in the log."""
    release = exports.check_release(request.args.get("format", ""))
    bundle = exports.export_consents(db_session(), caller(), patient, release, now())
    answer = Response(write_json(bundle), content_type=exports.CONTENT_TYPES[release])
    answer.headers["Content-Disposition"] = f'attachment; filename="consents-{release}.json"'
    return answer


@blueprint.get("/api/patients/<patient>/profile")
@guard(Guard.SIGNED_IN, records=True)
def open_profile(patient: str) -> Response:
    """A patient's sealed profile; that it was opened is in the log."""
    return jsonify(profiles.open_profile(db_session(), caller(), patient, now()).as_json())


@blueprint.put("/api/profile")
@guard(Guard.PATIENT)
def put_profile() -> tuple[str, int]:
    """One's own profile."""
    members = json_members()
    profile = SealedProfile.take(members)
    members.close()
    profiles.put_profile(db_session(), caller(), profile, now())
    return "", 204
