"""A clinic on a real server process for the tests of the headless client: one for each kind of database."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.headless.residents import Clinic
from tests.servers import BetweenServer, PostgresServer


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def clinic(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """A clinic with everybody in it. Tests share it and leave its people able to sign in."""
    folder = tmp_path_factory.mktemp("clinic")
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("_migrated_sqlite")
        url = f"sqlite:///{shutil.copy(template, folder / 'between.db')}"
    else:
        postgres: PostgresServer = request.getfixturevalue("postgres")
        url = postgres.create_database(request.getfixturevalue("_migrated_postgres"))
    with BetweenServer(folder / "server", url) as server:
        made = Clinic(server, folder)
        made.gather()
        yield made


@pytest.fixture
def conversation(clinic: Clinic) -> str:
    """A new conversation of Peggy's."""
    return clinic.begin_conversation()


@pytest.fixture
def another_device(tmp_path: Path) -> Callable[[str], Path]:
    """A keystore file that nobody has used yet."""
    return lambda name: tmp_path / f"{name}-another.json"
