"""A patient switches emergency access on, is told at once what becomes of it, and switches it off again."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect

from messenger.headless.conversations import Conversations
from messenger.headless.emergency import Emergencies, NoWayIn
from messenger.headless.errors import ServiceRefused
from messenger.headless.invitations import invite
from tests.hostile.clinic import AMARA, PEGGY, TOM, HostileClinic
from tests.journeys.browsing import PATIENCE, Visitor
from tests.journeys.founding import join
from tests.journeys.keepers import card_name, enter

NURSE, MATTER, WORDS = "Tom Reyes", "A new matter", "Found in the waiting room"


def escrowed(clinic: HostileClinic) -> set[bool]:
    """Whether an emergency opens what is written now, over all of Peggy's conversations."""
    with clinic.own_device(PEGGY) as account:
        rooms = Conversations.of(account)
        opened = [rooms.open(listed.conversation) for listed in rooms.list()]
    return {any(reader.startswith("emk_") for reader in one.control.running.keys) for one in opened}


def switch(peggy: Visitor, *, on: bool) -> Locator:
    """Decide in the settings, and wait until it is done."""
    peggy.goes_to("/settings")
    section = peggy.page.locator("#emergency")
    section.get_by_role("button").click()
    peggy.page.locator("dialog .btn").first.click()
    tag = peggy.says("emergency_choice.on" if on else "emergency_choice.off")
    expect(section.locator(".tag")).to_have_text(tag, timeout=PATIENCE)
    expect(section.locator("[role=status]")).to_have_count(0, timeout=PATIENCE)
    expect(section.get_by_role("alert")).to_have_count(0)
    return section


def ask(clinic: HostileClinic, conversation: str) -> str:
    """A nurse asks to read for an hour."""
    with clinic.new_device(TOM) as tom:
        patient = clinic.member(PEGGY)["account"]
        return Emergencies.of(tom).ask(patient, conversation, "danger", WORDS, timedelta(hours=1))


def release(clinic: HostileClinic, emergency: str, custodian: str) -> None:
    with clinic.own_device(custodian) as keeper:
        Emergencies.of(keeper).release(emergency)


def is_told(peggy: Visitor, *words: str) -> None:
    """On the page that is open, without doing anything."""
    for text in words:
        expect(peggy.page.locator("home-page")).to_contain_text(text, timeout=PATIENCE)


def test_a_patient_is_told_at_once_what_becomes_of_emergency_access_and_ends_it(
    clinic: HostileClinic, custodians: list[str], peggy: Visitor, conversation: str
) -> None:
    section = switch(peggy, on=True)
    for name in custodians:
        expect(section).to_contain_text(card_name(name))
    assert escrowed(clinic) == {True}

    peggy.goes_to("/home")
    expect(peggy.page.locator(".convs a").first).to_be_visible(timeout=PATIENCE)
    asked = ask(clinic, conversation)
    is_told(peggy, f"{NURSE} asks to read “{MATTER}” in an emergency", WORDS, "No custodian has agreed.")
    release(clinic, asked, custodians[0])
    is_told(peggy, f"Custodians who agreed: {card_name(custodians[0])}")
    release(clinic, asked, custodians[1])
    is_told(peggy, f"{NURSE} can read “{MATTER}” in an emergency until")
    with clinic.own_device(enter(clinic, "compliance")) as officer:
        Emergencies.of(officer).close(asked, "justified")
    is_told(peggy, f"{NURSE}’s emergency access to “{MATTER}” has ended")
    peggy.opens(conversation)
    thread = peggy.page.locator("message-thread")
    for line in ("You switched emergency access on", f"Two custodians let {NURSE} read here", "emergency access ended"):
        expect(thread).to_contain_text(line, timeout=PATIENCE)

    again = ask(clinic, conversation)
    switch(peggy, on=False)
    assert escrowed(clinic) == {False}
    with pytest.raises(NoWayIn):
        ask(clinic, conversation)
    with pytest.raises(ServiceRefused, match="not_opted_in"):
        release(clinic, again, custodians[2])


@pytest.mark.usefixtures("custodians")
def test_a_newcomer_switches_emergency_access_on_while_joining(clinic: HostileClinic, chromium: Browser) -> None:
    with clinic.own_device(AMARA) as physician:
        link = invite(physician, "patient", clinic.member(AMARA)["teams"]).link.text()
    newcomer = Visitor.arrives(chromium, clinic.proxy.url, phone=True)
    join(newcomer, link, "iris.w")
    newcomer.presses(newcomer.says("join.agree"))
    page = newcomer.page
    switched = page.locator("[aria-labelledby=emergency-access]")
    expect(switched).not_to_be_checked(timeout=PATIENCE)
    switched.check(force=True)
    page.locator("#legal-name").fill("Iris Wong")
    newcomer.presses(newcomer.says("join.first_message"))
    page.wait_for_url("**/home", timeout=PATIENCE)
    newcomer.goes_to("/settings")
    expect(page.locator("#emergency .tag")).to_have_text("On", timeout=PATIENCE)
    newcomer.leaves()
