"""What is told live, over real connections to a real server: to whom, what, and when no longer."""

from datetime import timedelta
from typing import Any

import pytest

from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.message import parse_header
from tests.cast import Cast, renew_team_key
from tests.factories import PersonAtHand, new_id
from tests.remote import Connect, Listener
from tests.talk import Talk, a_talk

on_sqlite = pytest.mark.parametrize("cast", ["sqlite"], indirect=True)
"""Which database it is makes no difference to these, and a server's start takes its time."""


@pytest.fixture
def talk(served: Cast) -> Talk:
    return a_talk(served).begin(served.patient)


def follow(talk: Talk, listener: Listener) -> dict[str, Any]:
    return listener.call("conversation:follow", {"conversation": talk.conversation})


def follower(talk: Talk, connect: Connect, person: PersonAtHand) -> Listener:
    """Somebody who has opened the conversation and follows it."""
    talk.open(person)
    listener = connect(person)
    assert follow(talk, listener)["ok"]
    return listener


def code(answer: dict[str, Any]) -> str:
    assert answer["ok"] is False
    assert set(answer["error"]) == {"code", "message"}
    found: str = answer["error"]["code"]
    return found


def wire(talk: Talk, by: PersonAtHand, **changed: Any) -> dict[str, Any]:
    return {"conversation": talk.conversation, **talk.write(by, **changed).as_json()}


def test_a_message_sent_on_a_socket_is_acknowledged_and_heard_by_who_follows(talk: Talk, connect: Connect) -> None:
    provider = follower(talk, connect, talk.cast.provider)
    patient = connect(talk.patient)
    message = talk.write(talk.patient, "I feel dizzy")
    answer = patient.call("message:send", {"conversation": talk.conversation, **message.as_json()})
    assert answer == {
        "ok": True,
        "id": parse_header(message.header).id,
        "sequence": 1,
        "received": answer["received"],
    }
    heard = provider.hears("message:new")
    assert heard["conversation"] == talk.conversation
    assert heard["message"] == {
        "sequence": 1,
        "received": answer["received"],
        "ciphertext_hash": b64u_encode(message.ciphertext_hash),
        **message.as_json(),
    }
    assert talk.messages(talk.cast.provider)["messages"] == [heard["message"]]


@on_sqlite
def test_a_message_sent_over_http_is_heard_the_same(talk: Talk, connect: Connect) -> None:
    provider = follower(talk, connect, talk.cast.provider)
    sent = talk.send(talk.patient)
    assert parse_header(b64u_decode(provider.hears("message:new")["message"]["header"])).id == sent["id"]


def test_readers_who_do_not_follow_hear_that_something_changed_and_no_content(talk: Talk, connect: Connect) -> None:
    nurse = connect(talk.cast.nurse)
    talk.send(talk.patient)
    (changed,) = nurse.hears("conversations:changed")["changed"]
    if changed["last_sequence"] == 0:  # that it had begun was still under way
        (changed,) = nurse.hears("conversations:changed")["changed"]
    assert changed == {"conversation": talk.conversation, "last_sequence": 1, "control_head": talk.head}
    talk.rotate(talk.patient)
    assert nurse.hears("conversations:changed")["changed"][0]["control_head"] == talk.head
    assert "message:new" not in nurse.heard_so_far()


@on_sqlite
def test_nobody_else_hears_anything(talk: Talk, connect: Connect) -> None:
    other = talk.cast.enter_patient()
    stranger = talk.cast.enter("provider")
    listeners = [connect(other), connect(stranger)]
    for listener in listeners:
        assert code(follow(talk, listener)) == "open_first"
    nurse = follower(talk, connect, talk.cast.nurse)
    talk.send(talk.patient)
    nurse.hears("message:new")
    nurse.hears("conversations:changed")
    assert [listener.heard_so_far() for listener in listeners] == [[], []]


@on_sqlite
def test_following_needs_an_opening_of_this_session(talk: Talk, connect: Connect) -> None:
    listener = connect(talk.cast.provider)
    assert code(follow(talk, listener)) == "open_first"
    talk.open(talk.cast.provider)
    assert follow(talk, listener) == {"ok": True, "last_sequence": 0}
    talk.send(talk.patient)
    listener.hears("message:new")


@on_sqlite
def test_when_the_lease_ends_a_follower_hears_no_content_and_when_renewed_goes_on(talk: Talk, connect: Connect) -> None:
    opening = talk.opening(talk.cast.provider)
    talk.house.post(talk.path("open"), {"statement": opening.as_json()}, by=talk.cast.provider)
    provider = connect(talk.cast.provider)
    assert follow(talk, provider)["ok"]
    nurse = follower(talk, connect, talk.cast.nurse)
    talk.house.clock.advance(timedelta(minutes=14))
    renewal = talk.renewal(talk.cast.provider, opening)
    talk.house.post(talk.path("renew"), {"statement": renewal.as_json()}, by=talk.cast.provider)
    talk.house.clock.advance(timedelta(minutes=2))
    talk.send(talk.patient)
    provider.hears("message:new")
    nurse.hears("conversations:changed")
    assert nurse.heard_so_far() == []


@on_sqlite
def test_who_leaves_hears_no_more_content(talk: Talk, connect: Connect) -> None:
    provider = follower(talk, connect, talk.cast.provider)
    nurse = follower(talk, connect, talk.cast.nurse)
    leaving = {"conversation": talk.conversation, "first": 0, "last": 0}
    assert provider.call("conversation:leave", leaving) == {"ok": True}
    assert code(provider.call("conversation:leave", leaving)) == "open_first"
    talk.house.post(talk.path("leave"), {"first": 0, "last": 0}, by=talk.cast.nurse)
    talk.send(talk.patient)
    for listener in (provider, nurse):
        listener.hears("conversations:changed")
        assert listener.heard_so_far() == []


@on_sqlite
def test_patients_see_the_team_writing_and_colleagues_see_who(talk: Talk, connect: Connect) -> None:
    patient = follower(talk, connect, talk.patient)
    nurse = follower(talk, connect, talk.cast.nurse)
    provider = follower(talk, connect, talk.cast.provider)
    assert provider.call("typing", {"conversation": talk.conversation, "typing": True}) == {"ok": True}
    told = {"conversation": talk.conversation, "typing": True}
    assert patient.hears("typing:changed") == told | {"account": None}
    assert nurse.hears("typing:changed") == told | {"account": talk.cast.provider.account}
    patient.call("typing", {"conversation": talk.conversation, "typing": False})
    assert nurse.hears("typing:changed") == {
        "conversation": talk.conversation,
        "typing": False,
        "account": talk.patient.account,
    }


@on_sqlite
def test_only_who_follows_is_seen_writing(talk: Talk, connect: Connect) -> None:
    patient = connect(talk.patient)
    assert code(patient.call("typing", {"conversation": talk.conversation, "typing": True})) == "open_first"


@on_sqlite
def test_receipts_are_heard_by_who_follows_and_stay(talk: Talk, connect: Connect) -> None:
    talk.send(talk.patient)
    patient = follower(talk, connect, talk.patient)
    provider = follower(talk, connect, talk.cast.provider)
    got = {"conversation": talk.conversation, "delivered": 1, "read": 1}
    assert provider.call("receipt:send", got) == {"ok": True}
    receipt = {"account": talk.cast.provider.account, "delivered": 1, "read": 1}
    assert patient.hears("receipt:changed") == {"conversation": talk.conversation, **receipt}
    assert talk.open(talk.patient)["receipts"] == [receipt]
    assert code(provider.call("receipt:send", got | {"read": 2})) == "sequence_unknown"
    stranger = talk.cast.enter("provider")
    assert code(connect(stranger).call("receipt:send", got)) == "not_found"


@on_sqlite
def test_a_message_taken_back_is_told(talk: Talk, connect: Connect) -> None:
    sent = talk.send(talk.patient)
    nurse = follower(talk, connect, talk.cast.nurse)
    talk.take_back(talk.patient, sent["id"])
    assert nurse.hears("message:erased") == {"conversation": talk.conversation, "id": sent["id"]}


@on_sqlite
def test_what_a_lost_connection_missed_is_fetched_by_sequence(talk: Talk, connect: Connect) -> None:
    nurse = follower(talk, connect, talk.cast.nurse)
    talk.send(talk.patient)
    nurse.hears("message:new")
    nurse.close()
    for _ in range(3):
        talk.send(talk.patient)
    again = connect(talk.cast.nurse)
    assert follow(talk, again) == {"ok": True, "last_sequence": 4}
    missed = talk.messages(talk.cast.nurse, "?after=1")["messages"]
    assert [message["sequence"] for message in missed] == [2, 3, 4]


@on_sqlite
def test_signing_out_cuts_the_connection_within_a_second(talk: Talk, connect: Connect) -> None:
    provider = follower(talk, connect, talk.cast.provider)
    talk.house.post("/api/session/end", {}, by=talk.cast.provider)
    name, told = provider.heard.get(timeout=1)
    assert (name, told) == ("session:ended", {"reason": "signed_out"})
    assert provider.heard.get(timeout=1)[0] == "disconnect"


@on_sqlite
def test_who_left_the_team_is_not_told_of_changes(talk: Talk, connect: Connect) -> None:
    cast = talk.cast
    nurse, provider = connect(cast.nurse), connect(cast.provider)
    renew_team_key(cast.house, cast.team, cast.provider, [cast.provider])
    talk.rotate(talk.patient)
    provider.hears("conversations:changed")
    assert "conversations:changed" not in nurse.heard_so_far()


NONSENSE: tuple[tuple[str, object], ...] = (
    ("conversation:follow", None),
    ("conversation:follow", {}),
    ("conversation:follow", {"conversation": "cnv"}),
    ("conversation:follow", {"conversation": "cnv_" + "0" * 32, "more": 1}),
    ("conversation:leave", {"conversation": 7, "first": 0, "last": 0}),
    ("message:send", {"header": "x"}),
    ("message:send", [1, 2]),
    ("message:send", b"\xff"),
    ("receipt:send", {"conversation": new_id("cnv"), "delivered": -1, "read": 0}),
    ("receipt:send", {"conversation": new_id("cnv"), "delivered": True, "read": 0}),
    ("typing", {"conversation": new_id("cnv"), "typing": 1}),
)


@on_sqlite
def test_events_that_make_no_sense_are_refused_in_words(served: Cast, connect: Connect) -> None:
    patient = connect(served.patient)
    assert [code(patient.call(event, data)) for event, data in NONSENSE] == ["bad_members"] * len(NONSENSE)


@on_sqlite
def test_refusals_of_sending_reach_the_socket_as_codes(talk: Talk, connect: Connect) -> None:
    patient = connect(talk.patient)
    assert code(patient.call("message:send", wire(talk, talk.patient, epoch=2))) == "stale_epoch"
    assert (
        code(patient.call("message:send", wire(talk, talk.patient, device_sequence=5, device_previous=talk.head)))
        == "device_sequence"
    )
    assert code(patient.call("message:send", wire(talk, talk.cast.provider))) == "statement_misplaced"
    assert code(connect(talk.cast.enter("provider")).call("message:send", wire(talk, talk.patient))) == (
        "statement_misplaced"
    )
    message = wire(talk, talk.patient)
    assert patient.call("message:send", message)["ok"]
    assert patient.call("message:send", message)["sequence"] == 1
