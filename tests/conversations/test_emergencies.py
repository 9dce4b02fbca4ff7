"""Emergency access behind the doors: who may what, what is recorded, and that it ends by the clock."""

from datetime import timedelta

import pytest

from messenger.emergency import service
from messenger.protocol.encoding import format_time
from tests.alarms import Alarms
from tests.auditor.logs import checked
from tests.cast import Cast, answered, refusal
from tests.consents import consents_of
from tests.entries import Entries
from tests.factories import new_id
from tests.talk import Talk


@pytest.fixture
def alarms(talk: Talk, cast: Cast) -> Alarms:
    """A clinic with custodians; the patient has written before opting in, and after."""
    talk.send(talk.patient, "Before I opted in")
    custodians = [cast.enter("custodian") for _ in range(3)]
    made = Alarms(talk, consents_of(talk), custodians, cast.enter("provider"), cast.enter("compliance"))
    made.name_custodians()
    made.escrow()
    talk.send(talk.patient, "Since I opted in")
    return made


def released(alarms: Alarms, **changed: str) -> str:
    """An emergency that two custodians have released."""
    emergency = alarms.ask(**changed)
    for custodian in alarms.custodians[:2]:
        answered(alarms.release(emergency, custodian))
    return emergency


def test_every_step_is_in_the_patients_log_with_what_was_signed(alarms: Alarms, entries: Entries) -> None:
    emergency = released(alarms)
    answered(alarms.open(emergency))
    answered(alarms.close(emergency))
    patient, talk = alarms.talk.patient.account, alarms.talk
    for action, count in (("requested", 1), ("released", 2), ("opened", 1), ("closed", 1)):
        found = entries.of(f"emergency:{action}", object=emergency, subject=patient, conversation=talk.conversation)
        assert len(found) == count, action
        assert all(entry.statement is not None for entry in found)
    assert entries.only("emergency:requested").reason == "danger"
    assert entries.only("emergency:closed").reason == "justified"
    assert entries.only("emergency:opted_in").subject == patient
    assert entries.only("emergency_key:made").subject == patient
    assert entries.only("custodians:named").statement == alarms.custodian_set.hash  # type: ignore[union-attr]  # named
    assert entries.placed() > 0
    assert list(checked(alarms.talk.cast).findings) == []


def test_what_was_written_before_is_not_served_and_what_is_served_is_named(alarms: Alarms) -> None:
    served = answered(alarms.open(released(alarms)))
    assert [message["sequence"] for message in served["messages"]] == [2]
    assert served["withheld"] == [{"first": 1, "last": 1}]
    assert {box["reader"] for box in served["control"]["boxes"]} == {alarms.key.emergency_key}  # type: ignore[union-attr]


def test_one_custodian_opens_nothing(alarms: Alarms) -> None:
    emergency = alarms.ask()
    answered(alarms.release(emergency, alarms.custodians[0]))
    assert refusal(alarms.open(emergency)) == (403, "emergency_over")
    assert refusal(alarms.release(emergency, alarms.custodians[0])) == (400, "released_twice")
    assert refusal(alarms.open(emergency)) == (403, "emergency_over")


def test_it_ends_by_time_and_that_is_recorded(alarms: Alarms, entries: Entries) -> None:
    house = alarms.talk.house
    emergency = released(alarms, until=format_time(house.clock.now() + timedelta(minutes=8)))
    answered(alarms.open(emergency))
    older = f"/api/emergencies/{emergency}/messages?before=2"
    answered(house.call("GET", older, by=alarms.requester))
    house.clock.advance(timedelta(minutes=8))
    assert refusal(alarms.open(emergency)) == (403, "emergency_over")
    assert refusal(house.call("GET", older, by=alarms.requester)) == (403, "emergency_over")
    for _ in range(2):
        with house.database.unit_of_work() as session:
            service.end_over(session, house.clock.now())
    ended = entries.only("emergency:ended", object=emergency)
    assert (ended.actor, ended.automatic, ended.subject) == ("system", True, alarms.talk.patient.account)


def test_no_share_comes_after_its_time_whatever_the_custodians_clock_says(alarms: Alarms) -> None:
    soon = format_time(alarms.talk.house.clock.now() + timedelta(minutes=5))
    emergency = alarms.ask(until=soon)
    answered(alarms.release(emergency, alarms.custodians[0]))
    alarms.talk.house.clock.advance(timedelta(minutes=6))
    code = refusal(alarms.release(emergency, alarms.custodians[1]))
    assert code == (400, "emergency_over")
    assert refusal(alarms.open(emergency)) == (403, "emergency_over")


def test_compliance_ends_it_and_nobody_else_closes_it(alarms: Alarms) -> None:
    emergency = released(alarms)
    assert refusal(alarms.close(emergency, alarms.custodians[0])) == (400, "not_compliance")
    answered(alarms.close(emergency))
    assert refusal(alarms.open(emergency)) == (403, "emergency_over")
    assert refusal(alarms.close(emergency)) == (400, "emergency_over")


def test_a_request_to_open_counts_once_and_for_this_conversation(alarms: Alarms) -> None:
    emergency, talk = released(alarms), alarms.talk
    opening = talk.opening(alarms.requester)
    answered(alarms.open(emergency, opening=opening))
    assert refusal(alarms.open(emergency, opening=opening)) == (409, "statement_used")
    elsewhere = talk.opening(alarms.requester, conversation=new_id("cnv"))
    assert refusal(alarms.open(emergency, opening=elsewhere)) == (400, "statement_misplaced")
    assert refusal(alarms.open(emergency, by=talk.cast.provider)) == (404, "not_found")
    nowhere = talk.house.call("GET", talk.path("messages"), by=alarms.requester)
    assert refusal(nowhere) == (404, "not_found")


def test_the_next_epoch_leaves_a_used_key_out_and_names_why(alarms: Alarms) -> None:
    released(alarms)
    talk = alarms.talk
    stale = talk.post(talk.patient, talk.write(talk.patient, "To whom?"))
    assert refusal(stale) == (409, "stale_epoch")
    assert refusal(alarms.try_rotating(escrowed=True, reason="age")) == (409, "wrong_readers")
    assert refusal(alarms.try_rotating(escrowed=False, reason="age")) == (409, "wrong_readers")
    alarms.rotate(escrowed=False, reason="emergency")
    talk.send(talk.patient, "Among ourselves")
    assert refusal(alarms.try_rotating(escrowed=False, reason="emergency")) == (409, "wrong_readers")
    assert refusal(alarms.post(alarms.asking())) == (409, "not_opted_in")


def test_a_standing_key_is_not_left_out(alarms: Alarms) -> None:
    assert refusal(alarms.try_rotating(escrowed=False, reason="age")) == (409, "wrong_readers")
    assert refusal(alarms.try_rotating(escrowed=False, reason="emergency")) == (409, "wrong_readers")


def test_other_custodians_end_every_key_of_those_before(alarms: Alarms, cast: Cast) -> None:
    alarms.custodians[0] = cast.enter("custodian")
    alarms.name_custodians()
    talk = alarms.talk
    assert refusal(talk.post(talk.patient, talk.write(talk.patient, "To whom?"))) == (409, "stale_epoch")
    assert refusal(alarms.post(alarms.asking())) == (409, "not_opted_in")
    alarms.rotate(escrowed=False, reason="emergency")
    body = alarms.keying()
    answered(alarms.post_key(body))
    talk.moved(body)
    alarms.rotate(escrowed=True)
    assert alarms.ask()


def test_who_has_opted_out_is_asked_about_in_vain(alarms: Alarms) -> None:
    answered(alarms.choose(opted_in=False))
    assert refusal(alarms.post(alarms.asking())) == (409, "not_opted_in")
    assert refusal(alarms.post_key(alarms.keying())) == (409, "not_opted_in")
    assert refusal(alarms.choose(opted_in=False)) == (400, "nothing_changed")


def test_who_opts_out_once_they_are_told_is_not_opened(alarms: Alarms) -> None:
    emergency = alarms.ask()
    answered(alarms.release(emergency, alarms.custodians[0]))
    answered(alarms.choose(opted_in=False))
    assert refusal(alarms.release(emergency, alarms.custodians[1])) == (409, "not_opted_in")
    assert refusal(alarms.open(emergency)) == (403, "emergency_over")


def test_whom_the_patient_blocks_asks_in_vain_and_a_colleague_may(alarms: Alarms) -> None:
    alarms.consents.decide(alarms.consents.blocking(alarms.requester))
    assert refusal(alarms.post(alarms.asking())) == (403, "requester_blocked")
    alarms.requester = alarms.talk.cast.nurse
    assert alarms.ask()


def test_whom_the_patient_blocks_is_served_no_more_of_what_was_released(alarms: Alarms) -> None:
    emergency = released(alarms)
    answered(alarms.open(emergency))
    alarms.consents.decide(alarms.consents.blocking(alarms.requester))
    assert refusal(alarms.open(emergency)) == (403, "emergency_over")


def test_only_the_patient_makes_a_key_and_for_the_running_custodians(alarms: Alarms, cast: Cast) -> None:
    by_nurse = alarms.keying(by=cast.nurse)
    assert refusal(alarms.post_key(by_nurse, by=cast.nurse)) == (403, "role_not_allowed")
    assert alarms.post_key(by_nurse).status_code == 400
    alarms.custodians[0] = cast.enter("custodian")
    assert refusal(alarms.post_key(alarms.keying())) == (400, "wrong_custodians")
    stranger = cast.enter_patient()
    assert refusal(alarms.post_key(alarms.keying(), by=stranger)) == (404, "not_found")


def test_nobody_but_custodians_is_named_one(alarms: Alarms, cast: Cast) -> None:
    alarms.custodians[0] = cast.nurse
    with pytest.raises(AssertionError, match="custodians_unfit"):
        alarms.name_custodians()


def test_one_custodian_spends_nothing(alarms: Alarms) -> None:
    answered(alarms.release(alarms.ask(), alarms.custodians[0]))
    alarms.talk.send(alarms.talk.patient, "The key still stands")
    assert alarms.ask()


def test_a_replaced_key_is_asked_for_in_vain(alarms: Alarms) -> None:
    before = alarms.key
    body = alarms.keying()
    answered(alarms.post_key(body))
    alarms.key, made = before, alarms.key
    assert refusal(alarms.post(alarms.asking())) == (409, "not_opted_in")
    alarms.key = made
    assert alarms.ask()
