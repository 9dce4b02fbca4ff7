"""Two people talk: what one writes, the other reads, and nothing is lost, doubled or believed unverified."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from messenger.headless.api import Api
from messenger.headless.conversations import Conversations
from messenger.headless.errors import ServiceRefused
from messenger.headless.following import Follower, SessionEnded, _Told
from messenger.headless.reading import OpenedConversation, read_all
from messenger.headless.sending import Draft, Sender
from messenger.headless.teams import begin_generation
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.message import Correction, Retraction, Text
from messenger.protocol.shape import Members
from tests.headless.residents import Clinic


def say(conversations: Conversations, conversation: str, text: str, **draft: Any) -> str:
    sent = Sender().send(conversations.open(conversation), Draft(Text(text), **draft))
    return sent.id


def texts(opened: OpenedConversation) -> list[tuple[str | None, str | None]]:
    return [(message.text, message.reason) for message in opened.thread().messages]


def test_what_one_writes_the_other_reads(clinic: Clinic, conversation: str) -> None:
    with clinic.talking("peggy", "amara", "tom") as (peggy, amara, tom):
        question = say(
            peggy, conversation, "Can I take it with food? 饭后吃可以吗？", kind="question", category="medicines"
        )
        say(amara, conversation, "Yes.", answers=(question,))
        for reader in (peggy, amara, tom):
            opened = read_all(reader, conversation)
            assert texts(opened) == [("Can I take it with food? 饭后吃可以吗？", None), ("Yes.", None)]
            assert opened.thread().findings == ()
            assert opened.conversation.name == "Knee"


def test_a_question_waits_in_the_inbox_until_it_is_answered(clinic: Clinic, conversation: str) -> None:
    with clinic.talking("peggy", "amara") as (peggy, amara):
        question = say(peggy, conversation, "When?", kind="question")
        (listed,) = [one for one in amara.list() if one.conversation == conversation]
        assert listed.open_questions == (question,)
        say(amara, conversation, "Tomorrow.", answers=(question,))
        (listed,) = [one for one in amara.list() if one.conversation == conversation]
        assert listed.open_questions == ()


def test_another_patient_is_told_that_there_is_nothing(clinic: Clinic, conversation: str) -> None:
    with clinic.talking("xiuying") as (xiuying,):
        assert conversation not in [one.conversation for one in xiuying.list()]
        with pytest.raises(ServiceRefused) as refused:
            xiuying.open(conversation)
        assert (refused.value.status, refused.value.code) == (404, "not_found")


def test_a_correction_keeps_the_original_and_a_retraction_erases_it(clinic: Clinic, conversation: str) -> None:
    with clinic.talking("tom", "peggy") as (tom, peggy):
        wrong = say(tom, conversation, "Three times a day.")
        Sender().send(tom.open(conversation), Draft(Correction("Twice a day.", "a slip"), corrects=wrong))
        slip = say(tom, conversation, "to another patient")
        Sender().send(tom.open(conversation), Draft(Retraction(), takes_back=slip))
        assert texts(read_all(peggy, conversation)) == [
            ("Three times a day.", None),
            ("Twice a day.", None),
            (None, "erased"),
            (None, None),
        ]


def test_nobody_takes_back_what_somebody_else_wrote(clinic: Clinic, conversation: str) -> None:
    with clinic.talking("peggy", "tom") as (peggy, tom):
        hers = say(peggy, conversation, "mine")
        with pytest.raises(ServiceRefused):
            Sender().send(tom.open(conversation), Draft(Retraction(), takes_back=hers))
        assert texts(read_all(peggy, conversation)) == [("mine", None)]
        assert [one for one in tom.account.keystore.sealed.waiting if one.conversation == conversation] == []


def test_a_name_is_kept_through_a_new_epoch(clinic: Clinic, conversation: str) -> None:
    with clinic.talking("tom", "peggy") as (tom, peggy):
        tom.open(conversation).rename("Knee and stairs 膝盖")
        assert peggy.open(conversation).name == "Knee and stairs 膝盖"


class LosesAnswers(Api):
    """A connection over which what is asked arrives and the answer does not, so many times."""

    losing = 0

    def post(self, path: str, body: JsonObject) -> Members:
        answer = super().post(path, body)
        if path.endswith("/messages") and self.losing > 0:
            self.losing -= 1
            raise requests.ConnectionError("the answer was lost")
        return answer


def test_a_lost_answer_neither_loses_nor_doubles_a_message(clinic: Clinic, conversation: str) -> None:
    api = LosesAnswers(clinic.server.here, clinic.server.base_url)
    with clinic.visit("peggy", api=api) as account:
        peggy, pauses = Conversations.of(account), list[float]()
        api.losing = 3
        sent = Sender(pauses.append).send(peggy.open(conversation), Draft(Text("once")))
        assert len(pauses) == 3
        assert texts(read_all(peggy, conversation)) == [("once", None)]
        assert sent.sequence == 1


def test_what_was_written_before_a_crash_is_sent_by_the_next_call(clinic: Clinic, conversation: str) -> None:
    api = LosesAnswers(clinic.server.here, clinic.server.base_url)
    with clinic.visit("peggy", api=api) as account:
        api.losing = 99
        with pytest.raises(requests.ConnectionError):
            Sender(lambda _seconds: None).send(Conversations.of(account).open(conversation), Draft(Text("kept")))
    with clinic.talking("peggy") as (peggy,):
        assert len(peggy.account.keystore.sealed.waiting) == 1
        say(peggy, conversation, "next")
        assert texts(read_all(peggy, conversation)) == [("kept", None), ("next", None)]
        assert read_all(peggy, conversation).thread().findings == ()


def test_a_message_written_under_an_epoch_that_was_left_goes_out_under_the_next(
    clinic: Clinic, conversation: str
) -> None:
    with clinic.talking("peggy", "amara") as (peggy, amara):
        stale = peggy.open(conversation)
        begin_generation(amara.account, amara.directory, clinic.team)
        say(amara, conversation, "after the rotation")
        assert amara.open(conversation).control.running.epoch.number == 2
        Sender().send(stale, Draft(Text("late")))
        opened = read_all(amara, conversation)
        assert texts(opened) == [("after the rotation", None), ("late", None)]
        assert {one.header.epoch for one in opened.thread().messages if one.header} == {2}


def test_every_page_of_a_long_conversation_is_read_and_verified(clinic: Clinic, conversation: str) -> None:
    with clinic.talking("tom", "peggy") as (tom, peggy):
        loaded = tom.open(conversation)
        for number in range(60):
            Sender().send(loaded, Draft(Text(str(number))))
        opened = read_all(peggy, conversation)
        assert texts(opened) == [(str(number), None) for number in range(60)]
        assert opened.thread().findings == ()


class Attentive(Follower):
    """Hears at once: it never has to look by itself after a silence."""

    def _next(self) -> _Told:
        told = super()._next()
        assert told.event != "silence"
        return told


def test_what_is_written_is_heard_live_and_what_was_missed_is_caught_up(clinic: Clinic, conversation: str) -> None:
    with clinic.talking("peggy", "tom") as (peggy, tom):
        opened = read_all(peggy, conversation)
        say(tom, conversation, "before she follows")
        with Attentive(opened) as follower:
            heard = follower.messages()
            first = next(heard)
            say(tom, conversation, "while she follows")
            second = next(heard)
        assert [first.text, second.text] == ["before she follows", "while she follows"]
        assert (first.reason, second.reason) == (None, None)


def test_a_follower_keeps_up_through_a_new_epoch(clinic: Clinic, conversation: str) -> None:
    with clinic.talking("peggy", "amara") as (peggy, amara):
        opened = read_all(peggy, conversation)
        with Attentive(opened) as follower:
            heard = follower.messages()
            say(amara, conversation, "epoch one")
            assert next(heard).text == "epoch one"
            begin_generation(amara.account, amara.directory, clinic.team)
            say(amara, conversation, "epoch two")
            assert next(heard).text == "epoch two"


def test_a_follower_is_told_when_its_session_ends(clinic: Clinic, conversation: str) -> None:
    with clinic.talking("peggy") as (peggy,):
        opened = read_all(peggy, conversation)
        with Follower(opened) as follower:
            peggy.account.api.post("/api/session/lock", {})
            with pytest.raises((SessionEnded, ServiceRefused)):
                next(follower.messages())


def test_a_second_device_reads_everything_and_writes_in_its_own_name(
    clinic: Clinic, conversation: str, another_device: Callable[[str], Path]
) -> None:
    with clinic.talking("peggy") as (peggy,):
        say(peggy, conversation, "from the phone")
    with clinic.visit("peggy", keystore=another_device("peggy")) as account:
        peggy = Conversations.of(account)
        assert texts(read_all(peggy, conversation)) == [("from the phone", None)]
        say(peggy, conversation, "from the laptop")
        opened = read_all(peggy, conversation)
        devices = {one.header.device for one in opened.thread().messages if one.header}
        assert (len(devices), opened.thread().findings) == (2, ())
