"""docs/permissions.md, held against a real server: every door to a patient, in every state of their consent."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from werkzeug.test import TestResponse

from messenger.app import declared_doors
from messenger.protocol.kinds.conversation import ConversationHistoryBody
from messenger.protocol.statement import Envelope, peek_body
from tests.cast import Cast, House, a_house
from tests.consents import history
from tests.house.source import ROOT
from tests.remote import Connect, FileHandClock, Listener, RemoteHouse
from tests.servers import BetweenServer
from tests.states import STATES, Grantee, a_grantee
from tests.talk import a_talk

TABLE: Final = ROOT / "docs" / "permissions.md"
HEADING: Final = "## In every state of a consent"
SHELLS: Final = frozenset({"GET /conversations/<conversation>"})
"""Pages without content: what they show is fetched through the other doors."""


class Row(NamedTuple):
    """A door and its answer in each state, as the page states it."""

    door: str
    outcomes: tuple[str, ...]


def stated() -> list[Row]:
    section = TABLE.read_text(encoding="utf-8").split(HEADING)[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Row(cells[0].strip("`"), tuple(cells[1:])) for cells in rows]


def called(grantee: Grantee, method: str, path: str, body: object | None = None) -> str:
    """`yes`, or the status of the refusal and its code where it says more than that there is nothing."""
    return said(grantee.cast.house.call(method, path, body, by=grantee.person))


def said(answer: TestResponse) -> str:
    if answer.status_code < 400:
        return "yes"
    code = answer.get_json()["error"]["code"]
    return "404" if (answer.status_code, code) == (404, "not_found") else str(code)


def emitted(grantee: Grantee, event: str, **data: Any) -> str:
    answer = grantee.line.call(event, {"conversation": grantee.talk.conversation, **data})
    if answer.get("ok"):
        return "yes"
    code = str(answer["error"]["code"])
    return "404" if code == "not_found" else code


def listed(grantee: Grantee, path: str, members: str, name: str, value: str) -> str:
    """Whether a list that is anybody's holds this."""
    found = grantee.cast.house.get(path, by=grantee.person)[members]
    return "listed" if value in {one[name] for one in found} else "not listed"


def of_patient(suffix: str) -> Callable[[Grantee], str]:
    return lambda grantee: called(grantee, "GET", f"/api/patients/{grantee.talk.patient.account}{suffix}")


def begin(grantee: Grantee) -> str:
    active = grantee.state == "active"
    another = a_talk(grantee.cast, grantee.talk.patient)
    body = another.creation(grantee.person, another.next_epoch(grantee.readers(with_them=active)))
    return called(grantee, "POST", "/api/conversations", body)


def change_key(grantee: Grantee) -> str:
    talk, active = grantee.talk, grantee.state == "active"
    epoch = talk.next_epoch(grantee.readers(with_them=active))
    body = talk.rotation(grantee.person, epoch)
    outcome = called(grantee, "POST", talk.path("control"), body)
    if outcome == "yes":
        talk.moved(body, epoch)
    return outcome


def open_history(grantee: Grantee) -> str:
    talk = grantee.talk
    body = history(talk, grantee.person, grantee.colleague, grantee.history_consent, {1: FirstEpoch(grantee)})
    outcome = called(grantee, "POST", talk.path("history"), body)
    if outcome == "yes":
        talk.moved(body)
        assert peek_body(Envelope.parse(body["statement"]), ConversationHistoryBody).reader == grantee.colleague.account
    return outcome


class FirstEpoch:
    """The epoch before anybody but the team read, as the maker of a history takes it."""

    def __init__(self, grantee: Grantee) -> None:
        self.epoch, self.key = grantee.first_epoch.epoch, grantee.first_epoch.key


def open_anew(grantee: Grantee) -> str:
    body = {"statement": grantee.talk.opening(grantee.person).as_json()}
    return called(grantee, "POST", grantee.talk.path("open"), body)


def renew(grantee: Grantee) -> str:
    """With the opening of when they were let in, or one that was never accepted."""
    talk, opening = grantee.talk, grantee.opening or grantee.talk.opening(grantee.person)
    body = {"statement": talk.renewal(grantee.person, opening).as_json()}
    return called(grantee, "POST", talk.path("renew"), body)


def send(grantee: Grantee) -> str:
    talk = grantee.talk
    message = talk.write(grantee.person)
    answer = talk.post(grantee.person, message)
    if answer.status_code == 201:
        device = talk.devices[grantee.person.device]
        device.sequence, device.previous = device.sequence + 1, message.hash
    return said(answer)


def send_live(grantee: Grantee) -> str:
    return emitted(grantee, "message:send", **grantee.talk.write(grantee.person).as_json())


def conversation(method: str, verb: str, body: object | None = None) -> Callable[[Grantee], str]:
    return lambda grantee: called(grantee, method, grantee.talk.path(verb), body)


DOORS: Final[dict[str, Callable[[Grantee], str]]] = {
    "GET /api/accounts/<account>": lambda one: called(one, "GET", f"/api/accounts/{one.talk.patient.account}"),
    "GET /api/patients": lambda one: listed(one, "/api/patients", "patients", "patient", one.talk.patient.account),
    "GET /api/patients/<patient>/consents": of_patient("/consents"),
    "GET /api/patients/<patient>/consents/export": of_patient("/consents/export?format=r5"),
    "GET /api/patients/<patient>/profile": of_patient("/profile"),
    "GET /api/patients/<patient>/emergency": of_patient("/emergency"),
    "GET /api/inbox": lambda one: listed(one, "/api/inbox", "questions", "conversation", one.talk.conversation),
    "GET /api/conversations": lambda one: listed(
        one, "/api/conversations", "conversations", "conversation", one.talk.conversation
    ),
    "POST /api/conversations": begin,
    "GET /api/conversations/<conversation>/control": conversation("GET", "control"),
    "POST /api/conversations/<conversation>/control": change_key,
    "POST /api/conversations/<conversation>/history": open_history,
    "POST /api/conversations/<conversation>/emergency-key": conversation("POST", "emergency-key", {}),
    "GET /api/conversations/<conversation>/messages": conversation("GET", "messages"),
    "POST /api/conversations/<conversation>/messages": send,
    "POST /api/conversations/<conversation>/receipts": conversation("POST", "receipts", {"delivered": 1, "read": 1}),
    "POST /api/conversations/<conversation>/renew": renew,
    "event conversation:follow": lambda one: emitted(one, "conversation:follow"),
    "event message:send": send_live,
    "event receipt:send": lambda one: emitted(one, "receipt:send", delivered=1, read=1),
    "event typing": lambda one: emitted(one, "typing", typing=True),
    "event conversation:leave": lambda one: emitted(one, "conversation:leave", first=1, last=1),
    "POST /api/conversations/<conversation>/open": open_anew,
    "POST /api/conversations/<conversation>/leave": conversation("POST", "leave", {"first": 1, "last": 1}),
}
"""How to knock at each door with a request that is good but for who sends it, in this order: what ends a lease last."""


@contextmanager
def in_front_of_a_server(url: str, people: Cast, folder: Path) -> Iterator[tuple[Cast, Connect]]:
    """The cast at a server process, and its live connections, which end with it."""
    house = a_house(url, str(folder))
    moved = people.moved_to(house)
    clock, listeners = FileHandClock(folder / "clock", moved.house.clock), list[Listener]()
    given = {"DEMO": "1", "CLOCK_FILE": str(folder / "clock")}
    shared = {"SECRET_KEY": house.settings.secret_key, "BASE_URL": house.settings.base_url}
    with BetweenServer(folder / "server", url, given | shared) as server:
        remote: House = RemoteHouse(house.app, clock, house.settings, here=server.here)

        def connect(person: Any) -> Listener:
            listeners.append(Listener(server.here, person))
            return listeners[-1]

        yield moved.moved_to(remote), connect
        for listener in listeners:
            listener.close()
    house.database.dispose()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cast, Connect]]:
    """One server for all states: each has a patient of its own."""
    template, people = request.getfixturevalue(f"_{request.param}_with_cast")
    folder = tmp_path_factory.mktemp("states")
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(template, folder / 'between.db')}"
    else:
        url = request.getfixturevalue("postgres").create_database(template)
    with in_front_of_a_server(url, people, folder) as standing:
        yield standing


def test_every_door_to_a_patient_is_decided_and_can_be_knocked_at(stage: tuple[Cast, Connect]) -> None:
    declared = set()
    for door in declared_doors(stage[0].house.app):
        names = {f"{method} {door.rule}" for method in door.methods} or {f"event {door.name}"}
        declared |= {name for name in names if "<conversation>" in name or "<patient>" in name or name[:6] == "event "}
    assert declared - SHELLS <= {row.door for row in stated()}
    assert [row.door for row in stated()] == list(DOORS)


@pytest.mark.parametrize("state", STATES)
def test_each_state_opens_exactly_the_stated_doors(stage: tuple[Cast, Connect], state: str) -> None:
    grantee = a_grantee(*stage, state)
    expected = {row.door: row.outcomes[STATES.index(state)] for row in stated()}
    assert {door: knock(grantee) for door, knock in DOORS.items()} == expected
