"""Two web nodes on one database and one Redis, and a clinic whose people may be at either."""

import copy
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cast import Cast
from tests.consents import Consents, consents_of
from tests.factories import PersonAtHand
from tests.remote import FileHandClock, Listener, RemoteHouse
from tests.servers import BetweenServer
from tests.talk import Talk, a_talk


@dataclass
class Pair:
    """Both nodes; `cast` talks to the first."""

    cast: Cast
    first: BetweenServer
    second: BetweenServer

    def at_second(self, talk: Talk) -> Talk:
        """The same conversation through the second node; what either does moves both on."""
        house = talk.house
        there = copy.copy(talk)
        there.cast = copy.copy(talk.cast)
        there.cast.house = RemoteHouse(house.app, house.clock, house.settings, here=self.second.here)
        return there

    def new_talk(self) -> Talk:
        """A conversation of a patient of its own with the team."""
        patient = self.cast.enter_patient()
        return a_talk(self.cast, patient).begin(patient)

    def new_consents(self) -> Consents:
        """As `new_talk`, with the patient's consents."""
        return consents_of(self.new_talk())


@dataclass
class Connections:
    """Live connections to either node; all of them are closed at the end."""

    pair: Pair
    opened: ExitStack

    def to_first(self, person: PersonAtHand) -> Listener:
        """Somebody's connection to the first node."""
        return self._to(self.pair.first, person)

    def to_second(self, person: PersonAtHand) -> Listener:
        """Somebody's connection to the second node."""
        return self._to(self.pair.second, person)

    def _to(self, node: BetweenServer, person: PersonAtHand) -> Listener:
        listener = Listener(node.here, person)
        self.opened.callback(listener.close)
        return listener


def follow(talk: Talk, listener: Listener) -> dict[str, Any]:
    """Ask to hear what is written there."""
    return listener.call("conversation:follow", {"conversation": talk.conversation})


def following(talk: Talk, listener: Listener, person: PersonAtHand) -> Listener:
    """Somebody who has opened the conversation and follows it on that connection."""
    talk.open(person)
    assert follow(talk, listener)["ok"]
    return listener


def hears_message(listener: Listener, sequence: int) -> None:
    """The message of this number arrives live."""
    while listener.hears("message:new")["message"]["sequence"] != sequence:
        pass


@contextmanager
def two_nodes(cast: Cast, redis_url: str, folder: Path) -> Iterator[Pair]:
    """Both nodes on the cast's PostgreSQL, with one clock in the test's hand."""
    clock = FileHandClock(folder / "clock", cast.house.clock)
    settings = cast.house.settings
    environ = {
        "DEMO": "1",
        "CLOCK_FILE": str(folder / "clock"),
        "SECRET_KEY": settings.secret_key,
        "BASE_URL": settings.base_url,
        "REDIS_URL": redis_url,
    }
    with (
        BetweenServer(folder / "first", settings.database_url, environ) as first,
        BetweenServer(folder / "second", settings.database_url, environ) as second,
    ):
        house = RemoteHouse(cast.house.app, clock, settings, here=first.here)
        yield Pair(cast.moved_to(house), first, second)
