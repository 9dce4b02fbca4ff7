"""What was written before somebody came: closed to them until it is opened, and then as far as consent reaches."""

from datetime import timedelta
from typing import Any

import pytest

from messenger.conversations.epochs import Stretches, stretches_for
from messenger.conversations.models import Conversation
from messenger.protocol.encoding import b64u_decode, format_time
from messenger.protocol.history import HistoryGrant, open_history
from messenger.protocol.kinds.conversation import ConversationHistoryBody
from messenger.protocol.statement import Envelope, verify
from tests.cast import Cast, refusal
from tests.consents import Consents, consents_of, history
from tests.entries import Entries
from tests.factories import PersonAtHand
from tests.talk import Talk


@pytest.fixture
def consents(talk: Talk) -> Consents:
    """The patient's, who has written to the team."""
    talk.send(talk.patient, "Before anybody else came")
    return consents_of(talk)


@pytest.fixture
def colleague(cast: Cast) -> PersonAtHand:
    """A provider of the clinic who is in no team."""
    return cast.enter("provider")


def sequences(answer: Any) -> list[int]:
    return [message["sequence"] for message in answer["messages"]]


def open_to(talk: Talk, by: PersonAtHand, body: dict[str, Any]) -> Any:
    return talk.house.call("POST", talk.path("history"), body, by=by)


def widened(consents: Consents, consent: str, colleague: PersonAtHand, **terms: Any) -> None:
    """Let a consent reach further back, which takes a new epoch."""
    readers = {**consents.talk.readers(), colleague.account: colleague.sealing_public}
    consents.decide(consents.changing(consent, **terms), readers)


def test_without_history_only_what_comes_later_is_served_and_the_rest_is_named(
    consents: Consents, colleague: PersonAtHand
) -> None:
    talk = consents.talk
    consents.let_read(colleague)
    talk.send(talk.patient, "Now that she is here")
    opened = talk.open(colleague)
    assert (sequences(opened), opened["last_sequence"], opened["withheld"]) == ([2], 2, [{"first": 1, "last": 1}])
    for query in ("?after=0", "?before=3", "?before=2", "?after=1"):
        assert 1 not in sequences(talk.messages(colleague, query))
    whole = talk.open(talk.cast.nurse)
    assert (sequences(whole), whole["withheld"]) == ([1, 2], [])


def test_who_was_let_in_but_sealed_nothing_is_served_nothing(consents: Consents, colleague: PersonAtHand) -> None:
    consents.decide(consents.giving(colleague.account, history="all"))
    opened = consents.talk.open(colleague)
    assert (opened["messages"], opened["withheld"]) == ([], [{"first": 1, "last": 1}])


def test_what_consent_reaches_is_opened_by_a_reader_and_served(
    consents: Consents, colleague: PersonAtHand, entries: Entries
) -> None:
    talk, first = consents.talk, consents.talk.epoch
    assert first is not None
    given = consents.let_read(colleague, history="all")
    body = history(talk, talk.cast.nurse, colleague, given, {1: first})
    assert open_to(talk, talk.cast.nurse, body).status_code == 201
    entry = entries.only("history:opened")
    assert (entry.actor, entry.object, entry.subject) == (talk.cast.nurse.account, given, talk.patient.account)
    opened = talk.open(colleague)
    assert (sequences(opened), opened["withheld"]) == ([1], [])
    (box,) = opened["control"]["history"]
    envelope = Envelope.parse(body["statement"])
    statement = verify(envelope, ConversationHistoryBody, {"self": talk.cast.nurse.current.signing.public})
    grant = HistoryGrant.of(statement, place=2)
    assert (box["statement"], box["epoch"], box["reader"]) == (statement.hash, 1, colleague.account)
    private = colleague.current.sealing
    assert open_history(talk.conversation, grant, first.epoch, private, b64u_decode(box["box"])) == first.key
    assert talk.open(talk.patient)["control"]["history"] == []


def test_a_date_opens_the_epochs_that_began_on_it_or_later(consents: Consents, colleague: PersonAtHand) -> None:
    talk, house, first = consents.talk, consents.house, consents.talk.epoch
    house.clock.advance(timedelta(hours=1))
    talk.rotate(talk.patient)
    second = talk.epoch
    talk.send(talk.patient, "Later")
    began = format_time(house.clock.now())
    given = consents.let_read(colleague, history="from", history_from=began)
    refused = open_to(talk, talk.patient, history(talk, talk.patient, colleague, given, {1: first, 2: second}))
    assert refusal(refused) == (400, "history_not_consented")
    body = history(talk, talk.patient, colleague, given, {2: second})
    assert open_to(talk, talk.patient, body).status_code == 201
    assert sequences(talk.open(colleague)) == [2]


def test_wider_history_counts_from_the_next_epoch_on(consents: Consents, colleague: PersonAtHand) -> None:
    talk, first = consents.talk, consents.talk.epoch
    given = consents.let_read(colleague)
    consents.decide(consents.changing(given, history="all"))
    body = history(talk, talk.patient, colleague, given, {1: first})
    assert refusal(open_to(talk, talk.patient, body)) == (400, "history_not_consented")
    consents.decide(consents.changing(given, history="from", history_from="2020-01-01T00:00:00.000Z"))
    widened(consents, given, colleague, history="all", history_from=None)
    body = history(talk, talk.patient, colleague, given, {1: first})
    assert open_to(talk, talk.patient, body).status_code == 201


def test_history_that_was_narrowed_since_is_not_opened_any_more(consents: Consents, colleague: PersonAtHand) -> None:
    talk, first = consents.talk, consents.talk.epoch
    given = consents.let_read(colleague, history="all")
    consents.decide(consents.changing(given, history="none"))
    body = history(talk, talk.patient, colleague, given, {1: first})
    assert refusal(open_to(talk, talk.patient, body)) == (400, "history_not_consented")


def test_nothing_is_opened_to_who_has_no_such_consent(
    consents: Consents, colleague: PersonAtHand, entries: Entries
) -> None:
    talk, first, cast = consents.talk, consents.talk.epoch, consents.talk.cast
    given = consents.let_read(colleague, history="all")
    stranger = cast.enter("provider")
    to_stranger = history(talk, cast.nurse, stranger, given, {1: first})
    assert refusal(open_to(talk, cast.nurse, to_stranger)) == (400, "wrong_readers")
    by_stranger = history(talk, stranger, colleague, given, {1: first})
    assert refusal(open_to(talk, stranger, by_stranger)) == (404, "not_found")
    assert entries.only("history:opened").outcome == "refused"
    other_key = history(talk, cast.nurse, colleague, given, {1: first}, key=stranger.sealing_public.id)
    assert refusal(open_to(talk, cast.nurse, other_key)) == (400, "unknown_reader_key")
    late = history(talk, cast.nurse, colleague, given, {1: first})
    talk.rotate_for({**talk.readers(), colleague.account: colleague.sealing_public})
    assert refusal(open_to(talk, cast.nurse, late)) == (409, "chain_moved")
    assert talk.open(colleague)["messages"] == []


def test_the_boxes_are_those_that_the_statement_lists(consents: Consents, colleague: PersonAtHand) -> None:
    talk, first = consents.talk, consents.talk.epoch
    given = consents.let_read(colleague, history="all")
    body = history(talk, talk.patient, colleague, given, {1: first})
    (box,) = body["boxes"].values()
    for boxes in ({}, {"2": box}, {"1": "AAAA"}, {"1": box, "2": box}):
        assert refusal(open_to(talk, talk.patient, body | {"boxes": boxes})) == (400, "boxes_mismatched")
    assert refusal(open_to(talk, talk.patient, body | {"boxes": {"01": box}})) == (400, "bad_members")


def test_who_comes_back_is_served_what_was_theirs_and_not_what_was_said_meanwhile(
    consents: Consents, colleague: PersonAtHand
) -> None:
    talk = consents.talk
    first_time = consents.let_read(colleague)
    talk.send(talk.patient)
    consents.take_back(first_time)
    talk.send(talk.patient, "Between ourselves")
    consents.let_read(colleague)
    talk.send(talk.patient)
    opened = talk.open(colleague)
    assert sequences(opened) == [2, 4]
    assert opened["withheld"] == [{"first": 1, "last": 1}, {"first": 3, "last": 3}]


def test_epochs_in_which_nothing_was_written_make_no_stretch(consents: Consents) -> None:
    talk = consents.talk
    for _ in range(3):
        talk.rotate(talk.patient)
    talk.send(talk.patient)
    with talk.house.database.reading_session() as session:
        row = session.get_one(Conversation, talk.conversation)
        assert stretches_for(session, row, [talk.patient.account]) == Stretches(((1, 2),), ())
        assert stretches_for(session, row, []) == Stretches((), ((1, 2),))
