"""Somebody in a real browser who believes the lying proxy to be the service."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.hostile.clinic import HostileClinic

SECONDS = 60_000


@contextmanager
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile: a device that has seen nothing yet."""
    context = chromium.new_context(locale="en", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(SECONDS)
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
    return page


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


def wait_for_frame(page: Page, clinic: HostileClinic, part: str) -> None:
    """Wait until the browser has sent a live event that holds `part`."""
    for _ in range(SECONDS // 50):
        if any(frame.sent and part in frame.text for frame in clinic.proxy.frames):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the browser never sent {part}")
