"""A36: the server goes back to an older log, and what the person in the browser sees."""

import pytest
from playwright.sync_api import Page, expect

from tests.hostile import browsing
from tests.hostile.browsing import PageOf
from tests.hostile.clinic import AMARA, PEGGY, HostileClinic, write

CHECKPOINT = r"/log/[^/]+/checkpoint"


def connected_again(page: Page) -> None:
    """The browser believes that a connection has come back, and looks at everything."""
    page.evaluate("dispatchEvent(new Event('online'))")


def looked_again(page: Page, heads: list[bytes]) -> bool:
    """Whether the log has grown since the first look."""
    connected_again(page)
    return heads[-1] != heads[0]


def test_a36_browser_says_that_the_log_is_not_shown(clinic: HostileClinic, page_of: PageOf) -> None:
    clinic.proxy.answer("GET", CHECKPOINT, 503, {"error": {"code": "busy", "message": "Not now."}})
    page = browsing.opened(page_of(PEGGY), clinic, clinic.conversation_of(PEGGY))
    unchecked = page.get_by_text("We can’t check the record of who looked just now")
    expect(unchecked.first).to_be_visible(timeout=browsing.SECONDS)
    clinic.proxy.be_honest()
    connected_again(page)
    expect(unchecked).to_have_count(0, timeout=browsing.SECONDS)


def looked_often(page: Page, heads: list[bytes], times: int) -> bool:
    """Whether the browser has asked for the log's head so many times."""
    connected_again(page)
    return len(heads) >= times


@pytest.mark.parametrize("refused", ["nothing", "/api/service", "/api/teams"])
def test_a36_browser_stops_at_an_older_log_whatever_else_is_refused(
    clinic: HostileClinic, page_of: PageOf, refused: str
) -> None:
    heads: list[bytes] = []

    def note(head: bytes) -> bytes:
        heads.append(head)
        return head

    page = page_of(AMARA)
    clinic.proxy.lie_bytes("GET", CHECKPOINT, note)
    page.goto(f"{clinic.proxy.url}/inbox")
    browsing.wait_until(page, lambda: len(heads) > 0, "for the log's head")
    with clinic.own_device(PEGGY) as peggy:
        write(peggy, clinic.conversation_of(PEGGY), "One more entry.")
    browsing.wait_until(page, lambda: looked_again(page, heads), "for a newer head")
    page.reload()
    browsing.expect_in(page)
    seen = len(heads)
    # Looks take turns: once a second one is made, what the first one brought is remembered.
    browsing.wait_until(page, lambda: looked_often(page, heads, seen + 2), "for the newer head to be remembered")
    old = heads[0]
    clinic.proxy.be_honest()
    clinic.proxy.lie_bytes("GET", CHECKPOINT, lambda _: old)
    clinic.proxy.answer("GET", refused, 503, {"error": {"code": "busy", "message": "Not now."}})
    page.reload()  # whatever was being asked before the lie ends with the page
    browsing.expect_stopped(page, "The record of who looked has become shorter")
