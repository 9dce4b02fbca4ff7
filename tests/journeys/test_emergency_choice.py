"""A patient switches emergency access on, and is told at once what becomes of it; and switches it off again."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from messenger.headless.conversations import Conversations
from messenger.headless.emergency import Emergencies, NoWayIn
from tests.hostile.clinic import PEGGY, TOM, HostileClinic
from tests.journeys.browsing import PATIENCE, Visitor
from tests.journeys.keepers import card_name


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
    with clinic.new_device(TOM) as tom:
        patient = clinic.member(PEGGY)["account"]
        return Emergencies.of(tom).ask(patient, conversation, "danger", "Found in the waiting room", timedelta(hours=1))


def test_a_patient_switches_emergency_access_on_and_off(
    clinic: HostileClinic, custodians: list[str], peggy: Visitor, conversation: str
) -> None:
    section = switch(peggy, on=True)
    for name in custodians:
        expect(section).to_contain_text(card_name(name))
    assert escrowed(clinic) == {True}
    asked = ask(clinic, conversation)
    with clinic.own_device(custodians[0]) as keeper:
        Emergencies.of(keeper).release(asked)
    switch(peggy, on=False)
    assert escrowed(clinic) == {False}
    with pytest.raises(NoWayIn):
        ask(clinic, conversation)
