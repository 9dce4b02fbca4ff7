"""Ending a session ends its live connections."""

from messenger.accounts.announcements import SessionsEnded
from messenger.accounts.session_watch import SessionWatch
from messenger.channel import EventsMissed
from messenger.events import Subscribers
from messenger.web.sockets import Sockets


def register(sockets: Sockets, subscribers: Subscribers, watch: SessionWatch) -> None:
    """Cut the sockets of sessions that ended, as soon as that is durable, on whichever node they are."""
    subscribers.on_every_node(EventsMissed)(lambda _missed: watch.look())

    @subscribers.on_every_node(SessionsEnded)
    def _cut(ended: SessionsEnded) -> None:
        sockets.end_sessions(ended.sessions, ended.reason.value)
