from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from config import Settings
from messenger.db import Database
from messenger.web.limits import Limit
from messenger.web.request_scope import OneCommit
from tests.web.probe_room import SteadyClock, probe_application

THREE_AN_HOUR = Limit("probe", 3, timedelta(hours=1))


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings.from_env(
        {
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": database_url,
            "SECRET_KEY": "a secret of the tests, of no worth to anyone",
            "BASE_URL": "http://localhost:8000",
        }
    )


@pytest.fixture
def clock() -> SteadyClock:
    return SteadyClock()


@pytest.fixture
def probe_app(settings: Settings, database: Database, clock: SteadyClock) -> OneCommit:
    return probe_application(settings, database, clock, THREE_AN_HOUR)


@pytest.fixture
def browser_like(probe_app: OneCommit) -> FlaskClient:
    """A caller without cookies; what a browser adds is said in each test."""
    return probe_app.test_client()
