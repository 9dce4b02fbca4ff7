"""A room of the tests' own: a few doors, a row that counts, and callers who say in a header who they are."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Blueprint, Request, Response, jsonify
from sqlalchemy import text

from config import Settings
from messenger import events
from messenger.db import Database
from messenger.errors import Conflict, Refused
from messenger.roles import Role
from messenger.web.application import new_application
from messenger.web.body import json_members
from messenger.web.guards import Guard, guard
from messenger.web.identity import Identity, caller
from messenger.web.limits import Limit, spend_try
from messenger.web.request_scope import OneCommit, Scope, db_session, now, scope

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
IDENTITY = Identity(
    account="acc_" + "0" * 32,
    role=Role.PATIENT,
    clinic="cln_" + "0" * 32,
    session="ses_" + "0" * 32,
    device="dev_" + "0" * 32,
    language="en",
)


@dataclass(frozen=True)
class Written:
    """Published with each row."""

    subject: str


class RecordedRefusal(Refused):
    """A refusal whose traces stay."""

    recorded = True


@dataclass
class SteadyClock:
    """A clock that moves when it is told to."""

    instant: datetime = NOON

    def now(self) -> datetime:
        return self.instant


def identity_in_header(request: Request) -> Identity | None:
    """`X-Role: nurse` makes the caller a nurse; without it nobody is signed in."""
    role = request.headers.get("X-Role")
    return replace(IDENTITY, role=Role(role)) if role else None


def write_row(subject: str) -> None:
    session = db_session()
    session.execute(text("INSERT INTO try_counts VALUES (:subject, '2026-03-11 12:00:00', 1)"), {"subject": subject})
    events.publish(session, Written(subject))


def rows(database: Database) -> list[str]:
    with database.reading_session() as session:
        return list(session.execute(text("SELECT subject FROM try_counts ORDER BY subject")).scalars())


def probe_blueprint(limit: Limit) -> Blueprint:  # noqa: C901 (one short view for each thing that can happen)
    # Long: one short view for each thing that can happen to a request.
    door = Blueprint("probe", __name__)

    for each in Guard:

        def admitted() -> Response:
            return jsonify(ok=True)

        door.add_url_rule(f"/api/for/{each}", f"for_{each}", guard(each)(admitted))

    @door.post("/api/rows/<subject>")
    @guard(Guard.ANYONE)
    def write(subject: str) -> Response:
        write_row(subject)
        return jsonify(ok=True)

    @door.post("/api/rows/<subject>/then-conflict")
    @guard(Guard.ANYONE)
    def write_then_conflict(subject: str) -> Response:
        write_row(subject)
        raise Conflict("chain_moved", "Somebody else came first.")

    @door.post("/api/rows/<subject>/then-recorded-refusal")
    @guard(Guard.ANYONE)
    def write_then_recorded_refusal(subject: str) -> Response:
        write_row(subject)
        raise RecordedRefusal("role_not_allowed", "Your role does not allow this.")

    @door.post("/api/rows/<subject>/then-fault")
    @guard(Guard.ANYONE)
    def write_then_fault(subject: str) -> Response:
        write_row(subject)
        raise ZeroDivisionError("a message with Margaret Hale in it")

    @door.get("/api/rows/<subject>/by-get")
    @guard(Guard.ANYONE)
    def write_by_get(subject: str) -> Response:
        write_row(subject)
        return jsonify(ok=True)

    @door.get("/api/rows/<subject>/by-recording-get")
    @guard(Guard.ANYONE, records=True)
    def write_by_recording_get(subject: str) -> Response:
        write_row(subject)
        return jsonify(ok=True)

    @door.post("/api/name")
    @guard(Guard.ANYONE)
    def take_name() -> Response:
        members = json_members()
        name = members.text("name", longest=20)
        members.close()
        return jsonify(name=name)

    @door.post("/api/tries/<subject>")
    @guard(Guard.ANYONE)
    def spend(subject: str) -> Response:
        spend_try(db_session(), limit, subject, now(), scope().settings.secret_key)
        return jsonify(ok=True)

    @door.get("/api/me")
    @guard(Guard.SIGNED_IN)
    def me() -> Response:
        return jsonify(account=caller().account, role=caller().role)

    return door


def probe_application(settings: Settings, database: Database, clock: SteadyClock, limit: Limit) -> OneCommit:
    """The application with the probe room in it."""
    app = new_application(Scope(settings, database, clock), identity_in_header)
    app.register_blueprint(probe_blueprint(limit))
    return app
