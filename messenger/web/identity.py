"""Who is calling. The composition root injects how a request or a socket is recognised; this layer knows no account."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Request, Response, g
from flask.sessions import NullSession, SessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user

from messenger.roles import Role


@dataclass(frozen=True, slots=True)
class Identity:
    """The signed-in caller, as the session in the database says."""

    account: str
    role: Role
    clinic: str
    session: str
    device: str
    language: str


class NoCookieSessions(SessionInterface):
    """Flask's own session, switched off: what a signed cookie holds survives sign-out, so sessions are rows instead."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """One that can be read and is empty; writing to it raises."""
        del app, request
        return NullSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to save."""


RecogniseRequest = Callable[[Request], Identity | None]


class _SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login publishes no types
    def __init__(self, identity: Identity) -> None:
        self.identity = identity

    def get_id(self) -> str:
        return self.identity.session


def login_manager(recognise: RecogniseRequest) -> LoginManager:
    """A Flask-Login that asks `recognise` at each request and keeps nothing in a cookie of its own."""
    manager = LoginManager()
    manager.session_protection = None

    def load(request: Request) -> _SignedIn | None:
        identity = recognise(request)
        return None if identity is None else _SignedIn(identity)

    manager.request_loader(load)
    return manager


def find_identity() -> Identity | None:
    """The caller of this request, or None when nobody is signed in."""
    if "identity" not in g:
        user = current_user._get_current_object()  # noqa: SLF001 (the way werkzeug names the object behind a proxy)
        g.identity = user.identity if isinstance(user, _SignedIn) else None
    identity: Identity | None = g.identity
    return identity


def caller() -> Identity:
    """The caller behind a guard that lets only signed-in people through."""
    identity = find_identity()
    if identity is None:
        raise LookupError("an endpoint whose guard is `anyone` has no caller")
    return identity
