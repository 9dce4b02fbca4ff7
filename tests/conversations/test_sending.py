"""Sending: what is stored was checked, what was acknowledged is durable, and nothing is stored twice or replaced."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from messenger.conversations.models import Message as StoredMessage
from messenger.protocol.encoding import b64u_decode, b64u_encode, format_time, hash_text, sha256
from messenger.protocol.json_strict import write_json
from messenger.protocol.message import MAX_CIPHERTEXT_BYTES, Message, Text, parse_header, read_body, sign_message
from messenger.protocol.message import MessageKind as Kind
from tests.cast import answered, refusal, renew_team_key
from tests.entries import Entries
from tests.factories import PersonAtHand, new_id
from tests.talk import Talk, a_talk


def refused(talk: Talk, by: PersonAtHand, message: Message) -> tuple[int, str]:
    return refusal(talk.post(by, message))


def stored(talk: Talk) -> list[StoredMessage]:
    with talk.house.database.reading_session() as session:
        which = select(StoredMessage).where(StoredMessage.conversation == talk.conversation)
        return list(session.scalars(which.order_by(StoredMessage.sequence)))


def served(talk: Talk, by: PersonAtHand) -> list[Any]:
    messages: list[Any] = talk.open(by)["messages"]
    return messages


def test_a_message_is_stored_as_it_was_signed_and_its_entry_with_it(talk: Talk, entries: Entries) -> None:
    message = talk.write(talk.patient, "I feel dizzy")
    answer = talk.sent(talk.patient, message)
    header = parse_header(message.header)
    assert (answer["id"], answer["sequence"]) == (header.id, 1)
    (line,) = served(talk, talk.cast.provider)
    assert b64u_decode(line["header"]) == message.header
    assert b64u_decode(line["signature"]) == message.signature
    assert b64u_decode(line["ciphertext_hash"]) == message.ciphertext_hash
    read = Message(message.header, b64u_decode(line["ciphertext"]), message.ciphertext_hash, message.signature)
    assert read_body(read, header, talk.key) == Text("I feel dizzy")
    assert (line["sequence"], line["received"]) == (1, answer["received"])
    entry = entries.only("message:sent")
    assert (entry.object, entry.statement, entry.subject) == (header.id, message.hash, talk.patient.account)
    assert entry.conversation == talk.conversation


def test_both_sides_write_and_each_device_has_its_own_chain(talk: Talk) -> None:
    for number, person in enumerate((talk.patient, talk.cast.provider, talk.cast.nurse, talk.patient), 1):
        assert talk.send(person)["sequence"] == number
    lines = [parse_header(b64u_decode(line["header"])) for line in served(talk, talk.patient)]
    assert [line.device_sequence for line in lines] == [1, 1, 1, 2]


def test_the_same_bytes_again_are_acknowledged_again_and_stored_once(talk: Talk, entries: Entries) -> None:
    message = talk.write(talk.patient)
    first = talk.post(talk.patient, message)
    talk.house.clock.advance(timedelta(minutes=5))
    again = talk.post(talk.patient, message)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert len(stored(talk)) == 1
    assert len(entries.of("message:sent")) == 1


def test_the_same_bytes_are_acknowledged_even_after_everything_has_moved_on(talk: Talk) -> None:
    message = talk.write(talk.patient)
    first = talk.sent(talk.patient, message)
    talk.send(talk.patient)
    talk.rotate(talk.cast.provider)
    talk.send(talk.patient)
    assert talk.post(talk.patient, message).get_json() == first


def test_an_id_with_other_bytes_is_refused_and_nothing_is_replaced(talk: Talk) -> None:
    message = talk.write(talk.patient, "one thing")
    talk.sent(talk.patient, message)
    other = talk.write(talk.patient, "another thing", id=parse_header(message.header).id)
    assert refused(talk, talk.patient, other) == (409, "duplicate_id")
    resigned = sign_message(message.header, message.ciphertext or b"", talk.patient.current.signing)
    assert talk.post(talk.patient, resigned).status_code == 200
    assert [row.hash for row in stored(talk)] == [b64u_decode(message.hash)]


def test_the_id_of_somebody_elses_message_is_refused(talk: Talk) -> None:
    message = talk.write(talk.patient)
    talk.sent(talk.patient, message)
    other = talk.write(talk.cast.provider, id=parse_header(message.header).id)
    assert refused(talk, talk.cast.provider, other) == (409, "duplicate_id")


def test_a_message_under_an_old_key_is_refused_and_goes_out_anew_under_its_id(talk: Talk) -> None:
    message = talk.write(talk.patient)
    talk.rotate(talk.cast.provider)
    assert refused(talk, talk.patient, message) == (409, "stale_epoch")
    assert talk.send(talk.patient, id=parse_header(message.header).id)["sequence"] == 1


def test_a_message_under_a_key_that_is_not_yet_is_refused(talk: Talk) -> None:
    assert refused(talk, talk.patient, talk.write(talk.patient, epoch=2)) == (409, "stale_epoch")


def test_a_message_names_the_running_link_or_a_later_one(talk: Talk) -> None:
    first = talk.head
    talk.rotate(talk.cast.provider)
    link = talk.head
    naming = talk.naming(talk.patient, "Insulin")
    talk.house.post(talk.path("control"), naming, by=talk.patient)
    talk.moved(naming)
    for head in (first, hash_text(b"never"), talk.consent_head):
        assert refused(talk, talk.patient, talk.write(talk.patient, control_head=head)) == (400, "unknown_head")
    talk.send(talk.patient, control_head=link)
    talk.send(talk.patient, control_head=talk.head)


def test_a_message_names_a_consent_of_the_patients_chain(talk: Talk) -> None:
    message = talk.write(talk.patient, consent_head=hash_text(b"never"))
    assert refused(talk, talk.patient, message) == (400, "unknown_head")


def test_a_device_leaves_out_nothing_and_repeats_nothing(talk: Talk) -> None:
    talk.send(talk.patient)
    ahead = talk.write(talk.patient, device_sequence=3)
    behind = talk.write(talk.patient, device_sequence=1, device_previous=None)
    forked = talk.write(talk.patient, device_previous=hash_text(b"another past"))
    for message in (ahead, behind, forked):
        response = talk.post(talk.patient, message)
        assert refusal(response) == (409, "device_sequence")
        assert "2" in response.get_json()["error"]["message"]
    assert talk.send(talk.patient)["sequence"] == 2


def test_a_message_in_another_persons_name_is_refused(talk: Talk) -> None:
    forged = talk.write(talk.patient)
    assert refused(talk, talk.cast.provider, forged) == (400, "statement_misplaced")
    renamed = talk.write(talk.cast.provider, sender=talk.patient.account)
    assert refused(talk, talk.cast.provider, renamed) == (400, "statement_misplaced")


@pytest.mark.parametrize("changed", ["device", "conversation"])
def test_a_message_for_another_place_is_refused(talk: Talk, changed: str) -> None:
    other = {"device": new_id("dev"), "conversation": new_id("cnv")}[changed]
    assert refused(talk, talk.patient, talk.write(talk.patient, **{changed: other})) == (400, "statement_misplaced")


def test_a_message_that_was_changed_on_the_way_is_refused(talk: Talk) -> None:
    message = talk.write(talk.patient)
    assert message.ciphertext is not None
    for harmed in (
        replace(message, ciphertext=flipped(message.ciphertext)),
        replace(message, signature=flipped(message.signature)),
        replace(message, header=message.header.replace(b'"update"', b'"thanks"')),
    ):
        assert refused(talk, talk.patient, harmed) == (400, "bad_signature")
    assert stored(talk) == []


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def test_a_key_that_was_replaced_signs_nothing_new(talk: Talk) -> None:
    house, patient = talk.house, talk.patient
    old = talk.write(patient)
    before = talk.sent(patient, old)
    late = talk.write(patient)
    key = patient.next_key()
    vault = patient.vault()
    proof = house.possession("/api/keys/possession", patient)
    body = {"key": key.as_json(), "vault": vault.as_json(), "documents": {}, **proof}
    answered(house.call("POST", "/api/keys", body, by=patient))
    assert refused(talk, patient, late) == (409, "retired_key")
    assert talk.post(patient, old).get_json() == before
    stranger = replace(talk.header(patient), key=talk.cast.nurse.current.signing.id)
    forged = sign_message(write_json(stranger.as_json()), b"x" * 300, talk.cast.nurse.current.signing)
    assert refused(talk, patient, forged) == (409, "retired_key")


def test_whom_no_consent_covers_writes_nothing_and_the_attempt_is_recorded(talk: Talk, entries: Entries) -> None:
    stranger = talk.cast.enter("provider")
    assert refused(talk, stranger, talk.write(stranger)) == (404, "not_found")
    entry = entries.only("message:sent")
    assert (entry.actor, entry.outcome, entry.reason) == (stranger.account, "refused", "not_a_reader")
    assert stored(talk) == []


def test_who_left_the_team_writes_no_more(talk: Talk) -> None:
    cast = talk.cast
    talk.send(cast.nurse)
    renew_team_key(cast.house, cast.team, cast.provider, [cast.provider])
    assert refused(talk, cast.nurse, talk.write(cast.nurse)) == (404, "not_found")


def test_when_a_consent_runs_out_its_grantee_writes_no_more(talk: Talk) -> None:
    cast, house = talk.cast, talk.house
    patient = PersonAtHand("patient", house.clock)
    invitation = cast.invite("patient", (cast.team.team,))
    body = house.joining(patient, invitation)
    until = house.clock.now() + timedelta(minutes=5)
    body["consent"] = patient.first_consent(cast.team.team, until=format_time(until)).as_json()
    patient.token = house.post("/api/join", body)["token"]
    brief = a_talk(cast, patient).begin(patient)
    brief.send(cast.nurse)
    house.clock.advance(timedelta(minutes=5) - timedelta(milliseconds=1))
    brief.send(cast.nurse)
    house.clock.advance(timedelta(milliseconds=1))
    assert refused(brief, cast.nurse, brief.write(cast.nurse)) == (404, "not_found")
    brief.send(patient)


def test_a_message_of_the_largest_size_is_taken_and_a_larger_one_refused_with_the_limit(talk: Talk) -> None:
    def of_size(size: int) -> Message:
        header = write_json(talk.header(talk.patient).as_json())
        return sign_message(header, secrets.token_bytes(size), talk.patient.current.signing)

    response = talk.post(talk.patient, of_size(MAX_CIPHERTEXT_BYTES + 1))
    assert refusal(response) == (413, "message_too_large")
    assert "66000" in response.get_json()["error"]["message"].replace(",", "")
    talk.sent(talk.patient, of_size(MAX_CIPHERTEXT_BYTES))


def test_a_header_beyond_the_limit_is_refused(talk: Talk) -> None:
    header = write_json(talk.header(talk.patient, checkpoint="c" * 9000).as_json())
    message = sign_message(header, b"x" * 300, talk.patient.current.signing)
    assert refused(talk, talk.patient, message) == (413, "message_too_large")


@pytest.mark.parametrize(
    "header",
    [b"", b"\xff\xfe", b"{}", b"[]", b'{"v":1,"v":1}', b'{"v":2}', b'{"v":1.0}', b'"\\ud800"', b"[" * 100],
)
def test_a_header_that_is_none_is_refused(talk: Talk, header: bytes) -> None:
    message = sign_message(header, b"x" * 300, talk.patient.current.signing)
    status, code = refused(talk, talk.patient, message)
    assert status == 400
    assert code in {"malformed_json", "bad_members", "newer_version"}


@pytest.mark.parametrize("member", ["header", "ciphertext", "signature"])
@pytest.mark.parametrize("value", [None, 1, "!", "YQ==", {}, "YR"])
def test_a_wire_form_that_is_none_is_refused(talk: Talk, member: str, value: object) -> None:
    body = talk.write(talk.patient).as_json() | {member: value}
    status, _ = refusal(talk.house.call("POST", talk.path("messages"), body, by=talk.patient))
    assert status == 400


def test_a_member_that_nobody_asked_for_is_refused(talk: Talk) -> None:
    body = talk.write(talk.patient).as_json() | {"sequence": 7}
    assert refusal(talk.house.call("POST", talk.path("messages"), body, by=talk.patient)) == (400, "bad_members")


def test_nothing_is_sent_into_a_conversation_that_is_not_there(talk: Talk) -> None:
    nowhere = new_id("cnv")
    message = talk.write(talk.patient, conversation=nowhere)
    path = f"/api/conversations/{nowhere}/messages"
    assert refusal(talk.house.call("POST", path, message.as_json(), by=talk.patient)) == (404, "not_found")


def test_a_statement_or_ciphertext_of_another_kind_is_no_message(talk: Talk) -> None:
    opening = talk.opening(talk.patient)
    body = {
        "header": b64u_encode(opening.payload),
        "ciphertext": b64u_encode(secrets.token_bytes(300)),
        "signature": b64u_encode(opening.signatures[0].signature),
    }
    assert refusal(talk.house.call("POST", talk.path("messages"), body, by=talk.patient)) == (400, "bad_members")


@pytest.mark.parametrize("kind", ["question", "update", "thanks"])
def test_every_kind_of_message_is_taken(talk: Talk, kind: Kind) -> None:
    talk.send(talk.patient, kind=kind)


def test_a_session_that_has_ended_sends_nothing(talk: Talk) -> None:
    message = talk.write(talk.patient)
    talk.house.post("/api/session/end", {}, by=talk.patient)
    assert refused(talk, talk.patient, message) == (401, "sign_in_needed")


def test_sequences_have_no_gaps_after_refusals(talk: Talk) -> None:
    talk.send(talk.patient)
    refused(talk, talk.patient, talk.write(talk.patient, epoch=9))
    talk.send(talk.cast.provider)
    refused(talk, talk.patient, talk.write(talk.patient, device_sequence=9))
    talk.send(talk.patient)
    assert [row.sequence for row in stored(talk)] == [1, 2, 3]
    assert [sha256(row.ciphertext or b"") for row in stored(talk)] == [row.ciphertext_hash for row in stored(talk)]
