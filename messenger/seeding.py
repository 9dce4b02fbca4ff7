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
from messenger.headless.api import Api
from messenger.headless.demo import make_demo
from messenger.headless.demo_people import CLINIC
from messenger.headless.demo_story import FOUNDED
from messenger.jobs import Background
from messenger.protocol.json_strict import JsonObject
from messenger.teams import clinics
from messenger.teams.clinics import Service
from messenger.web import request_scope
from messenger.web.request_scope import Scope


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


def make(settings: Settings) -> JsonObject:
    """Makes it in an empty database; what `demo.json` says of it. An SQLite file is made aside and moved into place."""
    address = parse_database_url(settings.database_url)
    if address.get_backend_name() == "sqlite":
        return _seed_aside(settings, Path(address.database or ""))
    return _seed(settings)


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
