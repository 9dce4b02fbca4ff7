"""Sessions live on the server and end there: token, share and sockets at once."""

from datetime import timedelta

import pytest

from messenger.accounts import sessions, upkeep
from messenger.accounts.announcements import EndReason, SessionsEnded
from messenger.accounts.models import SignedInSession
from messenger.audit.models import AuditBody
from messenger.protocol.encoding import b64u_decode
from messenger.protocol.json_strict import parse_object
from messenger.web.words import sentence
from tests.cast import Cast, House, refusal
from tests.factories import PersonAtHand, new_id

SIGNED_OUT = (401, "sign_in_needed")


def heard(house: House) -> list[SessionsEnded]:
    """What is announced from now on."""
    ended: list[SessionsEnded] = []
    house.database.subscribers.after_commit(SessionsEnded)(ended.append)
    return ended


def on_another_device(cast: Cast, person: PersonAtHand) -> PersonAtHand:
    """The same person, signed in elsewhere as well."""
    other = PersonAtHand(person.role, person.clock, account=person.account, name=person.name)
    other.credentials, other.keys = person.credentials, person.keys
    return cast.house.sign_in(other)


def is_signed_in(cast: Cast, person: PersonAtHand) -> bool:
    return cast.house.call("GET", "/api/me", by=person).status_code == 200


def tend(cast: Cast) -> None:
    with cast.house.database.unit_of_work() as session:
        upkeep.tend(session, cast.house.clock.now())


def last_entry(cast: Cast, person: PersonAtHand) -> dict[str, object]:
    with cast.house.database.reading_session() as session:
        rows = session.query(AuditBody).filter_by(subject=person.account).order_by(AuditBody.time, AuditBody.event)
        return dict(parse_object(rows.all()[-1].body.encode()))


def test_without_a_session_nothing_of_oneself_is_told(cast: Cast) -> None:
    assert refusal(cast.house.call("GET", "/api/me")) == SIGNED_OUT


@pytest.mark.parametrize("token", ["", "A" * 43, "x" * 5000, "ünïcode"])
def test_a_made_up_token_is_nobodys(cast: Cast, token: str) -> None:
    header = {"Authorization": f"Bearer {token}".encode().decode("latin-1")}
    assert refusal(cast.house.call("GET", "/api/me", headers=header)) == SIGNED_OUT


def test_the_share_is_the_same_while_the_session_runs(cast: Cast) -> None:
    first = cast.house.get("/api/session/share", by=cast.patient)["share"]
    assert cast.house.get("/api/session/share", by=cast.patient)["share"] == first
    assert cast.house.get("/api/session/share", by=on_another_device(cast, cast.patient))["share"] != first


@pytest.mark.parametrize(
    ("path", "reason", "action"),
    [
        ("/api/session/lock", EndReason.LOCKED, "account:locked"),
        ("/api/session/end", EndReason.SIGNED_OUT, "account:signed_out"),
    ],
)
def test_a_session_that_is_ended_is_ended_everywhere(cast: Cast, path: str, reason: EndReason, action: str) -> None:
    ended = heard(cast.house)
    share = b64u_decode(cast.house.get("/api/session/share", by=cast.patient)["share"])
    cast.house.clock.advance(timedelta(seconds=1))
    assert cast.house.call("POST", path, by=cast.patient).status_code == 204
    assert ended == [SessionsEnded((cast.patient.session,), reason)]
    assert not is_signed_in(cast, cast.patient)
    assert last_entry(cast, cast.patient)["action"] == action
    with cast.house.database.reading_session() as session:
        assert not sessions.is_running(session, cast.patient.session, cast.house.clock.now())
        assert share not in [row.share for row in session.query(SignedInSession)]


def test_ending_one_session_leaves_the_others(cast: Cast) -> None:
    other = on_another_device(cast, cast.patient)
    cast.house.call("POST", "/api/session/end", by=cast.patient)
    assert is_signed_in(cast, other)
    assert is_signed_in(cast, cast.nurse)


def test_a_locked_device_stays_in_the_list_and_a_signed_out_one_does_not(cast: Cast) -> None:
    watching = on_another_device(cast, cast.patient)
    cast.house.call("POST", "/api/session/lock", by=cast.patient)
    listed = {one["device"]: one for one in cast.house.get("/api/devices", by=watching)["devices"]}
    assert not listed[cast.patient.device]["open"]
    assert listed[watching.device]["open"]
    assert listed[watching.device]["current"]
    cast.house.sign_in(cast.patient)
    cast.house.call("POST", "/api/session/end", by=cast.patient)
    assert [one["device"] for one in cast.house.get("/api/devices", by=watching)["devices"]] == [watching.device]


def test_one_device_can_be_signed_out_from_another(cast: Cast) -> None:
    stolen, ended = on_another_device(cast, cast.patient), heard(cast.house)
    assert cast.house.call("DELETE", f"/api/devices/{stolen.device}", by=cast.patient).status_code == 204
    assert ended == [SessionsEnded((stolen.session,), EndReason.REVOKED)]
    assert not is_signed_in(cast, stolen)
    assert is_signed_in(cast, cast.patient)


def test_somebody_elses_device_is_not_found(cast: Cast) -> None:
    for device in (cast.nurse.device, new_id("dev"), "nonsense"):
        answer = cast.house.call("DELETE", f"/api/devices/{device}", by=cast.patient)
        assert refusal(answer) == (404, "not_found")
    assert is_signed_in(cast, cast.nurse)


def test_every_other_device_can_be_signed_out_at_once(cast: Cast) -> None:
    others, ended = [on_another_device(cast, cast.patient) for _ in range(2)], heard(cast.house)
    assert cast.house.call("DELETE", "/api/devices", by=cast.patient).status_code == 204
    assert {session for one in ended for session in one.sessions} == {other.session for other in others}
    assert not any(is_signed_in(cast, other) for other in others)
    assert is_signed_in(cast, cast.patient)
    assert [one["device"] for one in cast.house.get("/api/devices", by=cast.patient)["devices"]] == [
        cast.patient.device
    ]


def test_a_session_nobody_uses_ends_after_two_hours(cast: Cast) -> None:
    ended = heard(cast.house)
    cast.house.clock.advance(timedelta(hours=2))
    assert not is_signed_in(cast, cast.patient)
    tend(cast)
    assert cast.patient.session in {session for one in ended for session in one.sessions}
    entry = last_entry(cast, cast.patient)
    assert (entry["action"], entry["actor"], entry["reason"]) == ("account:locked", "system", "idle")
    with cast.house.database.reading_session() as session:
        assert session.query(SignedInSession).count() == 0


def test_a_session_in_use_goes_on(cast: Cast) -> None:
    for _ in range(5):
        cast.house.clock.advance(timedelta(hours=1))
        assert is_signed_in(cast, cast.patient)
    tend(cast)
    assert is_signed_in(cast, cast.patient)


def test_no_session_outlives_a_day(cast: Cast) -> None:
    for _ in range(23):
        cast.house.clock.advance(timedelta(hours=1))
        assert is_signed_in(cast, cast.patient)
    cast.house.clock.advance(timedelta(hours=1))
    assert not is_signed_in(cast, cast.patient)


def test_tending_twice_says_it_once(cast: Cast) -> None:
    cast.house.clock.advance(timedelta(hours=2))
    ended = heard(cast.house)
    tend(cast)
    tend(cast)
    assert len([session for one in ended for session in one.sessions]) == len(
        {session for one in ended for session in one.sessions}
    )


def test_a_cookie_alone_changes_nothing_without_the_header_of_our_own_pages(cast: Cast) -> None:
    cookie = {"Cookie": f"between_session={cast.patient.token}"}
    assert cast.house.call("GET", "/api/me", headers=cookie).status_code == 200
    refused = cast.house.call("POST", "/api/session/end", headers=cookie)
    assert refusal(refused) == (403, "header_missing")
    foreign = {**cookie, "X-Between": "1", "Origin": "http://elsewhere.example"}
    assert refusal(cast.house.call("POST", "/api/session/end", headers=foreign)) == (403, "foreign_origin")
    assert is_signed_in(cast, cast.patient)


def test_choosing_a_language_is_remembered(cast: Cast) -> None:
    assert cast.house.call("PATCH", "/api/me", {"language": "zh-Hans"}, by=cast.patient).status_code == 204
    assert cast.house.get("/api/me", by=cast.patient)["language"] == "zh-Hans"
    answer = cast.house.call("GET", f"/api/accounts/{new_id('acc')}", by=cast.patient)
    assert answer.get_json()["error"]["message"] == sentence("zh-Hans", "refused.not_found")
