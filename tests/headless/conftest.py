"""A clinic on a real server process for the tests of the headless client: one for each kind of database."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.headless.residents import Clinic
from tests.servers import BetweenServer, PostgresServer


@pytest.fixture(scope="session")
def clinic_on(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Clinic]]:
    """The clinic on a kind of database, with everybody in it: made once, by whoever asks first."""
    with ExitStack() as servers:

        @cache
        def made(kind: str) -> Clinic:
            folder = tmp_path_factory.mktemp("clinic")
            server = BetweenServer(folder / "server", migrated_database(request, kind, folder))
            clinic = Clinic(servers.enter_context(server), folder)
            clinic.gather()
            return clinic

        yield made


def migrated_database(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    """The address of a new database."""
    if kind == "sqlite":
        template: Path = request.getfixturevalue("_migrated_sqlite")
        return f"sqlite:///{shutil.copy(template, folder / 'between.db')}"
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return postgres.create_database(request.getfixturevalue("_migrated_postgres"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def clinic(request: pytest.FixtureRequest, clinic_on: Callable[[str], Clinic]) -> Clinic:
    """A clinic with everybody in it. Tests share it and leave its people able to sign in."""
    return clinic_on(request.param)


@pytest.fixture
def conversation(clinic: Clinic) -> str:
    """A new conversation of Peggy's."""
    return clinic.begin_conversation()


@pytest.fixture
def another_device(tmp_path: Path) -> Callable[[str], Path]:
    """A keystore file that nobody has used yet."""
    return lambda name: tmp_path / f"{name}-another.json"
