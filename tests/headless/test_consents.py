"""Consents by the headless client: given, changed, taken back, and who can then read what."""

from collections.abc import Iterator

import pytest

from messenger.headless.consents import Consents, Done, NewTerms
from messenger.headless.conversations import Conversations
from messenger.headless.directory import Directory
from messenger.headless.errors import ConsentUnknown, ConversationClosed, NotAMember, ServiceRefused
from messenger.headless.following import Follower
from messenger.headless.profiles import read_profile, write_profile
from messenger.headless.reading import open_conversation, read_all
from messenger.headless.sending import Draft, Sender
from messenger.protocol.message import Text
from messenger.protocol.profile import Profile
from tests.headless.residents import Clinic


@pytest.fixture
def nia(clinic: Clinic) -> Iterator[str]:
    """The account of a nurse who is in no team; whatever she was let read is taken back afterwards."""
    yield clinic.colleague().account
    with clinic.visit("peggy") as peggy:
        consents = Consents.of(peggy)
        for one in consents.list().terms:
            if one.grantee == clinic.colleague().account:
                consents.revoke(one.consent)


def grant(clinic: Clinic, grantee: str, terms: NewTerms) -> Done:
    with clinic.visit("peggy") as peggy:
        return Consents.of(peggy).grant(grantee, terms)


def say(clinic: Clinic, name: str, conversation: str, text: str) -> None:
    with clinic.talking(name) as (rooms,):
        Sender().send(rooms.open(conversation), Draft(Text(text)))


def texts(clinic: Clinic, name: str, conversation: str) -> list[str | None]:
    """What somebody reads, on their own device; every line is verified."""
    with clinic.talking(name) as (rooms,):
        opened = read_all(rooms, conversation)
        thread = opened.thread()
        opened.leave()
    assert [line.reason for line in thread.messages] == [None] * len(thread.messages)
    assert thread.findings == ()
    return [line.text for line in thread.messages]


def test_who_is_let_in_without_history_reads_on_and_with_history_back(
    clinic: Clinic, conversation: str, nia: str
) -> None:
    say(clinic, "peggy", conversation, "To the team")
    done = grant(clinic, nia, NewTerms(scope=conversation))
    assert (done.rotated, done.opened) == ((conversation,), 0)
    say(clinic, "tom", conversation, "To Nia too")
    assert texts(clinic, "nia", conversation) == ["To Nia too"]
    with clinic.visit("peggy") as peggy:
        widened = Consents.of(peggy).change(done.consent, history="all")
    assert (widened.rotated, widened.opened) == ((conversation,), 1)
    assert texts(clinic, "nia", conversation) == ["To the team", "To Nia too"]
    say(clinic, "nia", conversation, "Hello")
    assert texts(clinic, "peggy", conversation) == ["To the team", "To Nia too", "Hello"]


def test_history_is_opened_at_once_where_the_grant_reaches_back(clinic: Clinic, conversation: str, nia: str) -> None:
    say(clinic, "peggy", conversation, "Long ago")
    done = grant(clinic, nia, NewTerms(scope=conversation, history="all"))
    assert done.opened == 1
    assert texts(clinic, "nia", conversation) == ["Long ago"]


def test_who_follows_is_told_that_it_is_over_and_can_do_nothing_more(
    clinic: Clinic, conversation: str, nia: str
) -> None:
    done = grant(clinic, nia, NewTerms(scope=conversation))
    with clinic.visit("nia") as herself:
        rooms = Conversations.of(herself)
        opened = open_conversation(rooms, conversation, "read")
        with Follower(opened) as follower:
            say(clinic, "peggy", conversation, "While she may")
            assert next(iter(follower.messages())).text == "While she may"
            with clinic.visit("peggy") as peggy:
                assert Consents.of(peggy).revoke(done.consent).rotated == (conversation,)
            with pytest.raises(ConversationClosed):
                list(follower.messages())
        with pytest.raises(ServiceRefused) as refused:
            rooms.open(conversation)
        assert refused.value.code == "not_found"
        with pytest.raises(ServiceRefused):
            Sender().send(opened.conversation, Draft(Text("Still there?")))
    say(clinic, "tom", conversation, "Between us")
    assert texts(clinic, "peggy", conversation) == ["While she may", "Between us"]


def test_every_conversation_that_is_concerned_gets_a_new_key(clinic: Clinic, conversation: str, nia: str) -> None:
    other = clinic.begin_conversation(name="Elbow")
    done = grant(clinic, nia, NewTerms())
    assert {conversation, other} <= set(done.rotated)
    with clinic.talking("nia") as (rooms,):
        listed = {one.conversation for one in rooms.list()}
        assert {conversation, other} <= listed
        assert rooms.open(other).name == "Elbow"


def test_a_new_reader_learns_the_patients_name_and_one_taken_off_does_not_learn_a_new_one(
    clinic: Clinic, nia: str
) -> None:
    peggy_account = clinic.residents["peggy"].account
    with clinic.visit("peggy") as peggy:
        if read_profile(peggy, Directory(peggy), peggy.id) is None:
            write_profile(peggy, Directory(peggy), Profile("Margaret Hale", "Peggy", "she/her", ""))
    done = grant(clinic, nia, NewTerms())
    with clinic.visit("nia") as herself:
        profile = read_profile(herself, Directory(herself), peggy_account)
        assert profile is not None
        assert profile.preferred_name == "Peggy"
    with clinic.visit("peggy") as peggy:
        Consents.of(peggy).revoke(done.consent)
    with clinic.visit("nia") as herself:
        directory = Directory(herself)
        with pytest.raises((NotAMember, ServiceRefused)):
            directory.consents(peggy_account)


def test_what_is_over_is_not_taken_back_twice(clinic: Clinic, nia: str) -> None:
    done = grant(clinic, nia, NewTerms())
    with clinic.visit("peggy") as peggy:
        consents = Consents.of(peggy)
        consents.revoke(done.consent)
        with pytest.raises(ConsentUnknown):
            consents.revoke(done.consent)
        with pytest.raises(ConsentUnknown):
            consents.change(done.consent, purpose="billing")
