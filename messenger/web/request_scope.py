"""One transaction for each request, begun when first needed, committed in one place before the answer leaves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from config import Settings
from messenger import events
from messenger.clock import Clock
from messenger.db import Database
from messenger.errors import BetweenError
from messenger.web.guards import door_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
EXTENSION = "between"


@dataclass(frozen=True)
class Scope:
    """What the composition root hands to every request and every room's sockets."""

    settings: Settings
    database: Database
    clock: Clock


def scope() -> Scope:
    """The scope of the running application."""
    found: Scope = current_app.extensions[EXTENSION]
    return found


def db_session() -> Session:
    """This request's session. A GET gets one that cannot write, unless its guard says `records=True`."""
    if "db_session" not in g:
        writes = request.method not in SAFE or (
            request.endpoint is not None and door_of(current_app, request.endpoint).records
        )
        database = scope().database
        g.db_session = database.session() if writes else database.reading_session()
    session: Session = g.db_session
    return session


def now() -> datetime:
    """The instant of this request: one value from its first look at the clock to its last."""
    if "now" not in g:
        g.now = scope().clock.now()
    instant: datetime = g.now
    return instant


class OneCommit(Flask):
    """A Flask whose dispatch ends the request's transaction.

    An answer below 400 commits; an error rolls back, unless it says that it is recorded (a count of tries, a refused
    entry in the access log). A commit that fails is an error of the request like any other: nothing was acknowledged.
    """

    def dispatch_request(self) -> Response:
        """Run the view, then commit or roll back; after-commit subscribers run before this returns."""
        try:
            answer = self.make_response(super().dispatch_request())
        except BetweenError as error:
            _end(events.commit if error.recorded else events.forget)
            raise
        except BaseException:
            _end(events.forget)
            raise
        _end(events.commit if answer.status_code < 400 else events.forget)
        return answer


def _end(how: Callable[[Session], None]) -> None:
    session: Session | None = g.pop("db_session", None)
    if session is None:
        return
    try:
        how(session)
    finally:
        session.close()


@contextmanager
def unit_of_event() -> Iterator[None]:
    """The same one transaction for a socket event, within an application context."""
    g.db_session = scope().database.session()
    try:
        yield
    except BetweenError as error:
        _end(events.commit if error.recorded else events.forget)
        raise
    except BaseException:
        _end(events.forget)
        raise
    _end(events.commit)


def close_left_open(_error: BaseException | None) -> None:
    """Roll back what a before-request step began and no view ended; registered as the app's teardown."""
    _end(events.forget)


def install(app: OneCommit, held: Scope) -> None:
    """Give the application its scope."""
    app.extensions[EXTENSION] = held
    app.teardown_request(close_left_open)
