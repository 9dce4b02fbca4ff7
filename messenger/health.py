"""Whether the process lives, and whether it can do its work."""

import os
import tempfile
from collections.abc import Callable

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from messenger import schema
from messenger.web.guards import Guard, guard
from messenger.web.request_scope import Scope

FREE_BYTES = 16 * 1024 * 1024
"""Below this much free space nothing is promised to be kept."""

Check = Callable[[Scope], bool]


def blueprint(scope: Scope, further: dict[str, Check] | None = None) -> Blueprint:
    """`/healthz` and `/readyz`; rooms add checks of their own by name."""
    door = Blueprint("health", __name__)
    checks: dict[str, Check] = {"database": _database, "migrations": _migrations, **(further or {}), "disk": _disk}

    @door.get("/healthz")
    @guard(Guard.ANYONE)
    def alive() -> Response:
        return jsonify(ok=True)

    @door.get("/readyz")
    @guard(Guard.ANYONE)
    def ready() -> tuple[Response, int]:
        failing = [name for name, check in checks.items() if not _holds(check, scope)]
        return (jsonify(failing=failing), 503) if failing else (jsonify(ok=True), 200)

    return door


def _holds(check: Check, scope: Scope) -> bool:
    try:
        return check(scope)
    except Exception:  # noqa: BLE001 (a check that cannot be made has failed, whatever the reason)
        return False


def _database(scope: Scope) -> bool:
    with scope.database.reading_session() as session:
        session.execute(text("SELECT 1"))
    return True


def _migrations(scope: Scope) -> bool:
    with scope.database.reader.connect() as connection:
        return schema.is_current(connection)


def _disk(scope: Scope) -> bool:
    folder = scope.settings.data_dir
    state = os.statvfs(folder)
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(b"0" * 4096)
        probe.flush()
    return state.f_bavail * state.f_frsize > FREE_BYTES
