"""Profiles: sealed to exactly whom consents name, opened on the record, and unreadable here."""

from collections.abc import Mapping
from typing import Any

from messenger.audit.models import AuditBody
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.json_strict import parse_object
from messenger.protocol.kinds.profile import ProfileBody
from messenger.protocol.profile import open_profile
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.statement import Envelope, peek_body
from tests.accounts.test_vaults import replacing
from tests.cast import Cast, a_cast, refusal, renew_team_key
from tests.factories import PersonAtHand


def readers(cast: Cast, patient: PersonAtHand) -> dict[str, SealingPublicKey]:
    return {patient.account: patient.sealing_public, cast.team.team: cast.team.sealing_public}


def storing(
    patient: PersonAtHand, sealed_to: Mapping[str, SealingPublicKey], version: int = 1, **changed: object
) -> dict[str, Any]:
    """The body of a new profile."""
    made, statement = patient.profile(version, sealed_to)
    boxes = {reader: b64u_encode(box) for reader, box in made.boxes.items()}
    body = {"statement": statement.as_json(), "ciphertext": b64u_encode(made.ciphertext), "boxes": boxes}
    return {**body, **changed}


def keep_profile(cast: Cast, patient: PersonAtHand, version: int = 1) -> None:
    body = storing(patient, readers(cast, patient), version)
    assert cast.house.call("PUT", "/api/profile", body, by=patient).status_code == 204


def attempt(cast: Cast, body: dict[str, Any], by: PersonAtHand) -> tuple[int, str]:
    return refusal(cast.house.call("PUT", "/api/profile", body, by=by))


def entries(cast: Cast, action: str) -> list[dict[str, Any]]:
    with cast.house.database.reading_session() as session:
        rows = session.query(AuditBody).filter_by(action=action).order_by(AuditBody.event)
        return [dict(parse_object(row.body.encode())) for row in rows]


def test_a_member_of_the_team_opens_the_profile_and_the_log_says_so(cast: Cast) -> None:
    keep_profile(cast, cast.patient)
    served = cast.house.get(f"/api/patients/{cast.patient.account}/profile", by=cast.nurse)
    body = peek_body(Envelope.parse(served["statement"]), ProfileBody)
    profile = open_profile(
        body,
        b64u_decode(served["ciphertext"]),
        cast.team.team,
        cast.team.keys[-1],
        b64u_decode(served["boxes"][cast.team.team]),
    )
    assert profile.preferred_name == "Peggy"
    assert [(one["actor"], one["subject"], one["outcome"]) for one in entries(cast, "profile:opened")] == [
        (cast.nurse.account, cast.patient.account, "done")
    ]


def test_each_viewer_gets_their_own_boxes_alone(cast: Cast) -> None:
    keep_profile(cast, cast.patient)
    path = f"/api/patients/{cast.patient.account}/profile"
    assert list(cast.house.get(path, by=cast.patient)["boxes"]) == [cast.patient.account]
    assert list(cast.house.get(path, by=cast.nurse)["boxes"]) == [cast.team.team]


def test_whom_no_consent_covers_gets_nothing_and_the_log_says_who_tried(cast: Cast) -> None:
    keep_profile(cast, cast.patient)
    stranger, path = cast.enter("provider"), f"/api/patients/{cast.patient.account}/profile"
    assert refusal(cast.house.call("GET", path, by=stranger)) == (404, "not_found")
    (entry,) = entries(cast, "profile:opened")
    assert (entry["actor"], entry["outcome"], entry["reason"]) == (stranger.account, "refused", "not_a_reader")


def test_from_another_clinic_a_profile_is_not_there_at_all(cast: Cast) -> None:
    keep_profile(cast, cast.patient)
    elsewhere = a_cast(cast.house)
    answer = cast.house.call("GET", f"/api/patients/{cast.patient.account}/profile", by=elsewhere.provider)
    assert refusal(answer) == (404, "not_found")
    assert entries(cast, "profile:opened") == []


def test_a_patient_without_a_profile_has_none(cast: Cast) -> None:
    answer = cast.house.call("GET", f"/api/patients/{cast.patient.account}/profile", by=cast.nurse)
    assert refusal(answer) == (404, "not_found")


def test_a_new_version_replaces_the_one_before_and_its_boxes(cast: Cast) -> None:
    for version in (1, 2):
        keep_profile(cast, cast.patient, version)
    served = cast.house.get(f"/api/patients/{cast.patient.account}/profile", by=cast.nurse)
    assert peek_body(Envelope.parse(served["statement"]), ProfileBody).version == 2


def test_versions_follow_one_another(cast: Cast) -> None:
    to = readers(cast, cast.patient)
    assert attempt(cast, storing(cast.patient, to, 2), cast.patient) == (409, "profile_moved")
    keep_profile(cast, cast.patient)
    assert attempt(cast, storing(cast.patient, to, 1), cast.patient) == (409, "profile_moved")
    assert attempt(cast, storing(cast.patient, to, 3), cast.patient) == (409, "profile_moved")


def test_a_profile_is_sealed_to_exactly_whom_consents_name(cast: Cast) -> None:
    everyone = readers(cast, cast.patient)
    fewer = {cast.patient.account: everyone[cast.patient.account]}
    more = {**everyone, cast.founder.account: cast.founder.sealing_public}
    for sealed_to in (fewer, more):
        assert attempt(cast, storing(cast.patient, sealed_to), cast.patient) == (409, "readers_changed")


def test_a_profile_is_sealed_to_the_newest_keys(cast: Cast) -> None:
    old = readers(cast, cast.patient)
    renew_team_key(cast.house, cast.team, cast.provider, [cast.provider, cast.nurse])
    assert attempt(cast, storing(cast.patient, old), cast.patient) == (409, "readers_changed")
    keep_profile(cast, cast.patient)


def test_a_profile_signed_with_replaced_keys_is_refused(cast: Cast) -> None:
    body = storing(cast.patient, readers(cast, cast.patient))
    assert cast.house.call("POST", "/api/keys", replacing(cast, cast.patient), by=cast.patient).status_code == 204
    assert attempt(cast, body, cast.patient) == (400, "wrong_key")


def test_what_was_not_signed_is_refused(cast: Cast) -> None:
    good = storing(cast.patient, readers(cast, cast.patient))
    other = storing(cast.patient, readers(cast, cast.patient))
    for name, value in (("ciphertext", other["ciphertext"]), ("boxes", other["boxes"]), ("boxes", {})):
        assert attempt(cast, {**good, name: value}, cast.patient) == (400, "profile_mismatched")


def test_a_patient_writes_their_own_profile_alone(cast: Cast) -> None:
    other = cast.enter_patient()
    body = storing(cast.patient, readers(cast, cast.patient))
    assert attempt(cast, body, other) == (400, "wrong_key")
    about = other.profile(1, readers(cast, cast.patient))[0]
    made = PersonAtHand("patient", cast.house.clock, account=cast.patient.account, keys=other.keys)
    made_body = storing(made, readers(cast, cast.patient))
    assert about.body.patient == other.account
    assert attempt(cast, made_body, other) == (400, "profile_mismatched")


def test_staff_have_no_profile(cast: Cast) -> None:
    body = storing(cast.nurse, readers(cast, cast.patient))
    assert attempt(cast, body, cast.nurse) == (403, "role_not_allowed")


def test_the_words_of_a_profile_are_nowhere_on_the_server(cast: Cast) -> None:
    keep_profile(cast, cast.patient)
    with cast.house.database.engine.connect() as connection:
        stored = repr(connection.exec_driver_sql("SELECT * FROM profiles").all())
    assert "Peggy" not in stored
    assert "Margaret" not in stored
