"""People of a clinic, each in a browser profile of their own, doing what people do."""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, ViewportSize, WebSocket, expect

from tests.journeys.weather import WeatherProxy
from tests.journeys.words import said

PASSWORD = "seven green kettles under the bridge"
PATIENCE = 30_000
"""Milliseconds; a busy machine is slow, but nothing here waits for time to pass."""
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
CLINIC_ZONE = "America/Chicago"
"""Where the clinic and, unless a test says otherwise, its people are."""


def spaced(words: str) -> re.Pattern[str]:
    """The words wherever spaces stand: names in Latin letters get some around them in Chinese."""
    return re.compile(r"\s*".join(re.escape(sign) for sign in words if not sign.isspace()))


@dataclass
class Visitor:
    """Somebody at a browser. `faults` are what their pages threw."""

    address: str
    context: BrowserContext
    language: str = "en"
    faults: list[str] = field(default_factory=list)
    page: Page = field(init=False)
    sockets: list[WebSocket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE)
        self.page = self.new_tab()

    @classmethod
    def arrives(cls, chromium: Browser, address: str, *, phone: bool = False, **profile: Any) -> Self:
        """With a fresh profile: a device that has seen nothing yet. `profile` is Playwright's: locale, time zone."""
        locale = profile.setdefault("locale", "en")
        profile.setdefault("timezone_id", CLINIC_ZONE)
        context = chromium.new_context(viewport=PHONE if phone else DESK, **profile)
        return cls(address, context, "zh-Hans" if locale.startswith("zh") else "en")

    def new_tab(self) -> Page:
        """One more tab, from now on the one that is looked at."""
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("websocket", lambda socket: self.sockets.append(socket))
        return self.page

    def loses_connection(self, weather: WeatherProxy) -> None:
        """The device is offline. The emulated kind leaves live connections standing, so the line is cut as well."""
        self.context.set_offline(True)
        standing = [socket for socket in self.sockets if not socket.is_closed()]
        weather.cut_sockets()
        for socket in standing:
            # One that fails is as gone as one that closes.
            with suppress(Error):
                if not socket.is_closed():
                    socket.wait_for_event("close", timeout=PATIENCE)
        expect(self.page.get_by_text(self.says("banner.offline"))).to_be_visible(timeout=PATIENCE)

    def only_tab(self) -> None:
        """Closes every tab but a fresh one, with a connection."""
        self.context.set_offline(False)
        self.sockets.clear()
        for tab in self.context.pages:
            tab.close()
        self.new_tab()

    def says(self, key: str, **values: object) -> str:
        """A sentence of the interface in this person's language."""
        return said(self.language, key, **values)

    def goes_to(self, path: str) -> None:
        """An address of the service."""
        self.page.goto(f"{self.address}{path}")

    def presses(self, name: str) -> None:
        """The first button of this name."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def tries(self, name: str, password: str) -> None:
        """A name and a password at the door."""
        self.goes_to("/sign-in")
        self.page.locator("input:not([type=password])").first.fill(name)
        self.page.locator("input[type=password]").first.fill(password)
        self.page.keyboard.press("Enter")

    def signs_in(self, name: str, password: str) -> None:
        """At the door, up to the first page."""
        self.tries(name, password)
        self.page.wait_for_url(re.compile("/(home|inbox|clinic|emergency)$"), timeout=PATIENCE, wait_until="commit")

    def unlocks(self, password: str) -> None:
        """In the place of the page."""
        self.page.locator("unlock-page input[type=password]").fill(password)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("unlock-page")).to_have_count(0, timeout=PATIENCE)

    def opens(self, conversation: str) -> None:
        """A conversation, until it is there."""
        self.goes_to(f"/conversations/{conversation}")
        self.sees_thread()

    def opens_offline(self, conversation: str) -> None:
        """A conversation whose page comes from the service worker: it asks for the password."""
        self.goes_to(f"/conversations/{conversation}")
        expect(self.page.locator("unlock-page")).to_be_visible(timeout=PATIENCE)

    def crashes(self) -> None:
        """The tab's process dies: nothing on the page gets to run any more."""
        browser, dead = self.context.browser, self.page
        assert browser is not None
        target = self.context.new_cdp_session(dead).send("Target.getTargetInfo")["targetInfo"]["targetId"]
        wire = browser.new_browser_cdp_session()
        session = wire.send("Target.attachToTarget", {"targetId": target})["sessionId"]
        with dead.expect_event("crash", timeout=PATIENCE):
            # A page that has crashed answers no more, so this is sent without waiting for an answer.
            order = json.dumps({"id": 1, "method": "Page.crash"})
            wire.send("Target.sendMessageToTarget", {"sessionId": session, "message": order})
        dead.close()

    def sees_thread(self) -> None:
        """The open conversation has been verified and drawn."""
        expect(self.page.locator("message-thread")).to_be_visible(timeout=PATIENCE)

    def types(self, text: str) -> None:
        """Into the field where one writes."""
        self.page.locator("#composer-text").fill(text)

    def sends(self) -> None:
        """What stands in the field."""
        self.page.locator("message-composer button[type=submit]").click()

    def writes(self, text: str, kind: str | None = None) -> None:
        """A message, and sends it; patients mark it."""
        self.types(text)
        if kind is not None:
            self.page.locator(f"input[name=kind][value={kind}]").check(force=True)
        self.sends()

    def message(self, text: str) -> Locator:
        """The messages with these words; there should be one."""
        return self.page.locator("article.msg", has_text=text)

    def reads(self, text: str) -> Locator:
        """Waits for somebody else's message, which must have been verified."""
        message = self.message(text)
        expect(message).to_have_count(1, timeout=PATIENCE)
        checked = self.says("message.checked", name="|").partition("|")[0]
        expect(message.locator(".msg__meta")).to_contain_text(checked, timeout=PATIENCE)
        return message

    def sees_state(self, text: str, key: str, **values: object) -> None:
        """How one's own message fared."""
        state = self.page.locator("article.msg--mine", has_text=text).locator(".msg__meta")
        expect(state).to_contain_text(spaced(self.says(key, **values)), timeout=PATIENCE)

    def sees_out_of_reach(self, text: str) -> None:
        """One's own message is on this device, and not with the service."""
        message = self.page.locator("article.msg--mine", has_text=text)
        waiting = (self.says("delivery.waiting"), self.says("delivery.sending"))
        expect(message.locator(".msg__meta")).to_contain_text(re.compile("|".join(waiting)), timeout=PATIENCE)

    def sees_sent(self, text: str) -> None:
        """One's own message is with the service, whatever has become of it since."""
        message = self.page.locator("article.msg--mine", has_text=text)
        expect(message.locator(".msg__more")).to_have_count(1, timeout=PATIENCE)

    def sees_writing(self, key: str, **values: object) -> None:
        """Who writes just now."""
        expect(self.page.locator(".writers")).to_have_text(self.says(key, **values), timeout=PATIENCE)

    def leaves(self) -> None:
        """Nothing was thrown while they were here."""
        self.context.close()
        assert self.faults == [], self.faults
