"""Reads `tests/vectors/ours`: every case of a table becomes a pytest case with a name."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from messenger.protocol.errors import ProtocolError

FOLDER = Path(__file__).parents[1] / "vectors" / "ours"

Case = dict[str, Any]


@cache
def table(file: str) -> dict[str, Any]:
    """One file of vectors."""
    vectors: dict[str, Any] = json.loads((FOLDER / f"{file}.json").read_text())
    return vectors


def cases(file: str, name: str) -> list[Any]:
    """A table's cases as parameters, each under its own name or number."""
    found = table(file)[name]
    assert found, f"{file}.json holds no {name}"
    return [
        pytest.param(case, id=str(case.get("name", number)) if isinstance(case, dict) else str(number))
        for number, case in enumerate(found)
    ]


def refusal(error: pytest.ExceptionInfo[ProtocolError]) -> str:
    """The code a refusal carries."""
    return error.value.code
