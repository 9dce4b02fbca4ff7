"""Somebody with a browser of their own who walks through the application and stops to be looked at."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.client.page_faults import listen
from tests.servers import ROOT
from tests.walk.clinic import WalkedClinic
from tests.walk.words import say

PATIENCE: Final = 30_000
_AXE_FILE: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# The browser's own lines about what did not arrive; what may be refused is the walk's to say, by address.
_NETWORK: Final = re.compile(r"Failed to load resource:|WebSocket connection to '[^']*' failed:")
_ANYBODY: Final = frozenset({r"401 /api/me", r"404 /api/documents/preferences"})
"""Who is not in asks who is in, and who has never chosen preferences asks for them."""


@cache
def _axe() -> str:
    return _AXE_FILE.read_text(encoding="utf-8")


@dataclass
class Walker:
    """A person, in a language, in a fresh browser."""

    clinic: WalkedClinic
    language: str
    page: Page
    complaints: list[str] = field(default_factory=list)
    refusals: set[str] = field(default_factory=lambda: set(_ANYBODY))
    """Refused requests that this walk provokes: status and path, as patterns."""

    def go(self, path: str) -> None:
        """Open an address and wait until it shows what it is."""
        self.page.goto(f"{self.clinic.url}{path}")
        self.settle()

    def settle(self) -> None:
        """Wait until a title stands there, nothing loads, and the letters have their shape."""
        expect(self.page.locator("h1").first).to_be_attached(timeout=PATIENCE)
        expect(self.page.locator(".skel")).to_have_count(0, timeout=PATIENCE)
        self.page.evaluate("document.fonts.ready.then(() => true)")

    def say(self, key: str, **values: object) -> str:
        """A sentence in the walker's language."""
        return say(self.language, key, **values)

    def press(self, key: str, within: str = "body", **values: object) -> None:
        """Press the button with these words."""
        self.button(key, within, **values).click()

    def button(self, key: str, within: str = "body", **values: object) -> Locator:
        """The first button with these words."""
        name = self.say(key, **values)
        return self.page.locator(within).get_by_role("button", name=name, exact=False).first

    def see(self, selector: str) -> Locator:
        """Wait for something and return it."""
        found = self.page.locator(selector).first
        expect(found).to_be_visible(timeout=PATIENCE)
        return found

    def close_dialog(self) -> None:
        """Escape, as a hurried person does."""
        self.page.keyboard.press("Escape")
        expect(self.page.locator("dialog[open]")).to_have_count(0, timeout=PATIENCE)

    def sign_in(self, name: str, password: str | None = None) -> None:
        """Sign in and be in."""
        self.go("/sign-in")
        self.try_to_sign_in(name, password or self.clinic.password_of(name))
        self.page.wait_for_url(lambda address: "/sign-in" not in address, timeout=PATIENCE)
        self.settle()

    def try_to_sign_in(self, name: str, password: str) -> None:
        """Type both and press the button."""
        self.page.locator("#name").fill(name)
        self.page.locator("input[type=password]").fill(password)
        self.page.keyboard.press("Enter")

    def choose_password(self, password: str, name: str | None = None) -> None:
        """Fill in a new password that is good enough, and where asked a name; go on."""
        if name is not None:
            self.page.locator("#sign-in-name").fill(name)
        self.page.locator("input[type=password]").first.fill(password)
        self.see("password-field .good")

    def shown_code(self) -> str:
        """The recovery code on the page."""
        groups = re.findall(r"\b[0-9A-Z]{4}\b", self.see(".print-card").inner_text())
        return "-".join(groups)

    def heard(self) -> list[str]:
        """What the page threw or complained of since the last time, but for what the walk provoked."""
        heard = [line for line in self.complaints if not _NETWORK.match(line) and not self._provoked(line)]
        self.complaints.clear()
        return heard

    def _provoked(self, line: str) -> bool:
        return any(re.fullmatch(pattern, line) for pattern in self.refusals)

    def note_refusal(self, answer: Response) -> None:
        """Remember an answer that is an error."""
        if answer.status >= HTTPStatus.BAD_REQUEST:
            self.complaints.append(f"{answer.status} {urlsplit(answer.url).path}")

    def load_axe(self) -> None:
        """Give the page axe-core by the developer tools' way, which asks no policy."""
        if self.page.evaluate("typeof axe === 'undefined'"):
            tools = self.page.context.new_cdp_session(self.page)
            tools.send("Runtime.evaluate", {"expression": _axe()})
            tools.detach()


@contextmanager
def walker(chromium: Browser, clinic: WalkedClinic, language: str) -> Iterator[Walker]:
    """A fresh browser whose person has chosen a language."""
    context = chromium.new_context(
        locale="en-GB" if language == "en" else "zh-CN",
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 800},
    )
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "between_language", "value": language, "url": clinic.url}])
    try:
        page = context.new_page()
        somebody = Walker(clinic, language, page, listen(page))
        page.on("response", somebody.note_refusal)
        yield somebody
    finally:
        context.close()


Steps = Callable[[Walker], Iterator[str]]
"""A way through the application that yields the name of each place where it stops."""
