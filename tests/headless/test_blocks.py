"""A patient keeps one of a team from reading: he falls silent at once, and the rest of the team answers on."""

import pytest

from messenger.headless.consents import Consents
from messenger.headless.conversations import Conversations
from messenger.headless.directory import Directory
from messenger.headless.errors import ConversationClosed, ServiceRefused
from messenger.headless.following import Follower
from messenger.headless.profiles import read_profile, write_profile
from messenger.headless.reading import open_conversation
from messenger.headless.sending import Draft, Sender
from messenger.protocol.message import Text
from messenger.protocol.profile import Profile
from tests.headless.residents import Clinic
from tests.headless.test_one_of_a_team import say, texts

CHIARA = Profile("Chiara Rossi", "Chiara", "she/her", "")


@pytest.fixture
def conversation(clinic: Clinic) -> str:
    """A new conversation of Chiara's, whose only consent is the one given to the team while joining."""
    clinic.joined("chiara", clinic.team)
    conversation = clinic.begin_conversation("chiara")
    say(clinic, "chiara", conversation, "To the team")
    with clinic.visit("chiara") as chiara:
        write_profile(chiara, Directory(chiara), CHIARA)
    return conversation


def profile_for(clinic: Clinic, name: str) -> Profile | None:
    with clinic.visit(name) as account:
        return read_profile(account, Directory(account), clinic.residents["chiara"].account)


def test_one_of_a_team_is_blocked_and_let_read_again(clinic: Clinic, conversation: str) -> None:
    tom = clinic.residents["tom"].account
    with clinic.visit("tom") as visiting:
        rooms, before = Conversations.of(visiting), Conversations.of(visiting).open(conversation)
        Sender().send(before, Draft(Text("Tom is here")))
        with Follower(open_conversation(rooms, conversation, "read")) as follower:
            with clinic.visit("chiara") as chiara:
                assert Consents.of(chiara).block(tom).rotated == (conversation,)
            with pytest.raises(ConversationClosed):
                list(follower.messages())
        with pytest.raises(ServiceRefused) as unsent:
            Sender().send(before, Draft(Text("Still there?")))
        assert conversation not in {one.conversation for one in rooms.list()}
        assert unsent.value.code == "not_found"
    assert (profile_for(clinic, "tom"), profile_for(clinic, "amara")) == (None, CHIARA)
    say(clinic, "chiara", conversation, "Without Tom")
    say(clinic, "amara", conversation, "I answer you")
    with clinic.talking("amara") as (hers,):
        running = hers.open(conversation).control.running
        assert set(running.keys) == {clinic.residents[name].account for name in ("chiara", "amara")}
    lines = ("To the team", "Tom is here", "Without Tom", "I answer you")
    said: list[tuple[str | None, str | None]] = [(line, None) for line in lines]
    assert texts(clinic, "amara", conversation) == texts(clinic, "chiara", conversation) == said
    with clinic.visit("chiara") as chiara:
        again = Consents.of(chiara).unblock(tom)
        assert (again.rotated, again.opened) == ((conversation,), 1)
    assert texts(clinic, "tom", conversation) == texts(clinic, "amara", conversation) == said
