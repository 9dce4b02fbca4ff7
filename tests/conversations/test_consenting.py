"""A patient decides who reads: given, changed, taken back, with the new keys, as one or not at all."""

from datetime import timedelta
from typing import Any

import pytest

from messenger.chains import service as chains
from messenger.consent import service as consent
from messenger.protocol.encoding import format_time
from tests.cast import Cast, refusal
from tests.consents import Consents, consents_of
from tests.entries import Entries
from tests.factories import PersonAtHand, new_id
from tests.talk import Talk, a_talk


@pytest.fixture
def consents(talk: Talk) -> Consents:
    """The patient's, who has one conversation with the team."""
    return consents_of(talk)


@pytest.fixture
def colleague(cast: Cast) -> PersonAtHand:
    """A provider of the clinic who is in no team."""
    return cast.enter("provider")


def reads(consents: Consents, person: PersonAtHand) -> bool:
    with consents.house.database.reading_session() as session:
        where = (consents.patient.account, consents.talk.conversation, consents.house.clock.now())
        return consent.may_read(session, person.account, *where)


def state(consents: Consents) -> Any:
    """Where the patient's consents and the conversation stand."""
    with consents.house.database.reading_session() as session:
        heads = [f"consent:{consents.patient.account}", f"conversation:{consents.talk.conversation}"]
        return chains.heads(session, heads), consent.consents_of(session, consents.patient.account)


def test_whom_the_patient_lets_in_reads_from_the_next_epoch_on(
    consents: Consents, colleague: PersonAtHand, entries: Entries
) -> None:
    assert not reads(consents, colleague)
    given = consents.let_read(colleague)
    assert reads(consents, colleague)
    entry = entries.only("consent:given", object=given)
    assert (entry.actor, entry.subject, entry.statement) == (consents.patient.account,) * 2 + (consents.head,)
    assert [box["epoch"] for box in consents.talk.open(colleague)["control"]["boxes"]] == [2]
    entries.placed()


def test_other_terms_count_from_their_place_on(consents: Consents, colleague: PersonAtHand, entries: Entries) -> None:
    given = consents.let_read(colleague)
    soon = format_time(consents.house.clock.now() + timedelta(minutes=5))
    consents.decide(consents.changing(given, until=soon))
    assert entries.only("consent:changed").object == given
    assert reads(consents, colleague)
    consents.house.clock.advance(timedelta(minutes=5))
    assert not reads(consents, colleague)
    listed = consents.house.get("/api/conversations", by=colleague)["conversations"]
    assert listed == []


def test_what_was_narrowed_to_another_conversation_is_closed_here(consents: Consents, colleague: PersonAtHand) -> None:
    given = consents.let_read(colleague)
    consents.decide(consents.changing(given, scope=new_id("cnv")), consents.talk.readers())
    assert not reads(consents, colleague)


def test_who_was_taken_off_reads_nothing_and_the_log_says_so(
    consents: Consents, colleague: PersonAtHand, entries: Entries
) -> None:
    given = consents.let_read(colleague)
    consents.talk.open(colleague)
    consents.take_back(given)
    assert entries.only("consent:revoked").statement == consents.head
    for method, verb in (("GET", "messages"), ("GET", "control")):
        assert refusal(consents.house.call(method, consents.talk.path(verb), by=colleague)) == (404, "not_found")
    assert consents.house.get("/api/conversations", by=colleague)["conversations"] == []
    assert refusal(consents.talk.post(colleague, consents.talk.write(colleague)))[1] == "not_found"
    assert consents.talk.send(consents.patient)["sequence"] == 1


def test_a_consent_that_was_taken_back_never_returns(consents: Consents, colleague: PersonAtHand) -> None:
    given = consents.let_read(colleague)
    consents.take_back(given)
    assert refusal(consents.send(consents.changing(given, purpose="billing"))) == (400, "consent_ended")
    assert refusal(consents.send(consents.giving(colleague.account, consent=given))) == (400, "consent_repeated")


def test_a_second_team_may_be_let_in(consents: Consents, cast: Cast, colleague: PersonAtHand) -> None:
    team, statement = cast.hand.creates_team("Foot team", colleague.account, cast.founder.account)
    cast.house.post("/api/teams", {"statement": statement.as_json()}, by=cast.founder)
    assert refusal(consents.send(consents.giving(team))) == (409, "team_key_missing")
    assert refusal(consents.send(consents.giving(new_id("tea")))) == (404, "team_unknown")


def test_only_care_staff_of_the_clinic_can_be_let_in(consents: Consents, cast: Cast) -> None:
    before = state(consents)
    for nobody in (cast.founder.account, cast.enter("compliance").account, cast.enter_patient().account, new_id("acc")):
        assert refusal(consents.send(consents.giving(nobody))) == (400, "grantee_unknown")
    assert state(consents) == before


def test_nobody_but_the_patient_decides(consents: Consents, cast: Cast, colleague: PersonAtHand) -> None:
    envelope, other = consents.giving(colleague.account), cast.enter_patient()
    assert refusal(consents.send(envelope, by=cast.nurse)) == (403, "role_not_allowed")
    assert refusal(consents.send(envelope, by=other))[1] == "wrong_key"
    forged = other.says(consents._body(consent=new_id("cns"), grantee=colleague.account), sequence=1, previous="A" * 43)
    assert consents.send(forged, by=other).status_code >= 400
    assert not reads(consents, colleague)


def test_the_loser_of_a_race_is_told_so(consents: Consents, colleague: PersonAtHand) -> None:
    late = consents.giving(colleague.account)
    consents.let_read(colleague)
    assert refusal(consents.send(late)) == (409, "chain_moved")


def test_a_decision_is_dated_by_a_clock_that_is_right(consents: Consents, colleague: PersonAtHand) -> None:
    early = consents.giving(colleague.account)
    consents.house.clock.advance(timedelta(minutes=11))
    assert refusal(consents.send(early)) == (400, "clock_skewed")


def test_a_change_that_changes_nothing_is_refused(consents: Consents, colleague: PersonAtHand) -> None:
    given = consents.let_read(colleague)
    assert refusal(consents.send(consents.changing(given))) == (400, "nothing_changed")


def test_where_one_new_key_is_refused_nothing_has_happened(
    consents: Consents, colleague: PersonAtHand, entries: Entries
) -> None:
    before, placed = state(consents), entries.placed()
    envelope = consents.giving(colleague.account)
    with_her = {**consents.talk.readers(), colleague.account: colleague.sealing_public}
    good = consents.rotation(envelope, with_her)
    without_her = consents.rotation(envelope, consents.talk.readers())
    no_box = {**good, "boxes": {}}
    elsewhere = {**good, "conversation": new_id("cnv")}
    answers = [refusal(consents.send(envelope, bad)) for bad in (without_her, no_box, elsewhere)]
    assert answers == [(409, "wrong_readers"), (400, "boxes_mismatched"), (404, "not_found")]
    assert refusal(consents.send(envelope, good, good)) == (409, "chain_moved")
    assert (state(consents), entries.placed()) == (before, placed)
    assert not reads(consents, colleague)


def test_another_patients_conversation_is_not_rotated_along(consents: Consents, cast: Cast) -> None:
    other = cast.enter_patient()
    theirs = consents_of(a_talk(cast, other).begin(other))
    envelope = consents.giving(cast.nurse.account)
    rotation = {**theirs.rotation(envelope, theirs.talk.readers())}
    assert refusal(consents.send(envelope, rotation)) == (404, "not_found")
