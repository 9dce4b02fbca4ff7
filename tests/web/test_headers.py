"""The headers of every answer, pinned: a change here is a decision."""

import pytest
from flask.testing import FlaskClient

from config import Settings
from messenger.db import Database
from messenger.web.headers import page_policy
from tests.web.conftest import THREE_AN_HOUR
from tests.web.probe_room import SteadyClock, probe_application


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def test_the_policy_of_a_page_is_exactly_this(settings: Settings) -> None:
    assert page_policy(settings).split("; ") == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self' ws://localhost:8000",
        "worker-src 'self'",
        "manifest-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types lit-html between-worker between-service-worker",
    ]


@pytest.mark.parametrize("path", ["/nowhere", "/api/nowhere", "/api/for/anyone", "/favicon.svg"])
def test_every_answer_is_closed_to_other_sites(path: str, browser_like: FlaskClient) -> None:
    headers = browser_like.get(path, headers={"Accept": "text/html"}).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert "Set-Cookie" not in headers


def test_a_page_asks_the_browser_to_refuse_scripts_without_integrity(browser_like: FlaskClient) -> None:
    page = browser_like.get("/nowhere", headers={"Accept": "text/html"})
    assert page.headers["Integrity-Policy"] == "blocked-destinations=(script)"


def test_what_the_interface_answers_is_kept_nowhere(browser_like: FlaskClient) -> None:
    assert browser_like.get("/api/for/anyone").headers["Cache-Control"] == "no-store"


def test_over_https_the_browser_is_told_to_stay_there(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secure = Settings.from_env(
        {
            "BASE_URL": "https://between.clinic.example",
            "DATA_DIR": str(tmp_path_factory.mktemp("secure")),
            "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
            "SECRET_KEY": "a secret of the tests, of no worth to anyone",
        }
    )
    app = probe_application(secure, database, SteadyClock(), THREE_AN_HOUR)
    headers = app.test_client().get("/nowhere", headers={"Accept": "text/html"}).headers
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "wss://between.clinic.example" in headers["Content-Security-Policy"]


def test_over_http_it_is_not(browser_like: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in browser_like.get("/api/for/anyone").headers
