"""Ending a session ends its live connections."""

from messenger.accounts.announcements import SessionsEnded
from messenger.events import Subscribers
from messenger.web.sockets import Sockets


def register(sockets: Sockets, subscribers: Subscribers) -> None:
    """Cut the sockets of sessions that ended, as soon as that is durable."""

    @subscribers.after_commit(SessionsEnded)
    def _cut(ended: SessionsEnded) -> None:
        sockets.end_sessions(ended.sessions, ended.reason.value)
