"""How a lower room tells a higher one that something happened, without knowing it.

A room publishes a small frozen dataclass. `within_transaction` subscribers run at once and join the publisher's
transaction: what they write stands or falls with it. `after_commit` subscribers run once the commit is durable, in the
order of publication; whatever leaves the process (socket events, mail, push) leaves from there and from nowhere else.
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

    def join(self, session: Session, event: object) -> None:
        """Run the subscribers that belong to the transaction. The writer of messages calls it for each of a batch."""
        for function in self._within.get(type(event), ()):
            function(session, event)

    def announce(self, events: Iterable[object]) -> None:
        """Tell the after-commit subscribers. Call it only when the transaction that published them is durable."""
        for event in events:
            for function in self._after.get(type(event), ()):
                try:
                    function(event)
                except Exception:
                    # The change is committed: a subscriber that fails must not turn it into an error for its author.
                    log.exception("after-commit subscriber failed: %s on %s", function, type(event).__name__)


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
