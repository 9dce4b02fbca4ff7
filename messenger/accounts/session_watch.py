"""Sockets whose sessions have ended without this node having heard of it."""

import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from messenger.accounts import store
from messenger.accounts.announcements import EndReason
from messenger.accounts.sessions import IDLE_LIMIT, LIFETIME
from messenger.clock import Clock
from messenger.db import Database

LOOK_SECONDS: Final = 5.0
"""How often sockets are held against the database although every end should have been announced."""


class SessionSockets(Protocol):
    """The live connections, as far as this room needs them (`messenger.web.sockets`)."""

    def sessions(self) -> frozenset[str]:
        """The sessions that have sockets on this node."""

    def end_sessions(self, sessions: Iterable[str], reason: str) -> None:
        """Cut the sockets of these sessions."""


class SessionWatch:
    """Asks the database which sessions still run: every few seconds, and at every round while `in_touch` is False."""

    def __init__(self, sockets: SessionSockets, database: Database, clock: Clock, in_touch: Callable[[], bool]) -> None:
        self._sockets = sockets
        self._database = database
        self._clock = clock
        self._in_touch = in_touch
        self._looked = time.monotonic()

    def look_if_due(self) -> None:
        """One round."""
        if not self._in_touch() or time.monotonic() - self._looked >= LOOK_SECONDS:
            self.look()

    def look(self) -> None:
        """Cut the sockets of sessions that do not run."""
        self._looked = time.monotonic()
        held = self._sockets.sessions()
        if not held:
            return
        at = self._clock.now()
        with self._database.reading_session() as session:
            running = store.list_running(session, held, unseen_since=at - IDLE_LIMIT, begun_before=at - LIFETIME)
        self._sockets.end_sessions(held - running, EndReason.REVOKED.value)
