"""A thread as a person sees it: what is not verified shows no text, and why stands beside it."""

from dataclasses import replace

from messenger.headless.thread import Served, judged, thread_of
from messenger.protocol.message import Correction, Retraction, Text
from messenger.protocol.verdict import Unverified, Verified
from tests.protocol.own_vectors import table
from tests.protocol.test_messages import reading_of
from tests.vectors.ours.makers.conversation import CONVERSATION
from tests.vectors.ours.makers.messages import header
from tests.vectors.ours.makers.world import TOM, made_id, some_hash

RECEIVED = "2026-03-02T12:00:00.000Z"
MINE = Verified(header(), Text("mine"), some_hash("mine"), 0)


def served(*verdicts: Verified | Unverified) -> list[Served]:
    return [Served(sequence, RECEIVED, verdict) for sequence, verdict in enumerate(verdicts, start=1)]


def reasons(*verdicts: Verified | Unverified) -> list[tuple[str | None, str | None]]:
    return [(one.text, one.reason) for one in thread_of(CONVERSATION, served(*verdicts), whole=True).messages]


def test_somebody_elses_message_is_neither_corrected_nor_taken_back() -> None:
    correction = Verified(header(TOM, corrects=MINE.header.id), Correction("theirs", ""), some_hash("c"), 0)
    retraction = Verified(header(TOM, 2, takes_back=MINE.header.id), Retraction(), some_hash("r"), 0)
    own = replace(correction, header=header(corrects=made_id("msg", "elsewhere")), hash=some_hash("own"))
    assert reasons(MINE, correction)[1] == (None, "not_the_author")
    assert reasons(MINE, retraction)[1] == (None, "not_the_author")
    assert reasons(replace(own, header=header(id=made_id("msg", "new"), corrects=MINE.header.id)))[0] == (
        "theirs",
        None,
    )


def test_a_message_served_again_is_not_shown_again() -> None:
    assert reasons(MINE, MINE) == [("mine", None), (None, "replayed")]


def test_one_id_for_two_messages_is_a_fork() -> None:
    other = replace(MINE, body=Text("to another"), hash=some_hash("other"))
    assert reasons(MINE, other) == [("mine", None), (None, "forked")]


def test_a_message_that_was_dropped_is_missed_by_the_next() -> None:
    third = Verified(header(number=3), Text("three"), some_hash("three"), 0)
    thread = thread_of(CONVERSATION, served(MINE, third), whole=True)
    assert [(one.sequence, one.code, one.count) for one in thread.findings] == [(2, "hole", 1)]
    assert [one.reason for one in thread.messages] == [None, None]


def test_what_is_unverified_shows_no_text_and_no_sender_unless_somebody_signed_it() -> None:
    thread = thread_of(CONVERSATION, served(MINE, Unverified("bad_signature")), whole=True)
    line = thread.messages[1].as_json()
    assert (line["verified"], line["reason"], line["text"], line["sender"]) == (False, "bad_signature", None, None)


def test_what_is_served_without_form_is_malformed_and_not_an_error() -> None:
    good = table("messages")["verdicts"][0]["message"] | {"sequence": 1, "received": RECEIVED}
    assert isinstance(judged(good, reading_of("messages")).verdict, Verified)
    for change in ({"signature": "short"}, {"header": 5}, {"ciphertext": None, "ciphertext_hash": None}):
        assert judged(good | change, reading_of("messages")).verdict == Unverified("malformed")
