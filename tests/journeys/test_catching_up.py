"""What the live line loses is fetched: no message is lost with the event that should have told of it."""

import re

from playwright.sync_api import Route, expect

from messenger.headless.conversations import Conversations
from tests.hostile.clinic import AMARA, TOM, HostileClinic, write
from tests.journeys.browsing import PATIENCE, Visitor
from tests.journeys.weather import WeatherProxy

TEXTS = ("One at eight o’clock.", "One at noon.", "And one before going to bed.")


def write_as_tom(clinic: HostileClinic, conversation: str, *texts: str) -> None:
    """From the nurse’s own device."""
    with clinic.own_device(TOM) as tom:
        for text in texts:
            write(tom, conversation, text)


def expect_in_order(visitor: Visitor, *texts: str) -> None:
    """All of them, each once, in the order in which they were written."""
    for text in texts:
        visitor.reads(text)
    words = visitor.page.locator("article.msg .words")
    expect(words).to_have_text(list(texts))


def test_a_message_whose_event_was_lost_comes_with_the_next(
    peggy: Visitor, clinic: HostileClinic, weather: WeatherProxy, conversation: str
) -> None:
    peggy.opens(conversation)
    weather.lose_events("message:new")
    weather.lose_events("conversations:changed")
    write_as_tom(clinic, conversation, TEXTS[0])
    weather.wait_for_loss(PATIENCE / 1000)
    expect(peggy.message(TEXTS[0])).to_have_count(0)
    weather.be_honest()
    write_as_tom(clinic, conversation, TEXTS[1])
    expect_in_order(peggy, *TEXTS[:2])


def test_messages_whose_every_event_is_lost_come_with_the_word_that_something_changed(
    peggy: Visitor, clinic: HostileClinic, weather: WeatherProxy, conversation: str
) -> None:
    peggy.opens(conversation)
    weather.lose_events("message:new")
    write_as_tom(clinic, conversation, *TEXTS)
    expect_in_order(peggy, *TEXTS)


def test_what_the_service_itself_did_not_hear_of_is_fetched_when_it_says_so(
    peggy: Visitor, clinic: HostileClinic, weather: WeatherProxy, conversation: str
) -> None:
    peggy.opens(conversation)
    weather.lose_frames(lambda frame: "message:new" in frame or "conversations:changed" in frame)
    write_as_tom(clinic, conversation, *TEXTS)
    weather.wait_for_loss(PATIENCE / 1000)
    expect(peggy.message(TEXTS[0])).to_have_count(0)
    weather.inject_event("events:missed", {})
    expect_in_order(peggy, *TEXTS)


def test_what_was_written_while_the_line_was_cut_is_there_when_it_stands_again(
    peggy: Visitor, clinic: HostileClinic, weather: WeatherProxy, conversation: str
) -> None:
    peggy.opens(conversation)
    peggy.loses_connection(weather)
    write_as_tom(clinic, conversation, *TEXTS)
    expect(peggy.message(TEXTS[0])).to_have_count(0)
    peggy.context.set_offline(False)
    expect_in_order(peggy, *TEXTS)
    expect(peggy.page.get_by_text(peggy.says("banner.offline"))).to_have_count(0)


def test_a_cut_socket_is_made_anew_and_hears_again(
    peggy: Visitor, amara: Visitor, weather: WeatherProxy, conversation: str
) -> None:
    peggy.opens(conversation)
    amara.opens(conversation)
    with peggy.page.expect_event("websocket", timeout=PATIENCE), amara.page.expect_event("websocket", timeout=PATIENCE):
        weather.cut_sockets()
    amara.writes(TEXTS[0])
    peggy.reads(TEXTS[0])
    peggy.writes(TEXTS[1], "update")
    amara.reads(TEXTS[1])
    expect(peggy.page.locator(".writers")).to_have_text(re.compile(r"^\s*$"), timeout=PATIENCE)


def test_a_conversation_that_a_page_looks_at_twice_is_shown_by_whichever_answer_comes_last(
    peggy: Visitor, clinic: HostileClinic, weather: WeatherProxy, conversation: str
) -> None:
    """It grew while she was away; opening it is answered once its place in the list has been verified already."""
    peggy.opens(conversation)
    peggy.goes_to("/settings")
    weather.lose_events("conversations:changed")
    with clinic.own_device(AMARA) as amara:
        Conversations.of(amara).open(conversation).rename("Both knees")
    weather.wait_for_loss(PATIENCE / 1000)
    weather.be_honest()
    opening: list[Route] = []
    peggy.page.route(re.compile(f"{conversation}/open"), lambda route: opening.append(route))
    with (
        peggy.page.expect_request(re.compile(f"{conversation}/open")),
        peggy.page.expect_response(re.compile(f"{conversation}/control")),
    ):
        peggy.goes_to(f"/conversations/{conversation}")
    opening[0].continue_()
    expect(peggy.page.locator("h1")).to_contain_text("Both knees", timeout=PATIENCE)
