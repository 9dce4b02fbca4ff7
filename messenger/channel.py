"""Between the web nodes: what one node announced is heard by the others, through Redis, and never waited for.

Nothing here stands on the path of an answer. `tell` puts an announcement into a bounded queue; one loop sends what is
there, another hears what the others sent. What is lost (Redis away, a queue that is full, a frame of another version)
is lost for good, but not unnoticed: who may have missed something announces `EventsMissed`, and everything that is kept
in memory is then looked up in the database again. Redis keeps nothing: it passes on.

Every node sends a beat and hears its own and the others'. When one has not come for a second, what that node decides
may not arrive either: `in_touch` says so, and what matters is asked of the database until it is True again.
"""

import contextlib
import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from messenger.travelling import Travelling, Untravelled, from_bytes, to_bytes

BEAT_SECONDS: Final = 0.25
IN_TOUCH_SECONDS: Final = 1.0
"""For so long a node counts on hearing what the others announce after it last heard them and itself."""

MOURNED_SECONDS: Final = 120.0
"""A node that fell silent without a goodbye counts as dead after so long, and no longer as one that cannot be heard."""

GIVEN_UP_SECONDS: Final = 5.0
"""A line on which not even the own beat comes is dropped after so long, and another one is made."""

ANSWER_SECONDS: Final = 1.0
"""How long Redis may take to answer before it counts as away."""

MOST_WAITING: Final = 1024
"""Announcements on their way to Redis; more are given up, all of them."""

_BEAT: Final = "beat"
_MISSED: Final = "missed"
_EVENT: Final = "event"
_GOODBYE: Final = "goodbye"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EventsMissed:
    """This node may not have heard everything that other nodes announced: what it keeps in memory may be outdated."""


class Channel:
    """One node's end of the line between the nodes; `run_sending` and `run_hearing` work until `stop`."""

    def __init__(self, url: str, name: str, travelling: Travelling, hear: Callable[[object], None]) -> None:
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),  # a second try would wait on what is known to be lost
        )
        self._name = name
        self._node = secrets.token_hex(8)
        self._travelling = travelling
        self._hear = hear
        self._waiting: queue.Queue[object | None] = queue.Queue(MOST_WAITING)
        self._owes = False
        self._beaten = float("-inf")
        self._beats = {self._node: float("-inf")}
        self._away = False
        self._stopped = threading.Event()

    @property
    def in_touch(self) -> bool:
        """Whether what the others announce arrives here."""
        now = time.monotonic()
        return all(now - beat < IN_TOUCH_SECONDS for beat in list(self._beats.values()))

    def tell(self, event: object) -> None:
        """Let the other nodes hear of it; returns at once and never raises."""
        try:
            self._waiting.put_nowait(event)
        except queue.Full:
            self._give_up()

    def run_sending(self) -> None:
        """Send what is told, and a beat, until `stop`."""
        while not self._stopped.is_set():
            try:
                self._send_next()
            except Exception as error:  # noqa: BLE001 (whatever it was, the next announcement is to go out)
                self._give_up()
                self._say_away(error)
                self._stopped.wait(BEAT_SECONDS)
        with contextlib.suppress(redis.RedisError):
            self._publish(_GOODBYE, None)
        self._redis.close()

    def run_hearing(self) -> None:
        """Hear what the others send, until `stop`."""
        while not self._stopped.is_set():
            try:
                with self._redis.pubsub() as line:  # type: ignore[no-untyped-call]
                    line.subscribe(self._name)
                    self._listen(line)
            except Exception as error:  # noqa: BLE001 (as above)
                self._say_away(error)
                self._stopped.wait(BEAT_SECONDS)

    def stop(self) -> None:
        """End both, and say goodbye."""
        self._stopped.set()

    def _send_next(self) -> None:
        try:
            event = self._waiting.get(timeout=BEAT_SECONDS)
        except queue.Empty:
            event = None
        if self._owes:
            self._owes = False  # before, not after: what is given up meanwhile is owed again
            self._publish(_MISSED, None)
        if event is not None:
            self._publish(_EVENT, self._travelling.write(event))
        if time.monotonic() - self._beaten >= BEAT_SECONDS:
            self._publish(_BEAT, None)
            self._beaten = time.monotonic()

    def _publish(self, what: str, content: object) -> None:
        self._redis.publish(self._name, to_bytes([self._node, what, content]))

    def _give_up(self) -> None:
        """What waits is lost, and the others are to know once they can."""
        self._owes = True
        while not self._waiting.empty():
            try:
                self._waiting.get_nowait()
            except queue.Empty:
                return

    def _listen(self, line: Any) -> None:
        began = time.monotonic()
        while not self._stopped.is_set():
            told = line.get_message(timeout=BEAT_SECONDS)
            if told is not None and told["type"] == "subscribe":
                self._hear(EventsMissed())  # whatever was said before this line was there
            elif told is not None and told["type"] == "message":
                self._take(told["data"])
            if time.monotonic() - max(self._beats[self._node], began) > GIVEN_UP_SECONDS:
                raise redis.TimeoutError("the own beat does not come back")

    def _take(self, data: bytes) -> None:
        try:
            match from_bytes(data):
                case [str(node), "beat", None]:
                    self._hear_beat(node)
                case [self._node, _, _]:
                    return
                case [str(), "event", event]:
                    self._hear(self._travelling.read(event))
                case [str(), "missed", None]:
                    self._hear(EventsMissed())
                case [str(node), "goodbye", None]:
                    self._beats.pop(node, None)
                case _:
                    raise Untravelled
        except Untravelled:
            log.warning("another node says what this version does not know; the database is asked instead")
            self._hear(EventsMissed())

    def _hear_beat(self, node: str) -> None:
        now = time.monotonic()
        self._beats[node] = now
        for gone in [one for one, beat in self._beats.items() if one != self._node and now - beat > MOURNED_SECONDS]:
            del self._beats[gone]
        if self._away and node == self._node:
            self._away = False
            log.warning("the other nodes can be reached again")

    def _say_away(self, error: Exception) -> None:
        if not self._away and not self._stopped.is_set():
            self._away = True
            log.warning("the other nodes cannot be reached through Redis: %s", type(error).__name__)
