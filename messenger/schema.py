"""The database's schema and its revisions: Alembic, called at the server's start, by tests and the readiness check.

The server migrates itself before it serves, one process at a time, so that nobody runs new code on old tables.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

FOLDER = Path(__file__).parents[1] / "migrations"


def settings_of(database_url: str) -> Config:
    """What Alembic needs to work on this database."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database forward to a revision."""
    command.upgrade(settings_of(database_url), revision)


def downgrade(database_url: str, revision: str) -> None:
    """Bring the database back to a revision."""
    command.downgrade(settings_of(database_url), revision)


def revisions() -> list[str]:
    """All revisions, oldest first."""
    script = ScriptDirectory(str(FOLDER))
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def is_current(connection: Connection) -> bool:
    """Whether the database stands at the newest revision of this code."""
    here = MigrationContext.configure(connection).get_current_heads()
    return set(here) == set(ScriptDirectory(str(FOLDER)).get_heads())
