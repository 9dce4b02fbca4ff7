"""What every test may ask for. Nothing reaches beyond this machine, and in CI nothing may be skipped."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from messenger import schema
from messenger.db import Database, open_database
from messenger.events import Subscribers
from tests.cast import Cast, House, a_cast, a_house
from tests.factories import PersonAtHand
from tests.remote import Connect, FileHandClock, Listener, RemoteHouse
from tests.servers import BetweenServer, PostgresServer, launch_chromium, postgres_server, redis_server

# How long an example takes says more about a busy machine than about the code.
hypothesis.settings.register_profile("between", deadline=None)
hypothesis.settings.load_profile("between")

LOOPBACK = ("127.", "::1", "localhost")
LONGEST = ("faults", "hostile", "walk", "journeys", "client")
"""Folders whose files take minutes: they are begun first, so that all workers end at about the same time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: item.path.parent.name not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    """Refuse a connection to anywhere else, before it is tried."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis for the whole run."""
    with redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def _migrated_postgres(postgres: PostgresServer) -> str:
    """The name of a database with every table and nothing in it, to be copied."""
    url = postgres.create_database()
    schema.upgrade(url)
    return url.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for SQLite."""
    file = tmp_path_factory.mktemp("migrated") / "between.db"
    schema.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(_migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a migrated, empty SQLite database of this test's own."""
    return f"sqlite:///{shutil.copy(_migrated_sqlite, tmp_path / 'between.db')}"


@pytest.fixture
def postgres_url(postgres: PostgresServer, _migrated_postgres: str) -> Iterator[str]:
    """The address of a migrated, empty PostgreSQL database of this test's own."""
    url = postgres.create_database(_migrated_postgres)
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database; a test that asks for it runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same, opened, with no subscribers but those the test adds."""
    opened = open_database(database_url, Subscribers())
    yield opened
    opened.dispose()


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """The application on an empty database, with a clock in the test's hand."""
    built = a_house(database_url, str(tmp_path))
    yield built
    built.database.dispose()


@pytest.fixture(scope="session")
def _sqlite_with_cast(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cast]:
    """An SQLite database in which a clinic was founded, to be copied, and the keys of its people."""
    file = Path(shutil.copy(_migrated_sqlite, tmp_path_factory.mktemp("cast") / "between.db"))
    return file, _cast_on(f"sqlite:///{file}", file.parent)


@pytest.fixture(scope="session")
def _postgres_with_cast(
    postgres: PostgresServer, _migrated_postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Cast]:
    """The same for PostgreSQL."""
    url = postgres.create_database(_migrated_postgres)
    return url.rsplit("/", 1)[1], _cast_on(url, tmp_path_factory.mktemp("cast"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def cast(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cast]:
    """A clinic with its people; a test that asks for it runs once on each kind of database."""
    template, people = request.getfixturevalue(f"_{request.param}_with_cast")
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(template, tmp_path / 'between.db')}"
    else:
        url = request.getfixturevalue("postgres").create_database(template)
    house = a_house(url, str(tmp_path))
    yield people.moved_to(house)
    house.database.dispose()
    if request.param == "postgres":
        request.getfixturevalue("postgres").drop_database(url)


def _cast_on(url: str, data_dir: Path) -> Cast:
    house = a_house(url, str(data_dir))
    people = a_cast(house)
    house.database.dispose()
    return people


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., BetweenServer]]:
    """Starts `python -m messenger serve` on a database, with further settings; all are stopped at the end."""
    with ExitStack() as running:

        def start(database_url: str, **environ: str) -> BetweenServer:
            folder = tmp_path / f"server-{len(list(tmp_path.glob('server-*')))}"
            return running.enter_context(BetweenServer(folder, database_url, environ))

        yield start


@pytest.fixture
def served(cast: Cast, start_server: Callable[..., BetweenServer], tmp_path: Path) -> Cast:
    """The cast in front of a server process on its database, whose clock is in the test's hand."""
    clock = FileHandClock(tmp_path / "clock", cast.house.clock)
    server = start_server(
        cast.house.settings.database_url,
        DEMO="1",
        CLOCK_FILE=str(tmp_path / "clock"),
        SECRET_KEY=cast.house.settings.secret_key,
        BASE_URL=cast.house.settings.base_url,
    )
    return cast.moved_to(RemoteHouse(cast.house.app, clock, cast.house.settings, here=server.here))


@pytest.fixture
def connect(served: Cast) -> Iterator[Connect]:
    """Connects people; all leave at the end."""
    open_ones: list[Listener] = []

    def one_more(person: PersonAtHand) -> Listener:
        house = served.house
        assert isinstance(house, RemoteHouse)
        open_ones.append(Listener(house.here, person))
        return open_ones[-1]

    yield one_more
    for listener in open_ones:
        listener.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run; each context is a fresh profile."""
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a test that was skipped is a test that did not pass."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter is not None and reporter.stats.get("skipped") and exitstatus == 0:
        reporter.write_line("skipped tests count as failed in CI", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
