"""What the log shows of itself: checkpoints and tiles to anybody, proofs and entries to those whom they concern."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from messenger.audit import placed_store, service, store
from messenger.audit.actions import Action
from messenger.audit.errors import LogUnknown, NotInTheLog
from messenger.audit.service import AuditEvent
from messenger.audit.store import StoredNodes
from messenger.errors import Invalid, NotFound, Refused
from messenger.merkle.errors import TileError, TreeRangeError
from messenger.merkle.tiles import EntryBundle, Tile, read_tile, write_bundle
from messenger.merkle.tree import consistency_proof, inclusion_proof
from messenger.roles import Role

LOG_READERS = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE})
"""Who may read every entry of the clinic's log."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks for entries: an account, its role and its clinic."""

    account: str
    role: Role
    clinic: str


@dataclass(frozen=True, slots=True)
class Consistency:
    """The newest signed checkpoint, and the proof that `from` is a prefix of `to`."""

    checkpoint: str
    proof: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An entry with the proof that the checkpoint's tree holds its frame at `index`."""

    index: int
    frame: bytes
    body: bytes
    proof: Sequence[bytes]
    checkpoint: str


def newest_checkpoint(session: Session, clinic: str) -> str:
    """The newest signed checkpoint, a C2SP note.

    Raises LogUnknown where the clinic has no log, or none that was signed yet.
    """
    checkpoint = store.find_checkpoint(session, clinic)
    if checkpoint is None:
        raise LogUnknown(clinic)
    return checkpoint.note


def prove_consistency(session: Session, clinic: str, old_size: int, new_size: int) -> Consistency:
    """Prove that the log's first `old_size` entries are the same in its first `new_size`.

    Raises LogUnknown, and Invalid (`no_such_tree`) for sizes that the log has not had.
    """
    checkpoint = store.find_checkpoint(session, clinic)
    if checkpoint is None:
        raise LogUnknown(clinic)
    if new_size > checkpoint.size:
        raise _no_such_tree()
    try:
        proof = consistency_proof(StoredNodes(session, clinic), old_size, new_size)
    except TreeRangeError as refused:
        raise _no_such_tree() from refused
    return Consistency(checkpoint.note, proof)


def prove_inclusion(session: Session, reader: Reader, event: str) -> Inclusion:
    """Prove that an entry stands in the log, to whom it concerns: its actor, its subject, or a reader of the log; to
    custodians a request for emergency access.

    Raises NotFound for an entry that is not theirs to see, NotInTheLog while the sequencer has not placed it.
    """
    body = store.find_body(session, event)
    concerned = body is not None and (
        reader.account in {body.actor, body.subject}
        or (reader.clinic == body.clinic and _reads(reader.role, body.action))
    )
    if body is None or not concerned:
        raise NotFound
    frame, checkpoint = store.find_frame(session, event), store.find_checkpoint(session, body.clinic)
    if frame is None or checkpoint is None:
        raise NotInTheLog
    proof = inclusion_proof(StoredNodes(session, body.clinic), frame.index, checkpoint.size)
    return Inclusion(frame.index, frame.encode(), body.body.encode("ascii"), proof, checkpoint.note)


def prove_decisions(
    session: Session, clinic: str, subject: str, actions: Collection[Action]
) -> tuple[str, list[Inclusion]] | None:
    """The newest checkpoint, and each of the subject's entries with one of these actions proved under it, in the log's
    order; None where nothing has been signed yet. The caller has seen to it that they may be shown.
    """
    checkpoint = store.find_checkpoint(session, clinic)
    if checkpoint is None:
        return None
    nodes = StoredNodes(session, clinic)
    placed = placed_store.list_placed(session, clinic, subject, [action.value for action in actions], checkpoint.size)
    return checkpoint.note, [
        Inclusion(
            frame.index,
            frame.encode(),
            body,
            inclusion_proof(nodes, frame.index, checkpoint.size),
            checkpoint.note,
        )
        for frame, body in placed
    ]


def read_hash_tile(session: Session, clinic: str, path: str) -> tuple[Tile, bytes]:
    """A tile of node hashes (C2SP tlog-tiles), by its path below the log's address.

    Raises NotFound for a path that is none, or of a tile that the signed tree does not have.
    """
    try:
        tile = Tile.parse(path)
        return tile, read_tile(StoredNodes(session, clinic), tile, _signed_size(session, clinic))
    except TileError as refused:
        raise NotFound from refused


def read_entries(session: Session, reader: Reader, clinic: str, path: str, at: datetime) -> bytes:
    """A bundle of frames (C2SP tlog-tiles), itself recorded as a look at the log.

    Raises Refused for who may not read the log, NotFound for another clinic's or for a bundle that there is not.
    """
    if reader.clinic != clinic:
        raise NotFound
    if reader.role not in LOG_READERS:
        raise Refused("role_not_allowed", "Your role does not allow this.")
    try:
        bundle = EntryBundle.parse(path)
    except TileError as refused:
        raise NotFound from refused
    if not bundle.is_in(_signed_size(session, clinic)):
        raise NotFound
    look = AuditEvent(clinic=clinic, actor=reader.account, action=Action.LOG_READ, subject=clinic, time=at)
    service.record(session, look)
    return write_bundle([frame.encode() for frame in store.list_frames(session, clinic, bundle.first, bundle.width)])


def _reads(role: Role, action: str) -> bool:
    """Custodians release nothing before they have seen the request in the log."""
    return role in LOG_READERS or (role is Role.CUSTODIAN and action == Action.EMERGENCY_REQUESTED)


def _signed_size(session: Session, clinic: str) -> int:
    checkpoint = store.find_checkpoint(session, clinic)
    return 0 if checkpoint is None else checkpoint.size


def _no_such_tree() -> Invalid:
    return Invalid("no_such_tree", "The log has not had a tree of this size.")
