"""The closed list of actions and the page that explains it."""

import re
from pathlib import Path

from messenger.audit.actions import Action

PAGE = Path(__file__).parents[2] / "docs" / "access-log.md"


def test_every_action_is_explained_and_nothing_else_is() -> None:
    table = PAGE.read_text(encoding="utf-8").split("## Actions")[1].split("##")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {code for row in rows for code in re.findall(r"`([a-z_]+:[a-z_]+)`", row)} == set(Action)


def test_every_action_is_a_subject_and_a_verb() -> None:
    assert all(re.fullmatch(r"[a-z_]{1,19}:[a-z_]{1,20}", action) for action in Action)
