"""An administrator brings in cover and takes a nurse out; what nurse, manager, cover and patient see."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.servers import BetweenServer
from tests.walk.clinic import AMARA, NORA, PEGGY, RUTH, TOM, WalkedClinic
from tests.walk.walker import PATIENCE, Walker, walker

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COVER, LEFT = "Nora Lindqvist", "Tom Reyes"
AT_ONCE = 1_000
"""Milliseconds in which an open page closes, once the administrator's browser has its answer."""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WalkedClinic]:
    """The demo clinic and a nurse who is in no team."""
    folder = tmp_path_factory.mktemp("team")
    with BetweenServer(folder / "server", f"sqlite:///{folder}/between.db", {"DEMO": "1"}) as server:
        clinic = WalkedClinic(server, folder)
        clinic.let_nora_wait()
        yield clinic


def add_cover(ruth: Walker) -> None:
    """From now on, for three hours."""
    ruth.go("/clinic")
    ruth.page.locator("#teams").get_by_role("button", name=ruth.say("team.add")).click()
    form = ruth.page.locator("appointment-form")
    form.locator("#appoint-who").select_option(label=COVER)
    form.locator("#appoint-role").select_option("nurse")
    form.locator("[name=kind][value=cover]").check()
    now = datetime.now()  # noqa: DTZ005 (fields for a day and time hold local ones)
    form.locator("#appoint-from").fill((now - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M"))
    form.locator("#appoint-until").fill((now + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"))
    ruth.press("appoint.do", "appointment-form")
    expect(ruth.page.locator("#teams")).to_contain_text(ruth.say("team.member_needed"), timeout=PATIENCE)


def let_in(amara: Walker) -> None:
    """The manager's browser gives the cover the team's key."""
    amara.go("/clinic")
    amara.page.locator(".waiting-person", has_text=COVER).get_by_role("button").click()
    amara.page.locator("dialog .btn--main").click()
    expect(amara.page.locator(".waiting-person")).to_have_count(0, timeout=PATIENCE)


def take_out(ruth: Walker) -> None:
    """The nurse, after reading what it comes to."""
    ruth.go("/clinic")
    person = ruth.page.locator("#teams .rows .rows li", has_text=LEFT)
    person.get_by_role("button", name=ruth.say("team.remove")).click()
    dialog = ruth.page.locator("dialog")
    expect(dialog).to_contain_text("keeps what they have already read")
    with ruth.page.expect_response(lambda answer: answer.url.endswith("/people")):
        dialog.locator(".btn--main").click()


def write(somebody: Walker, text: str) -> None:
    """Write in the open conversation, and see that it has gone out."""
    somebody.page.locator("#composer-text").fill(text)
    somebody.press("composer.send")
    expect(somebody.page.locator("article.msg--mine", has_text=text)).to_be_visible(timeout=PATIENCE)
    expect(somebody.page.locator(".msg--waiting")).to_have_count(0, timeout=PATIENCE)


def test_cover_comes_and_a_nurse_goes_and_everybody_concerned_sees_it(clinic: WalkedClinic, chromium: Browser) -> None:
    conversation = f"/conversations/{clinic.member(PEGGY)['conversations'][0]}"
    names = (RUTH, AMARA, TOM, PEGGY, NORA)
    with (
        walker(chromium, clinic, "en") as ruth,
        walker(chromium, clinic, "en") as amara,
        walker(chromium, clinic, "en") as tom,
        walker(chromium, clinic, "en") as peggy,
        walker(chromium, clinic, "en") as nora,
    ):
        for somebody, name in zip((ruth, amara, tom, peggy), names, strict=False):
            somebody.sign_in(name)
        add_cover(ruth)
        let_in(amara)
        peggy.go("/who-can-read")
        expect(peggy.page.locator("#events-title + *")).to_contain_text(
            f"{COVER} covers for Family team", timeout=PATIENCE
        )
        peggy.go(conversation)
        thread = peggy.page.locator("message-thread")
        expect(thread).to_contain_text(f"{COVER} covers for Family team", timeout=PATIENCE)

        tom.go(conversation)
        expect(tom.page.locator("article").first).to_be_visible(timeout=PATIENCE)
        take_out(ruth)
        expect(tom.page.get_by_text("You can’t read this conversation now")).to_be_visible(timeout=AT_ONCE)
        expect(tom.page.locator("article")).to_have_count(0)
        # The manager's browser, open on another page, makes the next key and the conversations' new ones.
        expect(thread).to_contain_text(f"{LEFT} left Family team", timeout=PATIENCE)

        write(peggy, "This is not for Tom.")
        nora.sign_in(NORA)
        expect(nora.page.locator("inbox-page")).to_contain_text("Cover for Family team until", timeout=PATIENCE)
        nora.go(conversation)
        expect(nora.page.locator("message-thread")).to_contain_text("This is not for Tom.", timeout=PATIENCE)
        write(nora, "I am here today.")
        answer = thread.locator("article", has_text="I am here today.")
        expect(answer).to_contain_text("Cover for Family team until", timeout=PATIENCE)
        tom.refusals |= {r"404 /api/.*"}
        tom.go(conversation)
        expect(tom.page.locator("article")).to_have_count(0)
