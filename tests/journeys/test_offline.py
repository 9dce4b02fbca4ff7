"""Without a connection, in a tab that dies, after an answer that never came: a message goes out once, and only once."""

import json

from playwright.sync_api import expect

from messenger.protocol.encoding import b64u_decode
from tests.hostile.clinic import AMARA, PEGGY, HostileClinic, lines, reading
from tests.journeys.browsing import PATIENCE, Visitor
from tests.journeys.weather import WeatherProxy

SEND = r"/api/conversations/cnv_[0-9a-f]+/messages"
TEXT = "The knee is much better since this morning."


def texts_at_the_clinic(clinic: HostileClinic, conversation: str) -> list[str | None]:
    """What Dr Okafor finds in the conversation on a fresh device, all of it verified."""
    with clinic.new_device(AMARA) as amara:
        found = lines(reading(amara, conversation))
    assert all(line.reason is None for line in found)
    return [line.text for line in found]


def sent_ids(weather: WeatherProxy) -> list[str]:
    """The ids of the messages that left a browser, each time that they did."""
    live = [json.loads(frame.text[frame.text.index("[") :])[1] for frame in weather.frames if is_send(frame.text)]
    posted = [
        json.loads(one.body) for one in weather.requests if one.method == "POST" and one.target.endswith("/messages")
    ]
    return [json.loads(b64u_decode(wire["header"]))["id"] for wire in (*live, *posted)]


def is_send(frame: str) -> bool:
    return frame.startswith("42") and '"message:send"' in frame


def service_worker_runs(visitor: Visitor) -> None:
    """The shell is kept and serves this page's next load."""
    visitor.page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")


def test_what_is_written_offline_waits_through_a_reload_and_goes_out_once(
    peggy: Visitor, amara: Visitor, clinic: HostileClinic, weather: WeatherProxy, conversation: str
) -> None:
    peggy.opens(conversation)
    service_worker_runs(peggy)
    amara.opens(conversation)
    peggy.loses_connection(weather)
    peggy.writes(TEXT)
    peggy.sees_state(TEXT, "delivery.waiting")
    peggy.page.reload()
    peggy.unlocks(clinic.member(PEGGY)["password"])
    peggy.sees_state(TEXT, "delivery.waiting")
    assert texts_at_the_clinic(clinic, conversation) == []
    peggy.context.set_offline(False)
    amara.reads(TEXT)
    peggy.sees_sent(TEXT)
    assert texts_at_the_clinic(clinic, conversation) == [TEXT]


def test_offline_the_kept_shell_asks_for_the_password_and_shows_what_was_read(
    peggy: Visitor, clinic: HostileClinic, weather: WeatherProxy
) -> None:
    kept = "Done, and it looks clean."
    peggy.opens(clinic.conversation_of(PEGGY))
    service_worker_runs(peggy)
    expect(peggy.message(kept)).to_have_count(1, timeout=PATIENCE)
    peggy.page.locator(".conv__back").click()
    peggy.loses_connection(weather)
    peggy.opens_offline(clinic.conversation_of(PEGGY))
    expect(peggy.page.locator("body")).not_to_contain_text(kept)
    peggy.page.locator("unlock-page input[type=password]").fill("not the password at all")
    peggy.page.keyboard.press("Enter")
    expect(peggy.page.locator("unlock-page")).to_contain_text(peggy.says("sign_in.wrong"), timeout=PATIENCE)
    peggy.unlocks(clinic.member(PEGGY)["password"])
    expect(peggy.message(kept)).to_have_count(1, timeout=PATIENCE)


def test_a_tab_that_dies_while_it_sends_leaves_the_message_to_the_next(
    peggy: Visitor, amara: Visitor, clinic: HostileClinic, weather: WeatherProxy, conversation: str
) -> None:
    amara.opens(conversation)
    peggy.opens(conversation)
    weather.lose_acknowledgements()
    weather.lose_answers("POST", SEND)
    peggy.writes(TEXT)
    weather.wait_for_loss(PATIENCE / 1000)
    peggy.crashes()
    weather.be_honest()
    peggy.new_tab()
    peggy.opens(conversation)
    peggy.sees_sent(TEXT)
    amara.reads(TEXT)
    assert texts_at_the_clinic(clinic, conversation) == [TEXT]
    assert len(set(sent_ids(weather))) == 1
    expect(peggy.page.locator("#composer-text")).to_have_value("")


def test_a_tab_that_dies_before_anything_has_left_loses_nothing(
    peggy: Visitor, amara: Visitor, clinic: HostileClinic, weather: WeatherProxy, conversation: str
) -> None:
    peggy.opens(conversation)
    weather.go_down()
    expect(peggy.page.get_by_text(peggy.says("banner.reconnecting"))).to_be_visible(timeout=PATIENCE)
    peggy.writes(TEXT)
    peggy.sees_out_of_reach(TEXT)
    peggy.crashes()
    assert sent_ids(weather) == []
    weather.be_honest()
    peggy.new_tab()
    peggy.goes_to("/home")
    amara.opens(conversation)
    amara.reads(TEXT)
    assert texts_at_the_clinic(clinic, conversation) == [TEXT]


def test_after_a_lost_answer_the_same_bytes_go_out_again_and_are_stored_once(
    peggy: Visitor, clinic: HostileClinic, weather: WeatherProxy, conversation: str
) -> None:
    peggy.opens(conversation)
    weather.lose_acknowledgements()
    weather.lose_answers("POST", SEND)
    peggy.writes(TEXT)
    weather.wait_for_loss(PATIENCE / 1000)
    with peggy.page.expect_response(lambda answer: answer.url.endswith("/messages")) as again:
        weather.be_honest()
        weather.cut_sockets()
    assert again.value.ok
    peggy.sees_sent(TEXT)
    expect(peggy.message(TEXT)).to_have_count(1)
    ids = sent_ids(weather)
    assert len(ids) > 1
    assert len(set(ids)) == 1
    assert texts_at_the_clinic(clinic, conversation) == [TEXT]


def test_two_tabs_of_one_person_send_what_waits_once(
    peggy: Visitor, clinic: HostileClinic, weather: WeatherProxy, conversation: str
) -> None:
    peggy.opens(conversation)
    first = peggy.page
    peggy.new_tab()
    peggy.opens(conversation)
    peggy.loses_connection(weather)
    peggy.writes(TEXT)
    peggy.page = first
    peggy.sees_state(TEXT, "delivery.waiting")
    peggy.writes("And the stairs are easy.")
    peggy.context.set_offline(False)
    peggy.sees_sent(TEXT)
    peggy.sees_sent("And the stairs are easy.")
    assert texts_at_the_clinic(clinic, conversation) == [TEXT, "And the stairs are easy."]
