"""The writer: one greenlet that drains a queue and commits all it finds in one transaction.

While one batch commits the next one gathers, and what has reached the process already still joins it. An answer
follows a commit that succeeded. A batch that fails is tried again piece by piece, so that one bad piece fails alone; a
commit that failed in the answer only is found out by the message's id. What leaves the process is put on other queues
by the after-commit subscribers and never holds up an answer.
"""

import logging
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, cast

import gevent
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from messenger.clock import Clock
from messenger.conversations.announcements import ReceiptChanged
from messenger.conversations.batch import commit_batch
from messenger.conversations.caller import Caller
from messenger.conversations.errors import CannotBeStored
from messenger.conversations.known import ConsentCache
from messenger.conversations.sending import Acknowledgement, Answer, PutReceipt, SenderKeys, Work, read_send
from messenger.db import Database
from messenger.errors import BetweenError, Unavailable
from messenger.protocol.json_strict import JsonValue
from messenger.protocol.shape import Members

MOST_AT_ONCE: Final = 256
"""Pieces of work in one transaction."""

GATHER_SECONDS: Final = 0.005
"""How long a batch grows while the loop is busy, twice that at most; with nothing to do it begins at once."""

MOST_WAITING: Final = 8192
"""Pieces of work in the queue; more are turned away at once."""

ANSWER_SECONDS: Final = 30
"""How long an author waits for an answer before being told to try again."""

FAILURES_IN_A_ROW: Final = 3
"""After so many pieces that could not be stored, the rest of a failed batch is not tried either: nothing can be."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    work: Work
    answer: queue.SimpleQueue[Answer] = field(default_factory=queue.SimpleQueue)
    """Holds the answer, once; a future would be three times as dear."""


class Writer:
    """Takes work from any greenlet or thread; `run` stores it until `stop`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._consents = ConsentCache()
        self._keys = SenderKeys(database)
        self._waiting: queue.Queue[_Waiting | None] = queue.Queue(MOST_WAITING)
        self._stopped = threading.Event()

    def post(self, caller: Caller, conversation: str, value: JsonValue) -> Acknowledgement:
        """Store the message in a request's JSON; the acknowledgement comes when it is durable.

        Raises:
            BetweenError, ProtocolError: why it is refused (`read_send`, and what is decided where it is stored).
            CannotBeStored: nobody was told that it is stored, so the same bytes may be sent again.
        """
        return cast("Acknowledgement", self._submit(read_send(caller, conversation, value, self._keys)))

    def put_receipt(self, caller: Caller, conversation: str, members: Members) -> ReceiptChanged:
        """Store how far the caller has received and read, which never goes back; what holds now. Raises as `post`."""
        work = PutReceipt(caller, conversation, members.integer("delivered"), members.integer("read"))
        members.close()
        return cast("ReceiptChanged", self._submit(work))

    def run(self) -> None:
        """Store what is submitted, until `stop`."""
        while not self._stopped.is_set():
            self.store_waiting()
        while not self._waiting.empty():
            left = self._waiting.get()
            if left is not None:
                left.answer.put(CannotBeStored())

    @property
    def waiting(self) -> int:
        """How many pieces of work wait."""
        return self._waiting.qsize()

    def store_waiting(self) -> None:
        """Store what has been submitted, in one transaction if all goes well; waits until there is something."""
        batch = self._drain()
        if batch:
            self._store(batch)

    def stop(self) -> None:
        """End `run` after its batch; who waits still is told to try again."""
        self._stopped.set()
        self._waiting.put(None)

    def _submit(self, work: Work) -> Answer:
        waiting = _Waiting(work)
        try:
            self._waiting.put_nowait(waiting)
            answer = waiting.answer.get(timeout=ANSWER_SECONDS)
        except (queue.Full, queue.Empty):
            raise CannotBeStored from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _drain(self) -> list[_Waiting]:
        found: list[_Waiting | None] = [self._waiting.get()]
        # Who was answered by the batch before is about to send again: the loop turns until nothing more comes of it.
        until, before = time.monotonic() + GATHER_SECONDS, 0
        while before < len(found) < MOST_AT_ONCE and time.monotonic() < until:
            before = len(found)
            # Around the turning alone: nothing that has left the queue may be lost to a timer.
            with gevent.Timeout(GATHER_SECONDS, exception=False):
                gevent.idle()
            self._take(found)
        return [item for item in found if item is not None]

    def _take(self, found: list[_Waiting | None]) -> None:
        while len(found) < MOST_AT_ONCE and not self._waiting.empty():
            found.append(self._waiting.get())

    def _store(self, batch: Sequence[_Waiting]) -> None:
        try:
            answers = commit_batch(self._database, [item.work for item in batch], self._consents, self._clock.now())
        except Exception as error:  # noqa: BLE001 (whatever it was, each piece is now tried by itself and answered)
            log.warning("a batch of %d failed: %s", len(batch), _what(error))
            answers = self._store_each([item.work for item in batch])
        for item, answer in zip(batch, answers, strict=True):
            item.answer.put(answer)

    def _store_each(self, pieces: Sequence[Work]) -> list[Answer]:
        answers: list[Answer] = []
        failures = 0
        for work in pieces:
            answer = CannotBeStored() if failures >= FAILURES_IN_A_ROW else self._store_alone(work)
            failures = failures + 1 if isinstance(answer, CannotBeStored) else 0
            answers.append(answer)
        return answers

    def _store_alone(self, work: Work) -> Answer:
        try:
            return commit_batch(self._database, [work], self._consents, self._clock.now())[0]
        except (SQLAlchemyError, Unavailable) as error:
            log.error("a message or receipt cannot be stored: %s", _what(error))  # noqa: TRY400 (a traceback may quote a row)
            return CannotBeStored()
        except Exception as error:  # noqa: BLE001 (it becomes the answer, and the writer goes on with the next)
            log.error("a message or receipt cannot be decided on: %s", _what(error))  # noqa: TRY400
            return error


def _what(error: Exception) -> str:
    """The kind of an error; its text may quote what was to be stored."""
    if isinstance(error, DBAPIError):
        return type(error.orig).__name__
    return error.code if isinstance(error, BetweenError) else type(error).__name__
