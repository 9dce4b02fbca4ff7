"""Every revision goes up, down and up again with data in it, on both databases, and ends where the models are."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, MetaData, inspect

from messenger import schema
from messenger.app import metadata
from messenger.db import Database, open_database
from tests.house.rows import count, fill
from tests.servers import PostgresServer


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('tmp_path') / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def opened(empty_url: str) -> Iterator[Database]:
    database = open_database(empty_url)
    yield database
    database.dispose()


def tables_in(database: Database) -> MetaData:
    """The project's tables that exist now, in their order."""
    names = set(inspect(database.reader).get_table_names())
    existing = MetaData()
    for table in metadata.sorted_tables:
        if table.name in names:
            table.to_metadata(existing)
    return existing


def test_revisions_form_one_line() -> None:
    assert len(schema.revisions()) == len(set(schema.revisions())) > 0


def default_differs(_context: object, _found: object, column: Column[Any], *_texts: object) -> bool | None:
    """Whether Alembic should look at a default: not at a column that counts by itself, whose sequence is no default."""
    return False if column.identity is not None else None


def test_models_and_migrations_agree(empty_url: str, opened: Database) -> None:
    schema.upgrade(empty_url)
    with opened.reader.connect() as connection:
        options = {"compare_type": True, "compare_server_default": default_differs}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_every_revision_goes_up_down_and_up_with_data(empty_url: str, opened: Database) -> None:
    schema.upgrade(empty_url)
    with opened.engine.begin() as connection:
        before = fill(connection, metadata)
    assert all(before.values())
    left = before
    for revision in ["base", *schema.revisions()][-2::-1]:
        schema.downgrade(empty_url, revision)
        with opened.reader.connect() as connection:
            left = count(connection, tables_in(opened))
        assert left == {name: before[name] for name in left}, f"rows were lost on the way down to {revision}"
    assert left == {}
    schema.upgrade(empty_url)
    with opened.engine.begin() as connection:
        assert fill(connection, metadata) == before


def test_a_step_down_and_up_keeps_what_older_revisions_hold(empty_url: str, opened: Database) -> None:
    schema.upgrade(empty_url)
    with opened.engine.begin() as connection:
        before = fill(connection, metadata)
    for revision in schema.revisions()[-2::-1]:
        schema.downgrade(empty_url, revision)
        kept = {table.name for table in tables_in(opened).sorted_tables}
        schema.upgrade(empty_url)
        with opened.reader.connect() as connection:
            after = count(connection, metadata)
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_the_newest_revision_is_recognised_and_an_older_one_is_not(empty_url: str, opened: Database) -> None:
    schema.upgrade(empty_url)
    with opened.reader.connect() as connection:
        assert schema.is_current(connection)
    schema.downgrade(empty_url, schema.revisions()[0])
    with opened.reader.connect() as connection:
        assert not schema.is_current(connection) or len(schema.revisions()) == 1
