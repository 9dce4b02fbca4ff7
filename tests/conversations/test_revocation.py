"""Revoked, narrowed or expired: on open connections, at once, to a real server."""

import time
from datetime import timedelta
from typing import Any

import pytest

from messenger.protocol.encoding import format_time
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.statement import Envelope, peek_body
from tests.cast import Cast, refusal
from tests.consents import Consents, consents_of
from tests.factories import PersonAtHand
from tests.remote import Connect, Listener
from tests.talk import Talk, a_talk

on_sqlite = pytest.mark.parametrize("cast", ["sqlite"], indirect=True)
"""Which database it is makes no difference to these, and a server's start takes its time."""


@pytest.fixture
def consents(served: Cast) -> Consents:
    """Those of a patient who has one conversation with the team."""
    return consents_of(a_talk(served).begin(served.patient))


@pytest.fixture
def colleague(served: Cast) -> PersonAtHand:
    """A provider of the clinic who is in no team."""
    return served.enter("provider")


def follow(talk: Talk, listener: Listener) -> dict[str, Any]:
    return listener.call("conversation:follow", {"conversation": talk.conversation})


def follower(talk: Talk, connect: Connect, person: PersonAtHand) -> Listener:
    """Somebody who has opened the conversation and follows it."""
    talk.open(person)
    listener = connect(person)
    assert follow(talk, listener)["ok"]
    return listener


def test_who_is_taken_off_is_told_within_a_second_and_hears_nothing_more(
    consents: Consents,
    connect: Connect,
    colleague: PersonAtHand,
) -> None:
    talk = consents.talk
    given = consents.let_read(colleague)
    hers, idle = follower(talk, connect, colleague), connect(colleague)
    nurse = follower(talk, connect, talk.cast.nurse)
    talk.send(talk.patient, "While she may")
    hers.hears("message:new")
    ending = consents.revoking(given)
    rotation = consents.rotation(ending, talk.readers())
    begun = time.monotonic()
    assert consents.send(ending, rotation).status_code == 201
    answered = time.monotonic()
    assert hers.hears("conversation:closed") == {"conversation": talk.conversation}
    silent = time.monotonic()
    assert silent - answered < 1.0, f"{silent - answered:.3f} s; the decision took {answered - begun:.3f} s"
    idle.hears("conversation:closed")
    talk.consent_head = ending.hash
    talk.moved(rotation, rotation["epoch"])
    talk.send(talk.patient, "Now that she may not")
    nurse.hears("message:new")
    nurse.hears("message:new")
    nurse.hears("conversations:changed")
    assert (hers.heard_so_far(), idle.heard_so_far()) == ([], [])
    message = talk.write(colleague).as_json()
    answer = hers.call("message:send", {"conversation": talk.conversation, **message})
    assert answer["error"]["code"] == "not_found"
    assert follow(talk, hers)["error"]["code"] == "open_first"


@on_sqlite
def test_a_team_that_is_taken_off_falls_silent_but_for_who_is_let_in_alone(
    consents: Consents, connect: Connect
) -> None:
    talk, cast = consents.talk, consents.talk.cast
    consents.let_read(cast.nurse)
    nurse, provider = follower(talk, connect, cast.nurse), follower(talk, connect, cast.provider)
    statement = consents.house.get(f"/api/patients/{talk.patient.account}/consents", by=talk.patient)["statements"][0]
    team = _consent_of(statement)
    left = {person.account: person.sealing_public for person in (talk.patient, cast.nurse)}
    consents.decide(consents.revoking(team), left)
    provider.hears("conversation:closed")
    talk.send(talk.patient)
    nurse.hears("message:new")
    assert "conversation:closed" not in nurse.heard_so_far()
    assert provider.heard_so_far() == []


@on_sqlite
def test_a_consent_that_ends_by_itself_silences_its_socket_with_nobody_acting(
    consents: Consents, connect: Connect, colleague: PersonAtHand
) -> None:
    talk, clock = consents.talk, consents.house.clock
    soon = clock.now() + timedelta(minutes=3)
    consents.let_read(colleague, until=format_time(soon))
    opened = talk.open(colleague)
    assert opened["lease"] == {"until": format_time(soon)}
    hers = connect(colleague)
    assert follow(talk, hers)["ok"]
    clock.advance(timedelta(minutes=3))
    assert hers.hears("conversation:closed") == {"conversation": talk.conversation}
    assert follow(talk, hers)["error"]["code"] == "open_first"


@on_sqlite
def test_an_end_that_is_brought_forward_holds_for_who_follows_already(
    consents: Consents, connect: Connect, colleague: PersonAtHand
) -> None:
    talk, clock = consents.talk, consents.house.clock
    given = consents.let_read(colleague)
    hers = follower(talk, connect, colleague)
    consents.decide(consents.changing(given, until=format_time(clock.now() + timedelta(minutes=1))))
    talk.send(talk.patient, "Still hers")
    hers.hears("message:new")
    clock.advance(timedelta(minutes=1))
    talk.rotate(talk.patient)
    talk.send(talk.patient, "No longer")
    hers.hears("conversation:closed")
    assert "message:new" not in hers.heard_so_far()


@on_sqlite
def test_who_was_let_in_hears_only_once_a_key_was_sealed_to_them(
    consents: Consents, connect: Connect, colleague: PersonAtHand
) -> None:
    talk = consents.talk
    consents.decide(consents.giving(colleague.account))
    hers, nurse = follower(talk, connect, colleague), follower(talk, connect, talk.cast.nurse)
    talk.send(talk.patient, "In the old epoch")
    nurse.hears("message:new")
    talk.rotate_for({**talk.readers(), colleague.account: colleague.sealing_public})
    while hers.hears("conversations:changed")["changed"][0]["control_head"] != talk.head:
        pass
    talk.send(talk.patient, "In the new one")
    assert hers.hears("message:new")["message"]["sequence"] == 2


@on_sqlite
def test_an_opening_from_before_does_not_outlive_the_consent(consents: Consents, colleague: PersonAtHand) -> None:
    talk = consents.talk
    given = consents.let_read(colleague)
    opening = talk.opening(colleague)
    talk.house.post(talk.path("open"), {"statement": opening.as_json()}, by=colleague)
    consents.take_back(given)
    renewal = talk.renewal(colleague, opening).as_json()
    answer = talk.house.call("POST", talk.path("renew"), {"statement": renewal}, by=colleague)
    assert refusal(answer) == (404, "not_found")


def _consent_of(statement: Any) -> str:
    return peek_body(Envelope.parse(statement), ConsentBody).consent
