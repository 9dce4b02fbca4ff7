"""Who gets in: roles, origins, sizes."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from messenger.db import Database
from messenger.roles import Role
from messenger.web.body import MAX_REQUEST_BYTES
from messenger.web.guards import Guard
from tests.web.probe_room import rows


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


@pytest.mark.parametrize("guard", Guard)
def test_a_guard_is_enforced_before_the_view_runs(guard: Guard, browser_like: FlaskClient) -> None:
    answered = {
        role: browser_like.get(f"/api/for/{guard}", headers={"X-Role": role} if role else {}).status_code
        for role in (None, *Role)
    }
    assert answered == {role: 200 if guard.allows(role) else 403 if role else 401 for role in (None, *Role)}


def error_code(answer: TestResponse) -> str:
    body: dict[str, dict[str, str]] = answer.get_json()
    return body["error"]["code"]


def test_nobody_is_asked_to_sign_in_in_their_own_language(browser_like: FlaskClient) -> None:
    answer = browser_like.get("/api/me", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert answer.json == {"error": {"code": "sign_in_needed", "message": "请先登录。"}}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8001"},
        {"Origin": "https://localhost:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example", "Host": "evil.example"},
        {"Origin": "http://evil.example", "X-Between": "1", "Authorization": "Bearer x"},
    ],
)
def test_a_request_from_another_site_is_refused(
    headers: dict[str, str], browser_like: FlaskClient, database: Database
) -> None:
    answer = browser_like.post("/api/rows/one", headers=headers)
    assert (answer.status_code, error_code(answer)) == (403, "foreign_origin")
    assert rows(database) == []


def test_a_cookie_alone_changes_nothing(browser_like: FlaskClient, database: Database) -> None:
    browser_like.set_cookie("between_session", "x")
    same_origin = {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}
    assert error_code(browser_like.post("/api/rows/one", headers=same_origin)) == "header_missing"
    assert rows(database) == []
    assert browser_like.post("/api/rows/one", headers={**same_origin, "X-Between": "1"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"name": "\xff"}', "malformed_json"),
        (b'{"name": "\\ud800"}', "malformed_json"),
        (b'{"name": "a", "name": "b"}', "malformed_json"),
        (b'{"name": 1.5}', "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b"", "malformed_json"),
        (b'["name"]', "malformed_json"),
        (b'{"name": 1}', "bad_members"),
        (b"{}", "bad_members"),
        (b'{"name": "a", "extra": 1}', "bad_members"),
        (b'{"name": "aaaaaaaaaaaaaaaaaaaaaaaaa"}', "bad_members"),
    ],
)
def test_a_body_that_is_not_what_was_asked_for_is_refused(body: bytes, code: str, browser_like: FlaskClient) -> None:
    answer = browser_like.post("/api/name", data=body, content_type="application/json")
    assert (answer.status_code, error_code(answer)) == (400, code)


def test_a_form_is_not_json(browser_like: FlaskClient) -> None:
    answer = browser_like.post("/api/name", data='{"name": "a"}', content_type="text/plain")
    assert (answer.status_code, error_code(answer)) == (400, "not_json")


def test_a_request_that_is_too_large_is_told_the_limit(browser_like: FlaskClient) -> None:
    answer = browser_like.post("/api/name", data=b"x" * (MAX_REQUEST_BYTES + 1), content_type="application/json")
    assert (answer.status_code, error_code(answer)) == (413, "request_too_large")
    assert str(MAX_REQUEST_BYTES) in answer.text
