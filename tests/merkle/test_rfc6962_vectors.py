"""transparency-dev's vectors for RFC 6962 proofs, each case run and counted."""

import json
from base64 import b64decode
from pathlib import Path
from typing import TypedDict

import pytest

from messenger.merkle.errors import HashLengthError, ProofError
from messenger.merkle.proof import verify_consistency, verify_inclusion

VECTORS = Path(__file__).parents[1] / "vectors" / "rfc6962.json"

DIFFERS = {"consistency/additional/sizes-are-equal-one-and-proof-is-empty"}
"""The one case on which we differ, and mean to: its 'roots' are 12 bytes, and it wants them accepted."""


class Inclusion(TypedDict):
    name: str
    wantErr: bool
    leafIdx: int
    treeSize: int
    root: str
    leafHash: str
    proof: list[str] | None


class Consistency(TypedDict):
    name: str
    wantErr: bool
    size1: int
    size2: int
    root1: str
    root2: str
    proof: list[str] | None


class Vectors(TypedDict):
    inclusion: list[Inclusion]
    consistency: list[Consistency]


CASES: Vectors = json.loads(VECTORS.read_text())
INCLUSION = {f"inclusion/{case['name']}": case for case in CASES["inclusion"]}
CONSISTENCY = {f"consistency/{case['name']}": case for case in CASES["consistency"]}


def test_the_file_holds_the_cases_we_account_for() -> None:
    assert (len(CASES["inclusion"]), len(CASES["consistency"])) == (98, 98)
    assert (len(INCLUSION), len(CONSISTENCY)) == (98, 98), "two cases share a name"
    assert CONSISTENCY.keys() > DIFFERS


@pytest.mark.parametrize("name", INCLUSION)
def test_inclusion(name: str) -> None:
    case = INCLUSION[name]
    assert _verifies_inclusion(case) is not case["wantErr"]


@pytest.mark.parametrize("name", [name for name in CONSISTENCY if name not in DIFFERS])
def test_consistency(name: str) -> None:
    case = CONSISTENCY[name]
    assert _verifies_consistency(case) is not case["wantErr"]


@pytest.mark.parametrize("name", DIFFERS)
def test_roots_that_are_no_hashes_are_refused_where_the_vectors_accept_them(name: str) -> None:
    case = CONSISTENCY[name]
    assert case["wantErr"] is False
    with pytest.raises(HashLengthError):
        _verify_consistency(case)


def _verifies_inclusion(case: Inclusion) -> bool:
    try:
        verify_inclusion(
            _decode_all(case["proof"]),
            leaf=b64decode(case["leafHash"]),
            index=case["leafIdx"],
            size=case["treeSize"],
            root=b64decode(case["root"]),
        )
    except (ProofError, HashLengthError):
        return False
    return True


def _verifies_consistency(case: Consistency) -> bool:
    try:
        _verify_consistency(case)
    except (ProofError, HashLengthError):
        return False
    return True


def _verify_consistency(case: Consistency) -> None:
    verify_consistency(
        _decode_all(case["proof"]),
        old_size=case["size1"],
        old_root=b64decode(case["root1"]),
        new_size=case["size2"],
        new_root=b64decode(case["root2"]),
    )


def _decode_all(proof: list[str] | None) -> list[bytes]:
    return [b64decode(value) for value in proof or []]
