"""Beginning, rotating and naming: the server stores no link that an honest client would refuse."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from messenger.protocol.encoding import b64u_decode, b64u_encode, hash_text
from messenger.protocol.epoch import decrypt_name, open_epoch
from messenger.protocol.kinds.conversation import ConversationCreateBody, ConversationRotationBody
from messenger.protocol.statement import Envelope, verify
from tests.cast import Cast, refusal, renew_team_key
from tests.entries import Entries
from tests.factories import HandClock, PersonAtHand, new_id, new_keys
from tests.talk import Talk, a_talk

CHAIN_MOVED = (409, "chain_moved")


def begin(talk: Talk, by: PersonAtHand, body: dict[str, Any]) -> tuple[int, str]:
    return refusal(talk.house.call("POST", "/api/conversations", body, by=by))


def append(talk: Talk, by: PersonAtHand, body: dict[str, Any]) -> tuple[int, str]:
    return refusal(talk.house.call("POST", talk.path("control"), body, by=by))


def test_a_patient_begins_a_conversation_and_both_sides_open_its_key(unbegun: Talk) -> None:
    talk = unbegun.begin(unbegun.patient, name="My insulin")
    for person, reader, private in (
        (talk.patient, talk.patient.account, talk.patient.current.sealing),
        (talk.cast.provider, talk.cast.team.team, talk.cast.team.keys[-1]),
    ):
        control = talk.house.get(talk.path("control"), by=person)
        (envelope,) = [Envelope.parse(one) for one in control["statements"]]
        statement = verify(envelope, ConversationCreateBody, {"self": talk.patient.current.signing.public})
        (box,) = control["boxes"]
        assert (box["epoch"], box["reader"]) == (1, reader)
        key = open_epoch(talk.conversation, statement.body.epoch, reader, private, b64u_decode(box["box"]))
        assert key == talk.key
        name = b64u_decode(control["names"][envelope.hash])
        assert decrypt_name(key, talk.conversation, 1, name) == "My insulin"


def test_a_member_of_the_team_begins_one_when_the_consent_lets_it(unbegun: Talk, entries: Entries) -> None:
    unbegun.begin(unbegun.cast.nurse)
    entry = entries.only("conversation:created", conversation=unbegun.conversation)
    assert (entry.actor, entry.subject) == (unbegun.cast.nurse.account, unbegun.patient.account)
    assert entry.statement == unbegun.head


def test_a_consent_to_be_read_is_not_one_to_be_written_to_first(cast: Cast, unbegun: Talk) -> None:
    patient = PersonAtHand("patient", cast.house.clock)
    invitation = cast.invite("patient", (cast.team.team,))
    body = cast.house.joining(patient, invitation)
    body["consent"] = patient.first_consent(cast.team.team, may_open=False).as_json()
    patient.token = cast.house.post("/api/join", body)["token"]
    talk = a_talk(cast, patient)
    assert begin(talk, cast.nurse, talk.creation(cast.nurse, talk.next_epoch())) == (403, "not_covered")
    talk.begin(patient)
    unbegun.begin(unbegun.cast.nurse)


def test_whom_no_consent_covers_begins_nothing_and_the_attempt_is_recorded(unbegun: Talk, entries: Entries) -> None:
    stranger = unbegun.cast.enter("provider")
    body = unbegun.creation(stranger, unbegun.next_epoch())
    assert begin(unbegun, stranger, body) == (404, "not_found")
    entry = entries.only("conversation:created", actor=stranger.account)
    assert (entry.outcome, entry.reason, entry.subject) == ("refused", "not_a_reader", unbegun.patient.account)


def test_nobody_begins_a_conversation_of_somebody_who_is_no_patient(unbegun: Talk) -> None:
    nurse = unbegun.cast.nurse
    body = unbegun.creation(nurse, unbegun.next_epoch(), patient=unbegun.cast.provider.account)
    assert begin(unbegun, nurse, body) == (404, "not_found")


def test_the_key_is_sealed_to_exactly_whom_consent_names(unbegun: Talk) -> None:
    readers = unbegun.readers()
    nurse = unbegun.cast.nurse
    more = {**readers, nurse.account: nurse.sealing_public}
    fewer = {unbegun.patient.account: unbegun.patient.sealing_public}
    another_key = {**readers, unbegun.cast.team.team: new_keys().sealing.public}
    for wrong in (more, fewer, another_key):
        body = unbegun.creation(unbegun.patient, unbegun.next_epoch(wrong))
        assert begin(unbegun, unbegun.patient, body) == (409, "wrong_readers")


def test_a_link_names_the_newest_consent(unbegun: Talk) -> None:
    body = unbegun.creation(unbegun.patient, unbegun.next_epoch(), consent_head=hash_text(b"another"))
    assert begin(unbegun, unbegun.patient, body) == (409, "consent_moved")


@pytest.mark.parametrize("harm", ["missing", "swapped", "short", "other name", "no name"])
def test_what_travels_beside_a_link_is_what_it_names(unbegun: Talk, harm: str) -> None:
    body = unbegun.creation(unbegun.patient, unbegun.next_epoch(), name="My insulin")
    boxes = dict(body["boxes"])
    first, second = boxes
    if harm == "missing":
        body["boxes"] = {first: boxes[first]}
    elif harm == "swapped":
        body["boxes"] = {first: boxes[second], second: boxes[first]}
    elif harm == "short":
        body["boxes"] = {**boxes, first: b64u_encode(b"short")}
    else:
        body["name"] = b64u_encode(secrets.token_bytes(300)) if harm == "other name" else None
    assert begin(unbegun, unbegun.patient, body) == (400, "boxes_mismatched")


def test_a_beginning_signed_by_somebody_else_is_refused(unbegun: Talk) -> None:
    body = unbegun.creation(unbegun.cast.provider, unbegun.next_epoch())
    assert begin(unbegun, unbegun.patient, body) == (400, "wrong_key")


def test_a_statement_of_another_kind_is_refused(unbegun: Talk) -> None:
    body = unbegun.creation(unbegun.patient, unbegun.next_epoch())
    body["statement"] = unbegun.opening(unbegun.patient).as_json()
    assert begin(unbegun, unbegun.patient, body) == (400, "wrong_type")


def test_another_clinic_in_a_beginning_is_refused(unbegun: Talk) -> None:
    body = unbegun.creation(unbegun.patient, unbegun.next_epoch(), clinic=new_id("cln"))
    assert begin(unbegun, unbegun.patient, body) == (400, "statement_misplaced")


def test_a_link_dated_back_or_ahead_is_refused(unbegun: Talk) -> None:
    for minutes in (-11, 11):
        ahead = with_clock_off(unbegun.patient, minutes)
        body = unbegun.creation(ahead, unbegun.next_epoch())
        assert begin(unbegun, unbegun.patient, body) == (400, "clock_skewed")


def with_clock_off(person: PersonAtHand, minutes: int) -> PersonAtHand:
    """The same person with a clock that is wrong."""
    return replace(person, clock=HandClock(person.clock.now() + timedelta(minutes=minutes)))


def test_the_same_conversation_begins_once(talk: Talk) -> None:
    again = a_talk(talk.cast)
    again.conversation = talk.conversation
    assert begin(talk, talk.patient, again.creation(talk.patient, again.next_epoch())) == CHAIN_MOVED


@pytest.mark.parametrize("boxes", [None, [], {"acc": 1}, {"acc": "!"}, "text"])
def test_boxes_that_are_none_are_refused(unbegun: Talk, boxes: object) -> None:
    body = {**unbegun.creation(unbegun.patient, unbegun.next_epoch()), "boxes": boxes}
    status, _ = begin(unbegun, unbegun.patient, body)
    assert status == 400


def test_a_rotation_gives_everybody_the_next_key(talk: Talk, entries: Entries) -> None:
    before = talk.key
    talk.rotate(talk.cast.provider)
    control = talk.house.get(talk.path("control"), by=talk.patient)
    envelope = Envelope.parse(control["statements"][-1])
    statement = verify(envelope, ConversationRotationBody, {"self": talk.cast.provider.current.signing.public})
    assert [box["epoch"] for box in control["boxes"]] == [1, 2]
    key = open_epoch(
        talk.conversation,
        statement.body.epoch,
        talk.patient.account,
        talk.patient.current.sealing,
        b64u_decode(control["boxes"][1]["box"]),
    )
    assert key == talk.key != before
    assert entries.only("conversation:rotated").statement == talk.head


def test_of_two_rotations_at_once_one_is_taken(talk: Talk) -> None:
    provider, patient = talk.cast.provider, talk.patient
    late = talk.rotation(patient, talk.next_epoch())
    talk.rotate(provider)
    assert append(talk, patient, late) == CHAIN_MOVED
    talk.rotate(patient)


def test_an_epoch_number_is_the_one_before_plus_one(talk: Talk) -> None:
    epoch = talk.next_epoch()
    epoch = replace(epoch, epoch=replace(epoch.epoch, number=3))
    assert append(talk, talk.patient, talk.rotation(talk.patient, epoch)) == CHAIN_MOVED


def test_after_a_new_team_key_the_old_one_cannot_be_sealed_to(talk: Talk) -> None:
    cast = talk.cast
    old = talk.next_epoch()
    renew_team_key(cast.house, cast.team, cast.provider, [cast.provider, cast.nurse])
    assert append(talk, cast.provider, talk.rotation(cast.provider, old)) == (409, "wrong_readers")
    talk.rotate(cast.provider)


def test_who_was_not_given_the_teams_new_key_reads_and_rotates_no_longer(talk: Talk, entries: Entries) -> None:
    cast = talk.cast
    renew_team_key(cast.house, cast.team, cast.provider, [cast.provider])
    assert append(talk, cast.nurse, talk.rotation(cast.nurse, talk.next_epoch())) == (404, "not_found")
    assert entries.only("conversation:rotated", outcome="refused").actor == cast.nurse.account
    assert refusal(talk.house.call("GET", talk.path("control"), by=cast.nurse)) == (404, "not_found")


def test_a_name_is_shown_until_the_next_one(talk: Talk, entries: Entries) -> None:
    assert listed(talk, talk.patient)["name"] is None
    for name in ("Insulin", "Insulin and diet"):
        body = talk.naming(talk.cast.nurse, name)
        talk.house.post(talk.path("control"), body, by=talk.cast.nurse)
        talk.moved(body)
        shown = listed(talk, talk.patient)["name"]
        assert decrypt_name(talk.key, talk.conversation, shown["epoch"], b64u_decode(shown["ciphertext"])) == name
    assert len(entries.of("conversation:named")) == 2
    talk.rotate(talk.patient)
    assert listed(talk, talk.patient)["name"] is None


def listed(talk: Talk, by: PersonAtHand) -> Any:
    (line,) = talk.house.get("/api/conversations", by=by)["conversations"]
    return line


def test_a_name_under_another_epoch_is_refused(talk: Talk) -> None:
    body = talk.naming(talk.patient, "Insulin", epoch=2)
    assert append(talk, talk.patient, body) == CHAIN_MOVED


def test_a_name_that_is_not_the_one_signed_is_refused(talk: Talk) -> None:
    body = talk.naming(talk.patient, "Insulin") | {"name": b64u_encode(secrets.token_bytes(300))}
    assert append(talk, talk.patient, body) == (400, "boxes_mismatched")


def test_a_link_of_another_conversation_is_refused(talk: Talk) -> None:
    for body in (
        talk.rotation(talk.patient, talk.next_epoch(), conversation=new_id("cnv")),
        talk.naming(talk.patient, "Insulin", conversation=new_id("cnv")),
    ):
        assert append(talk, talk.patient, body) == (400, "statement_misplaced")


def test_of_a_conversation_that_is_not_there_nothing_is_said(talk: Talk) -> None:
    for conversation in (new_id("cnv"), new_id("acc"), "nonsense", "%00", "cnv_" + "0" * 32):
        response = talk.house.call("GET", f"/api/conversations/{conversation}/control", by=talk.patient)
        assert refusal(response) == (404, "not_found")


def test_who_has_verified_the_chain_as_far_as_a_statement_is_served_what_stands_after_it(talk: Talk) -> None:
    whole_before = talk.house.get(talk.path("control"), by=talk.patient)
    begun = Envelope.parse(whole_before["statements"][-1]).hash
    talk.rotate(talk.cast.provider)
    rotated = talk.head
    naming = talk.naming(talk.patient, "My insulin")
    talk.house.post(talk.path("control"), naming, by=talk.patient)
    talk.moved(naming)
    whole = talk.house.get(talk.path("control"), by=talk.patient)
    served = talk.house.get(f"{talk.path('control')}?after={begun}", by=talk.patient)
    assert (whole["after"], served["after"]) == (None, begun)
    assert served["statements"] == whole["statements"][1:]
    assert (served["boxes"], served["names"]) == (whole["boxes"][1:], {talk.head: whole["names"][talk.head]})
    named = talk.house.get(f"{talk.path('control')}?after={rotated}", by=talk.patient)
    assert (named["statements"], named["boxes"]) == (whole["statements"][2:], [])
    newest = talk.house.get(f"{talk.path('control')}?after={talk.head}", by=talk.patient)
    assert (newest["statements"], newest["names"], newest["boxes"], newest["history"]) == ([], {}, [], [])


def test_who_asks_for_what_follows_a_statement_of_no_such_chain_is_served_it_whole(talk: Talk) -> None:
    whole = talk.house.get(talk.path("control"), by=talk.patient)
    assert talk.house.get(f"{talk.path('control')}?after={talk.consent_head}", by=talk.patient) == whole
    assert refusal(talk.house.call("GET", f"{talk.path('control')}?after=nothing", by=talk.patient)) == (
        400,
        "bad_members",
    )


def test_an_opening_serves_what_follows_the_statement_that_is_known(talk: Talk) -> None:
    body = {"statement": talk.opening(talk.patient).as_json()}
    opened = talk.house.post(f"{talk.path('open')}?after={talk.head}", body, by=talk.patient)
    assert (opened["control"]["statements"], opened["control"]["after"]) == ([], talk.head)
