"""Losing and changing what opens the messages, and a page that nobody looks at any more."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, expect

from tests.hostile.clinic import PEGGY, HostileClinic
from tests.journeys.browsing import PASSWORD, PATIENCE, Visitor
from tests.journeys.conftest import signed_in

SAMUEL = "samuel"
ANOTHER_PASSWORD = "nine quiet lanterns on the river"
QUARTER_OF_AN_HOUR = 15 * 60


@pytest.fixture
def samuel(chromium: Browser, clinic: HostileClinic) -> Iterator[Visitor]:
    """An administrator, whose password is nobody else's concern in these tests."""
    visitor = signed_in(chromium, clinic, SAMUEL)
    yield visitor
    visitor.leaves()


def change_password(visitor: Visitor, present: str, fresh: str) -> None:
    """In the settings, up to the word that it is done."""
    visitor.goes_to("/settings")
    visitor.presses(visitor.says("settings.change_password"))
    prove(visitor, present)
    visitor.page.locator("new-password input[type=password]").fill(fresh)
    expect(visitor.page.locator("password-field .good")).to_be_visible(timeout=PATIENCE)
    visitor.page.locator("new-password button[type=submit]").click()
    expect(visitor.page.get_by_text(visitor.says("settings.password_changed"))).to_be_visible(timeout=PATIENCE)


def prove(visitor: Visitor, present: str) -> None:
    """The present password, before anything is changed."""
    visitor.page.locator("password-field input[type=password]").first.fill(present)
    visitor.page.keyboard.press("Enter")


def make_recovery_code(visitor: Visitor, present: str) -> str:
    """A new one, typed back; what it is."""
    visitor.goes_to("/settings")
    visitor.presses(visitor.says("settings.make_code"))
    prove(visitor, present)
    visitor.page.locator(".print-card").wait_for()
    code = "-".join(re.findall(r"\b[0-9A-Z]{4}\b", visitor.page.locator(".print-card").inner_text()))
    visitor.presses(visitor.says("recovery.kept"))
    visitor.page.locator("#recovery-code").fill(code)
    visitor.presses(visitor.says("recovery.try"))
    visitor.presses(visitor.says("join.continue"))
    expect(visitor.page.get_by_text(visitor.says("settings.recovery_changed"))).to_be_visible(timeout=PATIENCE)
    return code


def test_a_changed_password_counts_everywhere_and_the_old_one_nowhere(
    samuel: Visitor, chromium: Browser, clinic: HostileClinic
) -> None:
    old = clinic.member(SAMUEL)["password"]
    change_password(samuel, old, ANOTHER_PASSWORD)
    elsewhere = Visitor.arrives(chromium, clinic.proxy.url)
    elsewhere.tries(SAMUEL, old)
    expect(elsewhere.page.get_by_text(elsewhere.says("sign_in.wrong"))).to_be_visible(timeout=PATIENCE)
    elsewhere.signs_in(SAMUEL, ANOTHER_PASSWORD)
    expect(elsewhere.page.locator("#people")).to_contain_text("Samuel Wong", timeout=PATIENCE)
    change_password(elsewhere, ANOTHER_PASSWORD, old)
    elsewhere.leaves()


def test_the_recovery_code_opens_everything_after_the_password_is_lost(
    samuel: Visitor, chromium: Browser, clinic: HostileClinic
) -> None:
    code = make_recovery_code(samuel, clinic.member(SAMUEL)["password"])
    lost = Visitor.arrives(chromium, clinic.proxy.url)
    lost.goes_to("/sign-in")
    lost.presses(lost.says("sign_in.cannot"))
    lost.page.locator("recover-page #code").fill(code.lower())
    lost.page.locator("recover-page #name").fill(SAMUEL)
    lost.presses(lost.says("recover.try"))
    lost.page.locator("new-password input[type=password]").fill(PASSWORD)
    expect(lost.page.locator("password-field .good")).to_be_visible(timeout=PATIENCE)
    lost.presses(lost.says("recover.save_password"))
    lost.presses(lost.says("recover.go_on"))
    expect(lost.page.locator("#people")).to_contain_text("Samuel Wong", timeout=PATIENCE)
    change_password(lost, PASSWORD, clinic.member(SAMUEL)["password"])
    lost.leaves()


@pytest.fixture
def forgetful(chromium: Browser, clinic: HostileClinic) -> Iterator[Visitor]:
    """Peggy on a tablet that she leaves lying about, and whose clock this test moves."""
    visitor = signed_in(chromium, clinic, PEGGY)
    visitor.page.clock.install()
    yield visitor
    visitor.leaves()


def test_a_page_that_nobody_uses_asks_and_then_locks(
    forgetful: Visitor, clinic: HostileClinic, conversation: str
) -> None:
    forgetful.opens(conversation)
    forgetful.types("I had begun to write")
    clock, stay = forgetful.page.clock, forgetful.page.get_by_role("button", name=forgetful.says("idle.stay"))
    clock.fast_forward((QUARTER_OF_AN_HOUR - 30) * 1000)
    expect(stay).to_be_visible(timeout=PATIENCE)
    stay.click()
    expect(stay).to_have_count(0)
    clock.fast_forward((QUARTER_OF_AN_HOUR + 1) * 1000)
    expect(forgetful.page.locator("unlock-page")).to_contain_text(
        forgetful.says("unlock.idle", count=15), timeout=PATIENCE
    )
    assert "I had begun" not in forgetful.page.locator("body").inner_text()
    assert forgetful.page.evaluate("fetch('/api/me').then((answer) => answer.status)") == HTTPStatus.UNAUTHORIZED
    clock.set_system_time(datetime.now(UTC))
    forgetful.unlocks(clinic.member(PEGGY)["password"])
    expect(forgetful.page.locator("#composer-text")).to_have_value("I had begun to write", timeout=PATIENCE)
