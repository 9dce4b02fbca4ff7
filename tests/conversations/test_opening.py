"""Content is served within a lease, and a lease is a signed request whose entry is durable first."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from messenger.audit.models import AuditDetail
from messenger.protocol.encoding import parse_time
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.statement import Envelope
from tests.cast import refusal, renew_team_key
from tests.entries import Entries
from tests.factories import PersonAtHand, new_id
from tests.talk import Talk

OPEN_FIRST = (403, "open_first")


def try_to_open(talk: Talk, by: PersonAtHand, statement: Envelope) -> tuple[int, str]:
    return refusal(talk.house.call("POST", talk.path("open"), {"statement": statement.as_json()}, by=by))


def renew(talk: Talk, by: PersonAtHand, statement: Envelope) -> Any:
    return talk.house.call("POST", talk.path("renew"), {"statement": statement.as_json()}, by=by)


def leave(talk: Talk, by: PersonAtHand, first: int, last: int) -> Any:
    return talk.house.call("POST", talk.path("leave"), {"first": first, "last": last}, by=by)


def try_to_read(talk: Talk, by: PersonAtHand) -> tuple[int, str]:
    return refusal(talk.house.call("GET", talk.path("messages"), by=by))


def test_opening_serves_the_newest_messages_and_is_in_the_log(talk: Talk, entries: Entries) -> None:
    for number in range(60):
        talk.send(talk.patient, f"message {number}")
    opening = talk.opening(talk.cast.provider, "answer")
    served = talk.house.post(talk.path("open"), {"statement": opening.as_json()}, by=talk.cast.provider)
    assert [message["sequence"] for message in served["messages"]] == list(range(11, 61))
    assert (served["last_sequence"], served["receipts"]) == (60, [])
    assert parse_time(served["lease"]["until"]) == talk.house.clock.now() + timedelta(minutes=15)
    assert [Envelope.parse(one).hash for one in served["control"]["statements"]] == [talk.head]
    entry = entries.only("conversation:opened")
    assert (entry.id, entry.actor, entry.subject) == (
        served["event"],
        talk.cast.provider.account,
        talk.patient.account,
    )
    assert (entry.reason, entry.automatic, entry.statement) == ("answer", False, opening.hash)


def test_a_client_that_opens_by_itself_says_so(talk: Talk, entries: Entries) -> None:
    talk.open(talk.patient, "automatic")
    assert entries.only("conversation:opened").automatic


def test_without_an_opening_nothing_is_served(talk: Talk) -> None:
    talk.send(talk.patient)
    assert try_to_read(talk, talk.cast.provider) == OPEN_FIRST
    talk.open(talk.cast.nurse)
    assert try_to_read(talk, talk.cast.provider) == OPEN_FIRST


def test_another_session_of_the_same_person_opens_for_itself(talk: Talk) -> None:
    talk.open(talk.patient)
    before = talk.patient.token
    talk.house.sign_in(talk.patient)
    assert talk.patient.token != before
    assert try_to_read(talk, talk.patient) == OPEN_FIRST


def test_a_lease_ends_after_fifteen_minutes(talk: Talk) -> None:
    talk.send(talk.patient)
    talk.open(talk.cast.provider)
    talk.house.clock.advance(timedelta(minutes=15) - timedelta(milliseconds=1))
    assert len(talk.messages(talk.cast.provider)["messages"]) == 1
    talk.house.clock.advance(timedelta(milliseconds=1))
    assert try_to_read(talk, talk.cast.provider) == OPEN_FIRST


def test_a_renewal_lets_a_lease_run_on_and_is_in_the_log_as_automatic(talk: Talk, entries: Entries) -> None:
    opening = talk.opening(talk.patient)
    opened = talk.house.post(talk.path("open"), {"statement": opening.as_json()}, by=talk.patient)
    talk.house.clock.advance(timedelta(minutes=14))
    renewal = talk.renewal(talk.patient, opening)
    until = renew(talk, talk.patient, renewal).get_json()["lease"]["until"]
    assert parse_time(until) == talk.house.clock.now() + timedelta(minutes=15)
    talk.house.clock.advance(timedelta(minutes=14))
    assert talk.messages(talk.patient)["last_sequence"] == 0
    entry = entries.only("conversation:renewed")
    assert (entry.object, entry.statement, entry.automatic) == (opened["event"], renewal.hash, True)


def test_an_opening_counts_once(talk: Talk, entries: Entries) -> None:
    opening = talk.opening(talk.patient)
    talk.house.post(talk.path("open"), {"statement": opening.as_json()}, by=talk.patient)
    assert try_to_open(talk, talk.patient, opening) == (409, "statement_used")
    assert len(entries.of("conversation:opened")) == 1


def test_a_renewal_counts_once_and_never_after_a_later_one(talk: Talk) -> None:
    opening = talk.opening(talk.patient)
    talk.house.post(talk.path("open"), {"statement": opening.as_json()}, by=talk.patient)
    talk.house.clock.advance(timedelta(minutes=1))
    earlier = talk.renewal(talk.patient, opening)
    talk.house.clock.advance(timedelta(minutes=1))
    later = talk.renewal(talk.patient, opening)
    assert renew(talk, talk.patient, later).status_code == 200
    for old in (later, earlier):
        assert refusal(renew(talk, talk.patient, old)) == (409, "statement_used")


def test_a_lease_that_ended_is_not_renewed(talk: Talk) -> None:
    opening = talk.opening(talk.patient)
    talk.house.post(talk.path("open"), {"statement": opening.as_json()}, by=talk.patient)
    talk.house.clock.advance(timedelta(minutes=15))
    assert refusal(renew(talk, talk.patient, talk.renewal(talk.patient, opening))) == OPEN_FIRST


def test_a_lease_is_renewed_by_the_session_that_holds_it(talk: Talk) -> None:
    opening = talk.opening(talk.cast.provider)
    talk.house.post(talk.path("open"), {"statement": opening.as_json()}, by=talk.cast.provider)
    talk.house.clock.advance(timedelta(minutes=1))
    assert refusal(renew(talk, talk.cast.nurse, talk.renewal(talk.cast.nurse, opening))) == OPEN_FIRST
    assert refusal(renew(talk, talk.patient, talk.renewal(talk.patient, talk.opening(talk.patient)))) == OPEN_FIRST


def test_leaving_ends_the_lease_and_says_what_was_shown(talk: Talk, entries: Entries) -> None:
    for _ in range(3):
        talk.send(talk.patient)
    opened = talk.open(talk.cast.provider)
    assert leave(talk, talk.cast.provider, 1, 3).status_code == 204
    assert try_to_read(talk, talk.cast.provider) == OPEN_FIRST
    entry = entries.only("conversation:left")
    assert entry.object == opened["event"]
    with talk.house.database.reading_session() as session:
        detail = session.get(AuditDetail, entry.id)
        assert detail is not None
        assert detail.text == '{"first":1,"last":3}'
    assert refusal(leave(talk, talk.cast.provider, 1, 3)) == OPEN_FIRST


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 1), (1, 2), (5, 5), (-1, 0)])
def test_nobody_leaves_with_messages_that_are_not_there(talk: Talk, first: int, last: int) -> None:
    talk.send(talk.patient)
    talk.open(talk.patient)
    status, code = refusal(leave(talk, talk.patient, first, last))
    assert (status, code) in {(400, "sequence_unknown"), (400, "bad_members")}
    assert leave(talk, talk.patient, 0, 0).status_code == 204


def test_whom_no_consent_covers_is_told_nothing_and_the_attempt_is_recorded(talk: Talk, entries: Entries) -> None:
    stranger = talk.cast.enter("provider")
    nowhere = {"statement": talk.opening(stranger, conversation=new_id("cnv")).as_json()}
    unknown = talk.house.call("POST", f"/api/conversations/{new_id('cnv')}/open", nowhere, by=stranger)
    refused = talk.house.call("POST", talk.path("open"), {"statement": talk.opening(stranger).as_json()}, by=stranger)
    assert (refused.status_code, refused.data) == (unknown.status_code, unknown.data)
    entry = entries.only("conversation:opened")
    assert (entry.outcome, entry.reason) == ("refused", "not_a_reader")
    assert (entry.actor, entry.subject) == (stranger.account, talk.patient.account)


def test_another_patient_is_told_nothing(talk: Talk, entries: Entries) -> None:
    other = talk.cast.enter_patient()
    assert try_to_open(talk, other, talk.opening(other)) == (404, "not_found")
    assert try_to_read(talk, other) == (404, "not_found")
    assert refusal(talk.house.call("GET", talk.path("control"), by=other)) == (404, "not_found")
    assert len(entries.of("conversation:opened", outcome="refused", actor=other.account)) == 3


def test_who_left_the_team_is_served_nothing_more(talk: Talk) -> None:
    cast = talk.cast
    opening = talk.opening(cast.nurse)
    talk.house.post(talk.path("open"), {"statement": opening.as_json()}, by=cast.nurse)
    renew_team_key(cast.house, cast.team, cast.provider, [cast.provider])
    talk.house.clock.advance(timedelta(minutes=1))
    assert try_to_read(talk, cast.nurse) == (404, "not_found")
    assert refusal(renew(talk, cast.nurse, talk.renewal(cast.nurse, opening))) == (404, "not_found")


@pytest.mark.parametrize("changed", ["account", "device", "conversation"])
def test_an_opening_is_good_for_its_own_account_device_and_place(talk: Talk, changed: str) -> None:
    other = {"account": new_id("acc"), "device": new_id("dev"), "conversation": new_id("cnv")}[changed]
    statement = talk.opening(talk.patient, **{changed: other})
    assert try_to_open(talk, talk.patient, statement) == (400, "statement_misplaced")


def test_an_opening_that_somebody_else_signed_is_refused(talk: Talk) -> None:
    assert try_to_open(talk, talk.patient, talk.opening(talk.cast.provider)) == (400, "wrong_key")


def test_a_renewal_opens_nothing(talk: Talk) -> None:
    renewal = talk.renewal(talk.patient, talk.opening(talk.patient))
    assert try_to_open(talk, talk.patient, renewal) == (400, "wrong_type")


def test_an_opening_of_another_day_is_refused(talk: Talk) -> None:
    opening = talk.opening(talk.patient)
    talk.house.clock.advance(timedelta(minutes=11))
    assert try_to_open(talk, talk.patient, opening) == (400, "clock_skewed")


@pytest.mark.parametrize(
    "body", [b'{"statement": "\xff"}', b'{"statement": {}, "statement": {}}', b"[]", b"\xef\xbb\xbf{}"]
)
def test_broken_requests_are_refused_in_words(talk: Talk, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {talk.patient.token}"}
    response = talk.house.client.post(talk.path("open"), data=body, headers=headers)
    assert refusal(response) == (400, "malformed_json")


def test_a_lone_surrogate_is_refused(talk: Talk) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {talk.patient.token}"}
    response = talk.house.client.post(talk.path("open"), data=b'{"statement":"\\ud800"}', headers=headers)
    assert refusal(response) == (400, "malformed_json")


def test_what_cannot_be_recorded_is_not_served(talk: Talk) -> None:
    talk.send(talk.patient)
    rename(talk, "audit_bodies", "audit_bodies_gone")
    response = talk.house.call(
        "POST", talk.path("open"), {"statement": talk.opening(talk.patient).as_json()}, by=talk.patient
    )
    assert refusal(response) == (503, "cannot_be_stored")
    rename(talk, "audit_bodies_gone", "audit_bodies")
    assert try_to_read(talk, talk.patient) == OPEN_FIRST
    assert talk.open(talk.patient)["last_sequence"] == 1


def rename(talk: Talk, table: str, to: str) -> None:
    with talk.house.database.unit_of_work() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO {to}"))


def test_pages_go_backwards_and_forwards_without_gaps(talk: Talk) -> None:
    for number in range(7):
        talk.send(talk.patient, f"message {number}")
    talk.open(talk.patient)

    def sequences(query: str) -> list[int]:
        page: JsonObject = talk.messages(talk.patient, query)
        assert page["last_sequence"] == 7
        return [message["sequence"] for message in page["messages"]]  # type: ignore[index,call-overload,misc,union-attr]

    assert sequences("") == [1, 2, 3, 4, 5, 6, 7]
    assert sequences("?limit=3") == [5, 6, 7]
    assert sequences("?before=5&limit=3") == [2, 3, 4]
    assert sequences("?before=2&limit=3") == [1]
    assert sequences("?after=5") == [6, 7]
    assert sequences("?after=0&limit=2") == [1, 2]
    assert sequences("?after=7") == []


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=201", "?limit=x", "?before=1&after=1", "?before=-1", "?after=1.5", "?after=²"]
)
def test_a_page_that_makes_no_sense_is_refused(talk: Talk, query: str) -> None:
    talk.open(talk.patient)
    assert refusal(talk.house.call("GET", talk.path("messages") + query, by=talk.patient)) == (400, "bad_query")
