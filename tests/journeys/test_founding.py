"""A founder with a link in a real browser: the clinic's key is made there, and the person is in."""

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.journeys.browsing import PATIENCE, Visitor
from tests.journeys.founding import found, founding_link
from tests.servers import BetweenServer


def test_a_founder_makes_the_clinic_and_is_in(
    start_server: Callable[..., BetweenServer], sqlite_url: str, chromium: Browser
) -> None:
    server = start_server(sqlite_url)
    ruth = Visitor.arrives(chromium, server.base_url)
    found(ruth, founding_link(server))
    expect(ruth.page.locator("#people")).to_contain_text("Ruth Adler", timeout=PATIENCE)
    ruth.goes_to("/settings")
    expect(ruth.page.locator("#devices")).to_contain_text("Open now", timeout=PATIENCE)
    ruth.goes_to("/security")
    expect(ruth.page.get_by_text("Riverside Clinic").first).to_be_visible(timeout=PATIENCE)
    ruth.leaves()
