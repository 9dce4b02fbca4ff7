"""The sequencer gives committed entries their places: frame, leaf, checkpoint. One at a time for each clinic.

It reads a queue table and takes out exactly what it placed. A watermark over ids would skip the entry of a transaction
that began early and committed late.
"""

import logging
import threading
from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from messenger.audit import store
from messenger.audit.errors import LogInconsistent
from messenger.audit.logs import open_signing_key
from messenger.audit.models import AuditCheckpoint
from messenger.audit.store import ChainHead, StoredNodes, Waiting
from messenger.clock import Clock
from messenger.db import Database
from messenger.errors import BetweenError
from messenger.merkle.checkpoint import Checkpoint, sign_checkpoint
from messenger.merkle.errors import MerkleError
from messenger.merkle.note import SigningKey
from messenger.merkle.tree import EMPTY_FRONTIER, Frontier, leaf_hash, read_frontier
from messenger.protocol.access_log import Frame
from messenger.protocol.encoding import sha256

MOST_AT_ONCE: Final = 1000
"""Entries in one transaction: on SQLite, senders wait while it runs."""

REST_SECONDS: Final = 0.4
"""Between two rounds: under load one checkpoint covers many entries, and still follows well within a second."""

POLL_SECONDS: Final = 0.5
"""How long an entry waits at most when another node recorded it and nobody here was woken."""

log = logging.getLogger(__name__)


class Sequencer:
    """Places what waits in the queues of all clinics; `run` does so until `stop`."""

    def __init__(self, database: Database, clock: Clock, secret: bytes) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret
        self._keys: dict[str, SigningKey] = {}
        self._turn = threading.Lock()
        self._work = threading.Event()
        self._stopped = threading.Event()
        self.failing: frozenset[str] = frozenset()
        """Clinics whose log could not be continued in the last round."""

    def wake(self) -> None:
        """Say that entries were committed."""
        self._work.set()

    def stop(self) -> None:
        """End `run` after its round."""
        self._stopped.set()
        self._work.set()

    def run(self) -> None:
        """Sequence whenever there is work; a failure is logged, shown in `failing` and tried again."""
        while not self._stopped.is_set():
            self._work.wait(POLL_SECONDS)
            self._work.clear()
            try:
                self.sequence()
            except Exception as error:  # noqa: BLE001 (whatever it was, the next round is to come)
                log.error("the access log's queue cannot be read: %s", type(error).__name__)  # noqa: TRY400
            self._stopped.wait(REST_SECONDS)

    def sequence(self) -> int:
        """Place everything that waits; how many entries were placed. A clinic that fails does not hold up the others.

        Raises whatever the database raises when the queue itself cannot be read.
        """
        with self._turn:
            with self._database.reading_session() as session:
                clinics = store.list_clinics_waiting(session)
            placed, failing = 0, set()
            for clinic in clinics:
                try:
                    placed += self._sequence_clinic(clinic)
                except (SQLAlchemyError, BetweenError, MerkleError) as error:
                    # The kind alone: a driver's words may quote the row it was about.
                    log.error("the access log of %s cannot be continued: %s", clinic, type(error).__name__)  # noqa: TRY400
                    failing.add(clinic)
            self.failing = frozenset(failing)
            return placed

    def _sequence_clinic(self, clinic: str) -> int:
        placed = 0
        while True:
            with self._database.unit_of_work() as session:
                if not _is_mine(session, clinic):
                    return placed
                waiting = store.list_waiting(session, clinic, MOST_AT_ONCE)
                if waiting:
                    self._place(session, clinic, waiting)
            placed += len(waiting)
            if len(waiting) < MOST_AT_ONCE:
                return placed

    def _place(self, session: Session, clinic: str, waiting: Sequence[Waiting]) -> None:
        frontier = _signed_frontier(session, clinic)
        frames = _frames(frontier.size, waiting, store.chain_heads(session, clinic, waiting))
        growth = frontier.append([leaf_hash(frame.encode()) for frame in frames])
        store.add_frames(session, clinic, frames, [entry.event for entry in waiting])
        store.add_nodes(session, clinic, growth.nodes)
        store.add_checkpoint(session, self._checkpoint(session, clinic, growth.frontier))
        store.remove_waiting(session, waiting)

    def _checkpoint(self, session: Session, clinic: str, frontier: Frontier) -> AuditCheckpoint:
        if clinic not in self._keys:
            self._keys[clinic] = open_signing_key(session, clinic, self._secret)
        key = self._keys[clinic]
        signed = sign_checkpoint(Checkpoint(key.name, frontier.size, frontier.root()), [key])
        return AuditCheckpoint(
            clinic=clinic,
            size=frontier.size,
            root=frontier.root(),
            note=signed.serialise().decode(),
            signed=self._clock.now(),
        )


def _is_mine(session: Session, clinic: str) -> bool:
    """Whether no other process sequences this clinic; held until the transaction ends.

    SQLite has one process and one writing transaction; PostgreSQL is asked for an advisory lock.
    """
    if session.get_bind().dialect.name == "sqlite":
        return True
    key = int.from_bytes(sha256(b"between/sequencer/" + clinic.encode())[:8], "big", signed=True)
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}))


def _signed_frontier(session: Session, clinic: str) -> Frontier:
    """The stored tree, which must be the one that was signed last: a log that was tampered with is not continued."""
    checkpoint = store.find_checkpoint(session, clinic)
    size = store.tree_size(session, clinic)
    if size != (checkpoint.size if checkpoint else 0):
        raise LogInconsistent(clinic)
    if checkpoint is None:
        return EMPTY_FRONTIER
    frontier = read_frontier(StoredNodes(session, clinic), size)
    if frontier.root() != checkpoint.root:
        raise LogInconsistent(clinic)
    return frontier


def _frames(size: int, waiting: Sequence[Waiting], heads: dict[str, ChainHead]) -> list[Frame]:
    frames: list[Frame] = []
    for index, entry in enumerate(waiting, size):
        head = heads.get(entry.subject)
        frame = Frame(
            index=index,
            subject=entry.subject,
            sequence=head.sequence + 1 if head else 0,
            previous=head.hash if head else None,
            body_hash=entry.body_hash,
        )
        heads[entry.subject] = ChainHead(frame.sequence, frame.hash)
        frames.append(frame)
    return frames
