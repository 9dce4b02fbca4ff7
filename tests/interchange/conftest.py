"""One patient's decisions, made once through the service's own doors."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Cast, a_house
from tests.interchange.story import Story, a_story


@pytest.fixture(scope="session")
def story(_sqlite_with_cast: tuple[Path, Cast], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A patient with a consent in every state; nothing more is decided by those who share it."""
    template, people = _sqlite_with_cast
    folder = tmp_path_factory.mktemp("interchange")
    house = a_house(f"sqlite:///{shutil.copy(template, folder / 'between.db')}", str(folder))
    yield a_story(people.moved_to(house))
    house.database.dispose()
