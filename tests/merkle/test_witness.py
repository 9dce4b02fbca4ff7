import json
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.merkle.checkpoint import open_checkpoint
from messenger.merkle.note import VerifierKey
from messenger.merkle.witness import Accepted, Alarm, Alarmed, Judgement, Stale, judge_checkpoint
from tests.merkle.log_fixture import LOG_KEY, checkpoint, proof, signed, signed_text, signing_key
from tests.merkle.tables import FOLDER

TABLE = json.loads((FOLDER / "witness.json").read_text(encoding="utf-8"))
LOG = VerifierKey.parse(TABLE["log_key"])
CASES: dict[str, dict[str, Any]] = {case["name"]: case for case in TABLE["cases"]}


@pytest.mark.parametrize("name", CASES)
def test_the_witness_concludes_what_the_table_states(name: str) -> None:
    case = CASES[name]
    served = case["note"].encode() if "note" in case else b64decode(case["note_base64"])
    remembered = open_checkpoint(case["remembered"].encode(), LOG) if case["remembered"] else None
    judgement = judge_checkpoint(remembered, served, [b64decode(value) for value in case["proof"]], LOG)
    assert _code(judgement) == case["judgement"]
    if isinstance(judgement, Accepted | Stale):
        assert judgement.checkpoint.serialise() == served


def test_the_table_reaches_every_judgement() -> None:
    assert {case["judgement"] for case in CASES.values()} == {"accepted", "stale", *Alarm}


def test_a_checkpoint_remembered_of_another_log_is_no_measure_of_this_one() -> None:
    other = signing_key("other.example/log")
    served = signed_text(checkpoint(7, origin=other.name).text(), other)
    judgement = judge_checkpoint(signed(7), served, [], other.verifier)
    assert judgement == Alarmed(Alarm.WRONG_ORIGIN)


@given(st.integers(1, 40), st.integers(1, 40))
def test_any_two_heads_of_one_history_are_accepted_in_order_and_stale_out_of_order(before: int, after: int) -> None:
    smaller, larger = sorted((before, after))
    judgement = judge_checkpoint(signed(before), signed(after).serialise(), proof(smaller, larger), LOG_KEY.verifier)
    assert isinstance(judgement, Stale if after < before else Accepted)


@given(st.integers(1, 40), st.integers(1, 40))
def test_no_head_of_another_history_ever_passes(before: int, after: int) -> None:
    smaller, larger = sorted((before, after))
    for history in ("told", "retold"):
        evidence = proof(smaller, larger, history)
        served = signed(after, "retold").serialise()
        assert isinstance(judge_checkpoint(signed(before), served, evidence, LOG_KEY.verifier), Alarmed)


def _code(judgement: Judgement) -> str:
    match judgement:
        case Accepted():
            return "accepted"
        case Stale():
            return "stale"
        case Alarmed(alarm):
            return alarm
