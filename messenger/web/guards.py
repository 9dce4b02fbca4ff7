"""Who may knock at which door. Every endpoint and every socket event names one guard of a closed list.

A guard is the first wall only: it looks at the role. Whether this caller may touch this conversation or that account is
decided by the service.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, request

from messenger.errors import NotFound, Refused, Unauthenticated
from messenger.roles import CARE_STAFF, STAFF, Role
from messenger.web.identity import Identity, find_identity

View = TypeVar("View", bound=Callable[..., Any])

_DECLARED = "__between_door__"


class Guard(StrEnum):
    """The closed list of guards."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    STAFF = "staff"
    CARE_STAFF = "care_staff"
    PATIENT = "patient"
    ADMINISTRATOR = "administrator"
    COMPLIANCE = "compliance"

    def allows(self, role: Role | None) -> bool:
        """Whether somebody of this role (None: nobody is signed in) passes."""
        if self is Guard.ANYONE:
            return True
        return role is not None and role in _PASSES[self]


_PASSES: dict[Guard, frozenset[Role]] = {
    Guard.SIGNED_IN: frozenset(Role),
    Guard.STAFF: STAFF,
    Guard.CARE_STAFF: CARE_STAFF,
    Guard.PATIENT: frozenset({Role.PATIENT}),
    Guard.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
    Guard.COMPLIANCE: frozenset({Role.COMPLIANCE}),
}


@dataclass(frozen=True)
class Door:
    """What one view function declared.

    `records` is for a GET that writes its entry into the access log before it answers; any other GET runs in a
    transaction in which the database itself refuses to write.
    """

    guard: Guard
    records: bool


class GuardMissing(RuntimeError):
    """An endpoint or socket event without a guard: the application refuses to be built."""


def guard(which: Guard, *, records: bool = False) -> Callable[[View], View]:
    """Declare the guard of a view function. It is enforced before the view runs, by `check_request`."""

    def declare(view: View) -> View:
        setattr(view, _DECLARED, Door(which, records))
        return view

    return declare


def door_of(app: Flask, endpoint: str) -> Door:
    """What an endpoint declared.

    Raises:
        GuardMissing: nothing.
    """
    door = getattr(app.view_functions[endpoint], _DECLARED, None)
    if not isinstance(door, Door):
        raise GuardMissing(f"endpoint {endpoint} declares no guard")
    return door


def check_request(app: Flask) -> None:
    """Enforce the guard of the endpoint that this request is for; registered as the app's last before-request step."""
    if request.endpoint is not None:
        check(door_of(app, request.endpoint).guard, find_identity())


def check(which: Guard, identity: Identity | None) -> None:
    """Let the caller pass or refuse.

    Raises:
        Unauthenticated: nobody is signed in.
        Refused: the caller's role is another one.
    """
    if which.allows(identity.role if identity else None):
        return
    if identity is None:
        raise Unauthenticated("sign_in_needed", "Sign in first.")
    raise Refused("role_not_allowed", "Your role does not allow this.")


def may_see_else_not_found(*, allowed: bool) -> None:
    """Refuse without an oracle: what a caller may not see and what does not exist answer alike."""
    if not allowed:
        raise NotFound


@dataclass(frozen=True)
class DeclaredDoor:
    """One line of the table that `python -m messenger routes --json` prints."""

    kind: str
    """`route` or `event`."""
    name: str
    """The endpoint, or the event."""
    methods: tuple[str, ...]
    rule: str
    guard: Guard


def declared_routes(app: Flask) -> list[DeclaredDoor]:
    """Every endpoint with its guard, sorted by rule.

    Raises:
        GuardMissing: the first one that declares none.
    """
    doors = [
        DeclaredDoor(
            "route",
            rule.endpoint,
            tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})),
            rule.rule,
            door_of(app, rule.endpoint).guard,
        )
        for rule in app.url_map.iter_rules()
    ]
    return sorted(doors, key=lambda door: (door.rule, door.methods))
