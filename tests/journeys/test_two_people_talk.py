"""From an empty service to a patient and a doctor who talk: all of it in browsers, nothing through the back door."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.journeys.browsing import PATIENCE, Visitor
from tests.journeys.founding import found, founding_link, invite_patient, invite_staff, join
from tests.servers import BetweenServer

QUESTION = "May I go swimming again this week?"
ANSWER = "Yes, twenty minutes, twice a week to begin with."


def test_a_patient_asks_and_a_doctor_answers(
    start_server: Callable[..., BetweenServer], sqlite_url: str, chromium: Browser
) -> None:
    server = start_server(sqlite_url)
    ruth = Visitor.arrives(chromium, server.base_url)
    found(ruth, founding_link(server))
    samuel = hand_the_key_to_a_second_administrator(ruth, chromium)
    amara = a_doctor_with_a_team(ruth, chromium)
    peggy = a_patient_of(amara, chromium)
    peggy.presses("Ask a question")
    peggy.page.locator("dialog input[type=text], dialog input:not([type])").first.fill("Swimming")
    peggy.page.locator("dialog .btn--main").click()
    peggy.sees_thread()
    peggy.writes(QUESTION, "question")
    amara.goes_to("/inbox")
    amara.page.locator("[data-row]", has_text="Peggy").first.click()
    amara.reads(QUESTION)
    amara.writes(ANSWER)
    peggy.reads(ANSWER)
    peggy.page.reload()
    peggy.reads(ANSWER)
    for person in (peggy, amara, samuel, ruth):
        person.leaves()


def hand_the_key_to_a_second_administrator(ruth: Visitor, chromium: Browser) -> Visitor:
    """Without one no patient can be invited."""
    samuel = Visitor.arrives(chromium, ruth.address)
    join(samuel, invite_staff(ruth, "administrator", "Samuel Wong", "Deputy practice manager"), "samuel")
    samuel.page.locator(".join__foot .btn--main").click()
    expect(samuel.page).to_have_url(re.compile("/clinic$"), timeout=PATIENCE)
    ruth.goes_to("/clinic")
    ruth.page.locator("#key").get_by_role("button", name=re.compile("Share the key")).click()
    ruth.page.locator("dialog").get_by_role("button", name="Share the key").click()
    expect(ruth.page.locator("#key li")).to_have_count(2, timeout=PATIENCE)
    return samuel


def a_doctor_with_a_team(ruth: Visitor, chromium: Browser) -> Visitor:
    """Amara, whose own browser makes the team's first key."""
    amara = Visitor.arrives(chromium, ruth.address)
    join(amara, invite_staff(ruth, "provider", "Dr Amara Okafor", "MD, cardiologist"), "amara")
    amara.page.locator(".join__foot .btn--main").click()
    expect(amara.page).to_have_url(re.compile("/inbox$"), timeout=PATIENCE)
    ruth.goes_to("/clinic")
    ruth.presses("New team")
    ruth.page.locator("#team-name").fill("Heart team")
    ruth.page.locator("#team-manager").select_option(label="Dr Amara Okafor")
    ruth.presses("Make the team")
    expect(ruth.page.locator("#teams")).to_contain_text("Heart team", timeout=PATIENCE)
    return amara


def a_patient_of(amara: Visitor, chromium: Browser) -> Visitor:
    """Peggy, on her phone, who agrees that the team can read."""
    peggy = Visitor.arrives(chromium, amara.address, phone=True)
    join(peggy, invite_patient(amara, "Peggy, swims"), "peggy")
    peggy.presses("Agree and continue")
    peggy.page.locator("#legal-name").fill("Margaret Hale")
    peggy.page.locator("#preferred-name").fill("Peggy")
    peggy.presses("Save, and write my first message")
    expect(peggy.page).to_have_url(re.compile("/home$"), timeout=PATIENCE)
    return peggy
