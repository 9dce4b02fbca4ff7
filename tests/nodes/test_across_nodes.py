"""What is done on one web node, as it is met on another: real processes on one PostgreSQL and one Redis."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from messenger.audit.sequencer import Sequencer
from tests.cast import BASE_URL, admit, proving
from tests.entries import Entries
from tests.factories import PersonAtHand, new_nonce
from tests.memberships import remove
from tests.nodes.pair import Connections, Pair, follow, following, hears_message
from tests.talk import Talk

pytestmark = pytest.mark.postgres


def test_a_message_a_receipt_and_typing_reach_who_is_on_the_other_node(pair: Pair, connections: Connections) -> None:
    talk, nurse = pair.new_talk(), pair.cast.nurse
    hers = following(talk, connections.to_first(talk.patient), talk.patient)
    nurses = following(talk, connections.to_second(nurse), nurse)
    written = talk.write(talk.patient).as_json()
    assert hers.call("message:send", {"conversation": talk.conversation, **written})["ok"]
    heard = nurses.hears("message:new")["message"]
    assert {name: heard[name] for name in written} == written
    assert nurses.call("typing", {"conversation": talk.conversation, "typing": True})["ok"]
    assert hers.hears("typing:changed") == {"conversation": talk.conversation, "account": None, "typing": True}
    assert nurses.call("receipt:send", {"conversation": talk.conversation, "delivered": 1, "read": 1})["ok"]
    receipt = {"conversation": talk.conversation, "account": nurse.account, "delivered": 1, "read": 1}
    assert hers.hears("receipt:changed") == receipt


def test_who_does_not_follow_hears_on_the_other_node_that_something_changed(
    pair: Pair, connections: Connections
) -> None:
    talk = pair.new_talk()
    provider = connections.to_second(pair.cast.provider)
    talk.send(talk.patient)
    changed = {}
    while talk.conversation not in changed:
        told = provider.hears("conversations:changed")["changed"]
        changed.update({one["conversation"]: one["last_sequence"] for one in told})
    assert changed[talk.conversation] == 1
    assert "message:new" not in provider.heard_so_far()


def test_a_message_that_is_taken_back_is_gone_on_the_other_node(pair: Pair, connections: Connections) -> None:
    talk, nurse = pair.new_talk(), pair.cast.nurse
    nurses = following(talk, connections.to_second(nurse), nurse)
    sent = talk.send(talk.patient)
    talk.take_back(talk.patient, sent["id"])
    assert nurses.hears("message:erased") == {"conversation": talk.conversation, "id": sent["id"]}


def test_who_is_taken_off_on_one_node_falls_silent_on_the_other_within_a_second(
    pair: Pair, connections: Connections, capsys: pytest.CaptureFixture[str]
) -> None:
    colleague = pair.cast.enter("provider")
    hers = connections.to_second(colleague)
    nurses = connections.to_second(pair.cast.nurse)
    took = []
    for _ in range(5):
        consents = pair.new_consents()
        talk = consents.talk
        given = consents.let_read(colleague)
        following(talk, hers, colleague)
        following(talk, nurses, pair.cast.nurse)
        talk.send(talk.patient, "While she may")
        hears_message(hers, 1)
        ending = consents.revoking(given)
        rotation = consents.rotation(ending, talk.readers())
        assert consents.send(ending, rotation).status_code == 201
        answered = time.monotonic()
        assert hers.hears("conversation:closed") == {"conversation": talk.conversation}
        took.append(time.monotonic() - answered)
        talk.consent_head = ending.hash
        talk.moved(rotation, rotation["epoch"])
        talk.send(talk.patient, "Now that she may not")
        hears_message(nurses, 2)
        assert "message:new" not in hers.heard_so_far()
        assert follow(talk, hers)["error"]["code"] == "open_first"
        written = talk.write(colleague).as_json()
        refused = hers.call("message:send", {"conversation": talk.conversation, **written})
        assert refused["error"]["code"] == "not_found"
    with capsys.disabled():
        print(f"\nrevoked on one node, silent on the other: {', '.join(f'{1000 * each:.0f}' for each in took)} ms")  # noqa: T201 (the figure is wanted)
    assert max(took) < 1.0


def test_who_is_removed_from_a_team_on_one_node_falls_silent_on_the_other_within_a_second(
    pair: Pair, connections: Connections
) -> None:
    joiner = pair.cast.enter("nurse", (pair.cast.team.team,))
    admit(pair.cast.house, pair.cast.team, pair.cast.provider, joiner)
    talk = pair.new_talk()
    hers = following(talk, connections.to_second(joiner), joiner)
    nurses = following(talk, connections.to_second(pair.cast.nurse), pair.cast.nurse)
    remove(pair.cast, joiner)
    answered = time.monotonic()
    assert hers.hears("conversation:closed") == {"conversation": talk.conversation}
    assert time.monotonic() - answered < 1.0
    talk.send(talk.patient, "Now that she may not")
    hears_message(nurses, 1)
    assert "message:new" not in hers.heard_so_far()


@pytest.mark.parametrize(("door", "reason"), [("/api/session/end", "signed_out"), ("/api/session/lock", "locked")])
def test_a_session_that_ends_on_one_node_loses_its_sockets_on_the_other_within_a_second(
    pair: Pair, connections: Connections, door: str, reason: str
) -> None:
    leaving = pair.cast.enter("provider")
    hers = connections.to_second(leaving)
    assert pair.cast.house.call("POST", door, {}, by=leaving).status_code == 204
    answered = time.monotonic()
    assert hers.hears("session:ended") == {"reason": reason}
    assert time.monotonic() - answered < 1.0
    hers.hears("disconnect")
    there = requests.get(
        f"{pair.second.here}/api/session/share", headers={"Authorization": f"Bearer {leaving.token}"}, timeout=20
    )
    assert there.status_code == 401


def test_who_leaves_a_conversation_on_one_node_hears_no_more_of_it_on_the_other(
    pair: Pair, connections: Connections
) -> None:
    left, other, nurse = pair.new_talk(), pair.new_talk(), pair.cast.nurse
    nurses = following(left, connections.to_second(nurse), nurse)
    following(other, nurses, nurse)
    left.house.post(left.path("leave"), {"first": 0, "last": 0}, by=nurse)
    left.send(left.patient)
    other.send(other.patient)
    # One connection keeps the order: what was said before in the conversation that she left would be here first.
    assert nurses.hears("message:new")["conversation"] == other.conversation


def test_two_nodes_that_write_into_one_conversation_at_once_leave_no_gap_and_no_double(pair: Pair) -> None:
    talk = pair.new_talk()
    places = (talk, pair.at_second(talk))
    people = [talk.patient, pair.cast.nurse, pair.cast.provider, pair.cast.enter("nurse", (pair.cast.team.team,))]
    each = 15

    def writes(person: PersonAtHand) -> list[int]:
        return [places[turn % 2].send(person, f"number {turn}")["sequence"] for turn in range(each)]

    with ThreadPoolExecutor(len(people)) as writers:
        sequences = list(writers.map(writes, people[:3]))
    assert all(own == sorted(own) for own in sequences)
    assert sorted(number for own in sequences for number in own) == list(range(1, 3 * each + 1))
    talk.open(talk.patient)
    for place in places:
        served = place.messages(talk.patient, "?after=0&limit=100")["messages"]
        assert [message["sequence"] for message in served] == list(range(1, 3 * each + 1))


def test_one_message_sent_to_both_nodes_at_once_is_stored_once(pair: Pair) -> None:
    talk = pair.new_talk()
    places = (talk, pair.at_second(talk))
    with ThreadPoolExecutor(2) as senders:
        for number in range(1, 11):
            message = talk.write(talk.patient, f"number {number}")
            answers = list(senders.map(lambda place: place.post(talk.patient, message), places))  # noqa: B023 (consumed in the turn)
            assert {answer.get_json()["sequence"] for answer in answers} == {number}
            moved(talk, message.hash)


def test_two_nodes_keep_one_log_with_every_entry_in_it_once(pair: Pair) -> None:
    house = pair.cast.house
    secret = house.settings.secret_key.encode()
    entries = Entries(house.database, pair.cast.hand.clinic, Sequencer(house.database, house.clock, secret))
    talks = [pair.new_talk() for _ in range(2)]
    with ThreadPoolExecutor(2) as senders:
        list(senders.map(ten_messages, (talks[0], pair.at_second(talks[1]))))
    before = entries.placed()
    assert len(entries.of("message:sent", conversation=talks[0].conversation)) == 10
    assert entries.placed() == before


def ten_messages(talk: Talk) -> None:
    for number in range(10):
        talk.send(talk.patient, f"number {number}")


def moved(talk: Talk, message_hash: str) -> None:
    device = talk.devices[talk.patient.device]
    device.sequence, device.previous = device.sequence + 1, message_hash


def test_tries_at_one_node_count_at_the_other(pair: Pair) -> None:
    somebody = pair.cast.enter("provider")
    houses = (pair.cast.house, pair.at_second(pair.new_talk()).house)
    wrong = proving(somebody, somebody.proof(new_nonce(), BASE_URL, "password").as_json())
    answers = [houses[turn % 2].call("POST", "/api/sign-in", wrong).status_code for turn in range(12)]
    assert answers == [401] * 10 + [429] * 2
