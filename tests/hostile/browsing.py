"""Somebody in a real browser who believes the lying proxy to be the service."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.hostile.clinic import HostileClinic

PageOf = Callable[[str], Page]
"""A page in the browser of somebody, by name."""

SECONDS = int(os.environ.get("HOSTILE_PATIENCE", "60")) * 1_000
"""How long a page may take, in milliseconds: short where most runs are to fail, as in `make mutate`."""


class Regulars:
    """People who signed in before the server began to lie, each in a browser of their own that they keep."""

    def __init__(self, chromium: Browser, clinic: HostileClinic) -> None:
        self._chromium = chromium
        self._clinic = clinic
        self._profiles: dict[str, BrowserContext] = {}

    def page(self, name: str) -> Page:
        """An empty page in the person's browser."""
        if name not in self._profiles:
            self._profiles[name] = new_profile(self._chromium)
            signed_in(self._profiles[name], self._clinic, name).close()
        return self._profiles[name].new_page()

    def close_pages(self) -> None:
        """End what they were doing; they stay signed in."""
        for page in [page for profile in self._profiles.values() for page in profile.pages]:
            page.close()

    def close(self) -> None:
        """Close their browsers."""
        for one in self._profiles.values():
            one.close()


def new_profile(chromium: Browser) -> BrowserContext:
    """A browser profile that has seen nothing yet."""
    context = chromium.new_context(locale="en", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(SECONDS)
    return context


@contextmanager
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile: a device that has seen nothing yet."""
    context = new_profile(chromium)
    try:
        yield context
    finally:
        context.close()


def at_the_door(context: BrowserContext, clinic: HostileClinic, name: str, password: str | None = None) -> Page:
    """Somebody who has typed their name and password and pressed the button."""
    page = context.new_page()
    page.goto(f"{clinic.proxy.url}/sign-in")
    page.locator("input:not([type=password])").first.fill(name)
    page.locator("input[type=password]").first.fill(password or clinic.member(name)["password"])
    page.keyboard.press("Enter")
    return page


def signed_in(context: BrowserContext, clinic: HostileClinic, name: str) -> Page:
    """Somebody who is in."""
    page = at_the_door(context, clinic, name)
    page.wait_for_url(lambda address: "/sign-in" not in address, timeout=SECONDS, wait_until="commit")
    expect_in(page)
    return page


def expect_in(page: Page) -> None:
    """Whoever looks at the page is in."""
    expect(page.get_by_role("navigation", name="Main").first).to_be_visible(timeout=SECONDS)


def unlock(page: Page, clinic: HostileClinic, name: str) -> None:
    """Type the password at the lock and press Enter; what comes of it is the test's to see."""
    page.locator("input[type=password]").first.fill(clinic.member(name)["password"])
    page.keyboard.press("Enter")


def locked(page: Page) -> None:
    """Press Lock and wait for the lock."""
    page.get_by_role("button", name="Lock").first.click()
    expect(page.get_by_role("heading", name="Locked")).to_be_visible(timeout=SECONDS)


def opened(page: Page, clinic: HostileClinic, conversation: str) -> Page:
    """The conversation as the person sees it, loaded."""
    page.goto(f"{clinic.proxy.url}/conversations/{conversation}")
    expect(page.locator("textarea").first).to_be_visible(timeout=SECONDS)
    return page


def seen(page: Page) -> str:
    """Everything that stands on the page as text."""
    return page.locator("body").inner_text()


def write(page: Page, text: str) -> None:
    """Write a message and press Send, if that can be pressed."""
    page.locator("textarea").first.fill(text)
    button = page.get_by_role("button", name="Send").first
    if button.is_enabled():
        button.click()


def expect_stopped(page: Page, why: str) -> None:
    """The page of the alarm: everything stopped, why, and whom to call."""
    expect(page.get_by_role("heading", name=why)).to_be_visible(timeout=SECONDS)
    expect(page.get_by_text("We stopped here").first).to_be_visible()
    expect(page.get_by_text("You did nothing wrong.").first).to_be_visible()


def wait_for_frame(page: Page, clinic: HostileClinic, part: str) -> None:
    """Wait until the browser has sent a live event that holds `part`."""
    wait_until(page, lambda: any(frame.sent and part in frame.text for frame in clinic.proxy.frames), part)


def wait_for_receipt(page: Page, clinic: HostileClinic) -> None:
    """Wait until the browser has told how far was read, over the socket or, before it stands, by request."""
    wait_until(
        page,
        lambda: (
            any(frame.sent and '"receipt:send"' in frame.text for frame in clinic.proxy.frames)
            or any(one.target.endswith("/receipts") for one in clinic.proxy.requests)
        ),
        "a receipt",
    )


def wait_until(page: Page, asked: Callable[[], bool], what: str) -> None:
    """Let the page go on until the proxy has met what was waited for."""
    for _ in range(SECONDS // 50):
        if asked():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the browser never sent or asked {what}")


def joined(page: Page, link: str, name: str, password: str) -> str:
    """Somebody who joins by a link, step by step; the recovery code that they were shown."""
    page.goto(link)
    page.get_by_label("Yes, the code is the same").check()
    page.get_by_role("button", name="Continue").click()
    page.locator("#sign-in-name").fill(name)
    page.locator("input[type=password]").fill(password)
    expect(page.locator("password-field .good")).to_be_visible(timeout=SECONDS)
    page.get_by_role("button", name="Continue").click()
    page.locator(".print-card").wait_for()
    code = "-".join(re.findall(r"\b[0-9A-Z]{4}\b", page.locator(".print-card").inner_text()))
    page.locator(".join__foot .btn--main").click()
    page.locator("#recovery-code").fill(code)
    page.locator("form .btn--main").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Agree and continue").click()
    expect(page.get_by_role("heading", name="You are in")).to_be_visible(timeout=SECONDS)
    return code
