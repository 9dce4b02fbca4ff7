"""What a monitor sees when something is wrong."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from config import Settings
from messenger import health, schema
from messenger.db import Database
from messenger.web.request_scope import OneCommit, Scope
from tests.web.probe_room import SteadyClock


@pytest.fixture
def monitor(probe_app: OneCommit, settings: Settings, database: Database) -> FlaskClient:
    scope = Scope(settings, database, SteadyClock())
    probe_app.register_blueprint(health.blueprint(scope, {"log": lambda _scope: settings.data_dir.exists()}))
    return probe_app.test_client()


def failing(monitor: FlaskClient) -> list[str]:
    answer = monitor.get("/readyz")
    assert answer.status_code == (503 if "failing" in answer.get_json() else 200)
    found: list[str] = answer.get_json().get("failing", [])
    return found


def test_a_whole_server_is_ready(monitor: FlaskClient) -> None:
    assert failing(monitor) == []


def test_tables_of_another_revision_are_named(monitor: FlaskClient, database_url: str) -> None:
    schema.downgrade(database_url, schema.revisions()[0])
    assert failing(monitor) == ["migrations"]
    assert monitor.get("/healthz").status_code == 200


def test_a_full_disk_is_named(monitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FREE_BYTES", 2**62)
    assert failing(monitor) == ["disk"]


def test_a_lost_data_folder_and_a_check_of_a_room_are_named(
    monitor: FlaskClient, settings: Settings, tmp_path: Path
) -> None:
    moved = settings.data_dir.rename(tmp_path.with_name("moved-away"))
    try:
        assert {"disk", "log"} <= set(failing(monitor))
    finally:
        moved.rename(settings.data_dir)


def test_a_database_that_is_gone_is_named(monitor: FlaskClient, database: Database, database_url: str) -> None:
    database.dispose()
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).write_bytes(b"not a database" * 99)
        assert failing(monitor) == ["database", "migrations"]
