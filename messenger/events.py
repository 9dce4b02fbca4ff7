"""How a lower room tells a higher one that something happened, without knowing it.

A room publishes a small frozen dataclass. `within_transaction` subscribers run at once and join the publisher's
transaction: what they write stands or falls with it. `after_commit` subscribers run once the commit is durable, in the
order of publication; whatever leaves the process (socket events, mail, push) leaves from there and from nowhere else.
`on_every_node` subscribers do the same, and run on every other web node as well: what touches open sockets is one of
these, because the socket may be anywhere.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

_SUBSCRIBERS = "between.subscribers"
_PUBLISHED = "between.published"

Event = TypeVar("Event")
Within = Callable[[Session, Event], None]
After = Callable[[Event], None]


class Subscribers:
    """Who wants to hear of which event. The composition root fills one and every session carries it."""

    def __init__(self) -> None:
        self._within: dict[type, list[Callable[[Session, Any], None]]] = {}
        self._after: dict[type, list[Callable[[Any], None]]] = {}
        self._everywhere: dict[type, list[Callable[[Any], None]]] = {}
        self._to_others: Callable[[object], None] = _there_are_none

    def within_transaction(self, event_type: type[Event]) -> Callable[[Within[Event]], Within[Event]]:
        """Subscribe a function of (session, event) to the publisher's own transaction; what it raises undoes all."""

        def subscribe(function: Within[Event]) -> Within[Event]:
            self._within.setdefault(event_type, []).append(function)
            return function

        return subscribe

    def after_commit(self, event_type: type[Event]) -> Callable[[After[Event]], After[Event]]:
        """Subscribe a function of (event) to what is durable; what it raises is logged and stops nobody else."""

        def subscribe(function: After[Event]) -> After[Event]:
            self._after.setdefault(event_type, []).append(function)
            return function

        return subscribe

    def on_every_node(self, event_type: type[Event]) -> Callable[[After[Event]], After[Event]]:
        """As `after_commit`, on this node and on every other one that can be reached; there, a little later.

        The composition root states how the event travels (`messenger.between_nodes`).
        """

        def subscribe(function: After[Event]) -> After[Event]:
            self._everywhere.setdefault(event_type, []).append(function)
            return function

        return subscribe

    @property
    def heard_everywhere(self) -> frozenset[type]:
        """The events that `on_every_node` was asked for."""
        return frozenset(self._everywhere)

    def reach_others(self, tell: Callable[[object], None]) -> None:
        """Hand what every node is to hear to `tell` as well, which must neither wait nor raise."""
        self._to_others = tell

    def join(self, session: Session, event: object) -> None:
        """Run the subscribers that belong to the transaction. The writer of messages calls it for each of a batch."""
        for function in self._within.get(type(event), ()):
            function(session, event)

    def announce(self, events: Iterable[object]) -> None:
        """Tell the after-commit subscribers, and the other nodes what every node is to hear.

        Call it only when the transaction that published the events is durable, or for what is never stored.
        """
        for event in events:
            if type(event) in self._everywhere:
                self._to_others(event)
            self._tell(self._after, event)
            self._tell(self._everywhere, event)

    def hear(self, event: object) -> None:
        """Tell this node's `on_every_node` subscribers of what another node announced."""
        self._tell(self._everywhere, event)

    def _tell(self, subscribers: dict[type, list[Callable[[Any], None]]], event: object) -> None:
        for function in subscribers.get(type(event), ()):
            try:
                function(event)
            except Exception:
                # The change is committed: a subscriber that fails must not turn it into an error for its author.
                log.exception("after-commit subscriber failed: %s on %s", function, type(event).__name__)


def _there_are_none(_event: object) -> None:
    """One node has nobody else to tell."""


def carry(session: Session, subscribers: Subscribers) -> Session:
    """Give a session the subscribers that `publish` will find on it."""
    session.info[_SUBSCRIBERS] = subscribers
    return session


def publish(session: Session, event: object) -> None:
    """Tell of a change made in this session's transaction."""
    subscribers = session.info.get(_SUBSCRIBERS)
    if subscribers is not None:
        subscribers.join(session, event)
        session.info.setdefault(_PUBLISHED, []).append(event)


def commit(session: Session) -> None:
    """Commit, then announce what was published. The one place where a request or a job makes its change durable."""
    session.commit()
    published = session.info.pop(_PUBLISHED, [])
    if published:
        session.info[_SUBSCRIBERS].announce(published)


def forget(session: Session) -> None:
    """Roll back and drop what was published with it."""
    session.rollback()
    session.info.pop(_PUBLISHED, None)
