"""What tests of several nodes begin with: a pair for each file, and connections for each test."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.cast import Cast, a_house
from tests.nodes.pair import Connections, Pair, two_nodes
from tests.servers import PostgresServer, RedisServer


@pytest.fixture(scope="module")
def own_redis() -> Iterator[RedisServer]:
    """A Redis that this file's tests may freeze and kill."""
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="module")
def pair(
    postgres: PostgresServer,
    _postgres_with_cast: tuple[str, Cast],
    own_redis: RedisServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    """Two nodes and a clinic, for the tests of a file; each takes a patient of its own."""
    template, people = _postgres_with_cast
    url, folder = postgres.create_database(template), tmp_path_factory.mktemp("nodes")
    house = a_house(url, str(folder))
    with two_nodes(people.moved_to(house), own_redis.url, folder) as both:
        yield both
    house.database.dispose()
    postgres.drop_database(url)


@pytest.fixture
def connections(pair: Pair) -> Iterator[Connections]:
    """Connects people to either node."""
    with ExitStack() as opened:
        yield Connections(pair, opened)
