"""The demo clinic as a start of the server sees it: made where there is no clinic yet, told of at every start.

Only the making needs the whole application (`messenger.seeding`), so only a first start loads it.
"""

from config import Settings
from messenger.db import open_database
from messenger.errors import Conflict
from messenger.protocol.json_strict import parse_object
from messenger.protocol.shape import Members
from messenger.teams import store

DEMO_FILE = "demo.json"
UNFINISHED = "demo.unfinished"


def make_if_empty(settings: Settings) -> bool:
    """Makes the demo clinic where there is no clinic yet and writes `demo.json`; whether it did.

    Raises `Conflict` (`demo_unfinished`) where the making was interrupted in a PostgreSQL database, which knows no
    moving into place.
    """
    unfinished = settings.data_dir / UNFINISHED
    if _has_clinic(settings.database_url):
        if unfinished.exists():
            raise Conflict(
                "demo_unfinished", "Making the demo clinic was interrupted. Empty the database and try again."
            )
        return False
    from messenger import seeding
    from messenger.headless.demo import write_demo_file

    unfinished.touch(mode=0o600)
    made = seeding.make(settings)
    write_demo_file(settings.data_dir / DEMO_FILE, settings.base_url, made)
    unfinished.unlink()
    return True


def accounts(settings: Settings) -> list[str]:
    """A line for each account of the demo clinic: role, name and password; none where there is no demo."""
    file = settings.data_dir / DEMO_FILE
    if not file.exists():
        return []
    listed = Members(parse_object(file.read_bytes())).list("accounts", Members)
    return [f"{one.text('role'):<14} {one.text('name'):<8} {one.text('password')}" for one in listed]


def _has_clinic(database_url: str) -> bool:
    database = open_database(database_url)
    try:
        with database.reading_session() as session:
            return store.has_clinic(session)
    finally:
        database.dispose()
