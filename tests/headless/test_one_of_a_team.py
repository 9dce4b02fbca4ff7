"""A patient who wants all of a team but one: the others are let in by name, then the team is taken off."""

import pytest

from messenger.headless.consents import Consents, NewTerms
from messenger.headless.conversations import Conversations
from messenger.headless.errors import ConversationClosed, ServiceRefused
from messenger.headless.following import Follower
from messenger.headless.reading import open_conversation, read_all
from messenger.headless.sending import Draft, Sender
from messenger.protocol.message import Text
from tests.headless.residents import Clinic

WHOLE = NewTerms(history="all", may_open=True)


@pytest.fixture
def conversation(clinic: Clinic) -> str:
    """A new conversation of Bao's, whose only consent is the one given to the team while joining."""
    clinic.joined("bao", clinic.team)
    conversation = clinic.begin_conversation("bao")
    say(clinic, "bao", conversation, "To the team")
    return conversation


def say(clinic: Clinic, name: str, conversation: str, text: str) -> None:
    with clinic.talking(name) as (rooms,):
        Sender().send(rooms.open(conversation), Draft(Text(text)))


def texts(clinic: Clinic, name: str, conversation: str) -> list[tuple[str | None, str | None]]:
    """What somebody reads, each line with what its check found."""
    with clinic.talking(name) as (rooms,):
        opened = read_all(rooms, conversation)
        thread = opened.thread()
        opened.leave()
    assert thread.findings == ()
    return [(line.text, line.reason) for line in thread.messages]


def name_amara_and_take_the_team_off(clinic: Clinic) -> str:
    """The consent to Amara herself; in this order, so that nobody but Tom is out for a moment."""
    with clinic.visit("bao") as bao:
        consents = Consents.of(bao)
        (to_team,) = consents.list().terms
        named = consents.grant(clinic.residents["amara"].account, WHOLE)
        assert named.opened > 0
        consents.revoke(to_team.consent)
    return named.consent


def test_the_others_let_in_by_name_go_on_and_the_one_left_out_falls_silent_until_the_team_is_let_in_again(
    clinic: Clinic, conversation: str
) -> None:
    with clinic.visit("tom") as tom:
        rooms, before = Conversations.of(tom), Conversations.of(tom).open(conversation)
        Sender().send(before, Draft(Text("Tom is here")))
        with Follower(open_conversation(rooms, conversation, "read")) as follower:
            named = name_amara_and_take_the_team_off(clinic)
            with pytest.raises(ConversationClosed):
                list(follower.messages())
        with pytest.raises(ServiceRefused) as unsent:
            Sender().send(before, Draft(Text("Still there?")))
        assert conversation not in {one.conversation for one in rooms.list()}
        with pytest.raises(ServiceRefused) as unopened:
            rooms.open(conversation)
        assert unsent.value.code == unopened.value.code == "not_found"
    say(clinic, "bao", conversation, "Without Tom")
    say(clinic, "amara", conversation, "I answer you")
    lines = ("To the team", "Tom is here", "Without Tom", "I answer you")
    said: list[tuple[str | None, str | None]] = [(line, None) for line in lines]
    assert texts(clinic, "amara", conversation) == texts(clinic, "bao", conversation) == said
    with clinic.visit("bao") as bao:
        Consents.of(bao).grant(clinic.team, WHOLE)
        Consents.of(bao).revoke(named)
    assert texts(clinic, "tom", conversation) == texts(clinic, "amara", conversation) == said
