"""A server with live connections and nothing else, loaded by gunicorn: `tests.web.socket_probe:app`.

Whoever connects says in `auth` which role and session they are.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from config import Settings
from messenger import events
from messenger.db import open_database
from messenger.errors import Conflict
from messenger.roles import Role
from messenger.web.application import new_application
from messenger.web.guards import Guard
from messenger.web.identity import Identity
from messenger.web.request_scope import Scope, db_session
from messenger.web.sockets import Sockets
from tests.web.probe_room import IDENTITY, SteadyClock, Written, identity_in_header, rows

settings = Settings.from_env()
database = open_database(settings.database_url, events.Subscribers())
app = new_application(Scope(settings, database, SteadyClock()), identity_in_header)


asked: Counter[str] = Counter()


def who(_environ: Mapping[str, Any], auth: Any) -> Identity | None:
    if not isinstance(auth, dict):
        return None
    asked[auth["session"]] += 1
    if auth["session"] == "ends meanwhile" and asked[auth["session"]] > 1:
        return None
    return replace(IDENTITY, role=Role(auth["role"]), session=auth["session"], language=auth.get("language", "en"))


sockets = Sockets(app, settings, who)
left: list[str] = []
sockets.on_left(lambda _sid, identity: left.append(identity.session))


@sockets.hot_event("echo", Guard.SIGNED_IN)
def echo(_sid: str, identity: Identity, data: Any) -> Mapping[str, Any]:
    return {"said": data, "session": identity.session}


@sockets.hot_event("staff-only", Guard.CARE_STAFF)
def staff_only(_sid: str, _identity: Identity, _data: Any) -> None:
    return None


@sockets.hot_event("fail", Guard.SIGNED_IN)
def fail(_sid: str, _identity: Identity, data: Any) -> None:
    if data == "foreseen":
        raise Conflict("chain_moved", "Somebody else came first.")
    raise ZeroDivisionError("a message with Margaret Hale in it")


@sockets.hot_event("flood", Guard.SIGNED_IN)
def flood(_sid: str, _identity: Identity, data: Any) -> None:
    for number in range(data["events"]):
        sockets.emit("drop", {"number": number, "water": "~" * data["bytes"]}, to=f"session:{data['session']}")


@sockets.hot_event("end", Guard.SIGNED_IN)
def end(_sid: str, _identity: Identity, data: Any) -> None:
    sockets.end_sessions([data], "revoked")


@sockets.hot_event("who-left", Guard.SIGNED_IN)
def who_left(_sid: str, _identity: Identity, _data: Any) -> Mapping[str, Any]:
    return {"left": left}


@sockets.socket_event("write", Guard.SIGNED_IN)
def write(_sid: str, _identity: Identity, data: Any) -> Mapping[str, Any]:
    session = db_session()
    session.execute(text("INSERT INTO try_counts VALUES (:subject, '2026-03-11 12:00:00', 1)"), {"subject": data})
    events.publish(session, Written(data))
    if data == "refused":
        raise Conflict("chain_moved", "Somebody else came first.")
    return {"before": rows(database)}


@sockets.hot_event("rows", Guard.SIGNED_IN)
def list_rows(_sid: str, _identity: Identity, _data: Any) -> Mapping[str, Any]:
    return {"rows": rows(database)}
