"""Every page that the application has, as the people see it who come there; `make walk` keeps a picture of each look.

Within `make test` four of the twelve looks are taken at each stop; with WALK_SCREENSHOTS all.
"""

import re
import shutil
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser

from config import Settings
from messenger.app import create_app, declared_doors
from tests.client.page_faults import LANGUAGES
from tests.walk import inside, outside
from tests.walk.clinic import WalkedClinic
from tests.walk.looks import looks
from tests.walk.walker import Steps, walker

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CONVERSATION: Final = "/conversations/<conversation>"
WALKS: Final[dict[str, tuple[Steps, set[str]]]] = {
    "at the door": (outside.at_the_door, {"/sign-in", "/security"}),
    "an invited patient": (outside.invited_patient, {"/join", "/home"}),
    "a founder": (outside.founder, {"/join", "/clinic"}),
    "nowhere": (outside.nowhere, {"/sign-in"}),
    "a patient": (inside.patient, {"/home", CONVERSATION, "/who-can-read", "/settings", "/security"}),
    "a physician": (inside.physician, {"/inbox", CONVERSATION, "/clinic", "/emergency", "/settings"}),
    "a custodian": (inside.custodian, {"/emergency"}),
    "a compliance officer": (inside.compliance, {"/emergency"}),
    "an administrator": (inside.administrator, {"/clinic"}),
    "a nurse who waits": (inside.waiting_nurse, {"/inbox"}),
}
"""Each way with the pages that it must have stopped at."""


@pytest.fixture(scope="module")
def pages(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, re.Pattern[str]]:
    """The application's pages, by their rule."""
    folder = tmp_path_factory.mktemp("pages")
    app = application(f"sqlite:///{shutil.copy(_migrated_sqlite, folder / 'between.db')}", folder)
    return {rule: re.compile(re.sub(r"<[^>]+>", "[^/]+", rule)) for rule in rules_of_pages(app)}


def application(database_url: str, folder: Path) -> Flask:
    """The application, in this process."""
    return create_app(Settings.from_env({"DATA_DIR": str(folder), "DATABASE_URL": database_url, "DEMO": "1"}))


def rules_of_pages(app: Flask) -> set[str]:
    """What answers a browser with a page, whatever stands in its places."""
    rules = {door.rule for door in declared_doors(app) if door.kind == "route" and "GET" in door.methods}
    client = app.test_client()
    answers = {rule: client.get(re.sub(r"<[^>]+>", "x", rule), headers={"Accept": "text/html"}) for rule in rules}
    return {rule for rule, answer in answers.items() if answer.status_code == 200 and answer.mimetype == "text/html"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", WALKS)
def test_every_page_can_be_read_by_everyone_at_every_width(
    way: str,
    language: str,
    chromium: Browser,
    walked_clinic: WalkedClinic,
    pages: dict[str, re.Pattern[str]],
    subtests: pytest.Subtests,
) -> None:
    steps, wanted = WALKS[way]
    visited = set()
    with walker(chromium, walked_clinic, language) as somebody:
        for stop in steps(somebody):
            path = urlsplit(somebody.page.url).path
            visited |= {rule for rule, pattern in pages.items() if pattern.fullmatch(path)}
            for name, faults in looks(somebody, stop):
                with subtests.test(name):
                    assert faults == []
    assert visited >= wanted


def test_no_page_of_the_application_is_left_out(pages: dict[str, re.Pattern[str]]) -> None:
    walked = {rule for _, wanted in WALKS.values() for rule in wanted}
    assert set(pages) == walked


def test_a_page_that_nobody_walks_to_would_be_found(sqlite_url: str, tmp_path: Path) -> None:
    app = application(sqlite_url, tmp_path)
    before = rules_of_pages(app)
    app.view_functions["client.icon"] = app.view_functions["pages.home"]
    assert rules_of_pages(app) - before == {"/favicon.svg"}
