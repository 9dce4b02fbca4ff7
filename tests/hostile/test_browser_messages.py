"""A04, A08, A12, A13, A21, A22, A30: the server meddles with messages, and what the person in the browser sees."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from messenger.protocol.content import generate_content_key
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.keys import SigningKey
from messenger.protocol.message import Text, parse_header, write_message
from tests.hostile import browsing
from tests.hostile.clinic import AMARA, PEGGY, XIUYING, HostileClinic, lines, reading, write
from tests.hostile.forgery import flip, noting
from tests.hostile.test_messages import OPEN, Served, newest_with_text

HELD_BACK = "We could not check this message"
DO_NOT_ACT = "Please don’t act on it."


def shown_through(
    chromium: Browser,
    clinic: HostileClinic,
    twist: Callable[[list[Served]], list[Served]],
    look: Callable[[Page], None],
) -> None:
    """Open Peggy's conversation as Amara while the server twists the newest messages, and look."""
    with browsing.profile(chromium) as context:
        page = browsing.signed_in(context, clinic, AMARA)
        clinic.proxy.lie("POST", OPEN, lambda answer: {**answer, "messages": twist(answer["messages"])})
        look(browsing.opened(page, clinic, clinic.conversation_of(PEGGY)))


def held_back(why: str) -> Callable[[Page], None]:
    """The person is told that one message could not be checked, why, and what to do."""

    def look(page: Page) -> None:
        expect(page.get_by_text(HELD_BACK).first).to_be_attached(timeout=browsing.SECONDS)
        expect(page.get_by_text(why).first).to_be_attached()
        expect(page.get_by_text(DO_NOT_ACT).first).to_be_attached()

    return look


def test_an_honest_server_shows_nothing_held_back(chromium: Browser, clinic: HostileClinic) -> None:
    def look(page: Page) -> None:
        expect(page.get_by_text("Checked: from").first).to_be_attached(timeout=browsing.SECONDS)
        assert HELD_BACK not in browsing.seen(page)

    shown_through(chromium, clinic, lambda messages: messages, look)


def test_a04_browser_refuses_a_message_of_another_conversation(chromium: Browser, clinic: HostileClinic) -> None:
    taken: list[Served] = []
    with clinic.new_device(AMARA) as amara:
        clinic.proxy.lie("POST", OPEN, noting(taken, lambda answer: newest_with_text(answer["messages"])))
        reading(amara, clinic.conversation_of(XIUYING))
    clinic.proxy.be_honest()
    shown_through(
        chromium,
        clinic,
        lambda messages: [*messages[:-1], {**taken[0], "sequence": messages[-1]["sequence"]}],
        held_back("It does not belong in this place"),
    )


def test_a12_browser_refuses_a_changed_header(chromium: Browser, clinic: HostileClinic) -> None:
    def rewrite(messages: list[Served]) -> list[Served]:
        header = {**json.loads(b64u_decode(messages[-1]["header"])), "time": "2025-01-01T00:00:00.000Z"}
        encoded = b64u_encode(json.dumps(header, separators=(",", ":")).encode())
        return [*messages[:-1], {**messages[-1], "header": encoded}]

    shown_through(chromium, clinic, rewrite, held_back("We can’t be sure who wrote it"))


def test_a12_browser_refuses_the_content_of_another_message(chromium: Browser, clinic: HostileClinic) -> None:
    def swap(messages: list[Served]) -> list[Served]:
        first, second = [one for one in messages if one["ciphertext"] is not None][-2:]
        content = {name: first[name] for name in ("ciphertext", "ciphertext_hash")}
        return [{**one, **content} if one is second else one for one in messages]

    shown_through(chromium, clinic, swap, held_back("We can’t be sure who wrote it"))


def test_a13_browser_does_not_show_a_message_that_nobody_signed(chromium: Browser, clinic: HostileClinic) -> None:
    def inject(messages: list[Served]) -> list[Served]:
        header = parse_header(b64u_decode(messages[-1]["header"]))
        forged = write_message(header, Text("Stop taking the tablets"), generate_content_key(), SigningKey.generate())
        row = {**forged.as_json(), "ciphertext_hash": b64u_encode(forged.ciphertext_hash)}
        return [*messages, {**row, "sequence": messages[-1]["sequence"] + 1, "received": messages[-1]["received"]}]

    def look(page: Page) -> None:
        held_back("We can’t be sure who wrote it")(page)
        assert "Stop taking" not in browsing.seen(page)

    shown_through(chromium, clinic, inject, look)


def test_a08_browser_opens_no_box_but_the_one_that_was_signed(chromium: Browser, clinic: HostileClinic) -> None:
    texts: list[str] = []
    with clinic.new_device(AMARA) as amara:
        texts.extend(line.text for line in lines(reading(amara, clinic.conversation_of(PEGGY))) if line.text)

    def other_box(answer: Any) -> Any:
        answer["control"]["boxes"] = [{**box, "box": flip(box["box"], 5)} for box in answer["control"]["boxes"]]
        return answer

    with browsing.profile(chromium) as context:
        page = browsing.signed_in(context, clinic, AMARA)
        clinic.proxy.lie("POST", OPEN, other_box)
        browsing.opened(page, clinic, clinic.conversation_of(PEGGY))
        expect(page.get_by_text("This message can’t be opened yet").first).to_be_attached(timeout=browsing.SECONDS)
        assert not any(text in browsing.seen(page) for text in texts)


def test_a21_browser_says_that_messages_are_missing(chromium: Browser, clinic: HostileClinic) -> None:
    def drop(messages: list[Served]) -> list[Served]:
        devices = [json.loads(b64u_decode(one["header"]))["device"] for one in messages]
        target = next(one for place, one in enumerate(messages) if place and devices[place] in devices[place + 1 :])
        kept = [one for one in messages if one is not target]
        return [{**one, "sequence": one["sequence"] - (one["sequence"] > target["sequence"])} for one in kept]

    def look(page: Page) -> None:
        expect(page.get_by_text("is missing").or_(page.get_by_text("are missing")).first).to_be_attached(
            timeout=browsing.SECONDS
        )

    shown_through(chromium, clinic, drop, look)


def test_a22_browser_shows_a_replayed_message_once(chromium: Browser, clinic: HostileClinic) -> None:
    def replay(messages: list[Served]) -> list[Served]:
        return [*messages, {**newest_with_text(messages), "sequence": messages[-1]["sequence"] + 1}]

    shown_through(chromium, clinic, replay, held_back("It was here before."))


def test_a30_browser_notices_two_messages_under_one_id(chromium: Browser, clinic: HostileClinic) -> None:
    conversation = clinic.conversation_of(PEGGY)
    other: dict[str, Any] = {}
    with clinic.own_device(PEGGY) as peggy:
        first = write(peggy, conversation, "I take the blue tablet.")
        opened = reading(peggy, conversation)
        header = next(line.header for line in lines(opened) if line.sequence == first.sequence)
        assert header is not None
        key, signing = opened.conversation.keys[header.epoch], peggy.vault.current.signing
        twin = write_message(header, Text("I take no tablets."), key, signing)
        other.update({**twin.as_json(), "ciphertext_hash": b64u_encode(twin.ciphertext_hash)})
        write(peggy, conversation, "Is that right?")

    def give_the_other(messages: list[Served]) -> list[Served]:
        return [{**one, **other} if one["sequence"] == first.sequence else one for one in messages]

    shown_through(chromium, clinic, give_the_other, held_back("There are two different messages"))


@pytest.mark.parametrize("name", ["sender", "conversation"])
def test_a22_browser_refuses_a_message_turned_round(chromium: Browser, clinic: HostileClinic, name: str) -> None:
    changed = {"sender": clinic.member(AMARA)["account"], "conversation": clinic.conversation_of(XIUYING)}

    def turn(messages: list[Served]) -> list[Served]:
        one = next(
            each for each in reversed(messages) if json.loads(b64u_decode(each["header"]))[name] != changed[name]
        )
        header = {**json.loads(b64u_decode(one["header"])), name: changed[name]}
        encoded = b64u_encode(json.dumps(header, separators=(",", ":")).encode())
        return [{**each, "header": encoded} if each is one else each for each in messages]

    why = {"sender": "We can’t be sure who wrote it", "conversation": "It does not belong in this place"}
    shown_through(chromium, clinic, turn, held_back(why[name]))
