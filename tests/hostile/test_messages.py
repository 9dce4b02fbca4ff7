"""A04, A08, A12, A13, A16, A21, A22, A29, A30: the server meddles with messages."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from messenger.headless.errors import HistoryRolledBack
from messenger.headless.thread import ThreadMessage
from messenger.protocol.content import generate_content_key
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.keys import SigningKey
from messenger.protocol.message import Message, Text, parse_header, sign_message, write_message
from tests.hostile.clinic import AMARA, PEGGY, XIUYING, HostileClinic, lines, reading, signed_twice, write
from tests.hostile.forgery import (
    appended,
    committed_to_another_key,
    in_every_encoding,
    in_the_place_of,
    noting,
    with_other_boxes,
)

OPEN = r"/api/conversations/[^/]+/open"
MESSAGES = r"/api/conversations/[^/]+/messages"
Served = dict[str, Any]


def seen_through(clinic: HostileClinic, twist: Callable[[list[Served]], list[Served]]) -> list[ThreadMessage]:
    """What Amara sees of Peggy's conversation when the server has twisted the newest messages."""
    clinic.proxy.lie("POST", OPEN, lambda answer: {**answer, "messages": twist(answer["messages"])})
    with clinic.new_device(AMARA) as amara:
        return lines(reading(amara, clinic.conversation_of(PEGGY)))


def not_verified(thread: list[ThreadMessage]) -> list[tuple[str | None, str | None]]:
    """Reason and text of every line that is not verified."""
    return [(line.reason, line.text) for line in thread if line.reason is not None and line.reason != "erased"]


def newest_with_text(messages: list[Served]) -> Served:
    return next(one for one in reversed(messages) if one["ciphertext"] is not None)


def without_the_newest(answer: Any) -> Any:
    """The answer to an opening, as it was before the last message."""
    return {**answer, "messages": answer["messages"][:-1], "last_sequence": answer["last_sequence"] - 1}


def test_an_honest_server_shows_every_message_verified(clinic: HostileClinic) -> None:
    thread = seen_through(clinic, lambda messages: messages)
    assert len(thread) > 5
    assert not_verified(thread) == []


def test_a04_python_client_refuses_a_message_of_another_conversation(clinic: HostileClinic) -> None:
    taken: list[Served] = []
    with clinic.new_device(AMARA) as amara:
        clinic.proxy.lie("POST", OPEN, noting(taken, lambda answer: newest_with_text(answer["messages"])))
        reading(amara, clinic.conversation_of(XIUYING))
    clinic.proxy.be_honest()

    def swap(messages: list[Served]) -> list[Served]:
        return [*messages[:-1], {**taken[0], "sequence": messages[-1]["sequence"]}]

    assert ("wrong_conversation", None) in not_verified(seen_through(clinic, swap))


@pytest.mark.parametrize("member", ["time", "kind", "sender", "urgency", "conversation"])
def test_a12_python_client_refuses_a_changed_header(clinic: HostileClinic, member: str) -> None:
    changed = {
        "time": "2025-01-01T00:00:00.000Z",
        "kind": "thanks",
        "sender": clinic.member(AMARA)["account"],
        "urgency": "urgent",
        "conversation": clinic.conversation_of(XIUYING),
    }

    def rewrite(messages: list[Served]) -> list[Served]:
        one = next(one for one in messages if json.loads(b64u_decode(one["header"]))[member] != changed[member])
        header = {**json.loads(b64u_decode(one["header"])), member: changed[member]}
        encoded = b64u_encode(json.dumps(header, separators=(",", ":")).encode())
        return [{**each, "header": encoded} if each is one else each for each in messages]

    found = not_verified(seen_through(clinic, rewrite))
    assert found, "the changed message was shown as verified"
    assert {text for _, text in found} == {None}
    expected = {"sender": "unknown_key", "conversation": "wrong_conversation"}.get(member, "bad_signature")
    assert expected in {reason for reason, _ in found}


def test_a12_python_client_refuses_the_content_of_another_message(clinic: HostileClinic) -> None:
    def swap(messages: list[Served]) -> list[Served]:
        first, second = [one for one in messages if one["ciphertext"] is not None][:2]
        content = {name: first[name] for name in ("ciphertext", "ciphertext_hash")}
        return [{**one, **content} if one is second else one for one in messages]

    assert ("bad_signature", None) in not_verified(seen_through(clinic, swap))


def test_a13_python_client_does_not_show_a_message_that_nobody_signed(clinic: HostileClinic) -> None:
    def inject(messages: list[Served]) -> list[Served]:
        header = parse_header(b64u_decode(messages[-1]["header"]))
        forged = write_message(header, Text("Stop taking the tablets"), generate_content_key(), SigningKey.generate())
        return appended(messages, forged)

    assert not_verified(seen_through(clinic, inject)) == [("bad_signature", None)]


def test_a13_python_client_does_not_show_a_message_signed_with_a_strange_key(clinic: HostileClinic) -> None:
    def inject(messages: list[Served]) -> list[Served]:
        key = SigningKey.generate()
        header = json.loads(b64u_decode(messages[-1]["header"]))
        encoded = json.dumps({**header, "key": key.id}, separators=(",", ":")).encode()
        forged: Message = sign_message(encoded, b64u_decode(newest_with_text(messages)["ciphertext"]), key)
        return appended(messages, forged)

    assert not_verified(seen_through(clinic, inject)) == [("unknown_key", None)]


def test_a16_python_client_opens_a_ciphertext_in_its_own_place_only(clinic: HostileClinic) -> None:
    names: list[str] = []

    def swap(answer: Any) -> Any:
        message = newest_with_text(answer["messages"])
        names.extend(answer["control"]["names"].values())
        answer["control"]["names"] = dict.fromkeys(answer["control"]["names"], message["ciphertext"])
        for one in answer["messages"]:
            if one is message:
                one.update(ciphertext=names[0])
        return answer

    clinic.proxy.lie("POST", OPEN, swap)
    with clinic.new_device(AMARA) as amara:
        opened = reading(amara, clinic.conversation_of(PEGGY))
    assert names
    assert opened.conversation.name is None
    assert ("bad_signature", None) in not_verified(lines(opened))
    texts = [line.text for line in lines(opened) if line.text]
    sent = b"".join(one.target.encode() + one.body for one in clinic.proxy.requests)
    assert texts
    assert not any(form in sent for text in texts for form in in_every_encoding(text[:24].encode()))


@pytest.mark.parametrize(
    ("how", "expected"),
    [("drop", {"missing", "hole"}), ("swap", {"reordered"}), ("hold back", {"missing"})],
)
def test_a21_python_client_says_what_was_dropped_or_moved(clinic: HostileClinic, how: str, expected: set[str]) -> None:
    def twist(answer: Any) -> Any:
        messages = answer["messages"]
        devices = [json.loads(b64u_decode(one["header"]))["device"] for one in messages]
        # Not a device's last message: that one is missed when the device writes again, and not before.
        target = next(one for place, one in enumerate(messages) if place and devices[place] in devices[place + 1 :])
        if how == "swap":
            device = json.loads(b64u_decode(target["header"]))["device"]
            pair = [one for one in messages if json.loads(b64u_decode(one["header"]))["device"] == device][:2]
            pair[0]["sequence"], pair[1]["sequence"] = pair[1]["sequence"], pair[0]["sequence"]
            answer["messages"] = sorted(messages, key=lambda one: one["sequence"])
        elif how == "drop":
            messages.remove(target)
            for one in messages:
                one["sequence"] -= one["sequence"] > target["sequence"]  # the server closes the gap in its own numbers
        else:
            messages.remove(target)
        return answer

    with clinic.own_device(PEGGY) as peggy:
        write(peggy, clinic.conversation_of(PEGGY), "One more, that Amara has not met.")
    clinic.proxy.lie("POST", OPEN, twist)
    with clinic.new_device(AMARA) as amara:
        findings = reading(amara, clinic.conversation_of(PEGGY)).thread().findings
    assert {finding.code for finding in findings} & expected


@pytest.mark.parametrize("claimed", ["less", "as much as before"])
def test_a21_python_client_misses_what_it_has_met_before(clinic: HostileClinic, claimed: str) -> None:
    conversation = clinic.conversation_of(PEGGY)
    with clinic.own_device(AMARA) as amara:
        reading(amara, conversation)

    def shorten(answer: Any) -> Any:
        short = without_the_newest(answer)
        return short if claimed == "less" else {**short, "last_sequence": answer["last_sequence"]}

    clinic.proxy.lie("POST", OPEN, shorten)
    with clinic.own_device(AMARA) as amara, pytest.raises(HistoryRolledBack) as told:
        reading(amara, conversation)
    assert "older or another history" in told.value.sentence


def test_a22_python_client_shows_a_replayed_message_once(clinic: HostileClinic) -> None:
    def replay(messages: list[Served]) -> list[Served]:
        return [*messages, {**newest_with_text(messages), "sequence": messages[-1]["sequence"] + 1}]

    once = [line.text for line in seen_through(clinic, lambda messages: messages)]
    clinic.proxy.be_honest()
    thread = seen_through(clinic, replay)
    assert not_verified(thread) == [("replayed", None)]
    assert [line.text for line in thread if line.reason != "replayed"] == once


def test_a22_python_client_refuses_its_own_message_as_somebody_elses(clinic: HostileClinic) -> None:
    with clinic.own_device(AMARA) as amara:
        write(amara, clinic.conversation_of(PEGGY), "Take it with food.")

    def reflect(messages: list[Served]) -> list[Served]:
        header = json.loads(b64u_decode(messages[-1]["header"]))
        encoded = json.dumps({**header, "sender": clinic.member(PEGGY)["account"]}, separators=(",", ":")).encode()
        return [*messages[:-1], {**messages[-1], "header": b64u_encode(encoded)}]

    assert not_verified(seen_through(clinic, reflect)) == [("unknown_key", None)]


def test_a30_python_client_notices_that_two_members_were_sent_two_messages_under_one_id(
    clinic: HostileClinic,
) -> None:
    """Peggy's device signs two bodies under one number; the server gives one to Amara, the other to everybody else."""
    conversation = clinic.conversation_of(PEGGY)
    with clinic.own_device(PEGGY) as peggy:
        first, twin = signed_twice(peggy, conversation, "I take the blue tablet.", "I take no tablets.")
        write(peggy, conversation, "Is that right?")

    def give_it(messages: list[Served]) -> list[Served]:
        return in_the_place_of(messages, first.sequence, twin)

    assert "forked" in {reason for reason, _ in not_verified(seen_through(clinic, give_it))}


def test_a29_python_client_opens_nothing_that_is_committed_to_another_key(clinic: HostileClinic) -> None:
    """Peggy's device and the server agree on one ciphertext that says something else to each recipient."""
    with clinic.own_device(PEGGY) as peggy:
        sent, twin = signed_twice(peggy, clinic.conversation_of(PEGGY), "Two a day.", "Ten a day.")
        salamander = committed_to_another_key(twin, peggy.vault.current.signing)

    def give_it(messages: list[Served]) -> list[Served]:
        return in_the_place_of(messages, sent.sequence, salamander)

    assert not_verified(seen_through(clinic, give_it)) == [("cannot_decrypt", None)]


def test_a08_python_client_opens_no_box_but_the_one_that_was_signed(clinic: HostileClinic) -> None:
    clinic.proxy.lie("POST", OPEN, with_other_boxes)
    with clinic.new_device(AMARA) as amara:
        thread = lines(reading(amara, clinic.conversation_of(PEGGY)))
    assert {line.text for line in thread} == {None}
    assert {line.reason for line in thread} <= {"waiting_for_key", "erased"}
