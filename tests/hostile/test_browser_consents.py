"""A01, A31, A32, A35: the server meddles with who may read, and what the people in the browsers see."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from messenger.clock import SystemClock
from messenger.headless.api import Api
from messenger.headless.invitations import invite
from messenger.headless.joiner import Choices
from messenger.headless.joining import join
from messenger.headless.keystore import Keystore
from messenger.protocol.commitment import Card
from messenger.protocol.keys import SigningKey
from tests.hostile import browsing
from tests.hostile.browsing import PageOf
from tests.hostile.clinic import AMARA, PEGGY, HostileClinic
from tests.hostile.forgery import noting, signed_by_the_server
from tests.hostile.test_browser_directory import READERS_INVALID
from tests.hostile.test_directory import Answer, nothing_was_sealed

NORA, NURSE, PASSWORD = "nora", "Nora Lindqvist", "seven green kettles under the bridge"
FOR_NORA, AFTER_HER = "Nora can read this one.", "This is not for her any more."


@pytest.fixture(scope="module")
def _nora(_hostile_clinic: HostileClinic) -> None:
    """A nurse who is in no team."""
    clinic = _hostile_clinic
    with clinic.new_device("ruth") as ruth:
        link = invite(ruth, "nurse", clinic.member(AMARA)["teams"], Card(NURSE, "RN")).link
    api = Api(clinic.proxy.url)
    with Keystore(Path(tempfile.mkdtemp(dir=clinic.folder)) / "keystore") as keystore:
        join(api, keystore, SystemClock(), link, Choices(NORA, PASSWORD))
    api.close()


@pytest.fixture
def nora(_nora: None, chromium: Browser, clinic: HostileClinic) -> Iterator[Page]:
    """Her browser, signed in."""
    with browsing.profile(chromium) as context:
        page = browsing.at_the_door(context, clinic, NORA, PASSWORD)
        browsing.expect_in(page)
        yield page


def consents_of(clinic: HostileClinic) -> str:
    return f"/api/patients/{clinic.member(PEGGY)['account']}/consents"


def address(clinic: HostileClinic) -> str:
    return f"{clinic.proxy.url}/conversations/{clinic.conversation_of(PEGGY)}"


def card(page: Page, clinic: HostileClinic) -> Locator:
    page.goto(f"{clinic.proxy.url}/who-can-read")
    expect(page.locator(".grant").first).to_be_visible(timeout=browsing.SECONDS)
    return page.locator(".grant", has=page.get_by_role("heading", name=NURSE))


def let_her_read(page: Page, clinic: HostileClinic) -> None:
    card(page, clinic)
    page.get_by_role("button", name="Let somebody read").click()
    page.locator("#grantee").select_option(label=f"{NURSE} – RN")
    page.locator("grant-form .btn--main").click()
    expect(page.locator("grant-form")).to_have_count(0, timeout=browsing.SECONDS)


def take_her_off(page: Page, clinic: HostileClinic) -> None:
    card(page, clinic).get_by_role("button", name="Take off").click()
    page.locator("dialog .btn--stop").click()
    expect(page.locator("dialog")).to_have_count(0, timeout=browsing.SECONDS)


def served_after_writing(page: Page, clinic: HostileClinic, text: str) -> tuple[Answer, Answer]:
    """The patient writes, and opens the conversation anew: the opening and the consents that her browser is served."""
    browsing.write(browsing.opened(page, clinic, clinic.conversation_of(PEGGY)), text)
    expect(page.locator("article.msg--mine", has_text=text).last).to_be_visible(timeout=browsing.SECONDS)
    expect(page.locator(".msg--waiting")).to_have_count(0, timeout=browsing.SECONDS)
    opening: list[Answer] = []
    consents: list[Answer] = []
    clinic.proxy.lie("POST", r"/api/conversations/\w+/open", noting(opening))
    clinic.proxy.lie("GET", consents_of(clinic), noting(consents))
    browsing.opened(page, clinic, clinic.conversation_of(PEGGY))
    expect(page.locator("article.msg--mine", has_text=text).last).to_be_visible(timeout=browsing.SECONDS)
    clinic.proxy.be_honest()
    return opening[-1], consents[-1]


def whole_chain(page: Page, conversation: str) -> Answer:
    """The control chain as the honest server serves it to who knows nothing of it."""
    served: Answer = page.evaluate(
        "path => fetch(path, { headers: { 'X-Between': '1' } }).then((answer) => answer.json())",
        f"/api/conversations/{conversation}/control",
    )
    return served


def test_a01_browser_seals_nothing_for_a_reader_whom_the_patient_did_not_choose(
    clinic: HostileClinic, page_of: PageOf
) -> None:
    page = page_of(PEGGY)

    def with_another(answer: Answer) -> Answer:
        def to_somebody_else(payload: Answer) -> None:
            another = {"grantee": clinic.member(AMARA)["account"], "consent": "cns_019cadc69a807005b62ef1275c1b2272"}
            payload["body"] |= another

        forged = signed_by_the_server(answer["statements"][0], to_somebody_else, SigningKey.generate())
        return {"statements": [*answer["statements"], forged]}

    clinic.proxy.lie("GET", consents_of(clinic), with_another)
    clinic.proxy.requests.clear()
    page.goto(address(clinic))
    expect(page.get_by_text(READERS_INVALID).first).to_be_visible(timeout=browsing.SECONDS)
    browsing.write(page, "Nobody else may read this.")
    assert nothing_was_sealed(clinic)


def test_a32_browser_opens_nothing_from_before_its_person_could_read(
    clinic: HostileClinic, page_of: PageOf, nora: Page
) -> None:
    peggy = page_of(PEGGY)
    let_her_read(peggy, clinic)
    everything, _ = served_after_writing(peggy, clinic, FOR_NORA)
    old_words = peggy.locator("article .words").first.inner_text()
    whole = {name: everything[name] for name in ("messages", "withheld")}
    clinic.proxy.lie("POST", r"/api/conversations/\w+/open", lambda answer: {**answer, **whole})
    nora.goto(address(clinic))
    expect(nora.get_by_text(FOR_NORA).first).to_be_visible(timeout=browsing.SECONDS)
    expect(nora.locator(".msg--later").first).to_be_attached()
    assert old_words not in browsing.seen(nora)
    clinic.proxy.be_honest()
    take_her_off(peggy, clinic)


def test_a31_a35_browser_opens_nothing_after_its_person_was_taken_off_and_the_patient_is_told_of_no_older_state(
    clinic: HostileClinic, page_of: PageOf, nora: Page
) -> None:
    """The server keeps the end from her and sends her what was written afterwards; then it takes the end back."""
    peggy, conversation = page_of(PEGGY), clinic.conversation_of(PEGGY)
    let_her_read(peggy, clinic)
    _, consents_before = served_after_writing(peggy, clinic, FOR_NORA)
    browsing.opened(nora, clinic, conversation)
    expect(nora.get_by_text(FOR_NORA).first).to_be_visible(timeout=browsing.SECONDS)
    clinic.proxy.lie_event("conversation:closed", lambda _: [])
    take_her_off(peggy, clinic)
    clinic.proxy.lie_event("message:new", lambda _: [])
    opening, consents_after = served_after_writing(peggy, clinic, AFTER_HER)
    clinic.proxy.answer("GET", rf"/api/conversations/{conversation}/control", 200, whole_chain(peggy, conversation))
    clinic.proxy.answer("GET", consents_of(clinic), 200, consents_after)
    clinic.proxy.inject_event("message:new", {"conversation": conversation, "message": opening["messages"][-1]})
    expect(nora.locator(".msg--later").first).to_be_attached(timeout=browsing.SECONDS)
    assert AFTER_HER not in browsing.seen(nora)
    clinic.proxy.be_honest()

    clinic.proxy.lie("GET", consents_of(clinic), lambda _: consents_before)
    peggy.goto(address(clinic))
    browsing.expect_stopped(peggy, "’s keys are not the ones we checked before")
