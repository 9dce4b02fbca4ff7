"""Live connections. Who is behind a socket is found once, when it connects, and looked at again at each event.

Handlers get the identity handed in and need no request context: pushing one for every event costs a fifth of the time.
What leaves goes through `emit`, after the commit, and never on the path of an acknowledgement.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import gevent
from flask import Flask
from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError as Refusal

from config import Settings
from messenger.errors import BetweenError, TooMany, Unauthenticated
from messenger.web.errors import known, localised
from messenger.web.guards import DeclaredDoor, Guard, check
from messenger.web.identity import Identity
from messenger.web.request_scope import unit_of_event
from messenger.web.websocket import CappedQueue, WebSocket

MAX_EVENT_BYTES = 262_144
"""One event; a message of the largest size in base64 is under half of it."""

EVENTS_AT_ONCE = 256
"""Events of one socket that may be in work; more are refused, not queued."""

SOCKETS_PER_SESSION = 20
CONNECT_SECONDS = 10
"""How long a connection may stay without saying who it is."""

Answer = Mapping[str, Any] | None
Handler = Callable[[str, Identity, Any], Answer]
HandlerT = TypeVar("HandlerT", bound=Handler)
Recognise = Callable[[Mapping[str, Any], Any], Identity | None]


class Sockets:
    """The Socket.IO side of the application, with the same guards as its routes."""

    def __init__(self, app: Flask, settings: Settings, recognise: Recognise) -> None:
        self._app = app
        self._recognise = recognise
        self._identities: dict[str, Identity] = {}
        self._in_work: Counter[str] = Counter()
        self._guards: dict[str, Guard] = {}
        self._left: list[Callable[[str, Identity], None]] = []
        self.socketio = SocketIO(
            app,
            async_mode="gevent",
            cors_allowed_origins=[settings.base_url],  # the default would believe X-Forwarded-Host
            http_compression=False,
            manage_session=False,
            max_http_buffer_size=MAX_EVENT_BYTES,
            transports=["websocket"],
        )
        self._server = self.socketio.server
        engine = self._server.eio
        # On this server alone: the driver's table is shared by the whole process.
        engine._async = {**engine._async, "queue": CappedQueue, "websocket": WebSocket}  # noqa: SLF001
        engine.on("connect", self._expect_a_name)
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)

    def hot_event(self, name: str, guard: Guard) -> Callable[[HandlerT], HandlerT]:
        """Register a handler of (sid, identity, data); what it returns is acknowledged together with `ok`.

        It runs in a greenlet of its own, outside any Flask context and any transaction.
        """

        def register(handler: HandlerT) -> HandlerT:
            self._guards[name] = guard

            def run(sid: str, data: Any = None, *_more: Any) -> dict[str, Any]:
                return self._answer(sid, guard, handler, data)

            self._server.on(name, run)
            return handler

        return register

    def socket_event(self, name: str, guard: Guard) -> Callable[[HandlerT], HandlerT]:
        """As `hot_event`, within one transaction that `request_scope.db_session()` hands out."""

        def register(handler: HandlerT) -> HandlerT:
            def run(sid: str, identity: Identity, data: Any) -> Answer:
                with self._app.app_context(), unit_of_event():
                    return handler(sid, identity, data)

            self.hot_event(name, guard)(run)
            return handler

        return register

    def declared_events(self) -> list[DeclaredDoor]:
        """Every event that clients may send, with its guard."""
        return [DeclaredDoor("event", name, (), "", which) for name, which in sorted(self._guards.items())]

    def emit(self, event: str, data: Mapping[str, Any], *, to: str) -> None:
        """Send to one socket or to a room; a client that does not read is cut, never waited for."""
        self._server.emit(event, data, to=to)

    def emit_to_all(self, event: str, data: Mapping[str, Any]) -> None:
        """Send to every socket of this node."""
        self._server.emit(event, data)

    def enter(self, sid: str, room: str) -> None:
        """Let a socket hear what is emitted to a room. Every socket is in `session:…` and `account:…` of its own."""
        self._server.enter_room(sid, room)

    def leave(self, sid: str, room: str) -> None:
        """The opposite of `enter`."""
        self._server.leave_room(sid, room)

    def on_left(self, hear: Callable[[str, Identity], None]) -> None:
        """Be told of each (sid, identity) that is gone."""
        self._left.append(hear)

    def find_identity(self, sid: str) -> Identity | None:
        """Who is behind a socket, or None once it or its session has ended."""
        return self._identities.get(sid)

    def sessions(self) -> frozenset[str]:
        """The sessions that have sockets on this node."""
        return frozenset(identity.session for identity in list(self._identities.values()))

    def end_sessions(self, sessions: Iterable[str], reason: str) -> None:
        """Cut the sockets of ended sessions: at once deaf and dumb, told why, then closed."""
        ended = frozenset(sessions)
        for sid in [sid for sid, identity in self._identities.items() if identity.session in ended]:
            self._forget(sid)
            self._server.emit("session:ended", {"reason": reason}, to=sid)
            gevent.spawn(self._server.disconnect, sid)

    def end_all(self, reason: str) -> None:
        """Cut everybody, because the server stops."""
        self.end_sessions(self.sessions(), reason)

    def _answer(self, sid: str, guard: Guard, handler: Handler, data: Any) -> dict[str, Any]:
        identity = self._identities.get(sid)
        self._in_work[sid] += 1
        try:
            if self._in_work[sid] > EVENTS_AT_ONCE:
                raise TooMany("too_many_at_once", "Too much at once. Wait for the answers first.", retry_after=1)
            check(guard, identity)
            if identity is None:
                raise Unauthenticated("sign_in_needed", "Sign in first.")
            return {"ok": True, **(handler(sid, identity, data) or {})}
        except Exception as error:  # noqa: BLE001 (a socket event has no other place where errors become answers)
            return {"ok": False, "error": described(known(error), identity)}
        finally:
            self._in_work[sid] -= 1
            if self._in_work[sid] <= 0:
                del self._in_work[sid]

    def _connect(self, sid: str, environ: Mapping[str, Any], auth: Any = None) -> None:
        identity = self._recognised(environ, auth)
        if sum(1 for other in self._identities.values() if other.session == identity.session) >= SOCKETS_PER_SESSION:
            raise _refusal({"code": "too_many_at_once", "message": "Too many connections of one session."})
        self._identities[sid] = identity
        self.enter(sid, f"session:{identity.session}")
        self.enter(sid, f"account:{identity.account}")
        # Asked again now that the end of its session finds this socket: one in between must not be missed.
        try:
            self._recognised(environ, auth)
        except Refusal:
            self._forget(sid)
            raise

    def _recognised(self, environ: Mapping[str, Any], auth: Any) -> Identity:
        try:
            identity = self._recognise(environ, auth)
            check(Guard.SIGNED_IN, identity)
            if identity is None:
                raise Unauthenticated("sign_in_needed", "Sign in first.")
        except Exception as error:  # noqa: BLE001 (as in _answer)
            raise _refusal(described(known(error), None)) from None
        return identity

    def _disconnect(self, sid: str, _reason: object = None) -> None:
        self._forget(sid)

    def _forget(self, sid: str) -> None:
        identity = self._identities.pop(sid, None)
        if identity is None:
            return
        for hear in self._left:
            hear(sid, identity)

    def _expect_a_name(self, engine_sid: str, environ: Mapping[str, Any]) -> object:
        gevent.spawn_later(CONNECT_SECONDS, self._close_nameless, engine_sid)
        return self._server._handle_eio_connect(engine_sid, environ)  # noqa: SLF001 (the handler that this one precedes)

    def _close_nameless(self, engine_sid: str) -> None:
        if engine_sid in self._server.eio.sockets and not self._server.manager.sid_from_eio_sid(engine_sid, "/"):
            self._server.eio.disconnect(engine_sid)


def described(error: BetweenError, identity: Identity | None) -> dict[str, str]:
    """The error as an acknowledgement carries it, in the caller's language."""
    return {"code": error.code, "message": localised(error, identity.language if identity else "en")}


def _refusal(error: dict[str, str]) -> Refusal:
    """As Socket.IO hands it to a client: the sentence as the error's message, all of it as the error's `data`."""
    return Refusal(error["message"], error)
