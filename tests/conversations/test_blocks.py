"""A patient keeps one person of a team from reading: at once, wherever they stand, and nobody else with them."""

from datetime import timedelta
from typing import Any

import pytest

from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.statement import Envelope, peek_body
from tests.cast import Cast, admit, refusal, start_team
from tests.consents import Consents, consents_of, history
from tests.conversations.silence import falls_silent_within_a_second
from tests.entries import Entries
from tests.factories import PersonAtHand
from tests.memberships import enter_cover, remove
from tests.remote import Connect, Listener
from tests.talk import Talk, a_talk


@pytest.fixture
def consents(talk: Talk) -> Consents:
    """The patient's, who has one conversation with the team of a provider and a nurse."""
    return consents_of(talk)


def keys(*people: PersonAtHand) -> dict[str, SealingPublicKey]:
    return {person.account: person.sealing_public for person in people}


def block(consents: Consents, person: PersonAtHand, *others: PersonAtHand) -> None:
    """With the next epoch for the others by themselves."""
    consents.decide(consents.blocking(person), keys(consents.patient, *others))


def follower(talk: Talk, connect: Connect, person: PersonAtHand) -> Listener:
    talk.open(person)
    listener = connect(person)
    assert listener.call("conversation:follow", {"conversation": talk.conversation})["ok"]
    return listener


def require_shut_out(talk: Talk, person: PersonAtHand) -> None:
    """From opening, the chain, the consents, writing, and the lists of conversations, patients and questions."""
    house = talk.house
    answers = [
        house.call("POST", talk.path("open"), {"statement": talk.opening(person).as_json()}, by=person),
        house.call("GET", talk.path("control"), by=person),
        house.call("GET", f"/api/patients/{talk.patient.account}/consents", by=person),
        talk.post(person, talk.write(person)),
    ]
    assert {refusal(answer) for answer in answers} == {(404, "not_found")}
    assert house.get("/api/conversations", by=person)["conversations"] == []
    assert house.get("/api/patients", by=person)["patients"] == []
    assert house.get("/api/inbox", by=person)["questions"] == []


def test_whom_the_patient_blocks_is_shut_out_and_the_team_goes_on(
    consents: Consents, cast: Cast, entries: Entries
) -> None:
    talk = consents.talk
    talk.send(talk.patient, "To the team", kind="question")
    talk.open(cast.nurse)
    block(consents, cast.nurse, cast.provider)
    require_shut_out(talk, cast.nurse)
    talk.send(talk.patient, "Without the nurse")
    opened = talk.open(cast.provider)
    assert [one["sequence"] for one in opened["messages"]] == [1, 2]
    talk.send(cast.provider, "I answer you")
    entry = entries.only("reader:blocked")
    assert (entry.actor, entry.object, entry.statement) == (talk.patient.account, cast.nurse.account, consents.head)


def test_whom_the_patient_lets_read_again_reads_by_the_team(consents: Consents, cast: Cast, entries: Entries) -> None:
    block(consents, cast.nurse, cast.provider)
    consents.decide(consents.unblocking(cast.nurse), consents.talk.readers())
    consents.talk.open(cast.nurse)
    assert entries.only("reader:unblocked").object == cast.nurse.account


def test_no_link_lists_the_teams_key_or_the_blocked_person_or_leaves_out_another(
    consents: Consents, cast: Cast
) -> None:
    talk, nurse, provider = consents.talk, cast.nurse, cast.provider
    block(consents, nurse, provider)
    for readers in (talk.readers(), keys(talk.patient, nurse, provider), keys(talk.patient)):
        answer = talk.house.call(
            "POST", talk.path("control"), talk.rotation(talk.patient, talk.next_epoch(readers)), by=talk.patient
        )
        assert refusal(answer) == (409, "wrong_readers")
    talk.rotate_for(keys(talk.patient, provider), by=provider)


def test_where_no_new_key_came_along_nobody_writes_under_the_old_one(consents: Consents, cast: Cast) -> None:
    talk = consents.talk
    consents.decide(consents.blocking(cast.nurse))
    assert refusal(talk.post(talk.patient, talk.write(talk.patient))) == (409, "stale_epoch")
    talk.rotate_for(keys(talk.patient, cast.provider), by=cast.provider)
    talk.send(talk.patient, "Under the new one")


def test_a_block_names_somebody_of_the_care_staff_and_changes_something(consents: Consents, cast: Cast) -> None:
    assert refusal(consents.send(consents.blocking(cast.founder)))[1] == "grantee_unknown"
    assert refusal(consents.send(consents.unblocking(cast.nurse)))[1] == "nothing_changed"
    block(consents, cast.nurse, cast.provider)
    assert refusal(consents.send(consents.blocking(cast.nurse)))[1] == "nothing_changed"


def test_another_team_does_not_let_in_whom_the_patient_blocked(consents: Consents, cast: Cast) -> None:
    block(consents, cast.nurse, cast.provider)
    other = start_team(cast.house, cast.hand, cast.founder, cast.nurse)
    consents.decide(consents.giving(other.team), keys(consents.patient, cast.provider))
    require_shut_out(consents.talk, cast.nurse)


def test_who_joins_the_team_reads_from_the_next_key_on_and_who_leaves_no_longer(consents: Consents, cast: Cast) -> None:
    talk, nurse, provider = consents.talk, cast.nurse, cast.provider
    block(consents, nurse, provider)
    joiner = cast.enter("nurse", (cast.team.team,))
    admit(cast.house, cast.team, provider, joiner)
    talk.rotate_for(keys(talk.patient, provider, joiner), by=provider)
    talk.send(joiner, "I am new")
    remove(cast, joiner)
    require_shut_out(talk, joiner)
    talk.rotate_for(keys(talk.patient, provider), by=provider)


def test_cover_reads_in_the_teams_place_within_its_period(consents: Consents, cast: Cast) -> None:
    talk = consents.talk
    cover = enter_cover(cast, timedelta(minutes=1), timedelta(hours=1))
    block(consents, cast.nurse, cast.provider)
    cast.house.clock.advance(timedelta(minutes=12))
    talk.rotate_for(keys(talk.patient, cast.provider, cover), by=cast.provider)
    talk.send(cover, "I stand in")


def test_what_was_said_among_the_others_is_opened_to_who_joins_as_the_teams_consent_says(
    consents: Consents, cast: Cast
) -> None:
    talk, provider, patient = consents.talk, cast.provider, consents.patient
    statement = talk.house.get(f"/api/patients/{patient.account}/consents", by=patient)["statements"][0]
    block(consents, cast.nurse, provider)
    apart, consent = talk.epoch, _consent_of(statement)
    joiner = cast.enter("nurse", (cast.team.team,))
    admit(cast.house, cast.team, provider, joiner)
    talk.rotate_for(keys(patient, provider, joiner), by=provider)
    body = history(talk, provider, joiner, consent, {2: apart})
    assert talk.house.call("POST", talk.path("history"), body, by=provider).status_code == 201
    talk.moved(body)
    wrong = history(talk, provider, cast.nurse, consent, {2: apart})
    assert refusal(talk.house.call("POST", talk.path("history"), wrong, by=provider))[1] == "wrong_readers"


def test_whom_the_patient_blocks_is_not_announced_as_a_reader_of_a_team_that_they_join(
    consents: Consents, cast: Cast, entries: Entries
) -> None:
    joiner, other = cast.enter("nurse", (cast.team.team,)), cast.enter_patient()
    consents.decide(consents.blocking(joiner))
    admit(cast.house, cast.team, cast.provider, joiner)
    assert [entry.subject for entry in entries.of("team:joined", object=joiner.account)] == [other.account]


def test_whom_the_patient_blocks_is_told_within_a_second_and_hears_nothing_more(served: Cast, connect: Connect) -> None:
    talk = a_talk(served).begin(served.patient)
    consents = consents_of(talk)
    nurse, provider = follower(talk, connect, served.nurse), follower(talk, connect, served.provider)
    block(consents, served.nurse, served.provider)
    falls_silent_within_a_second(nurse, provider, talk)


def test_a_blocked_member_of_a_team_that_still_reads_is_not_told_of_anything(served: Cast, connect: Connect) -> None:
    talk = a_talk(served).begin(served.patient)
    consents = consents_of(talk)
    nurse, provider = connect(served.nurse), connect(served.provider)
    consents.decide(consents.blocking(served.nurse))
    nurse.hears("conversation:closed")
    provider.hears("conversations:changed")
    assert "conversations:changed" not in nurse.heard_so_far()


def _consent_of(statement: Any) -> str:
    return peek_body(Envelope.parse(statement), ConsentBody).consent
