"""No door without a guard: neither an endpoint nor a socket event."""

import ast
from pathlib import Path

import pytest
from flask import Blueprint, Flask

from config import Settings
from messenger import health
from messenger.app import create_app, declared_doors
from messenger.roles import CARE_STAFF, STAFF, Role
from messenger.web.guards import Guard, GuardMissing, declared_routes
from tests.house.source import relative, server_modules, syntax_of, text_of


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(Settings.from_env({"DATA_DIR": str(tmp_path), "DEMO": "1"}))


def test_every_endpoint_and_every_socket_event_declares_its_guard(app: Flask) -> None:
    doors = declared_doors(app)
    assert {door.name for door in doors if door.kind == "route"} == set(app.view_functions)
    assert all(isinstance(door.guard, Guard) for door in doors)


def test_the_application_refuses_to_be_built_with_an_endpoint_without_a_guard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Blueprint("forgetful", __name__)
    room.add_url_rule("/open", "open", lambda: "anything")
    monkeypatch.setattr(health, "blueprint", lambda *_: room)
    with pytest.raises(GuardMissing, match=r"forgetful\.open"):
        create_app(Settings.from_env({"DATA_DIR": str(tmp_path), "DEMO": "1"}))


def test_the_application_refuses_to_list_an_endpoint_without_a_guard(app: Flask) -> None:
    app.add_url_rule("/open", "open", lambda: "anything")
    with pytest.raises(GuardMissing, match="open"):
        declared_routes(app)


def test_an_endpoint_without_a_guard_is_not_served_either(app: Flask) -> None:
    app.add_url_rule("/open", "open", lambda: "anything")
    assert app.test_client().get("/open").status_code == 500


def test_socket_events_are_registered_through_the_guard_table_alone() -> None:
    found = [
        f"{relative(file)}:{node.lineno}"
        for name, file in server_modules().items()
        if name != "messenger.web.sockets"
        for node in ast.walk(syntax_of(file))
        if isinstance(node, ast.Attribute)
        and node.attr in {"on", "event", "on_event", "on_namespace"}
        and isinstance(node.value, ast.Attribute | ast.Name)
        and "socketio" in ast.dump(node.value)
        and "headless" not in name
    ]
    assert not found


@pytest.mark.parametrize(
    ("guard", "passes"),
    [
        (Guard.ANYONE, {None, *Role}),
        (Guard.SIGNED_IN, set(Role)),
        (Guard.STAFF, set(STAFF)),
        (Guard.CARE_STAFF, set(CARE_STAFF)),
        (Guard.PATIENT, {Role.PATIENT}),
        (Guard.ADMINISTRATOR, {Role.ADMINISTRATOR}),
        (Guard.COMPLIANCE, {Role.COMPLIANCE}),
    ],
)
def test_a_guard_lets_exactly_its_roles_pass(guard: Guard, passes: set[Role | None]) -> None:
    assert {role for role in (None, *Role) if guard.allows(role)} == passes


def test_no_guard_is_left_out_of_the_test_above() -> None:
    assert len(Guard) == 7


def test_sockets_are_told_on_every_node_and_never_on_one_alone() -> None:
    files = {module: file for module, file in server_modules().items() if module.rsplit(".", 1)[-1] == "sockets"}
    assert len(files) > 3
    assert not [module for module, file in files.items() if ".after_commit(" in text_of(file)]
