"""A doctor asks in the conversation that a nurse may read along; the patient answers there, and all see the answer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from messenger.clock import SystemClock
from messenger.headless.identifiers import new_id
from messenger.headless.sending import Draft
from messenger.protocol.ask import Ask
from tests.servers import BetweenServer
from tests.walk.clinic import AMARA, NORA, PEGGY, WalkedClinic
from tests.walk.walker import PATIENCE, Walker, walker

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NURSE = "Nora Lindqvist"
WHY = "Nora measures your pressure on Thursdays. May she read along?"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WalkedClinic]:
    """The demo clinic and a nurse who is in no team."""
    folder = tmp_path_factory.mktemp("asking")
    with BetweenServer(folder / "server", f"sqlite:///{folder}/between.db", {"DEMO": "1"}) as server:
        clinic = WalkedClinic(server, folder)
        clinic.let_nora_wait()
        yield clinic


def conversation_of_peggy(clinic: WalkedClinic) -> str:
    """Her first one."""
    return str(clinic.member(PEGGY)["conversations"][0])


def ask_for_nora(amara: Walker) -> None:
    """With everything that was written before, by the keyboard where the form is opened."""
    amara.button("ask.open").focus()
    amara.page.keyboard.press("Enter")
    amara.see("ask-form #grantee").select_option(label=f"{NURSE} – RN")
    amara.page.locator("ask-form [name=history][value=all]").check()
    amara.page.locator("#ask-reason").fill(WHY)
    expect(amara.page.locator("#ask-preview")).to_contain_text(f"You ask Peggy to let {NURSE} read")
    amara.page.locator("ask-form [type=submit]").click()
    expect(amara.page.locator("dialog[open]")).to_have_count(0)


def asked(somebody: Walker, words: str = WHY) -> Locator:
    """The message that asks."""
    return somebody.page.locator("article.msg", has_text=words).first


def says(article: Locator, words: str) -> None:
    """Wait until a message, with what it asks, says so."""
    expect(article).to_contain_text(words, timeout=PATIENCE)


def test_a_doctor_asks_and_the_patient_says_not_now_and_then_lets_the_nurse_read(
    clinic: WalkedClinic, chromium: Browser
) -> None:
    address = f"/conversations/{conversation_of_peggy(clinic)}"
    with (
        walker(chromium, clinic, "en") as peggy,
        walker(chromium, clinic, "en") as amara,
        walker(chromium, clinic, "en") as nora,
    ):
        peggy.sign_in(PEGGY)
        peggy.go(address)
        amara.sign_in(AMARA)
        amara.go(address)
        ask_for_nora(amara)
        says(asked(amara), "Peggy has not decided.")
        for told in (
            f"Asks to let {NURSE} read",
            "RN",
            "This conversation only",
            "All of it",
            "Nothing changes unless",
        ):
            says(asked(peggy), told)

        asked(peggy).get_by_role("button", name=peggy.say("ask.not_now")).click()
        says(asked(peggy), "You said not now.")
        says(asked(amara), "Peggy said not now.")
        expect(amara.page.locator("message-thread")).to_contain_text(amara.say("ask.not_now_words"))

        asked(peggy).get_by_role("button", name=peggy.say("ask.decide")).click()
        form = peggy.see("grant-form .notice")
        expect(form).to_contain_text(f"From now on {NURSE} can read")
        expect(form).to_contain_text("What was written before is opened as well.")
        peggy.press("give.yes", "grant-form")
        expect(peggy.page.locator("grant-form")).to_have_count(0, timeout=PATIENCE)
        peggy.go(address)
        says(asked(peggy), f"You let {NURSE} read.")
        expect(asked(peggy).get_by_role("button", name=peggy.say("ask.decide"))).to_have_count(0)
        says(asked(amara), f"Peggy let {NURSE} read.")
        expect(amara.page.locator("message-thread")).to_contain_text(f"Peggy let {NURSE} read from here on")
        nora.sign_in(NORA)
        nora.go(address)
        says(asked(nora), f"let {NURSE} read.")


def test_an_ask_for_somebody_whom_the_clinic_does_not_know_cannot_be_answered(
    clinic: WalkedClinic, chromium: Browser
) -> None:
    conversation, words = conversation_of_peggy(clinic), "This is Dr Amara Okafor's other account."
    clinic.send(
        AMARA, conversation, Draft(Ask(words, new_id("acc", SystemClock()), "all", "treatment", "all", None, None))
    )
    with walker(chromium, clinic, "en") as peggy:
        peggy.refusals |= {r"404 /api/.*"}
        peggy.sign_in(PEGGY)
        peggy.go(f"/conversations/{conversation}")
        says(asked(peggy, words), peggy.say("ask.unknown"))
        expect(asked(peggy, words).get_by_role("button")).to_have_count(0)
