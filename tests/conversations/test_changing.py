"""Taking back and correcting: the ciphertext goes, the place stays, and only one's own is touched."""

import pytest

from messenger.protocol.encoding import b64u_decode
from tests.conversations.test_sending import refused, served, stored
from tests.entries import Entries
from tests.factories import new_id
from tests.talk import Talk, a_talk


def test_a_message_that_is_taken_back_is_erased_and_keeps_its_place(talk: Talk, entries: Entries) -> None:
    original = talk.write(talk.patient, "a slip of the tongue")
    first = talk.sent(talk.patient, original)
    taking_back = talk.take_back(talk.patient, first["id"])
    lines = served(talk, talk.cast.provider)
    assert [line["ciphertext"] is None for line in lines] == [True, False]
    assert b64u_decode(lines[0]["ciphertext_hash"]) == original.ciphertext_hash
    assert b64u_decode(lines[0]["header"]) == original.header
    assert original.ciphertext is not None
    database_bytes = b"".join(row.ciphertext or b"" for row in stored(talk))
    assert original.ciphertext not in database_bytes
    entry = entries.only("message:erased")
    assert entry.object == first["id"]
    assert entry.statement == entries.only("message:sent", object=taking_back["id"]).statement
    assert talk.post(talk.patient, original).get_json() == first


def test_a_correction_keeps_the_original(talk: Talk) -> None:
    first = talk.send(talk.patient, "10 units")
    talk.correct(talk.patient, first["id"], "12 units")
    assert all(line["ciphertext"] for line in served(talk, talk.patient))


@pytest.mark.parametrize("aim", ["corrects", "takes_back"])
def test_nobody_corrects_or_takes_back_what_somebody_else_wrote(talk: Talk, aim: str) -> None:
    theirs = talk.send(talk.cast.provider)["id"]
    elsewhere = new_id("msg")
    for target in (theirs, elsewhere):
        message = talk.write(talk.patient, **{aim: target})
        assert refused(talk, talk.patient, message) == (400, "not_your_message")
    assert all(row.ciphertext for row in stored(talk))


def test_one_takes_nothing_back_in_another_conversation(talk: Talk) -> None:
    mine = talk.send(talk.patient)["id"]
    other = a_talk(talk.cast).begin(talk.patient)
    message = other.write(talk.patient, takes_back=mine)
    assert refused(other, talk.patient, message) == (400, "not_your_message")
