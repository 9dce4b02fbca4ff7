"""Taking a message back, putting it right, saying what kind it is: what the others then see, and in whose time."""

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from tests.hostile.clinic import AMARA, PEGGY, HostileClinic, lines, reading
from tests.journeys.browsing import CLINIC_ZONE, PATIENCE, Visitor
from tests.journeys.conftest import signed_in

FIRST, RIGHT = "Take two tablets tonight.", "Take one tablet tonight."
WHY = "Two is too many to begin with."


def more(visitor: Visitor, text: str, what: str) -> None:
    """The menu under one's own message."""
    message = visitor.message(text)
    message.locator("summary").click()
    message.get_by_role("button", name=visitor.says(what)).click()


def test_a_message_taken_back_is_gone_for_everyone_and_that_it_was_there_stays(
    peggy: Visitor, amara: Visitor, clinic: HostileClinic, conversation: str
) -> None:
    peggy.opens(conversation)
    amara.opens(conversation)
    peggy.writes("This was meant for my sister.", "update")
    amara.reads("This was meant for my sister.")
    peggy.sees_state("This was meant for my sister.", "delivery.read_by", names="Dr Amara Okafor")
    more(peggy, "This was meant for my sister.", "message.take_back")
    peggy.page.locator("dialog").get_by_role("button", name=peggy.says("take_back.do")).click()
    for visitor, words in ((peggy, "thread.taken_back_mine"), (amara, "thread.taken_back")):
        name = clinic_name_of_peggy(visitor)
        expect(visitor.page.locator("article.msg--gone")).to_contain_text(
            visitor.says(words, name=name), timeout=PATIENCE
        )
        expect(visitor.message("sister")).to_have_count(0)
    amara.page.reload()
    expect(amara.page.locator("article.msg--gone")).to_have_count(1, timeout=PATIENCE)
    expect(amara.message("sister")).to_have_count(0)
    with clinic.new_device(AMARA) as account:
        assert all(line.text != "This was meant for my sister." for line in lines(reading(account, conversation)))


def clinic_name_of_peggy(visitor: Visitor) -> str:
    """As the visitor's page calls her."""
    return visitor.page.locator("#talk-title").inner_text() if visitor.page.locator("#talk-title").count() else ""


def test_a_corrected_message_keeps_its_first_words_readable(peggy: Visitor, amara: Visitor, conversation: str) -> None:
    peggy.opens(conversation)
    amara.opens(conversation)
    amara.writes(FIRST)
    peggy.reads(FIRST)
    amara.sees_sent(FIRST)
    more(amara, FIRST, "message.correct")
    amara.page.locator("#corrected").fill(RIGHT)
    amara.page.locator("#reason").fill(WHY)
    amara.presses(amara.says("correct.send"))
    for visitor in (peggy, amara):
        message = visitor.message(RIGHT)
        expect(message).to_have_count(1, timeout=PATIENCE)
        expect(message.locator("del")).to_have_text(FIRST)
        expect(message).to_contain_text(WHY)
    peggy.page.reload()
    expect(peggy.message(RIGHT).locator("del")).to_have_text(FIRST, timeout=PATIENCE)


@pytest.mark.parametrize("kind", ["question", "update", "thanks"])
def test_the_sender_says_what_kind_of_message_it_is(
    kind: str, peggy: Visitor, amara: Visitor, conversation: str
) -> None:
    peggy.opens(conversation)
    amara.opens(conversation)
    peggy.writes("About the tablets.", kind)
    message = amara.reads("About the tablets.")
    expect(message).to_contain_text(amara.says(f"kind.{kind}"))
    asked = amara.page.locator(f'[data-row][href*="{conversation}#"]')
    expect(asked).to_have_count(1 if kind == "question" else 0, timeout=PATIENCE)


@pytest.fixture
def peggy_in_tokyo(chromium: Browser, clinic: HostileClinic) -> Iterator[Visitor]:
    """Peggy on a journey, in another time zone than the clinic's."""
    visitor = signed_in(chromium, clinic, PEGGY, phone=True, timezone_id="Asia/Tokyo")
    yield visitor
    visitor.leaves()


def test_both_clocks_stand_there_where_they_differ(peggy_in_tokyo: Visitor, amara: Visitor, conversation: str) -> None:
    amara.opens(conversation)
    amara.writes(RIGHT)
    peggy_in_tokyo.opens(conversation)
    stamp = peggy_in_tokyo.reads(RIGHT).locator("time").first
    at = datetime.fromisoformat(str(stamp.get_attribute("datetime")))
    here = at.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%H:%M")
    there = at.astimezone(ZoneInfo(CLINIC_ZONE)).strftime("%H:%M")
    expect(stamp).to_have_text(re.compile(rf"^{here} \((\w+ )?{there} at the clinic\)$"))
    expect(amara.message(RIGHT).locator("time").first).to_have_text(re.compile(r"^\d\d:\d\d$"), timeout=PATIENCE)
