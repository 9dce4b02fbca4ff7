"""The demo clinic behind a real server, and somebody of it in a real browser."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers import BetweenServer, launch_chromium

QUEUE = "[data-row]"
"""A line of the inbox."""


@dataclass(frozen=True)
class DemoHouse:
    """A server with the demo clinic, on SQLite as `make run` has it, and a browser."""

    server: BetweenServer
    browser: Browser

    @cached_property
    def accounts(self) -> dict[str, dict[str, Any]]:
        """The lines of `demo.json`, by name."""
        document = json.loads((self.server.data_dir / "demo.json").read_text())
        return {one["name"]: one for one in document["accounts"]}

    def profile(self, **options: Any) -> BrowserContext:
        """A device that has seen nothing yet."""
        return self.browser.new_context(locale="en", timezone_id="UTC", **options)

    def at_the_door(self, context: BrowserContext, name: str) -> Page:
        """Somebody who has typed name and password, and pressed nothing yet."""
        page = context.new_page()
        page.goto(f"{self.server.here}/sign-in")
        page.locator("input:not([type=password])").first.fill(name)
        page.locator("input[type=password]").first.fill(self.accounts[name]["password"])
        return page

    def signed_in(self, context: BrowserContext, name: str) -> Page:
        """Somebody who is in."""
        page = self.at_the_door(context, name)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/sign-in" not in address, wait_until="commit")
        return page


@contextmanager
def demo_house() -> Iterator[DemoHouse]:
    """The demo clinic, made anew."""
    with (
        tempfile.TemporaryDirectory(prefix="between-bench-") as folder,
        BetweenServer(Path(folder), f"sqlite:///{folder}/between.db", {"DEMO": "1"}) as server,
        sync_playwright() as playwright,
    ):
        browser = launch_chromium(playwright)
        yield DemoHouse(server, browser)
        browser.close()
