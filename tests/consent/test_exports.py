"""Copies of a patient's decisions: who is handed one, what it is called, and what the log says."""

import pytest

from messenger.interchange.resources import RELEASES, Release
from messenger.interchange.verifying import verify_export
from tests.cast import Cast, refusal
from tests.consent.test_profiles import entries


def path(cast: Cast, release: str) -> str:
    return f"/api/patients/{cast.patient.account}/consents/export?format={release}"


@pytest.mark.parametrize(("release", "version"), [("r4", "4.0"), ("r5", "5.0")])
def test_a_copy_is_a_file_to_save_of_its_release(cast: Cast, release: Release, version: str) -> None:
    answer = cast.house.call("GET", path(cast, release), by=cast.patient)
    assert answer.headers["Content-Type"] == f"application/fhir+json; fhirVersion={version}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="consents-{release}.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    shown = verify_export(answer.get_data(), cast.hand.key.id)
    assert (shown.release, shown.evidence.patient) == (release, cast.patient.account)
    assert [record.terms.grantee for record in shown.records] == [cast.team.team]


def test_whoever_a_consent_covers_is_handed_the_same_and_each_time_is_in_the_log(cast: Cast) -> None:
    own = verify_export(cast.house.call("GET", path(cast, "r5"), by=cast.patient).get_data(), cast.hand.key.id)
    nurses = verify_export(cast.house.call("GET", path(cast, "r5"), by=cast.nurse).get_data(), cast.hand.key.id)
    assert nurses.chains.consents == own.chains.consents
    logged = [(one["actor"], one["subject"], one["outcome"]) for one in entries(cast, "consent:exported")]
    patient = cast.patient.account
    assert sorted(logged) == sorted([(patient, patient, "done"), (cast.nurse.account, patient, "done")])


def test_everybody_else_is_told_of_nothing_and_the_log_says_who_tried(cast: Cast) -> None:
    other = cast.enter_patient()
    for somebody in (cast.founder, other):
        answer = cast.house.call("GET", path(cast, "r4"), by=somebody)
        assert refusal(answer) == (404, "not_found")
    logged = [(one["actor"], one["outcome"], one["reason"]) for one in entries(cast, "consent:exported")]
    expected = [(one.account, "refused", "not_a_reader") for one in (cast.founder, other)]
    assert sorted(logged) == sorted(expected)


@pytest.mark.parametrize("release", ["", "r3", "R4"])
def test_another_release_is_none_of_ours(cast: Cast, release: str) -> None:
    assert release not in RELEASES
    assert refusal(cast.house.call("GET", path(cast, release), by=cast.patient)) == (400, "release_unknown")
    assert entries(cast, "consent:exported") == []
