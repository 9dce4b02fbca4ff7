"""Statements: one of every kind verifies in its place and in no other; whatever is wrong with one has its code."""

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.protocol.encoding import b64u_decode
from messenger.protocol.errors import ProtocolError
from messenger.protocol.keys import SigningKey, SigningPublicKey
from messenger.protocol.kinds import KINDS
from messenger.protocol.statement import Body, Envelope, Signature, make_statement, payload_type, peek_header, verify
from tests.protocol.own_vectors import Case, cases, refusal, table
from tests.vectors.ours.makers.examples import examples

BY_KIND: dict[str, type[Body]] = {kind.kind: kind for kind in KINDS}


def _keys(case: Case) -> dict[str, SigningPublicKey]:
    return {by: SigningPublicKey.parse(b64u_decode(raw)) for by, raw in case["keys"].items()}


def test_every_kind_has_an_example() -> None:
    assert [case["kind"] for case in table("statements")["verified"]] == [kind.kind for kind in KINDS]


@pytest.mark.parametrize("case", cases("statements", "verified"))
def test_a_statement_verifies_and_reads_as_it_was_written(case: Case) -> None:
    envelope = Envelope.parse(case["envelope"])
    statement = verify(envelope, BY_KIND[case["kind"]], _keys(case))
    assert statement.hash == case["hash"]
    assert json.loads(envelope.payload) == case["payload"]
    assert statement.body.as_json() == case["payload"]["body"]
    assert statement.header.time == case["payload"]["time"]
    assert envelope.as_json() == case["envelope"]


@pytest.mark.parametrize("case", cases("statements", "refused"))
def test_a_broken_statement_is_refused_with_its_code(case: Case) -> None:
    with pytest.raises(ProtocolError) as error:
        verify(Envelope.parse(case["envelope"]), BY_KIND[case["kind"]], _keys(case))
    assert refusal(error) == case["error"]


@pytest.mark.parametrize(("held", "place"), [(a, b) for a, b in product(BY_KIND, BY_KIND) if a != b])
def test_a_kind_is_refused_in_every_other_kinds_place(held: str, place: str) -> None:
    case = next(one for one in table("statements")["verified"] if one["kind"] == held)
    with pytest.raises(ProtocolError) as error:
        verify(Envelope.parse(case["envelope"]), BY_KIND[place], _keys(case))
    assert refusal(error) == "wrong_type"


@pytest.mark.parametrize(("held", "place"), [(a, b) for a, b in product(BY_KIND, BY_KIND) if a != b])
def test_a_signature_for_one_kind_is_worth_nothing_under_another_type(held: str, place: str) -> None:
    case = next(one for one in table("statements")["verified"] if one["kind"] == held)
    renamed = replace(Envelope.parse(case["envelope"]), type=payload_type(place))
    with pytest.raises(ProtocolError) as error:
        verify(renamed, BY_KIND[place], _keys(case))
    assert refusal(error) in {"bad_signature", "statement_too_large"}


@given(st.sampled_from(range(len(KINDS))), st.data())
def test_any_flipped_bit_of_a_statement_is_refused(number: int, data: st.DataObject) -> None:
    example = examples()[number]
    envelope, publics = example.envelope(), {by: key.public for by, key in example.keys.items()}
    if data.draw(st.booleans()):
        broken = replace(envelope, payload=_flip(envelope.payload, data))
    else:
        first, *others = envelope.signatures
        broken = replace(envelope, signatures=(replace(first, signature=_flip(first.signature, data)), *others))
    with pytest.raises(ProtocolError) as error:
        verify(broken, type(example.body), publics)
    assert refusal(error) == "bad_signature"


def _flip(value: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    return value[: bit // 8] + bytes([value[bit // 8] ^ 1 << bit % 8]) + value[bit // 8 + 1 :]


def test_signatures_may_stand_in_any_order() -> None:
    example = next(one for one in examples() if len(one.keys) == 2)
    envelope = example.envelope()
    turned = replace(envelope, signatures=envelope.signatures[::-1])
    publics = {by: key.public for by, key in example.keys.items()}
    assert verify(turned, type(example.body), publics).hash == envelope.hash


def test_a_maker_cannot_sign_as_who_does_not_sign_that_kind() -> None:
    with pytest.raises(ValueError, match="no such signature"):
        make_statement(examples()[0].body, account=None, keys={"self": SigningKey.generate()}, time="", sequence=0)


def test_the_header_of_an_unknown_kind_can_be_read_and_nothing_else() -> None:
    payload: dict[str, Any] = examples()[0].payload() | {"kind": "reset", "body": {"anything": [1, 2]}}
    envelope = Envelope(payload_type("reset"), json.dumps(payload).encode(), (Signature("x", "y", b""),))
    assert (peek_header(envelope).kind, peek_header(envelope).sequence) == ("reset", 0)


def test_an_unknown_kind_of_any_size_is_not_read() -> None:
    with pytest.raises(ProtocolError) as error:
        peek_header(Envelope(payload_type("reset"), b" " * 65_537, ()))
    assert refusal(error) == "statement_too_large"
