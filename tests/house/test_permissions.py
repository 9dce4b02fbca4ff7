"""docs/permissions.md, held against the running application: every role at every door."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from messenger.accounts import sessions
from messenger.app import SOCKETS, declared_doors
from messenger.roles import Role
from messenger.web.identity import Identity
from messenger.web.sockets import Sockets
from tests.cast import Cast, a_house
from tests.factories import PersonAtHand, new_id
from tests.house.source import ROOT

CALLERS: tuple[Role | None, ...] = (None, *Role)
TABLE = ROOT / "docs" / "permissions.md"
ANSWERS = {"sign_in_needed": "sign in", "role_not_allowed": "no"}


class Row(NamedTuple):
    """A door and the outcome for nobody and for each role, as the page states it."""

    door: str
    outcomes: tuple[str, ...]
    then: str


def stated() -> list[Row]:
    """The page's first table; the second, over states of a consent, is held against a server elsewhere."""
    first = TABLE.read_text(encoding="utf-8").split("\n## ")[0]
    lines = [line for line in first.splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Row(cells[0].strip("`"), tuple(cells[1:-1]), cells[-1]) for cells in rows]


@pytest.fixture(scope="module")
def stage(_sqlite_with_cast: tuple[Path, Cast], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """A clinic in which somebody has each role."""
    template, people = _sqlite_with_cast
    folder = tmp_path_factory.mktemp("permissions")
    house = a_house(f"sqlite:///{shutil.copy(template, folder / 'between.db')}", str(folder))
    yield people.moved_to(house)
    house.database.dispose()


@pytest.fixture(scope="module")
def somebody(stage: Cast) -> dict[Role, PersonAtHand]:
    there = {person.role: person for person in (stage.founder, stage.provider, stage.nurse, stage.patient)}
    return {role: there.get(role.value) or stage.enter(role.value) for role in Role}


def signed_in_anew(stage: Cast, person: PersonAtHand) -> PersonAtHand:
    """A fresh session: some doors end the one they are opened with."""
    with stage.house.database.unit_of_work() as session:
        begun = sessions.begin(session, person.account, new_id("dev"), "a probe", stage.house.clock.now())
    person.token, person.session = begun.token, begun.session
    return person


def knock(stage: Cast, door: str, person: PersonAtHand | None) -> str:
    """What the door says to an empty request."""
    method, rule = door.split(" ", 1)
    path = re.sub(r"<(?:path:)?[a-z]+>", "x", rule)
    body: dict[str, str] | None = None if method == "GET" else {}
    response = stage.house.call(method, path, body, by=person)
    code = response.get_json()["error"]["code"] if response.is_json and response.status_code >= 400 else ""
    return ANSWERS.get(code, "yes")


def emit(stage: Cast, event: str, person: PersonAtHand | None) -> str:
    """What the acknowledgement of an empty event says."""
    sockets: Sockets = stage.house.app.extensions[SOCKETS]
    if person is not None:
        role = Role(person.role)
        sockets._identities["probe"] = Identity(
            person.account, role, person.clinic, person.session, person.device, "en"
        )
    try:
        answer = sockets.socketio.server.handlers["/"][event]("probe", {})
    finally:
        sockets._identities.pop("probe", None)
    return ANSWERS.get(answer.get("error", {}).get("code", ""), "yes")


def test_every_door_is_decided_and_none_is_made_up(stage: Cast) -> None:
    declared = set()
    for door in declared_doors(stage.house.app):
        declared |= {f"{method} {door.rule}" for method in door.methods} or {f"event {door.name}"}
    assert {row.door for row in stated()} == declared


def test_the_page_decides_for_every_role() -> None:
    assert all(len(row.outcomes) == len(CALLERS) for row in stated())
    assert {outcome for row in stated() for outcome in row.outcomes} == {"yes", "no", "sign in"}


def test_what_is_not_open_to_anyone_says_what_is_checked_behind_the_guard() -> None:
    assert not [row.door for row in stated() if "/api/" in row.door and row.outcomes[0] != "yes" and not row.then]


@pytest.mark.parametrize("row", stated(), ids=lambda row: row.door)
def test_each_role_gets_the_stated_answer(stage: Cast, somebody: dict[Role, PersonAtHand], row: Row) -> None:
    found = []
    for caller in CALLERS:
        person = signed_in_anew(stage, somebody[caller]) if caller else None
        is_event = row.door.startswith("event ")
        found.append(emit(stage, row.door[6:], person) if is_event else knock(stage, row.door, person))
    assert tuple(found) == row.outcomes
