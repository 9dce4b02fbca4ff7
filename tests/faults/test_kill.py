"""`kill -9` while people send: no acknowledged message is lost, none is there twice, none is without its entry."""

import json
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import websocket
from sqlalchemy import select

from bench.wire import Connection
from messenger.audit.sequencer import Sequencer
from messenger.auditor.database_check import Given, check_database
from messenger.conversations.models import Message as StoredMessage
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.message import Message, parse_header
from tests.cast import Cast, a_cast, a_house
from tests.entries import Entries
from tests.factories import PersonAtHand
from tests.faults.mortal import MortalServer
from tests.talk import Talk, a_talk

POINTS = 200
"""Kills on each kind of database, spread evenly over its clinics."""

CLINICS = 2
CONVERSATIONS = 3
FROM_WITHIN = 0.3
"""How often the server dies right after a commit instead of at a moment that only the clock chooses."""
MOST_COMMITS = 6
MOST_SENDS = 24
MOST_DELAY_SECONDS = 0.012
"""After that many sends and that long the server dies: before, within and after a commit of the last of them."""


@dataclass
class Author:
    """A client in one conversation: it keeps a message until it is acknowledged, and sends the same bytes again."""

    talk: Talk
    person: PersonAtHand
    pending: Message | None = None
    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)
    """Id, sequence and hash of each."""

    def send_until_cut(self, connection: Connection, left: Callable[[], None]) -> None:
        """Send one message after another, the one that was never acknowledged first, until the connection breaks."""
        with connection, suppress(websocket.WebSocketException, OSError):
            while True:
                self.send(connection, left)

    def send(self, connection: Connection, left: Callable[[], None]) -> None:
        """Send and wait for the acknowledgement."""
        if self.pending is None:
            self.pending = self.talk.write(self.person)
        message = self.pending
        document = {"conversation": self.talk.conversation, **message.as_json()}
        connection.emit("message:send", json.dumps(document))
        left()
        answer = connection.acknowledged()
        assert answer["ok"], answer
        assert answer["id"] == parse_header(message.header).id
        self.acknowledged.append((answer["id"], answer["sequence"], message.hash))
        device = self.talk.devices[self.person.device]
        device.sequence, device.previous = device.sequence + 1, message.hash
        self.pending = None


class Departures:
    """Counts what has been sent in one life; whoever kills waits for it."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def one_more(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._count >= count, timeout=20)


@dataclass
class Clinic:
    """A clinic whose server dies again and again, and what was found right after each death."""

    cast: Cast
    server: MortalServer
    authors: list[Author]
    stored_in_vain: int = 0
    """Messages that were stored and whose acknowledgement never arrived."""
    not_stored: int = 0

    def live_and_die(self, dice: random.Random) -> None:
        """One life: everybody sends, and at a seeded moment the server dies."""
        sends, delay = dice.randint(1, MOST_SENDS), dice.uniform(0, MOST_DELAY_SECONDS)
        commits = dice.randint(1, MOST_COMMITS) if dice.random() < FROM_WITHIN else 0
        self.server.start(commits)
        departures = Departures()
        connections = [Connection(self.server.url, author.person.token) for author in self.authors]
        with ThreadPoolExecutor(len(self.authors)) as threads:
            running = [
                threads.submit(author.send_until_cut, connection, departures.one_more)
                for author, connection in zip(self.authors, connections, strict=True)
            ]
            if commits:
                self.server.wait_for_death()
            else:
                departures.wait_for(sends)
                time.sleep(delay)  # the moment of the kill, not a wait for anything
                self.server.kill()
        for one in running:
            one.result()
        self._look_at_what_was_left()

    def live_on(self) -> None:
        """The last life: what was not acknowledged is sent again, and everybody writes once more."""
        self.server.start()
        for author in self.authors:
            with Connection(self.server.url, author.person.token) as connection:
                for _ in range(2):
                    author.send(connection, lambda: None)

    def _look_at_what_was_left(self) -> None:
        waiting = {parse_header(one.pending.header).id for one in self.authors if one.pending is not None}
        with self.cast.house.database.reading_session() as session:
            found = set(session.scalars(select(StoredMessage.message).where(StoredMessage.message.in_(waiting))))
        self.stored_in_vain += len(found)
        self.not_stored += len(waiting - found)

    def stored(self) -> list[tuple[str, int, str]]:
        """Id, sequence and hash of every message in the database."""
        with self.cast.house.database.reading_session() as session:
            rows = session.execute(select(StoredMessage.message, StoredMessage.sequence, StoredMessage.hash))
            return sorted((row.message, row.sequence, b64u_encode(row.hash)) for row in rows)

    def acknowledged(self) -> list[tuple[str, int, str]]:
        """The same of everything that was acknowledged."""
        return sorted(one for author in self.authors for one in author.acknowledged)

    def logged(self) -> list[str]:
        """The object of every entry that says that a message was sent."""
        house = self.cast.house
        sequencer = Sequencer(house.database, house.clock, house.settings.secret_key.encode())
        log = Entries(house.database, self.cast.hand.clinic, sequencer)
        log.placed()
        return sorted(str(entry.object) for entry in log.of("message:sent"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def clinics(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Clinic]]:
    """Clinics on databases of their own, so that they can die independently of each other."""
    with ExitStack() as open_ones:

        def database(folder: Path) -> str:
            if request.param == "sqlite":
                template = request.getfixturevalue("_migrated_sqlite")
                return f"sqlite:///{shutil.copy(template, folder / 'between.db')}"
            postgres = request.getfixturevalue("postgres")
            url: str = postgres.create_database(request.getfixturevalue("_migrated_postgres"))
            open_ones.callback(postgres.drop_database, url)
            return url

        def clinic(number: int) -> Clinic:
            folder = tmp_path / str(number)
            folder.mkdir()
            house = a_house(database(folder), str(folder))
            open_ones.callback(house.database.dispose)
            house.clock.at = datetime.now(UTC)  # the servers have the real time
            cast = a_cast(house)
            return Clinic(cast, open_ones.enter_context(MortalServer(house, folder)), list(authors_of(cast)))

        yield [clinic(number) for number in range(CLINICS)]


def authors_of(cast: Cast) -> Iterator[Author]:
    """A patient and the provider in each of several conversations."""
    for _ in range(CONVERSATIONS):
        talk = a_talk(cast, cast.enter_patient())
        talk.begin(talk.patient)
        yield Author(talk, talk.patient)
        yield Author(talk, cast.provider)


@pytest.mark.slow
def test_no_kill_loses_doubles_or_hides_a_message(clinics: list[Clinic]) -> None:
    def suffer(clinic: Clinic, seed: int) -> None:
        dice = random.Random(seed)  # noqa: S311 (a seeded point, not a secret)
        for _ in range(POINTS // CLINICS):
            clinic.live_and_die(dice)
        clinic.live_on()
        clinic.server.kill()

    with ThreadPoolExecutor(CLINICS) as threads:
        list(threads.map(suffer, clinics, range(CLINICS)))
    for clinic in clinics:
        assert clinic.stored() == clinic.acknowledged()
        assert clinic.logged() == [message for message, _, _ in clinic.acknowledged()]
        report = check_database(clinic.cast.house.settings.database_url, Given())
        assert report.findings == []
    # The kills fell on both sides of a commit, or this would have shown nothing.
    assert sum(clinic.stored_in_vain for clinic in clinics) > 0
    assert sum(clinic.not_stored for clinic in clinics) > 0
