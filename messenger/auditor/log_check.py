"""Entries, places, tree and checkpoints of one clinic's log, from the first leaf on, in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from messenger.auditor.entry_check import COLUMNS, check_entry
from messenger.auditor.findings import Finding
from messenger.auditor.said import Sayings
from messenger.auditor.tables import BODIES, CHECKPOINTS, FRAMES, NODES, QUEUE
from messenger.merkle.checkpoint import Checkpoint, open_checkpoint
from messenger.merkle.errors import MerkleError, OriginError, SignatureError
from messenger.merkle.note import VerifierKey
from messenger.merkle.tree import EMPTY_FRONTIER, Frontier, Node, NodeId, leaf_hash
from messenger.protocol.access_log import Frame

BATCH: Final = 2_000

_ENTRY: Final = (
    select(
        FRAMES.c.index.label("place"),  # a row is a tuple, and `index` is a method of tuples
        FRAMES.c.event,
        FRAMES.c.subject,
        FRAMES.c.sequence,
        FRAMES.c.previous,
        FRAMES.c.body_hash,
        FRAMES.c.hash,
        *COLUMNS,
    )
    .select_from(FRAMES.outerjoin(BODIES, FRAMES.c.event == BODIES.c.event))
    .order_by(FRAMES.c.index)
    .limit(BATCH)
)


@dataclass(frozen=True, slots=True)
class _Stored:
    """A checkpoint row: the checkpoint, or why it is none."""

    size: int
    checkpoint: Checkpoint | None
    code: str = ""


@dataclass
class LogCheck:
    """Walks one log. Afterwards `frontier` is the tree that the entries add up to."""

    connection: Connection
    clinic: str
    log_key: VerifierKey
    sayings: Sayings
    frontier: Frontier = EMPTY_FRONTIER
    watched: dict[int, bytes | None] = field(default_factory=dict)
    """Sizes that the caller wants to know the root at; filled in on the way."""
    _heads: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong with the log itself."""
        checkpoints = self._checkpoints()
        pending = next(checkpoints, None)
        signed = 0
        while batch := self._read_batch():
            rows = [row for place, row in enumerate(batch, self.frontier.size) if row.place == place]
            for row in rows:
                yield from self._check_entry(row)
            hashes = [leaf_hash(_frame(row).encode()) for row in rows]
            self._watch(hashes)
            while pending is not None and pending.size <= self.frontier.size + len(hashes):
                yield from _compare(pending, self._root_at(pending.size, hashes))
                signed = max(signed, pending.size)
                pending = next(checkpoints, None)
            growth = self.frontier.append(hashes)
            yield from self._check_nodes(growth.nodes)
            self.frontier = growth.frontier
            if len(rows) < len(batch):
                yield Finding("index_gap", self.frontier.size)
                break  # what follows a gap would be found wrong at every place
        if pending is not None:
            yield Finding("tree_shrunk", pending.size)
        elif signed < self.frontier.size:
            yield Finding("checkpoint_missing", signed)
        yield from self._never_sequenced()

    def _root_at(self, size: int, hashes: Sequence[bytes]) -> bytes:
        return self.frontier.append(hashes[: size - self.frontier.size]).frontier.root()

    def _watch(self, hashes: Sequence[bytes]) -> None:
        for size, root in self.watched.items():
            if root is None and self.frontier.size <= size <= self.frontier.size + len(hashes):
                self.watched[size] = self._root_at(size, hashes)

    def _read_batch(self) -> list[Row[Any]]:
        first = self.frontier.size
        return list(self.connection.execute(_ENTRY.where(FRAMES.c.clinic == self.clinic, FRAMES.c.index >= first)))

    def _check_entry(self, row: Row[Any]) -> Iterator[Finding]:
        frame = _frame(row)
        head = self._heads.get(frame.subject)
        expected = (head[0] + 1, head[1]) if head else (0, None)
        if (frame.sequence, frame.previous) != expected:
            yield Finding("chain_broken", frame.index, frame.subject)
        if row.hash != frame.hash:
            yield Finding("frame_changed", frame.index)
        self._heads[frame.subject] = (frame.sequence, frame.hash)
        yield from check_entry(row, frame.index, self.sayings)

    def _check_nodes(self, nodes: Sequence[Node]) -> Iterator[Finding]:
        for level in sorted({node.id.level for node in nodes}):
            computed = {node.id: node.hash for node in nodes if node.id.level == level}
            first, last = min(computed).index, max(computed).index
            stored = {
                NodeId(level, place): value
                for place, value in self.connection.execute(
                    select(NODES.c.index, NODES.c.hash).where(
                        NODES.c.clinic == self.clinic, NODES.c.level == level, NODES.c.index.between(first, last)
                    )
                )
            }
            for node, value in computed.items():
                if stored.get(node) != value:
                    leaf = node.index << level
                    yield Finding("node_changed" if node in stored else "node_missing", leaf, f"level {level}")

    def _checkpoints(self) -> Iterator[_Stored]:
        last = -1
        while rows := self.connection.execute(
            select(CHECKPOINTS.c.size, CHECKPOINTS.c.note)
            .where(CHECKPOINTS.c.clinic == self.clinic, CHECKPOINTS.c.size > last)
            .order_by(CHECKPOINTS.c.size)
            .limit(BATCH)
        ).all():
            yield from (self._open(row.size, row.note) for row in rows)
            last = rows[-1].size

    def _open(self, size: int, note: str) -> _Stored:
        try:
            checkpoint = open_checkpoint(note.encode(), self.log_key).checkpoint
        except MerkleError as refused:
            return _Stored(size, None, code_of(refused))
        return _Stored(size, checkpoint) if checkpoint.size == size else _Stored(size, None, "checkpoint_malformed")

    def _never_sequenced(self) -> Iterator[Finding]:
        # Counted first: the list is asked for only where something is wrong, and costs a walk over every entry.
        counts = [
            self.connection.scalar(select(func.count()).select_from(kind)) or 0 for kind in (BODIES, FRAMES, QUEUE)
        ]
        if counts[0] == counts[1] + counts[2]:
            return
        placed = select(FRAMES.c.event).where(FRAMES.c.event == BODIES.c.event).exists()
        waiting = select(QUEUE.c.event).where(QUEUE.c.event == BODIES.c.event).exists()
        lost = select(BODIES.c.event).where(BODIES.c.clinic == self.clinic, ~placed, ~waiting)
        for event in self.connection.scalars(lost):
            yield Finding("entry_never_sequenced", about=event)


def code_of(refused: MerkleError) -> str:
    """The finding for a checkpoint that cannot be opened."""
    if isinstance(refused, OriginError):
        return "wrong_origin"
    return "checkpoint_signature" if isinstance(refused, SignatureError) else "checkpoint_malformed"


def _compare(stored: _Stored, root: bytes) -> Iterator[Finding]:
    if stored.checkpoint is None:
        yield Finding(stored.code, stored.size)
    elif stored.checkpoint.root != root:
        yield Finding("checkpoint_root", stored.size)


def _frame(row: Row[Any]) -> Frame:
    return Frame(row.place, row.subject, row.sequence, row.previous, row.body_hash)
