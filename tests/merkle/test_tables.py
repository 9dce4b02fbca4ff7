import json

import pytest

from tests.merkle.tables import FOLDER, TABLES, encoded


@pytest.mark.parametrize("name", TABLES)
def test_the_vectors_both_languages_run_are_the_ones_stated_here(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == encoded(name)


def test_no_two_cases_share_a_name() -> None:
    checkpoints, witness = (json.loads(encoded(name)) for name in ("checkpoints.json", "witness.json"))
    for cases in (checkpoints["accepted"] + checkpoints["refused"], witness["cases"]):
        names = [case["name"] for case in cases]
        assert len(names) == len(set(names))
