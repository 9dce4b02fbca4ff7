"""Who may import whom: the table of docs/architecture.md."""

from collections.abc import Iterator

import pytest

from tests.house.source import Import, imports, server_modules

LAYERS = (
    ("foundation",),
    ("merkle", "protocol", "clocks"),
    ("interchange",),
    ("web",),
    ("audit",),
    ("chains",),
    ("accounts",),
    ("teams",),
    ("consent",),
    ("conversations",),
    ("inbox", "emergency"),
    ("auditor",),
    ("compliance", "notifications"),
    ("top",),
)
"""From bottom to top; a room imports only downward."""

TOP = {
    *("__main__", "announcer", "app", "between_nodes", "cli", "demo", "gunicorn_settings", "health", "jobs", "nodes"),
    *("own_postgres", "own_process", "own_redis", "seeding", "serving", "worker"),
}
"""Modules that put the rooms together. Every other module directly under messenger/ is foundation."""

PURE_ROOMS = {"merkle", "protocol", "clocks", "interchange"}
PURE_LIBRARIES = {"argon2", "cryptography", "nacl", "pyshamir"}
WEB_FRAMEWORK = {"flask", "flask_login", "flask_socketio", "socketio", "werkzeug"}
NETWORK = {"requests", "socketio", "websocket", "click"}
STORAGE = ("models", "store")


def room_of(module: str) -> str:
    parts = module.split(".")
    if parts[0] in {"config", "wsgi"}:
        return "foundation" if parts[0] == "config" else "top"
    if len(parts) == 1:
        return "foundation"
    if module in server_modules() and server_modules()[module].parent.name == "messenger":
        return "top" if parts[1] in TOP else "foundation"
    return parts[1]


def role_of(module: str) -> str:
    last = module.rsplit(".", 1)[-1]
    for role in ("models", "store", "routes", "sockets", "commands"):
        if last == role or last.endswith(f"_{role}") or last == role.removesuffix("s"):
            return role
    return "service"


def layer_of(room: str) -> int:
    return next(height for height, rooms in enumerate(LAYERS) if room in rooms)


def ours() -> Iterator[Import]:
    return (one for one in imports() if one.imported in server_modules())


def library_of(one: Import) -> str:
    return one.imported.split(".")[0]


def told(broken: list[Import]) -> str:
    return "\n".join(f"{one.importer} line {one.line} imports {one.imported}" for one in broken)


def test_every_room_has_its_place_in_the_table() -> None:
    known = {room for rooms in LAYERS for room in rooms} | {"headless"}
    assert {room_of(module) for module in server_modules()} <= known


def test_a_room_imports_only_downward() -> None:
    broken = [
        one
        for one in ours()
        if "headless" not in {room_of(one.importer), room_of(one.imported)}
        and room_of(one.importer) != room_of(one.imported)
        and layer_of(room_of(one.importer)) <= layer_of(room_of(one.imported))
    ]
    assert not broken, told(broken)


def test_there_is_no_import_cycle_function_local_imports_included() -> None:
    graph: dict[str, set[str]] = {}
    for one in ours():
        graph.setdefault(one.importer, set()).add(one.imported)
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"a cycle: {' → '.join([*path[path.index(module) :], module])}"
        if module not in done:
            for imported in sorted(graph.get(module, ())):
                if imported != module:
                    walk(imported, (*path, module))
            done.add(module)

    for module in sorted(graph):
        walk(module, ())


def test_pure_rooms_import_the_standard_library_and_primitives_alone() -> None:
    import sys

    allowed = sys.stdlib_module_names | PURE_LIBRARIES
    broken = [
        one
        for one in imports()
        if room_of(one.importer) in PURE_ROOMS
        and library_of(one) not in allowed
        and not (library_of(one) == "messenger" and room_of(one.imported) == room_of(one.importer))
        and one.imported not in {"messenger", "messenger.merkle", "messenger.protocol"}
    ]
    # protocol states what stands in the log, so it may read merkle's formats, and interchange what both state; never
    # the other way round.
    downward = {("protocol", "merkle"), ("interchange", "merkle"), ("interchange", "protocol")}
    broken = [one for one in broken if (room_of(one.importer), room_of(one.imported)) not in downward]
    assert not broken, told(broken)


def test_models_know_the_foundation_alone() -> None:
    broken = [
        one
        for one in ours()
        if role_of(one.importer) == "models"
        and room_of(one.imported) != "foundation"
        and one.imported != one.importer.rpartition(".")[0]
    ]
    assert not broken, told(broken)


def test_stores_know_neither_services_nor_another_room() -> None:
    allowed_roles = {"models", "store"}
    broken = [
        one
        for one in ours()
        if role_of(one.importer) == "store"
        and room_of(one.imported) not in {"foundation", *PURE_ROOMS}
        and not (room_of(one.imported) == room_of(one.importer) and is_own_ground(one, allowed_roles))
    ]
    assert not broken, told(broken)


def is_own_ground(one: Import, roles: set[str]) -> bool:
    """Within one room: its storage, its errors and its closed lists."""
    last = one.imported.rsplit(".", 1)[-1]
    return role_of(one.imported) in roles or last in {"errors", "actions", room_of(one.importer)}


@pytest.mark.parametrize("role", ["models", "store", "service"])
def test_services_and_what_they_stand_on_never_import_the_web(role: str) -> None:
    rooms = {room for rooms in LAYERS[LAYERS.index(("web",)) + 1 : -1] for room in rooms}
    broken = [
        one
        for one in imports()
        if role_of(one.importer) == role
        and room_of(one.importer) in rooms
        and (library_of(one) in WEB_FRAMEWORK or (library_of(one) == "messenger" and room_of(one.imported) == "web"))
    ]
    assert not broken, told(broken)


def test_nobody_reads_another_rooms_storage() -> None:
    broken = [
        one
        for one in ours()
        if role_of(one.imported) in STORAGE
        and room_of(one.importer) not in {room_of(one.imported), "top"}
        and room_of(one.imported) not in {"foundation", *PURE_ROOMS}
        # Within the top, the composition root collects the tables for the migrations.
    ]
    assert not broken, told(broken)


def test_routes_and_sockets_call_services_and_touch_no_storage() -> None:
    broken = [
        one
        for one in ours()
        if role_of(one.importer) in {"routes", "sockets"}
        and room_of(one.importer) != "web"
        and (role_of(one.imported) in STORAGE or room_of(one.imported) not in allowed_for_routes(one))
    ]
    assert not broken, told(broken)


def allowed_for_routes(one: Import) -> set[str]:
    return {"foundation", "web", *PURE_ROOMS, room_of(one.importer)}


def test_the_headless_client_knows_no_server_room() -> None:
    broken = [
        one
        for one in ours()
        if room_of(one.importer) == "headless" and room_of(one.imported) not in {"headless", *PURE_ROOMS}
        and one.imported not in {"messenger", "messenger.errors", "messenger.roles", "messenger.clock"}
    ]  # fmt: skip
    assert not broken, told(broken)


def test_no_room_imports_the_headless_client() -> None:
    broken = [
        one
        for one in ours()
        if room_of(one.imported) == "headless" and room_of(one.importer) not in {"headless", "top"}
    ]
    assert not broken, told(broken)
