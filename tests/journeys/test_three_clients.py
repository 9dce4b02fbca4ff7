"""A patient's phone in Chinese, a doctor's desk in English, a nurse on the Python client: one conversation, live."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import socketio
from playwright.sync_api import expect

from messenger.headless.conversations import Conversations
from messenger.headless.following import Follower
from messenger.headless.reading import OpenedConversation, open_conversation
from messenger.headless.sending import Draft, Sender
from messenger.protocol.message import Text
from tests.hostile.clinic import TOM, XIUYING, HostileClinic
from tests.journeys.browsing import PATIENCE, Visitor, spaced
from tests.journeys.conftest import StartConversation

QUESTION = "我的脚今天又麻了，要不要去医院看看？"
FROM_THE_NURSE = "Tom here: I called her, she can feel the warm water."
ANSWER = "请明天上午九点来，我先看一下您的脚。"


@pytest.fixture
def matter(start_conversation: StartConversation) -> str:
    """A new conversation of Mrs Chen's."""
    return start_conversation(XIUYING, "脚麻")


@contextmanager
def live_connection(opened: OpenedConversation) -> Iterator[Any]:
    """A bare one: the Python client has nobody at a keyboard."""
    client, api = socketio.Client(request_timeout=30), opened.account.api
    client.connect(api.address, auth={"token": api.token}, transports=["websocket"], wait_timeout=30)
    try:
        yield client
    finally:
        client.disconnect()


@pytest.fixture
def tom(clinic: HostileClinic, matter: str) -> Iterator[OpenedConversation]:
    """The nurse, who has the conversation open on the Python client."""
    with clinic.new_device(TOM) as account:
        yield open_conversation(Conversations.of(account), matter, "answer")


def test_each_reads_what_the_others_wrote_while_it_is_written(
    xiuying: Visitor, amara: Visitor, tom: OpenedConversation, matter: str
) -> None:
    xiuying.opens(matter)
    amara.opens(matter)
    with Follower(tom) as follower:
        xiuying.writes(QUESTION, "question")
        amara.reads(QUESTION)
        heard = follower.messages()
        assert next(heard).text == QUESTION
        Sender().send(tom.conversation, Draft(Text(FROM_THE_NURSE)))
        assert next(heard).text == FROM_THE_NURSE
        for visitor in (xiuying, amara):
            visitor.reads(FROM_THE_NURSE)
        amara.writes(ANSWER)
        xiuying.reads(ANSWER)
        answered = next(heard)
        assert answered.text == ANSWER
        assert answered.reason is None


def test_a_question_waits_in_the_inbox_until_it_is_answered(xiuying: Visitor, amara: Visitor, matter: str) -> None:
    xiuying.opens(matter)
    amara.goes_to("/inbox")
    waiting = amara.page.locator(f'[data-row][href*="{matter}#"]')
    expect(amara.page.locator("[data-row]").first).to_be_visible(timeout=PATIENCE)
    expect(waiting).to_have_count(0)
    xiuying.writes(QUESTION, "question")
    waiting.click()
    amara.reads(QUESTION)
    amara.page.locator("input[name=mode][value=answers]").check(force=True)
    amara.writes(ANSWER)
    xiuying.reads(ANSWER)
    own = xiuying.page.locator("article.msg--mine")
    expect(own).to_contain_text(spaced(xiuying.says("question.answered_by", name="Dr Amara Okafor")), timeout=PATIENCE)
    expect(waiting).to_have_count(0, timeout=PATIENCE)


def test_the_sender_sees_it_sent_delivered_and_read(
    xiuying: Visitor, amara: Visitor, tom: OpenedConversation, matter: str
) -> None:
    xiuying.opens(matter)
    xiuying.writes(QUESTION)
    xiuying.sees_sent(QUESTION)
    tom.catch_up()
    tom.account.api.post(f"/api/conversations/{matter}/receipts", {"delivered": 1, "read": 0})
    xiuying.sees_state(QUESTION, "delivery.delivered")
    amara.opens(matter)
    amara.page.bring_to_front()
    amara.reads(QUESTION)
    xiuying.sees_state(QUESTION, "delivery.read_by", names="Dr Amara Okafor")


def test_a_patient_is_told_that_the_team_writes_and_a_colleague_who(
    xiuying: Visitor, amara: Visitor, tom: OpenedConversation, matter: str
) -> None:
    xiuying.opens(matter)
    amara.opens(matter)
    with live_connection(tom) as live:
        live.call("conversation:follow", {"conversation": matter})
        live.emit("typing", {"conversation": matter, "typing": True})
        amara.sees_writing("typing.people", count=1, names="Tom Reyes")
        xiuying.sees_writing("typing.team")
        live.call("typing", {"conversation": matter, "typing": False})
    xiuying.types("我")
    amara.sees_writing("typing.people", count=1, names="陈阿姨")
    amara.types("请")
    xiuying.sees_writing("typing.team")


def test_the_mark_of_what_is_unread_goes_away_with_reading(xiuying: Visitor, amara: Visitor, matter: str) -> None:
    amara.opens(matter)
    amara.writes(ANSWER)
    amara.sees_sent(ANSWER)
    xiuying.goes_to("/home")
    row = xiuying.page.locator(f'a[href="/conversations/{matter}"]')
    expect(row.locator(".count")).to_have_text(re.compile("1"), timeout=PATIENCE)
    row.click()
    xiuying.reads(ANSWER)
    amara.sees_state(ANSWER, "delivery.read_by", names="陈阿姨")
    xiuying.page.locator(".conv__back").click()
    expect(row).to_be_visible(timeout=PATIENCE)
    expect(row.locator(".count")).to_have_count(0, timeout=PATIENCE)
