"""Messages: what is written, what each reader concludes, and whether they follow each other."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.headless.thread import judged, thread_of
from messenger.protocol.ask import Ask
from messenger.protocol.consent_chain import verify_consent_chain
from messenger.protocol.content import encrypt
from messenger.protocol.control_chain import verify_control_chain
from messenger.protocol.device_chain import Finding, Place, continuity
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.errors import ProtocolError
from messenger.protocol.keys import SigningKey
from messenger.protocol.message import (
    MAX_BODY_BYTES,
    MAX_CIPHERTEXT_BYTES,
    Body,
    Correction,
    Message,
    Retraction,
    Text,
    message_context,
    parse_header,
    read_body,
    sign_message,
    write_message,
)
from messenger.protocol.shape import Members
from messenger.protocol.team_chain import verify_team_chain
from messenger.protocol.verdict import Reading, Unverified, Verified, aims_at_own, judge
from tests.protocol.own_vectors import Case, cases, refusal, table
from tests.protocol.test_chains import account, clinic, envelopes
from tests.vectors.ours.makers.continuity import LAPTOP, place
from tests.vectors.ours.makers.messages import header
from tests.vectors.ours.makers.world import TEAM, TOM, made_id


@cache
def reading_of(file: str) -> Reading:
    case = table(file)["reading"]
    patient = account(case["patient"])
    assert patient is not None
    consents = verify_consent_chain(envelopes(case["consents"]), patient)
    teams = {TEAM: verify_team_chain(envelopes(case["team"]), TEAM, clinic(), account)}
    control = verify_control_chain(envelopes(case["control"]), case["conversation"], consents, teams, account)
    keys = {int(number): bytes.fromhex(key) for number, key in case["epoch_keys_hex"].items()}
    return Reading(control, consents, teams, account, case["now"], keys)


def _body(value: dict[str, Any]) -> Body:
    fields = {name: member for name, member in value.items() if name != "type"}
    if value["type"] == "ask":
        return Ask(**{"history_from" if name == "from" else name: member for name, member in fields.items()})
    kinds: dict[str, type[Body]] = {"text": Text, "correction": Correction, "retraction": Retraction}
    return kinds[value["type"]](**fields)


@pytest.mark.parametrize("case", cases("messages", "written") + cases("asks", "written"))
def test_a_message_as_it_travels(case: Case) -> None:
    sent, key = Message.parse(case["message"]), bytes.fromhex(case["epoch_key_hex"])
    signing = SigningKey(bytes.fromhex(case["signing_seed_hex"]))
    read = parse_header(sent.header)
    sent.verify(signing.public)
    assert (read.as_json(), sent.hash) == (case["header"], case["hash"])
    assert read_body(sent, read, key).as_json() == case["body"]
    written = write_message(read, _body(case["body"]), key, signing)
    assert written.header == sent.header
    assert len(written.ciphertext or b"") == case["ciphertext_bytes"]
    assert read_body(written, read, key) == _body(case["body"])
    assert sign_message(sent.header, sent.ciphertext or b"", signing) == sent


@pytest.mark.parametrize("case", cases("messages", "header_refused"))
def test_a_header_that_is_none(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        parse_header(b64u_decode(case["header"]))
    assert refusal(error) == case["error"]


def _check_verdict(case: Case, reading: Reading) -> None:
    verdict = judge(Message.parse_served(Members(case["message"])), reading)
    if case["verdict"] == "verified":
        assert isinstance(verdict, Verified)
        assert verdict.body.as_json() == case["body"]
    else:
        assert isinstance(verdict, Unverified)
        assert verdict.reason == case["verdict"]


@pytest.mark.parametrize("case", cases("messages", "verdicts"))
def test_what_a_reader_concludes(case: Case) -> None:
    _check_verdict(case, reading_of("messages"))


@pytest.mark.parametrize("case", cases("asks", "verdicts"))
def test_who_may_ask_for_what(case: Case) -> None:
    _check_verdict(case, reading_of("asks"))


@pytest.mark.parametrize("case", cases("messages_after_theft", "verdicts"))
def test_what_stolen_keys_still_sign(case: Case) -> None:
    _check_verdict(case, reading_of("messages_after_theft"))


def test_what_a_thread_concludes_once_a_consent_was_revoked() -> None:
    vectors = table("messages_after_revocation")
    lines, reading = vectors["thread"], reading_of("messages_after_revocation")
    served = [
        judged({"sequence": one["sequence"], "received": one["received"], **one["message"]}, reading) for one in lines
    ]
    alone = [one.verdict for one in served]
    assert [one.reason if isinstance(one, Unverified) else "verified" for one in alone] == [
        one["alone"] for one in lines
    ]
    thread = thread_of(vectors["reading"]["conversation"], served, whole=True)
    assert [one.reason or "verified" for one in thread.messages] == [one["verdict"] for one in lines]


@given(st.sampled_from(range(4)), st.data())
def test_any_flipped_bit_of_a_message_is_seen(number: int, data: st.DataObject) -> None:
    case = table("messages")["verdicts"][number]
    message = Message.parse_served(Members(case["message"]))
    part = data.draw(st.sampled_from(["header", "ciphertext", "signature"]))
    changed: dict[str, Any] = {part: _flip(getattr(message, part), data)}
    broken = Message.parse_served(
        Members(
            {
                **case["message"],
                **{name: b64u_encode(value) for name, value in changed.items()},
            }
        )
    )
    assert isinstance(judge(broken, reading_of("messages")), Unverified)


def _flip(value: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    return value[: bit // 8] + bytes([value[bit // 8] ^ 1 << bit % 8]) + value[bit // 8 + 1 :]


def test_a_reader_shows_no_text_of_an_unverified_message() -> None:
    for case in table("messages")["verdicts"]:
        verdict = judge(Message.parse_served(Members(case["message"])), reading_of("messages"))
        assert isinstance(verdict, Verified) or not hasattr(verdict, "body")


def test_a_text_too_long_is_never_sent_and_the_longest_fits() -> None:
    key, signing = bytes(32), SigningKey.generate()
    longest = write_message(header(), Text("x" * (MAX_BODY_BYTES - 25)), key, signing)
    assert len(longest.ciphertext or b"") <= MAX_CIPHERTEXT_BYTES
    with pytest.raises(ProtocolError) as error:
        write_message(header(), Text("x" * (MAX_BODY_BYTES - 24)), key, signing)
    assert refusal(error) == "message_too_large"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"ciphertext": b64u_encode(bytes(66_001))}, "message_too_large"),
        ({"header": b64u_encode(bytes(8193))}, "header_too_large"),
        ({"signature": b64u_encode(bytes(63))}, "bad_members"),
        ({"ciphertext": None}, "bad_members"),
        ({"extra": 1}, "bad_members"),
    ],
)
def test_a_wire_form_that_is_none(change: dict[str, Any], error: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        Message.parse(table("messages")["written"][0]["message"] | change)
    assert refusal(refused) == error


def test_an_erased_message_keeps_its_hash_and_is_never_sent() -> None:
    served = table("messages")["verdicts"][0]["message"]
    erased = Message.parse_served(Members(served | {"ciphertext": None}))
    assert erased.hash == Message.parse_served(Members(served)).hash
    with pytest.raises(ValueError, match="never sent"):
        erased.as_json()
    with pytest.raises(ProtocolError):
        Message.parse_served(Members(served | {"ciphertext": None, "ciphertext_hash": None}))


def test_a_ciphertext_opens_to_one_text_under_one_header_alone() -> None:
    key, other = bytes(32), b"\x01" * 32
    ciphertext = encrypt(key, message_context(b"header"), b"")
    for wrong_key, wrong_header in ((other, b"header"), (key, b"Header")):
        message = sign_message(wrong_header, ciphertext, SigningKey.generate())
        with pytest.raises(ProtocolError) as error:
            read_body(message, header(), wrong_key)
        assert refusal(error) == "cannot_decrypt"


def test_only_ones_own_message_is_corrected_or_taken_back() -> None:
    mine, theirs = header(), header(TOM)
    correction, retraction = header(corrects=made_id("msg", "a")), header(takes_back=made_id("msg", "a"))
    assert aims_at_own(correction, mine)
    assert aims_at_own(retraction, mine)
    assert aims_at_own(retraction, None)
    assert aims_at_own(mine, theirs)
    assert not aims_at_own(correction, theirs)
    assert not aims_at_own(retraction, theirs)


@pytest.mark.parametrize("case", cases("continuity", "cases"))
def test_whether_messages_follow_each_other(case: Case) -> None:
    places = [Place(**one) for one in case["places"]]
    findings = continuity(places, case["sequences"], whole=case["whole"])
    assert [(one.sequence, one.code, one.count) for one in findings] == [
        (one["sequence"], one["code"], one["count"]) for one in case["findings"]
    ]


_honest = st.lists(st.booleans(), min_size=2, max_size=12).map(
    lambda devices: [
        place(at, devices[:at].count(laptop), device=LAPTOP) if laptop else place(at, devices[:at].count(laptop))
        for at, laptop in enumerate(devices, start=1)
    ]
)


@given(_honest, st.booleans())
def test_an_honest_thread_has_nothing_to_find(places: list[Place], whole: bool) -> None:
    assert continuity(places, [one.sequence for one in places], whole=whole) == ()


@given(_honest, st.data())
def test_whatever_is_dropped_before_a_devices_last_shows(places: list[Place], data: st.DataObject) -> None:
    dropped = data.draw(st.sampled_from(places))
    left = [one for one in places if one is not dropped]
    renumbered = [replace(one, sequence=number) for number, one in enumerate(left, start=1)]
    findings = continuity(renumbered, [one.sequence for one in renumbered], whole=True)
    last = max(one.device_sequence for one in places if one.device == dropped.device)
    assert bool(findings) == (dropped.device_sequence < last)


@given(_honest, st.data())
def test_two_that_are_exchanged_show(places: list[Place], data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.sampled_from(places), min_size=2, max_size=2, unique=True))
    exchanged = [
        replace(one, sequence=other.sequence)
        if each is other
        else replace(other, sequence=one.sequence)
        if each is one
        else each
        for each in places
    ]
    findings = continuity(exchanged, [each.sequence for each in exchanged], whole=True)
    between = places[min(one.sequence, other.sequence) - 1 : max(one.sequence, other.sequence)]
    moved = [each for each in between if each.device in {one.device, other.device}]
    if one.device == other.device or len(moved) > 2:
        assert findings != ()


@given(_honest, st.data())
def test_whatever_is_repeated_shows(places: list[Place], data: st.DataObject) -> None:
    again = replace(data.draw(st.sampled_from(places)), sequence=len(places) + 1)
    findings = continuity([*places, again], range(1, len(places) + 2), whole=True)
    assert findings == (Finding(len(places) + 1, "replayed"),)
