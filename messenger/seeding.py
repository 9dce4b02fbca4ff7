"""The demo clinic at the first start: the service runs for a moment on a clock of its own, and its clients fill it.

Everything goes through the same doors as later, on loopback, before anybody else can connect. The clock begins almost
a week ago and only goes forward, so what is logged is in the order in which it happened.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from config import Settings
from messenger import schema
from messenger.app import BACKGROUND, create_app
from messenger.clock import open_clock
from messenger.db import open_database, parse_database_url
from messenger.errors import Conflict
from messenger.headless.api import Api
from messenger.headless.demo import make_demo, write_demo_file
from messenger.headless.demo_people import CLINIC
from messenger.headless.demo_story import FOUNDED
from messenger.jobs import Background
from messenger.protocol.json_strict import JsonObject, parse_object
from messenger.protocol.shape import Members
from messenger.teams import clinics
from messenger.teams.clinics import Service
from messenger.web import request_scope
from messenger.web.request_scope import Scope

DEMO_FILE = "demo.json"
UNFINISHED = "demo.unfinished"


class _QuietHandler(WSGIRequestHandler):
    """Seeding is nobody's traffic: nothing of it is printed. Connections are kept: it is many small requests."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


class SeedingClock:
    """A clock that stands until it is moved, and never goes back."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """The instant it was last moved to."""
        return self._instant

    def move_to(self, instant: datetime) -> None:
        """Goes forward; a time that has passed changes nothing."""
        self._instant = max(self._instant, instant)


def seed_if_empty(settings: Settings) -> bool:
    """Makes the demo clinic where there is no clinic yet and writes `demo.json`; whether it did.

    An SQLite file is made aside and moved into place whole. Raises `Conflict` (`demo_unfinished`) where the making was
    interrupted in a PostgreSQL database, which knows no such move.
    """
    unfinished = settings.data_dir / UNFINISHED
    if _has_clinic(settings.database_url):
        if unfinished.exists():
            raise Conflict(
                "demo_unfinished", "Making the demo clinic was interrupted. Empty the database and try again."
            )
        return False
    address = parse_database_url(settings.database_url)
    unfinished.touch(mode=0o600)
    if address.get_backend_name() == "sqlite":
        made = _seed_aside(settings, Path(address.database or ""))
    else:
        made = _seed(settings)
    write_demo_file(settings.data_dir / DEMO_FILE, settings.base_url, made)
    unfinished.unlink()
    return True


def accounts_of_demo(settings: Settings) -> list[str]:
    """A line for each account of the demo clinic: role, name and password; none where there is no demo."""
    file = settings.data_dir / DEMO_FILE
    if not file.exists():
        return []
    accounts = Members(parse_object(file.read_bytes())).list("accounts", Members)
    return [f"{one.text('role'):<14} {one.text('name'):<8} {one.text('password')}" for one in accounts]


def _has_clinic(database_url: str) -> bool:
    database = open_database(database_url)
    try:
        with database.reading_session() as session:
            return clinics.any_exists(session)
    finally:
        database.dispose()


def _seed_aside(settings: Settings, place: Path) -> JsonObject:
    aside = place.with_name(f"{place.name}.making")
    _remove(aside)
    made = _seed(replace(settings, database_url=f"sqlite:///{aside}"))
    _remove(place)
    aside.replace(place)
    return made


def _remove(file: Path) -> None:
    """An SQLite file with what belongs to it; nobody has it open."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def _seed(settings: Settings) -> JsonObject:
    schema.upgrade(settings.database_url)
    end = open_clock(settings.clock_file).now()
    clock = SeedingClock(FOUNDED.instant(end))
    link = _create_clinic(settings, clock)
    with _serving(settings, clock) as address:
        return make_demo(lambda: Api(address, settings.base_url), clock, end, link)


def _create_clinic(settings: Settings, clock: SeedingClock) -> str:
    """What the operator does with `clinic create`."""
    database = open_database(settings.database_url)
    service = Service(settings.base_url, settings.authority, settings.secret_key.encode())
    try:
        with database.unit_of_work() as session:
            return clinics.create_clinic(session, CLINIC, service, clock.now()).link
    finally:
        database.dispose()


@contextmanager
def _serving(settings: Settings, clock: SeedingClock) -> Iterator[str]:
    """The service on a loopback port of its own, on the seeding clock."""
    app = create_app(settings, clock)
    background: Background = app.extensions[BACKGROUND]
    scope: Scope = app.extensions[request_scope.EXTENSION]
    background.start()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(target=server.serve_forever, name="seeding")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        background.stop()
        background.join()
        scope.database.dispose()
