"""Which sockets follow which conversation live, and until when their leases let them."""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from messenger.conversations.caller import Caller

Renewed = Callable[[Caller, str], datetime | None]
"""Until when a caller's session is served a conversation as of now, or None: asked when a lease seems to have ended."""


@dataclass(slots=True)
class _Follower:
    caller: Caller
    until: datetime
    hears: bool = False
    """Whether the running epoch was sealed to the caller, so that what is written goes to this socket."""


class Followers:
    """The live side of leases. A renewal is noticed when it is needed, wherever it was made."""

    def __init__(self, renewed: Renewed) -> None:
        self._renewed = renewed
        self._by_conversation: dict[str, dict[str, _Follower]] = {}
        self._by_socket: dict[str, set[str]] = {}
        self._lock = threading.RLock()

    def add(self, sid: str, caller: Caller, conversation: str, until: datetime) -> None:
        """Let a socket follow a conversation."""
        with self._lock:
            self._by_conversation.setdefault(conversation, {})[sid] = _Follower(caller, until)
            self._by_socket.setdefault(sid, set()).add(conversation)

    def remove(self, sid: str, conversation: str) -> None:
        """Let a socket follow it no longer."""
        with self._lock:
            followers = self._by_conversation.get(conversation, {})
            followers.pop(sid, None)
            if not followers:
                self._by_conversation.pop(conversation, None)
            self._by_socket.get(sid, set()).discard(conversation)

    def remove_session(self, session: str, conversation: str) -> list[str]:
        """Let none of a session's sockets follow it any longer; which did."""
        with self._lock:
            followers = self._by_conversation.get(conversation, {})
            left = [sid for sid, follower in followers.items() if follower.caller.session == session]
            for sid in left:
                self.remove(sid, conversation)
            return left

    def look_again(self, conversation: str, at: datetime) -> dict[str, Caller]:
        """Ask anew for every lease on a conversation, since a consent changed; whose have ended, taken out."""
        with self._lock:
            followers = dict(self._by_conversation.get(conversation, {}))
        return {
            sid: follower.caller
            for sid, follower in followers.items()
            if not self._renews(sid, conversation, follower, at)
        }

    def look_again_at(self, accounts: Collection[str], at: datetime) -> list[tuple[str, str]]:
        """Ask anew for the leases of these accounts; (socket, conversation) of those that have ended, taken out."""
        with self._lock:
            theirs = [
                (sid, conversation, follower)
                for conversation, followers in self._by_conversation.items()
                for sid, follower in followers.items()
                if follower.caller.account in accounts
            ]
        return [(sid, place) for sid, place, follower in theirs if not self._renews(sid, place, follower, at)]

    def waiting(self, conversation: str) -> dict[str, Caller]:
        """The sockets that follow a conversation but hear nothing yet: its running epoch was not sealed to them."""
        with self._lock:
            followers = self._by_conversation.get(conversation, {})
            return {sid: follower.caller for sid, follower in followers.items() if not follower.hears}

    def let_hear(self, sid: str, conversation: str) -> None:
        """Note that what is written goes to this socket."""
        with self._lock:
            follower = self._by_conversation.get(conversation, {}).get(sid)
            if follower is not None:
                follower.hears = True

    def forget(self, sid: str) -> None:
        """The socket is gone."""
        with self._lock:
            for conversation in list(self._by_socket.pop(sid, set())):
                self.remove(sid, conversation)

    def follows(self, sid: str, conversation: str, at: datetime) -> bool:
        """Whether this socket may hear of the conversation now."""
        with self._lock:
            follower = self._by_conversation.get(conversation, {}).get(sid)
        return follower is not None and self._runs(sid, conversation, follower, at)

    def drop_lapsed(self, conversation: str, at: datetime) -> dict[str, Caller]:
        """Take out the sockets whose leases on this conversation have ended; which they were, and whose."""
        with self._lock:
            followers = dict(self._by_conversation.get(conversation, {}))
        return {
            sid: follower.caller
            for sid, follower in followers.items()
            if not self._runs(sid, conversation, follower, at)
        }

    def conversations(self) -> list[str]:
        """The conversations that somebody follows here."""
        with self._lock:
            return list(self._by_conversation)

    def _runs(self, sid: str, conversation: str, follower: _Follower, at: datetime) -> bool:
        return at < follower.until or self._renews(sid, conversation, follower, at)

    def _renews(self, sid: str, conversation: str, follower: _Follower, at: datetime) -> bool:
        until = self._renewed(follower.caller, conversation)
        if until is None or until <= at:
            self.remove(sid, conversation)
            return False
        follower.until = until
        return True
