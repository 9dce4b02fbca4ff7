"""The key directory: everybody sees whom they need to verify, and nobody more."""

from datetime import timedelta

import pytest

from messenger.audit.models import AuditBody
from messenger.consent import directory
from messenger.consent.models import ProfileListing
from messenger.protocol.account_chain import AccountChain, verify_account_chain
from messenger.protocol.clinic_chain import ClinicChain, verify_clinic_chain
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import parse_object
from messenger.protocol.safety_code import clinic_code
from messenger.protocol.statement import Envelope
from messenger.protocol.team_chain import verify_team_chain
from tests.cast import Cast, a_cast, refusal
from tests.consent.test_profiles import keep_profile
from tests.factories import PersonAtHand, new_id


def found(cast: Cast, viewer: PersonAtHand, account: str) -> bool:
    answer = cast.house.call("GET", f"/api/accounts/{account}", by=viewer)
    return answer.status_code == 200 or refusal(answer) != (404, "not_found")


def listed(cast: Cast, viewer: PersonAtHand) -> list[str]:
    return [one["patient"] for one in cast.house.get("/api/patients", by=viewer)["patients"]]


def verified(cast: Cast, viewer: PersonAtHand, account: str) -> AccountChain:
    """The account as the viewer's client verifies it."""
    answer = cast.house.get(f"/api/accounts/{account}", by=viewer)
    return verify_account_chain([Envelope.parse(one) for one in answer["chain"]], account, clinic_chain(cast, viewer))


def clinic_chain(cast: Cast, viewer: PersonAtHand) -> ClinicChain:
    statements = cast.house.get("/api/clinic", by=viewer)["statements"]
    return verify_clinic_chain([Envelope.parse(one) for one in statements], cast.hand.key.id)


def test_everybody_finds_the_staff_of_their_clinic_and_can_verify_them(cast: Cast) -> None:
    for viewer in (cast.patient, cast.nurse, cast.founder):
        assert verified(cast, viewer, cast.provider.account).current.signing == cast.provider.current.signing.public


def test_a_patient_is_found_by_themselves_and_by_whom_their_consent_covers(cast: Cast) -> None:
    account, other = cast.patient.account, cast.enter_patient()
    viewers = [cast.patient, cast.provider, cast.nurse, cast.founder, other, cast.enter("provider")]
    assert [found(cast, viewer, account) for viewer in viewers] == [True, True, True, False, False, False]


def test_nobody_is_found_from_another_clinic(cast: Cast) -> None:
    elsewhere = a_cast(cast.house)
    people = [cast.provider, cast.founder, cast.patient]
    assert [found(cast, elsewhere.provider, person.account) for person in people] == [False] * 3


def test_an_account_that_does_not_exist_answers_as_one_that_is_hidden(cast: Cast) -> None:
    hidden = cast.house.call("GET", f"/api/accounts/{cast.patient.account}", by=cast.founder)
    missing = cast.house.call("GET", f"/api/accounts/{new_id('acc')}", by=cast.founder)
    assert (hidden.status_code, hidden.data) == (missing.status_code, missing.data)


def test_the_clinic_shows_its_fingerprint_and_staff_but_no_patient_to_staff(cast: Cast) -> None:
    clinic = cast.house.get("/api/clinic", by=cast.nurse)
    assert clinic["fingerprint"] == " ".join(clinic_code(cast.hand.clinic, cast.hand.key.public.raw))
    people = {person["account"]: person for person in clinic["people"]}
    assert people.keys() == {one.account for one in (cast.founder, cast.second, cast.provider, cast.nurse)}
    assert people[cast.nurse.account]["teams"] == [cast.team.team]
    assert people[cast.nurse.account]["card"]["text"]


def test_a_patient_sees_the_care_staff_whom_they_may_let_in_and_nobody_else(cast: Cast) -> None:
    other = cast.enter("provider")
    cast.enter("compliance")
    clinic = cast.house.get("/api/clinic", by=cast.patient)
    people = {one["account"] for one in clinic["people"]}
    assert people == {cast.provider.account, cast.nurse.account, other.account}


def test_a_patient_sees_and_verifies_the_teams_whom_they_may_let_in(cast: Cast) -> None:
    other, statement = cast.hand.creates_team("Another team", cast.provider.account, cast.founder.account)
    cast.house.post("/api/teams", {"statement": statement.as_json()}, by=cast.founder)
    cast.enter("nurse", (cast.team.team,))
    served = cast.house.get("/api/teams", by=cast.patient)["teams"]
    served.sort(key=lambda one: one["team"] == other)
    assert [one["team"] for one in served] == [cast.team.team, other]
    assert (served[0]["waiting"], served[0]["my_box"], served[0]["links"]) == ([], None, {})
    chain = [Envelope.parse(one) for one in served[0]["statements"]]
    team = verify_team_chain(
        chain, cast.team.team, clinic_chain(cast, cast.patient), lambda account: verified(cast, cast.patient, account)
    )
    assert team.running is not None
    assert team.running.sealing_key == cast.team.sealing_public


def test_staff_see_every_team_of_the_clinic(cast: Cast) -> None:
    _, statement = cast.hand.creates_team("Another team", cast.provider.account, cast.founder.account)
    cast.house.post("/api/teams", {"statement": statement.as_json()}, by=cast.founder)
    assert len(cast.house.get("/api/teams", by=cast.nurse)["teams"]) == 2


def test_the_patients_list_holds_whom_consents_cover(cast: Cast) -> None:
    other = cast.enter_patient()
    assert sorted(listed(cast, cast.nurse)) == sorted([cast.patient.account, other.account])
    assert listed(cast, cast.enter("provider")) == []


def test_a_listed_patient_comes_with_chain_consents_and_the_viewers_boxes(cast: Cast) -> None:
    keep_profile(cast, cast.patient)
    line = cast.house.get("/api/patients", by=cast.nurse)["patients"][0]
    assert Envelope.parse(line["chain"][-1]).hash == cast.patient.head
    assert [Envelope.parse(one).type for one in line["consents"]] == ["application/vnd.between.consent.v1+json"]
    assert list(line["profile"]["boxes"]) == [cast.team.team]


def test_that_a_profile_was_listed_is_said_once_for_each_viewer_patient_and_day(cast: Cast) -> None:
    keep_profile(cast, cast.patient)
    cast.enter_patient()  # who has no profile: nothing of theirs is shown

    def entries() -> list[tuple[str, str]]:
        with cast.house.database.reading_session() as session:
            rows = session.query(AuditBody).filter_by(action="profile:listed")
            return sorted((row.actor, row.subject) for row in rows)

    nurse, provider = (cast.nurse.account, cast.patient.account), (cast.provider.account, cast.patient.account)
    listed(cast, cast.nurse)
    listed(cast, cast.nurse)
    assert entries() == [nurse]
    listed(cast, cast.provider)
    assert entries() == sorted([nurse, provider])
    cast.house.clock.advance(timedelta(days=1))
    listed(cast, cast.house.sign_in(cast.nurse))
    assert entries() == sorted([nurse, provider, nurse])
    with cast.house.database.reading_session() as session:
        body = session.query(AuditBody).filter_by(action="profile:listed").first()
        assert body is not None
        assert parse_object(body.body.encode())["automatic"] is True


def test_notes_of_earlier_days_are_forgotten(cast: Cast) -> None:
    keep_profile(cast, cast.patient)
    listed(cast, cast.nurse)
    cast.house.clock.advance(timedelta(days=3))
    with cast.house.database.unit_of_work() as session:
        directory.forget_listings(session, cast.house.clock.now())
        assert session.query(ProfileListing).count() == 0


def test_a_long_list_is_handed_out_in_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        cast.enter_patient()
    everyone = sorted(listed(cast, cast.nurse))
    monkeypatch.setattr(directory, "PATIENTS_AT_ONCE", 2)
    pages: list[list[str]] = []
    after: str | None = ""
    while after is not None:
        answer = cast.house.get(f"/api/patients?after={after}", by=cast.nurse)
        pages.append([one["patient"] for one in answer["patients"]])
        after = answer["next"]
    assert pages == [everyone[:2], everyone[2:4], everyone[4:]]


def test_only_care_staff_list_patients(cast: Cast) -> None:
    for person in (cast.patient, cast.founder, cast.enter("compliance")):
        answer = cast.house.call("GET", "/api/patients", by=person)
        assert refusal(answer) == (403, "role_not_allowed")


def test_consents_are_shown_to_the_patient_and_to_whom_they_cover(cast: Cast) -> None:
    path, other = f"/api/patients/{cast.patient.account}/consents", cast.enter_patient()
    for person in (cast.patient, cast.nurse):
        assert len(cast.house.get(path, by=person)["statements"]) == 1
    for person in (cast.founder, other):
        assert refusal(cast.house.call("GET", path, by=person)) == (404, "not_found")


def test_a_page_that_begins_nowhere_is_refused(cast: Cast) -> None:
    answer = cast.house.call("GET", f"/api/patients?after={b64u_encode(bytes(8))}", by=cast.nurse)
    assert refusal(answer) == (400, "bad_id")
