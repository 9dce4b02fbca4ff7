"""The conventions of docs/protocol.md §1: encodings, hashes, times, ids, JSON, padding."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.protocol.encoding import (
    b64u_decode,
    b64u_encode,
    check_hash_text,
    derive,
    format_time,
    labelled_hash,
    lines,
    pae,
    parse_time,
    u32be,
)
from messenger.protocol.errors import ProtocolError
from messenger.protocol.ids import ID_TYPES, check_id, make_id
from messenger.protocol.json_strict import MAX_INTEGER, parse_json, parse_object, write_json
from messenger.protocol.padding import pad, padme, unpad
from tests.protocol.own_vectors import Case, cases, refusal


@pytest.mark.parametrize("case", cases("encoding", "b64u"))
def test_base64url_is_written_and_read(case: Case) -> None:
    data = bytes.fromhex(case["bytes_hex"])
    assert b64u_encode(data) == case["text"]
    assert b64u_decode(case["text"]) == data


@pytest.mark.parametrize("case", cases("encoding", "b64u_refused"))
def test_other_base64_is_refused(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        b64u_decode(case["text"])
    assert refusal(error) == case["error"]


@given(st.binary(max_size=200))
def test_any_bytes_survive_base64url(data: bytes) -> None:
    assert b64u_decode(b64u_encode(data)) == data


@given(st.text(max_size=60))
def test_whatever_base64url_reads_it_writes_again(text: str) -> None:
    try:
        data = b64u_decode(text)
    except ProtocolError:
        return
    assert b64u_encode(data) == text


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_hash_has_32_bytes(length: int) -> None:
    with pytest.raises(ProtocolError) as error:
        check_hash_text(b64u_encode(bytes(length)))
    assert refusal(error) == "malformed_hash"


@pytest.mark.parametrize("case", cases("encoding", "labelled_hash"))
def test_labelled_hashes(case: Case) -> None:
    parts = [bytes.fromhex(part) for part in case["parts_hex"]]
    assert b64u_encode(labelled_hash(case["label"], *parts)) == case["hash"]


@pytest.mark.parametrize("case", cases("encoding", "derive"))
def test_derived_keys(case: Case) -> None:
    key, salt = bytes.fromhex(case["key_hex"]), bytes.fromhex(case["salt_hex"])
    assert derive(key, salt, case["label"], case["length"]).hex() == case["out_hex"]


@pytest.mark.parametrize("case", cases("encoding", "pae"))
def test_the_pre_authentication_encoding(case: Case) -> None:
    assert pae(case["type"], bytes.fromhex(case["payload_hex"])).hex() == case["bytes_hex"]


@given(st.tuples(st.text("ab 1"), st.binary(max_size=9)), st.tuples(st.text("ab 1"), st.binary(max_size=9)))
def test_two_different_pairs_never_share_an_encoding(one: tuple[str, bytes], other: tuple[str, bytes]) -> None:
    assert (pae(*one) == pae(*other)) == (one == other)


@pytest.mark.parametrize("case", cases("encoding", "lines"))
def test_lines_of_a_context(case: Case) -> None:
    assert lines(*case["lines"]).hex() == case["bytes_hex"]


@pytest.mark.parametrize("case", cases("encoding", "lines_refused"))
def test_lines_that_no_context_has(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        lines(*case["lines"])
    assert refusal(error) == case["error"]


@pytest.mark.parametrize("case", cases("encoding", "u32be"))
def test_numbers_of_32_bits(case: Case) -> None:
    assert u32be(case["number"]).hex() == case["bytes_hex"]


@pytest.mark.parametrize("number", [-1, 2**32])
def test_numbers_beyond_32_bits_are_refused(number: int) -> None:
    with pytest.raises(ProtocolError):
        u32be(number)


@pytest.mark.parametrize("case", cases("encoding", "time"))
def test_times_are_read_and_written(case: Case) -> None:
    assert format_time(parse_time(case["text"])) == case["text"]


@pytest.mark.parametrize("case", cases("encoding", "time_refused"))
def test_other_times_are_refused(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        parse_time(case["text"])
    assert refusal(error) == case["error"]


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  (hypothesis wants it naive)
def test_any_instant_keeps_its_milliseconds(instant: datetime) -> None:
    assert parse_time(format_time(instant)) == instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert format_time(datetime(2026, 3, 2, 8, 0, tzinfo=shanghai)) == "2026-03-02T00:00:00.000Z"


@pytest.mark.parametrize("case", cases("ids", "made"))
def test_ids_are_made_of_time_and_randomness(case: Case) -> None:
    made = make_id(case["type"], case["milliseconds"], bytes.fromhex(case["random_hex"]))
    assert made == case["id"]
    assert check_id(made, case["type"]) == made


@pytest.mark.parametrize("case", cases("ids", "refused"))
def test_texts_that_are_not_such_an_id_are_refused(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        check_id(case["text"], *case["types"])
    assert refusal(error) == case["error"]


@given(st.sampled_from(ID_TYPES), st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_ids_sort_by_time_within_a_type(kind: str, milliseconds: int, random: bytes) -> None:
    made = make_id("msg", milliseconds, random)
    later = make_id("msg", min(milliseconds + 1, 2**48 - 1), bytes(10))
    assert made <= later or milliseconds == 2**48 - 1
    assert check_id(made, "msg") == made
    assert kind == "msg" or made[:4] != f"{kind}_"


@pytest.mark.parametrize("case", cases("strict_json", "accepted"))
def test_json_that_every_reader_accepts(case: Case) -> None:
    value = parse_json(bytes.fromhex(case["input_hex"]))
    assert write_json(value).hex() == case["written_hex"]


@pytest.mark.parametrize("case", cases("strict_json", "refused"))
def test_json_that_nobody_accepts(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        parse_json(bytes.fromhex(case["input_hex"]))
    assert refusal(error) == case["error"]


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(
    lambda text: not any(ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF for c in text)
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | _text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=12,
)


@given(_json)
def test_any_value_survives_json(value: Any) -> None:
    written = write_json(value)
    assert parse_json(written) == value
    assert json.loads(written) == value


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_read_or_refused_and_never_anything_else(data: bytes) -> None:
    try:
        value = parse_json(data)
    except ProtocolError:
        return
    assert parse_json(write_json(value)) == value


@pytest.mark.parametrize("value", ["\ud800", "\uffff", ["\ufdd0"], {"\udc00": 1}, MAX_INTEGER + 1, [-MAX_INTEGER - 1]])
def test_what_no_reader_accepts_is_never_written(value: Any) -> None:
    with pytest.raises(ProtocolError):
        write_json(value)


def test_an_object_is_asked_for_where_one_must_be() -> None:
    with pytest.raises(ProtocolError):
        parse_object(b"[]")


@pytest.mark.parametrize("case", cases("padding", "padme"))
def test_padded_lengths(case: Case) -> None:
    assert padme(case["length"]) == case["padded"]


@pytest.mark.parametrize("case", cases("padding", "padded"))
def test_padding_is_added_and_taken_off(case: Case) -> None:
    content = bytes.fromhex(case["content_hex"])
    assert pad(content).hex() == case["padded_hex"]
    assert unpad(bytes.fromhex(case["padded_hex"])) == content


@pytest.mark.parametrize("case", cases("padding", "refused"))
def test_padding_that_nobody_makes_is_refused(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        unpad(bytes.fromhex(case["padded_hex"]))
    assert refusal(error) == case["error"]


@given(st.binary(max_size=3000))
def test_any_content_survives_padding_and_lengths_are_few(content: bytes) -> None:
    padded = pad(content)
    assert unpad(padded) == content
    assert len(padded) in {256, padme(4 + len(content))}
    assert len(padded) <= max(256, (4 + len(content)) * 1.12)


@given(st.binary(max_size=300), st.data())
def test_a_byte_changed_in_the_padding_is_refused(content: bytes, data: st.DataObject) -> None:
    padded = bytearray(pad(content))
    at = data.draw(st.integers(4 + len(content), len(padded) - 1)) if len(padded) > 4 + len(content) else None
    if at is None:
        return
    padded[at] ^= 0x80
    with pytest.raises(ProtocolError):
        unpad(bytes(padded))
