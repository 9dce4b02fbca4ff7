"""A04, A08, A12, A13, A16, A21, A22, A29, A30: the server meddles with messages.

Each with what the person in the browser sees.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from messenger.headless.reading import OpenedConversation
from messenger.protocol.content import generate_content_key
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.keys import SigningKey
from messenger.protocol.message import Text, parse_header, sign_message, write_message
from tests.hostile import browsing
from tests.hostile.browsing import PageOf
from tests.hostile.clinic import AMARA, PEGGY, XIUYING, HostileClinic, lines, reading, signed_twice, write
from tests.hostile.forgery import (
    appended,
    committed_to_another_key,
    flip,
    in_every_encoding,
    in_the_place_of,
    noting,
    with_other_boxes,
)
from tests.hostile.test_consents import CONTROL
from tests.hostile.test_doors import everything_sent
from tests.hostile.test_messages import MESSAGES, OPEN, Served, newest_with_text, without_the_newest

Look = Callable[[Page], None]

HELD_BACK = "We could not check this message"
DO_NOT_ACT = "Please don’t act on it."


@pytest.fixture
def screen(page_of: PageOf) -> Page:
    """A page of Amara's, who was in before the server lies."""
    return page_of(AMARA)


def shown_through(
    page: Page,
    clinic: HostileClinic,
    twist: Callable[[list[Served]], list[Served]],
    look: Look,
) -> None:
    """Open Peggy's conversation as Amara while the server twists the newest messages, and look."""
    clinic.proxy.lie("POST", OPEN, lambda answer: {**answer, "messages": twist(answer["messages"])})
    look(browsing.opened(page, clinic, clinic.conversation_of(PEGGY)))


def held_back(why: str) -> Look:
    """The person is told that one message could not be checked, why, and what to do."""

    def look(page: Page) -> None:
        expect(page.get_by_text(HELD_BACK).first).to_be_attached(timeout=browsing.SECONDS)
        expect(page.get_by_text(why).first).to_be_attached()
        expect(page.get_by_text(DO_NOT_ACT).first).to_be_attached()

    return look


def telling_texts(opened: OpenedConversation) -> list[str]:
    """What was written, but for what may stand on any page by chance: "yes" is in "yesterday"."""
    texts = [line.text for line in lines(opened) if line.text and len(line.text) > 12]
    assert texts
    return texts


def device_of(served: Served) -> str:
    """The device that a served message names."""
    device: str = json.loads(b64u_decode(served["header"]))["device"]
    return device


def later(messages: list[Served], place: int) -> list[str]:
    """The devices of the messages after a place."""
    return [device_of(one) for one in messages[place + 1 :]]


def test_an_honest_server_shows_nothing_held_back(clinic: HostileClinic, screen: Page) -> None:
    def look(page: Page) -> None:
        expect(page.get_by_text("Checked: from").first).to_be_attached(timeout=browsing.SECONDS)
        assert HELD_BACK not in browsing.seen(page)

    shown_through(screen, clinic, lambda messages: messages, look)


def test_a04_browser_refuses_a_message_of_another_conversation(clinic: HostileClinic, screen: Page) -> None:
    taken: list[Served] = []
    with clinic.new_device(AMARA) as amara:
        clinic.proxy.lie("POST", OPEN, noting(taken, lambda answer: newest_with_text(answer["messages"])))
        reading(amara, clinic.conversation_of(XIUYING))
    clinic.proxy.be_honest()
    shown_through(
        screen,
        clinic,
        lambda messages: [*messages[:-1], {**taken[0], "sequence": messages[-1]["sequence"]}],
        held_back("It does not belong in this place"),
    )


def test_a12_browser_refuses_a_changed_header(clinic: HostileClinic, screen: Page) -> None:
    def rewrite(messages: list[Served]) -> list[Served]:
        header = {**json.loads(b64u_decode(messages[-1]["header"])), "time": "2025-01-01T00:00:00.000Z"}
        encoded = b64u_encode(json.dumps(header, separators=(",", ":")).encode())
        return [*messages[:-1], {**messages[-1], "header": encoded}]

    shown_through(screen, clinic, rewrite, held_back("We can’t be sure who wrote it"))


def test_a12_browser_refuses_the_content_of_another_message(clinic: HostileClinic, screen: Page) -> None:
    def swap(messages: list[Served]) -> list[Served]:
        first, second = [one for one in messages if one["ciphertext"] is not None][-2:]
        content = {name: first[name] for name in ("ciphertext", "ciphertext_hash")}
        return [{**one, **content} if one is second else one for one in messages]

    shown_through(screen, clinic, swap, held_back("We can’t be sure who wrote it"))


def test_a13_browser_does_not_show_a_message_that_nobody_signed(clinic: HostileClinic, screen: Page) -> None:
    def inject(messages: list[Served]) -> list[Served]:
        header = parse_header(b64u_decode(messages[-1]["header"]))
        forged = write_message(header, Text("Stop taking the tablets"), generate_content_key(), SigningKey.generate())
        return appended(messages, forged)

    def look(page: Page) -> None:
        held_back("We can’t be sure who wrote it")(page)
        assert "Stop taking" not in browsing.seen(page)

    shown_through(screen, clinic, inject, look)


def test_a13_browser_does_not_show_a_message_signed_with_a_strange_key(clinic: HostileClinic, screen: Page) -> None:
    def inject(messages: list[Served]) -> list[Served]:
        key = SigningKey.generate()
        header = {**json.loads(b64u_decode(messages[-1]["header"])), "key": key.id}
        ciphertext = b64u_decode(newest_with_text(messages)["ciphertext"])
        forged = sign_message(json.dumps(header, separators=(",", ":")).encode(), ciphertext, key)
        return appended(messages, forged)

    shown_through(screen, clinic, inject, held_back("We can’t be sure who wrote it"))


def test_a16_browser_opens_a_ciphertext_in_its_own_place_only(chromium: Browser, clinic: HostileClinic) -> None:
    """Name and message change places: neither is shown, and nothing of what is written goes into a request."""
    conversation = clinic.conversation_of(PEGGY)
    with clinic.new_device(AMARA) as amara:
        opened = reading(amara, conversation)
    name, texts = opened.conversation.name, telling_texts(opened)
    clinic.proxy.requests.clear()

    served: list[str] = []

    def swap(answer: Any) -> Any:
        message, names = newest_with_text(answer["messages"]), answer["control"]["names"]
        served.extend(names.values())  # with the first answer; later ones go on from what is known
        answer["control"]["names"] = dict.fromkeys(names, message["ciphertext"])
        message["ciphertext"] = served[0]
        return answer

    clinic.proxy.lie("POST", OPEN, swap)
    clinic.proxy.lie("GET", CONTROL, lambda answer: {**answer, "names": {}})
    with browsing.profile(chromium) as context:  # a device that has kept nothing from before is served all names
        page = browsing.opened(browsing.signed_in(context, clinic, AMARA), clinic, conversation)
        held_back("We can’t be sure who wrote it")(page)
        assert name
        expect(page.get_by_role("heading", name=name)).to_have_count(0)
    sent = everything_sent(clinic)
    assert not any(form in sent for text in texts for form in in_every_encoding(text[:24].encode()))


def test_a08_browser_opens_no_box_but_the_one_that_was_signed(chromium: Browser, clinic: HostileClinic) -> None:
    with clinic.new_device(AMARA) as amara:
        texts = telling_texts(reading(amara, clinic.conversation_of(PEGGY)))

    def other_box_in_the_list(answer: Any) -> Any:
        for line in answer["conversations"]:
            line["box"] = {**line["box"], "box": flip(line["box"]["box"], 5)}
        return answer

    def other_boxes_alone(control: Any) -> Any:
        return with_other_boxes({"control": control})["control"]

    clinic.proxy.lie("POST", OPEN, with_other_boxes)
    clinic.proxy.lie("GET", CONTROL, other_boxes_alone)
    clinic.proxy.lie("GET", "/api/conversations", other_box_in_the_list)
    with browsing.profile(chromium) as context:  # a device that has kept nothing from before
        page = browsing.opened(browsing.signed_in(context, clinic, AMARA), clinic, clinic.conversation_of(PEGGY))
        expect(page.get_by_text("This message can’t be opened yet").first).to_be_attached(timeout=browsing.SECONDS)
        assert [text for text in texts if text in browsing.seen(page)] == []


@pytest.mark.parametrize("how", ["drop", "hold back"])
def test_a21_browser_says_that_messages_are_missing(clinic: HostileClinic, screen: Page, how: str) -> None:
    def drop(messages: list[Served]) -> list[Served]:
        target = next(one for place, one in enumerate(messages) if place and device_of(one) in later(messages, place))
        kept = [one for one in messages if one is not target]
        if how == "hold back":
            return kept
        # The server closes the gap in its own numbers; those of the device remain.
        return [{**one, "sequence": one["sequence"] - (one["sequence"] > target["sequence"])} for one in kept]

    def look(page: Page) -> None:
        missing = page.get_by_text("is missing").or_(page.get_by_text("are missing"))
        expect(missing.first).to_be_attached(timeout=browsing.SECONDS)

    shown_through(screen, clinic, drop, look)


def test_a21_browser_says_that_messages_are_out_of_order(clinic: HostileClinic, screen: Page) -> None:
    def swap(messages: list[Served]) -> list[Served]:
        place = next(place for place, one in enumerate(messages) if device_of(one) in later(messages, place))
        pair = [one for one in messages if device_of(one) == device_of(messages[place])][:2]
        pair[0]["sequence"], pair[1]["sequence"] = pair[1]["sequence"], pair[0]["sequence"]
        return sorted(messages, key=lambda one: int(one["sequence"]))

    def look(page: Page) -> None:
        expect(page.get_by_text("was written earlier and came late").first).to_be_attached(timeout=browsing.SECONDS)

    shown_through(screen, clinic, swap, look)


def test_a21_browser_says_when_what_was_read_before_is_not_served_any_more(clinic: HostileClinic, screen: Page) -> None:
    """Nothing follows the message that is dropped, so that no other message tells of it: this browser does."""
    browsing.opened(screen, clinic, clinic.conversation_of(PEGGY))
    browsing.wait_for_receipt(screen, clinic)
    clinic.proxy.lie("POST", OPEN, without_the_newest)
    clinic.proxy.lie("GET", MESSAGES, lambda answer: {**answer, "messages": []})
    browsing.opened(screen, clinic, clinic.conversation_of(PEGGY))
    expect(screen.get_by_text("We were shown an older state than you have seen").first).to_be_visible(
        timeout=browsing.SECONDS
    )
    browsing.write(screen, "Did you get this?")
    assert not any(frame.sent and "message:send" in frame.text for frame in clinic.proxy.frames)


def test_a22_browser_shows_a_replayed_message_once(clinic: HostileClinic, screen: Page) -> None:
    def replay(messages: list[Served]) -> list[Served]:
        return [*messages, {**newest_with_text(messages), "sequence": messages[-1]["sequence"] + 1}]

    shown_through(screen, clinic, replay, held_back("It was here before."))


def test_a30_browser_notices_two_messages_under_one_id(clinic: HostileClinic, screen: Page) -> None:
    conversation = clinic.conversation_of(PEGGY)
    with clinic.own_device(PEGGY) as peggy:
        first, twin = signed_twice(peggy, conversation, "I take the blue tablet.", "I take no tablets.")
        write(peggy, conversation, "Is that right?")

    def give_it(messages: list[Served]) -> list[Served]:
        return in_the_place_of(messages, first.sequence, twin)

    shown_through(screen, clinic, give_it, held_back("There are two different messages"))


def test_a29_browser_opens_nothing_that_is_committed_to_another_key(clinic: HostileClinic, screen: Page) -> None:
    with clinic.own_device(PEGGY) as peggy:
        sent, twin = signed_twice(peggy, clinic.conversation_of(PEGGY), "Two of them a day.", "Ten of them a day.")
        salamander = committed_to_another_key(twin, peggy.vault.current.signing)

    def give_it(messages: list[Served]) -> list[Served]:
        return in_the_place_of(messages, sent.sequence, salamander)

    def look(page: Page) -> None:
        held_back("It arrived damaged and can’t be opened.")(page)
        assert "of them a day" not in browsing.seen(page)

    shown_through(screen, clinic, give_it, look)


@pytest.mark.parametrize("name", ["sender", "conversation"])
def test_a22_browser_refuses_a_message_turned_round(clinic: HostileClinic, screen: Page, name: str) -> None:
    changed = {"sender": clinic.member(AMARA)["account"], "conversation": clinic.conversation_of(XIUYING)}

    def turn(messages: list[Served]) -> list[Served]:
        one = next(
            each for each in reversed(messages) if json.loads(b64u_decode(each["header"]))[name] != changed[name]
        )
        header = {**json.loads(b64u_decode(one["header"])), name: changed[name]}
        encoded = b64u_encode(json.dumps(header, separators=(",", ":")).encode())
        return [{**each, "header": encoded} if each is one else each for each in messages]

    why = {"sender": "We can’t be sure who wrote it", "conversation": "It does not belong in this place"}
    shown_through(screen, clinic, turn, held_back(why[name]))
