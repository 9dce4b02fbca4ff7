"""A patient lets a nurse read, opens to her what was written before, and takes her off: both in their browsers."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.servers import BetweenServer
from tests.walk.clinic import NORA, PEGGY, WalkedClinic
from tests.walk.walker import PATIENCE, Walker, walker

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NURSE = "Nora Lindqvist"
AT_ONCE = 1_000
"""Milliseconds in which an open page closes, once the patient's browser has its answer."""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WalkedClinic]:
    """The demo clinic and a nurse who is in no team: what she reads, a patient let her read."""
    folder = tmp_path_factory.mktemp("consent")
    with BetweenServer(folder / "server", f"sqlite:///{folder}/between.db", {"DEMO": "1"}) as server:
        clinic = WalkedClinic(server, folder)
        clinic.let_nora_wait()
        yield clinic


def agree(peggy: Walker, answer: str) -> None:
    """Say yes, and wait until it is done."""
    peggy.press(answer, "grant-form")
    expect(peggy.page.locator("grant-form")).to_have_count(0, timeout=PATIENCE)


def let_read(peggy: Walker) -> None:
    """Everything that is written from now on, and nothing from before."""
    peggy.go("/who-can-read")
    peggy.press("give.title")
    peggy.page.locator("#grantee").select_option(label=f"{NURSE} – RN")
    agree(peggy, "give.yes")


def card(peggy: Walker) -> Locator:
    """The nurse's card on the patient's page."""
    return peggy.page.locator(".grant", has=peggy.page.get_by_role("heading", name=NURSE))


def write(somebody: Walker, text: str) -> None:
    """Write in the open conversation, and see that it has gone out."""
    somebody.page.locator("#composer-text").fill(text)
    somebody.press("composer.send")
    expect(somebody.page.locator("article.msg--mine", has_text=text)).to_be_visible(timeout=PATIENCE)
    expect(somebody.page.locator(".msg--waiting")).to_have_count(0, timeout=PATIENCE)


def test_a_nurse_reads_what_the_patient_lets_her_read_and_for_as_long(clinic: WalkedClinic, chromium: Browser) -> None:
    conversation = f"/conversations/{clinic.member(PEGGY)['conversations'][0]}"
    with walker(chromium, clinic, "en") as peggy, walker(chromium, clinic, "en") as nora:
        peggy.sign_in(PEGGY)
        nora.sign_in(NORA)
        let_read(peggy)
        expect(card(peggy)).to_contain_text("Closed")

        peggy.go(conversation)
        expect(peggy.page.locator("message-thread")).to_contain_text(
            f"You let {NURSE} read from here on", timeout=PATIENCE
        )
        write(peggy, "The pool has opened again.")
        nora.go(conversation)
        thread = nora.page.locator("message-thread")
        expect(thread).to_contain_text("The pool has opened again.", timeout=PATIENCE)
        expect(thread.locator("article")).to_have_count(1)
        expect(thread).to_contain_text("written before you could read")
        expect(thread).to_contain_text(f"Peggy let {NURSE} read from here on")

        peggy.go("/who-can-read")
        card(peggy).get_by_role("button", name=peggy.say("grant.change")).click()
        peggy.page.locator("grant-form [name=history][value=all]").check()
        expect(peggy.page.locator("grant-form .notice")).to_contain_text("More of what was written before is opened.")
        agree(peggy, "give.yes_change")
        expect(thread.locator("article").nth(1)).to_be_visible(timeout=PATIENCE)
        expect(thread).not_to_contain_text("written before you could read")
        expect(thread).to_contain_text(f"What was written before was opened to {NURSE}")

        take_off(peggy)
        expect(nora.page.get_by_text("You can’t read this conversation now")).to_be_visible(timeout=AT_ONCE)
        expect(nora.page.locator("article")).to_have_count(0)
        peggy.go(conversation)
        expect(peggy.page.locator("message-thread")).to_contain_text(f"You took {NURSE} off", timeout=PATIENCE)
        write(peggy, "This is not for Nora.")
        nora.refusals |= {r"404 /api/.*"}
        nora.go(conversation)
        expect(nora.page.get_by_text("You can’t read this conversation now")).to_be_visible(timeout=PATIENCE)
        expect(nora.page.locator("body")).not_to_contain_text("This is not for Nora.")


def take_off(peggy: Walker) -> None:
    """Take the nurse off; returns with the server's answer."""
    card(peggy).get_by_role("button", name=peggy.say("take_off.open")).click()
    with peggy.page.expect_response("**/api/consents"):
        peggy.press("take_off.do", "dialog")
