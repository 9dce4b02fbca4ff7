"""How often somebody may try."""

from datetime import timedelta

from flask.testing import FlaskClient

from messenger.db import Database
from tests.web.probe_room import SteadyClock, rows


def test_tries_are_counted_until_they_are_too_many(browser_like: FlaskClient, clock: SteadyClock) -> None:
    assert [browser_like.post("/api/tries/peggy").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = browser_like.post("/api/tries/peggy")
    assert int(refused.headers["Retry-After"]) == 3600
    assert "Wait 60 minutes and try again." in refused.text
    assert browser_like.post("/api/tries/somebody-else").status_code == 200
    clock.instant += timedelta(hours=1)
    assert browser_like.post("/api/tries/peggy").status_code == 200


def test_the_counts_hold_no_names_and_do_not_grow_without_bound(
    browser_like: FlaskClient, clock: SteadyClock, database: Database
) -> None:
    for name in ("peggy", "tom", "amara"):
        browser_like.post(f"/api/tries/{name}")
    assert len(rows(database)) == 3
    assert not {"peggy", "tom", "amara"} & set(rows(database))
    clock.instant += timedelta(hours=2)
    browser_like.post("/api/tries/peggy")
    assert len(rows(database)) == 1
