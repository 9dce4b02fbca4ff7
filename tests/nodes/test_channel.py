"""The line between nodes by itself: two ends of it on one Redis."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from queue import SimpleQueue

import pytest

from messenger.between_nodes import KINDS
from messenger.channel import ANSWER_SECONDS, MOST_WAITING, Channel, EventsMissed
from messenger.conversations.announcements import LeasesEnded, MessageErased
from messenger.travelling import Travelling
from tests.servers import RedisServer

WAIT = 20


@dataclass
class End:
    """One end, and what arrives there."""

    channel: Channel
    heard: SimpleQueue[object]

    def hears(self, wanted: object) -> None:
        """This arrives; what comes before it is let go."""
        while self.heard.get(timeout=WAIT) != wanted:
            pass


@contextmanager
def working(channel: Channel) -> Iterator[None]:
    threads = [threading.Thread(target=run) for run in (channel.run_sending, channel.run_hearing)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        channel.stop()
        for thread in threads:
            thread.join(WAIT)
            assert not thread.is_alive()


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """One that may be frozen."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def new_end(redis: RedisServer) -> Iterator[Callable[..., End]]:
    """Makes ends that work until the test ends."""
    with ExitStack() as running:

        def make(name: str = "between:test", kinds: dict[str, type] = KINDS) -> End:
            heard: SimpleQueue[object] = SimpleQueue()
            end = End(Channel(redis.url, name, Travelling(kinds), heard.put), heard)
            running.enter_context(working(end.channel))
            end.hears(EventsMissed())  # it listens
            return end

        yield make
        redis.thaw()


def test_what_one_end_tells_the_other_hears_and_not_itself(new_end: Callable[..., End]) -> None:
    here, there = new_end(), new_end()
    here.channel.tell(MessageErased("c", "m"))
    there.hears(MessageErased("c", "m"))
    there.channel.tell(LeasesEnded("c"))
    here.hears(LeasesEnded("c"))
    assert here.heard.empty()


def test_services_that_share_a_redis_do_not_hear_each_other(new_end: Callable[..., End]) -> None:
    here, there, elsewhere = new_end(), new_end(), new_end("between:another")
    here.channel.tell(LeasesEnded("c"))
    there.hears(LeasesEnded("c"))
    assert elsewhere.heard.empty()


def test_what_another_version_says_is_met_as_something_missed(new_end: Callable[..., End]) -> None:
    here, older = new_end(), new_end(kinds={"leases-ended": LeasesEnded})
    here.channel.tell(MessageErased("c", "m"))
    older.hears(EventsMissed())


def test_telling_never_waits_and_what_is_given_up_is_owned_up_to(
    redis: RedisServer, new_end: Callable[..., End]
) -> None:
    here, there = new_end(), new_end()
    redis.freeze()
    began = time.monotonic()
    for number in range(3 * MOST_WAITING):
        here.channel.tell(LeasesEnded(str(number)))
    assert time.monotonic() - began < ANSWER_SECONDS / 2
    redis.thaw()
    there.hears(EventsMissed())
    here.channel.tell(LeasesEnded("afterwards"))
    there.hears(LeasesEnded("afterwards"))


def test_both_ends_know_when_they_are_out_of_touch_and_when_they_are_back(
    redis: RedisServer, new_end: Callable[..., End]
) -> None:
    here, there = new_end(), new_end()
    until(lambda: here.channel.in_touch and there.channel.in_touch)
    redis.freeze()
    until(lambda: not here.channel.in_touch and not there.channel.in_touch)
    redis.thaw()
    until(lambda: here.channel.in_touch and there.channel.in_touch)


def test_an_end_that_says_goodbye_is_not_waited_for_and_one_that_falls_silent_is(
    redis: RedisServer, new_end: Callable[..., End]
) -> None:
    here = new_end()
    leaving = Channel(redis.url, "between:test", Travelling(KINDS), lambda _event: None)
    with working(leaving):
        until(lambda: leaving.in_touch)
    until(lambda: here.channel.in_touch)
    silent = Channel(redis.url, "between:test", Travelling(KINDS), lambda _event: None)
    silent._publish("beat", None)
    until(lambda: not here.channel.in_touch)
    silent._redis.close()


def until(holds: Callable[[], bool]) -> None:
    """Waits until it holds: there is nothing to be told by, since the silence itself is what is noticed."""
    pause = threading.Event()
    for _ in range(WAIT * 20):
        if holds():
            return
        pause.wait(0.05)
    raise AssertionError("it never held")
