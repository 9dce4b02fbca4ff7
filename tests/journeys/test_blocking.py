"""A patient keeps one nurse of her team from reading, and lets him again: in three browsers, a colleague's too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.test_consent import AT_ONCE, write
from tests.servers import BetweenServer
from tests.walk.clinic import AMARA, PEGGY, TOM, WalkedClinic
from tests.walk.walker import PATIENCE, Walker, walker

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NURSE, TEAM = "Tom Reyes", "Family team"
CLOSED = "You can’t read this conversation now"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WalkedClinic]:
    """The demo clinic."""
    folder = tmp_path_factory.mktemp("blocking")
    with BetweenServer(folder / "server", f"sqlite:///{folder}/between.db", {"DEMO": "1"}) as server:
        yield WalkedClinic(server, folder)


def keep_out(peggy: Walker) -> None:
    """From the team's card; returns with the server's answer."""
    peggy.go("/who-can-read")
    peggy.press("keep_out.open")
    dialog = peggy.page.locator("dialog")
    dialog.get_by_label(NURSE).check()
    expect(dialog).to_contain_text(f"The others of {TEAM} read on and answer you. {NURSE} can’t cover for them here.")
    expect(dialog).to_contain_text(f"What {NURSE} has already read, they have read.")
    with peggy.page.expect_response("**/api/consents"):
        peggy.press("keep_out.do", "dialog", name=NURSE)


def let_in_again(peggy: Walker) -> None:
    peggy.go("/who-can-read")
    peggy.page.locator("[aria-labelledby=blocked-title]").get_by_role("button").click()
    expect(peggy.page.locator("dialog")).to_contain_text("What was written in the meantime opens too")
    peggy.press("unblock.do", "dialog")
    expect(peggy.page.locator("#blocked-title")).to_have_count(0, timeout=PATIENCE)


def test_a_patient_keeps_one_of_the_team_from_reading_and_lets_him_again(
    clinic: WalkedClinic, chromium: Browser
) -> None:
    conversation = f"/conversations/{clinic.member(PEGGY)['conversations'][0]}"
    with (
        walker(chromium, clinic, "en") as peggy,
        walker(chromium, clinic, "en") as tom,
        walker(chromium, clinic, "en") as amara,
    ):
        for somebody, name in ((peggy, PEGGY), (tom, TOM), (amara, AMARA)):
            somebody.sign_in(name)
        for colleague in (tom, amara):
            colleague.go(conversation)
            expect(colleague.page.locator("article").first).to_be_visible(timeout=PATIENCE)
        keep_out(peggy)
        expect(tom.page.get_by_text(CLOSED)).to_be_visible(timeout=AT_ONCE)
        expect(tom.page.locator("article")).to_have_count(0)
        expect(peggy.page.locator("[aria-labelledby=blocked-title]")).to_contain_text(NURSE, timeout=PATIENCE)
        expect(peggy.page.locator(".grant").first).not_to_contain_text(NURSE)

        peggy.go(conversation)
        said = f"chose that {NURSE} does not read here"
        expect(peggy.page.locator("message-thread")).to_contain_text(f"You {said}", timeout=PATIENCE)
        write(peggy, "This is not for Tom.")
        hers = amara.page.locator("message-thread")
        expect(hers).to_contain_text("This is not for Tom.", timeout=PATIENCE)
        expect(hers).to_contain_text(f"Peggy {said}")
        write(amara, "I answer you.")
        expect(peggy.page.locator("message-thread")).to_contain_text("I answer you.", timeout=PATIENCE)
        tom.refusals |= {r"404 /api/.*"}
        tom.go(conversation)
        expect(tom.page.get_by_text(CLOSED)).to_be_visible(timeout=PATIENCE)
        expect(tom.page.locator("body")).not_to_contain_text("This is not for Tom.")
        tom.go("/inbox")
        expect(tom.page.locator(f'[href*="{conversation}"]')).to_have_count(0, timeout=PATIENCE)

        let_in_again(peggy)
        tom.go(conversation)
        expect(tom.page.locator("message-thread")).to_contain_text("I answer you.", timeout=PATIENCE)
