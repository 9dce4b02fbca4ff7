"""One commit for each request: all of it, or nothing."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from messenger.db import Database
from tests.web.probe_room import Written, rows


@pytest.fixture
def heard(database: Database) -> list[str]:
    """What after-commit subscribers were told, with what the database held at that moment."""
    told: list[str] = []

    @database.subscribers.after_commit(Written)
    def _hear(event: Written) -> None:
        told.append(f"{event.subject} of {rows(database)}")

    return told


def test_an_answered_request_is_committed_before_anyone_hears_of_it(
    browser_like: FlaskClient, database: Database, heard: list[str]
) -> None:
    assert browser_like.post("/api/rows/one").status_code == 200
    assert rows(database) == ["one"]
    assert heard == ["one of ['one']"]


@pytest.mark.parametrize(("end", "status"), [("then-conflict", 409), ("then-fault", 500)])
def test_a_refused_or_failed_request_leaves_nothing_and_nobody_hears_of_it(
    end: str, status: int, browser_like: FlaskClient, database: Database, heard: list[str]
) -> None:
    assert browser_like.post(f"/api/rows/one/{end}").status_code == status
    assert rows(database) == []
    assert heard == []


def test_a_refusal_that_is_recorded_keeps_what_was_written(browser_like: FlaskClient, database: Database) -> None:
    assert browser_like.post("/api/rows/one/then-recorded-refusal").status_code == 403
    assert rows(database) == ["one"]


def test_a_get_cannot_write(browser_like: FlaskClient, database: Database) -> None:
    assert browser_like.get("/api/rows/one/by-get").status_code >= 500
    assert rows(database) == []


def test_a_get_that_declares_that_it_records_can(browser_like: FlaskClient, database: Database) -> None:
    assert browser_like.get("/api/rows/one/by-recording-get").status_code == 200
    assert rows(database) == ["one"]


def test_a_subscriber_within_the_transaction_can_undo_it(browser_like: FlaskClient, database: Database) -> None:
    @database.subscribers.within_transaction(Written)
    def _refuse(_session: object, _event: Written) -> None:
        raise ZeroDivisionError

    assert browser_like.post("/api/rows/one").status_code == 500
    assert rows(database) == []


def test_a_subscriber_that_fails_after_the_commit_does_not_fail_the_request(
    browser_like: FlaskClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    @database.subscribers.after_commit(Written)
    def _fail(_event: Written) -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        assert browser_like.post("/api/rows/one").status_code == 200
    assert rows(database) == ["one"]
    assert "after-commit subscriber failed" in caplog.text


def test_a_fault_is_logged_with_its_place_and_number_and_without_its_words(
    browser_like: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        message = browser_like.post("/api/rows/one/then-fault").text
    (reference,) = re.findall("[0-9a-f]{8}", message)
    assert reference in caplog.text
    assert "probe_room.py" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "Margaret" not in caplog.text + message


def test_many_writers_at_once_wait_for_each_other_and_all_get_through(
    browser_like: FlaskClient, database: Database
) -> None:
    app = browser_like.application

    def write(number: int) -> int:
        return app.test_client().post(f"/api/rows/{number:02}").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(write, range(40))) == {200}
    assert len(rows(database)) == 40
