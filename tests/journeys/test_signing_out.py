"""Leaving: what waits is asked about, other devices close at once, and the page that was open says why."""

import pytest
from playwright.sync_api import Browser, expect

from tests.hostile.clinic import AMARA, PEGGY, HostileClinic
from tests.journeys.browsing import PATIENCE, Visitor
from tests.journeys.conftest import signed_in
from tests.journeys.test_offline import SEND, texts_at_the_clinic
from tests.journeys.weather import WeatherProxy

TEXT = "The tablets make me a little dizzy."
ENDED_WITHIN_SECONDS = 1.0


@pytest.fixture
def leaving(chromium: Browser, clinic: HostileClinic, weather: WeatherProxy, conversation: str) -> Visitor:
    """Peggy on a device that she will sign out of, offline, with a message that waits."""
    peggy = signed_in(chromium, clinic, PEGGY, phone=True)
    peggy.opens(conversation)
    peggy.loses_connection(weather)
    peggy.writes(TEXT)
    peggy.sees_state(TEXT, "delivery.waiting")
    peggy.page.locator(".conv__back").click()
    peggy.page.locator(".mainnav a[href='/settings']").click()
    peggy.presses("Sign out")
    expect(peggy.page.locator("dialog")).to_contain_text(peggy.says("sign_out.waiting", count=1), timeout=PATIENCE)
    return peggy


def expect_to_be_out(visitor: Visitor) -> None:
    expect(visitor.page.get_by_text(visitor.says("sign_in.signed_out"))).to_be_visible(timeout=PATIENCE)


def test_staying_keeps_everything_as_it_was(leaving: Visitor, conversation: str) -> None:
    leaving.presses(leaving.says("sign_out.stay"))
    expect(leaving.page.locator("dialog")).to_have_count(0)
    leaving.context.set_offline(False)
    leaving.opens(conversation)
    leaving.sees_sent(TEXT)
    leaving.leaves()


def test_sending_first_sends_and_then_leaves(leaving: Visitor, clinic: HostileClinic, conversation: str) -> None:
    leaving.presses(leaving.says("sign_out.send_first"))
    expect(leaving.page.locator("dialog")).to_contain_text(leaving.says("sign_out.not_all_sent"), timeout=PATIENCE)
    leaving.context.set_offline(False)
    leaving.presses(leaving.says("sign_out.send_first"))
    expect_to_be_out(leaving)
    assert texts_at_the_clinic(clinic, conversation) == [TEXT]
    leaving.leaves()


def test_deleting_leaves_nothing_to_send(leaving: Visitor, clinic: HostileClinic, conversation: str) -> None:
    leaving.presses(leaving.says("sign_out.delete", count=1))
    leaving.context.set_offline(False)
    expect_to_be_out(leaving)
    leaving.signs_in(PEGGY, clinic.member(PEGGY)["password"])
    leaving.opens(conversation)
    expect(leaving.message(TEXT)).to_have_count(0)
    assert texts_at_the_clinic(clinic, conversation) == []
    leaving.leaves()


def test_what_is_kept_locked_goes_out_at_the_next_sign_in(
    leaving: Visitor, clinic: HostileClinic, conversation: str
) -> None:
    leaving.presses(leaving.says("sign_out.keep_locked"))
    leaving.context.set_offline(False)
    expect_to_be_out(leaving)
    assert texts_at_the_clinic(clinic, conversation) == []
    leaving.signs_in(PEGGY, clinic.member(PEGGY)["password"])
    leaving.opens(conversation)
    leaving.sees_sent(TEXT)
    assert texts_at_the_clinic(clinic, conversation) == [TEXT]
    leaving.leaves()


def test_what_was_stored_before_it_was_kept_locked_is_not_stored_again(
    chromium: Browser, clinic: HostileClinic, weather: WeatherProxy, conversation: str
) -> None:
    peggy = signed_in(chromium, clinic, PEGGY, phone=True)
    peggy.opens(conversation)
    weather.lose_acknowledgements()
    weather.lose_answers("POST", SEND)
    peggy.writes(TEXT)
    weather.wait_for_loss(PATIENCE / 1000)
    peggy.page.locator(".conv__back").click()
    peggy.page.locator(".mainnav a[href='/settings']").click()
    peggy.presses("Sign out")
    peggy.presses(peggy.says("sign_out.keep_locked"))
    expect_to_be_out(peggy)
    weather.be_honest()
    peggy.signs_in(PEGGY, clinic.member(PEGGY)["password"])
    peggy.opens(conversation)
    peggy.sees_sent(TEXT)
    expect(peggy.message(TEXT)).to_have_count(1)
    assert texts_at_the_clinic(clinic, conversation) == [TEXT]
    peggy.leaves()


def a_tablet_of(name: str, chromium: Browser, clinic: HostileClinic, weather: WeatherProxy) -> Visitor:
    """Somebody signed in on one more device, with a live connection."""
    before = weather.connections_made
    tablet = signed_in(chromium, clinic, name, user_agent="Mozilla/5.0 (iPad) Safari/1.0")
    expect(tablet.page.locator("[data-row]").first).to_be_visible(timeout=PATIENCE)
    weather.wait_for_connections(before + 1, PATIENCE / 1000)
    return tablet


def expect_to_be_closed(tablet: Visitor) -> None:
    """The page is locked, says why, and its address shows nothing else."""
    expect(tablet.page.locator("unlock-page")).to_contain_text(tablet.says("sign_in.revoked"), timeout=PATIENCE)
    expect(tablet.page.locator("[data-row]")).to_have_count(0)


def test_a_device_signed_out_from_another_closes_within_a_second(
    amara: Visitor, chromium: Browser, clinic: HostileClinic, weather: WeatherProxy
) -> None:
    tablet = a_tablet_of(AMARA, chromium, clinic, weather)
    amara.goes_to("/settings")
    device = amara.page.locator("#devices li", has_text="Safari, iPad").filter(has=amara.page.get_by_role("button"))
    device.get_by_role("button").click()
    expect(device).to_have_count(0, timeout=PATIENCE)
    expect_to_be_closed(tablet)
    assert weather.moment_of("session:ended") - weather.moment_of("DELETE /api/devices/dev_") < ENDED_WITHIN_SECONDS
    amara.goes_to("/inbox")
    expect(amara.page.locator("[data-row]").first).to_be_visible(timeout=PATIENCE)
    tablet.leaves()


def test_signing_out_everywhere_closes_every_other_device_within_a_second(
    amara: Visitor, chromium: Browser, clinic: HostileClinic, weather: WeatherProxy
) -> None:
    tablets = [a_tablet_of(AMARA, chromium, clinic, weather) for _ in range(2)]
    amara.goes_to("/settings")
    amara.presses(amara.says("devices.sign_out_others"))
    amara.page.locator("dialog").get_by_role("button", name=amara.says("devices.sign_out_others")).click()
    for tablet in tablets:
        expect_to_be_closed(tablet)
    ended = [moment for moment, what in weather.passed if "session:ended" in what]
    assert len(ended) == 2
    assert max(ended) - weather.moment_of("DELETE /api/devices") < ENDED_WITHIN_SECONDS
    expect(amara.page.locator("#devices")).to_contain_text(amara.says("devices.open_now"))
    for tablet in tablets:
        tablet.leaves()


def test_a_closed_device_opens_again_with_the_password_alone(
    amara: Visitor, chromium: Browser, clinic: HostileClinic, weather: WeatherProxy
) -> None:
    tablet = a_tablet_of(AMARA, chromium, clinic, weather)
    amara.goes_to("/settings")
    amara.presses(amara.says("devices.sign_out_others"))
    amara.page.locator("dialog").get_by_role("button", name=amara.says("devices.sign_out_others")).click()
    expect_to_be_closed(tablet)
    tablet.unlocks(clinic.member(AMARA)["password"])
    expect(tablet.page.locator("[data-row]").first).to_be_visible(timeout=PATIENCE)
    tablet.leaves()
