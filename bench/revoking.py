"""From a patient's revocation to the last event that the grantee's socket hears, with one node and across two."""

import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from messenger import schema
from tests.cast import a_cast, a_house
from tests.factories import PersonAtHand
from tests.nodes.pair import Connections, Pair, following, hears_message, two_nodes
from tests.remote import Listener
from tests.servers import RedisServer, postgres_server

ROUNDS: Final = 20
QUIET: Final = 0.5
"""Seconds after the end in which nothing may be heard any more, though a message is written."""


def measure() -> None:
    """Print milliseconds from handing the revocation in; the floor is a message from handing in to being heard."""
    with (
        postgres_server() as postgres,
        RedisServer() as redis,
        tempfile.TemporaryDirectory() as folder,
        ExitStack() as ends,
    ):
        url = postgres.create_database()
        schema.upgrade(url)
        house = a_house(url, folder)
        ends.callback(house.database.dispose)
        pair = ends.enter_context(two_nodes(a_cast(house), redis.url, Path(folder)))
        connections = Connections(pair, ends)
        colleague = pair.cast.enter("provider")
        print(f"{ROUNDS} rounds in turns, medians (longest)")
        found: dict[str, list[tuple[float, float, float]]] = {"on the same node": [], "on the other node": []}
        listeners = zip(found, (connections.to_first(colleague), connections.to_second(colleague)), strict=True)
        turns = list(listeners)
        for _ in range(ROUNDS):
            for where, listener in turns:
                found[where].append(_round(pair, listener, colleague))
        for where, rounds in found.items():
            _print(where, rounds)


def _round(pair: Pair, listener: Listener, colleague: PersonAtHand) -> tuple[float, float, float]:
    """Milliseconds: a message heard; the revocation acknowledged; the end heard, and nothing after it."""
    consents = pair.new_consents()
    talk = consents.talk
    given = consents.let_read(colleague)
    following(talk, listener, colleague)
    began = time.perf_counter()
    talk.send(talk.patient, "While she may")
    hears_message(listener, 1)
    heard = time.perf_counter() - began
    ending = consents.revoking(given)
    rotation = consents.rotation(ending, talk.readers())
    began = time.perf_counter()
    assert consents.send(ending, rotation).status_code == 201
    answered = time.perf_counter() - began
    while listener.hears("conversation:closed") != {"conversation": talk.conversation}:
        pass
    closed = time.perf_counter() - began
    talk.consent_head = ending.hash
    talk.moved(rotation, rotation["epoch"])
    talk.send(talk.patient, "Now that she may not")
    time.sleep(QUIET)
    assert "message:new" not in listener.heard_so_far()
    return heard * 1000, answered * 1000, closed * 1000


def _print(where: str, rounds: list[tuple[float, float, float]]) -> None:
    ratio = statistics.median(closed / heard for heard, _, closed in rounds)
    heard, answered, closed = (
        f"{statistics.median(times):.0f} ({max(times):.0f}) ms" for times in zip(*rounds, strict=True)
    )
    print(f"{where:<20}a message heard {heard}, revoked {answered}, silent {closed}: {ratio:.2f} × a message")
