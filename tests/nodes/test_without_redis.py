"""Redis killed, started again, frozen: each node goes on, nothing that was acknowledged is lost, and all heals."""

import time
from collections.abc import Iterator

import pytest

from tests.factories import PersonAtHand
from tests.nodes.pair import Connections, Pair, follow, following, hears_message
from tests.remote import Listener
from tests.servers import RedisServer
from tests.talk import Talk

pytestmark = pytest.mark.postgres


@pytest.fixture
def frozen(own_redis: RedisServer, pair: Pair) -> Iterator[RedisServer]:  # noqa: ARG001 (its nodes are there)
    """Redis, doing nothing any more."""
    own_redis.freeze()
    yield own_redis
    own_redis.thaw()


@pytest.fixture
def gone(own_redis: RedisServer, pair: Pair) -> Iterator[RedisServer]:  # noqa: ARG001 (as above)
    """Redis, dead; it is there again afterwards."""
    own_redis.kill()
    yield own_redis
    own_redis.kill()
    own_redis.start()


def send_live(talk: Talk, listener: Listener, person: PersonAtHand) -> float:
    """Send over a live connection; how long the acknowledgement took, in seconds."""
    message = talk.write(person)
    begun = time.monotonic()
    assert listener.call("message:send", {"conversation": talk.conversation, **message.as_json()})["ok"]
    device = talk.devices[person.device]
    device.sequence, device.previous = device.sequence + 1, message.hash
    return time.monotonic() - begun


def test_while_redis_is_frozen_acknowledgements_and_the_own_node_are_as_fast_as_ever(
    pair: Pair, connections: Connections, own_redis: RedisServer, capsys: pytest.CaptureFixture[str]
) -> None:
    talk, nurse = pair.new_talk(), pair.cast.nurse
    hers = following(talk, connections.to_first(talk.patient), talk.patient)
    nurses = following(talk, connections.to_first(nurse), nurse)
    before = max(send_live(talk, hers, talk.patient) for _ in range(10))
    own_redis.freeze()
    try:
        took = [send_live(talk, hers, talk.patient) for _ in range(40)]
        hears_message(nurses, 50)
    finally:
        own_redis.thaw()
    with capsys.disabled():
        print(f"\nslowest acknowledgement: {1000 * before:.0f} ms, with Redis frozen {1000 * max(took):.0f} ms")  # noqa: T201 (the figure is wanted)
    assert max(took) < 0.5


def test_nothing_that_was_written_while_redis_was_dead_is_lost_on_the_other_node(
    pair: Pair, connections: Connections, gone: RedisServer
) -> None:
    talk, nurse = pair.new_talk(), pair.cast.nurse
    hers = following(talk, connections.to_first(talk.patient), talk.patient)
    beside = following(talk, connections.to_first(nurse), nurse)
    nurses = following(talk, connections.to_second(nurse), nurse)
    for number in range(1, 41):
        send_live(talk, hers, talk.patient)
        if number == 20:
            hears_message(beside, 20)
            assert "message:new" not in nurses.heard_so_far()
            gone.start()
    read_as_a_client_does(pair.at_second(talk), nurses, nurse, 40)
    send_live(talk, hers, talk.patient)
    hears_message(nurses, 41)


def read_as_a_client_does(talk: Talk, listener: Listener, person: PersonAtHand, last: int) -> None:
    """Takes what comes by itself, and fetches when told that something did not; ends when nothing is missing."""
    met: set[int] = set()
    while met != set(range(1, last + 1)):
        event, data = listener.heard.get(timeout=20)
        if event == "message:new":
            met.add(data["message"]["sequence"])
        elif event == "events:missed":
            assert follow(talk, listener)["ok"]
            page = talk.messages(person, "?after=0&limit=100")
            met.update(message["sequence"] for message in page["messages"])


def test_a_receipt_that_was_lost_with_redis_is_told_afterwards(
    pair: Pair, connections: Connections, gone: RedisServer
) -> None:
    talk, nurse = pair.new_talk(), pair.cast.nurse
    talk.send(talk.patient)
    hers = following(talk, connections.to_first(talk.patient), talk.patient)
    nurses = following(talk, connections.to_second(nurse), nurse)
    assert nurses.call("receipt:send", {"conversation": talk.conversation, "delivered": 1, "read": 1})["ok"]
    gone.start()
    while hers.hears("receipt:changed")["account"] != nurse.account:
        pass


def test_who_is_taken_off_while_redis_is_frozen_hears_nothing_more_on_the_other_node(
    pair: Pair, connections: Connections, frozen: RedisServer
) -> None:
    frozen.thaw()
    consents, colleague, nurse = pair.new_consents(), pair.cast.enter("provider"), pair.cast.nurse
    talk = consents.talk
    given = consents.let_read(colleague)
    hers = following(talk, connections.to_second(colleague), colleague)
    nurses = following(talk, connections.to_second(nurse), nurse)
    talk.send(talk.patient, "While she may")
    hears_message(hers, 1)
    frozen.freeze()
    wait_until_out_of_touch(pair, connections)
    ending = consents.revoking(given)
    rotation = consents.rotation(ending, talk.readers())
    assert consents.send(ending, rotation).status_code == 201
    talk.consent_head = ending.hash
    talk.moved(rotation, rotation["epoch"])
    pair.at_second(talk).send(nurse, "Now that she may not, and written on her own node")
    hears_message(nurses, 2)
    assert hers.hears("conversation:closed") == {"conversation": talk.conversation}
    assert "message:new" not in hers.heard_so_far()


def test_a_session_that_ends_while_redis_is_frozen_loses_its_sockets_on_the_other_node(
    pair: Pair, connections: Connections, frozen: RedisServer
) -> None:
    del frozen
    wait_until_out_of_touch(pair, connections)
    leaving = pair.cast.enter("provider")
    hers = connections.to_second(leaving)
    pair.cast.house.post("/api/session/end", {}, by=leaving)
    answered = time.monotonic()
    assert hers.hears("session:ended") == {"reason": "revoked"}
    assert time.monotonic() - answered < 2.0


def wait_until_out_of_touch(pair: Pair, connections: Connections) -> None:
    """Until the second node knows that it may not hear: it cuts the sockets of an ended session by itself."""
    somebody = pair.cast.enter("provider")
    theirs = connections.to_second(somebody)
    pair.cast.house.post("/api/session/end", {}, by=somebody)
    theirs.hears("session:ended")
