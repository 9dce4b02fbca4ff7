"""Appending verified statements to their chains, and handing chains out as they were signed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from messenger.audit import service as audit
from messenger.audit.service import AuditEvent
from messenger.chains import store
from messenger.chains.errors import ChainMoved, ClockSkewed
from messenger.chains.models import ChainStatement
from messenger.protocol.encoding import b64u_decode, b64u_encode, parse_time
from messenger.protocol.json_strict import parse_json, write_json
from messenger.protocol.statement import Body, Envelope, Header, Statement

B = TypeVar("B", bound=Body)

CLOCK_TOLERANCE: Final = timedelta(minutes=10)
"""How far a client's clock may be from the server's."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the sequence of its newest statement and that statement's hash, 43 characters."""

    sequence: int
    hash: str


def append(session: Session, statement: Statement[B], event: AuditEvent) -> bytes:
    """Append a statement to the chain its header names and record `event` with its hash, in one transaction.

    The caller has verified the statement against the chain as it stood; compare-and-swap on the head makes that
    still true. The answer is the statement hash, 32 bytes.

    Raises:
        ChainMoved: the head is not the statement's `previous` any more.
        ClockSkewed: it claims another time than the server's, so nothing is dated back or ahead.
    """
    return append_named(session, statement, event)[0]


def append_named(session: Session, statement: Statement[B], event: AuditEvent) -> tuple[bytes, str]:
    """As `append`; the statement hash, and the id of the entry that was recorded."""
    return _append(session, statement, event, write_json(statement.envelope.as_json()))


def append_hash(session: Session, statement: Statement[B], event: AuditEvent) -> bytes:
    """As `append`, and keep of the statement no more than its place and hash: its owner keeps the newest one alone.

    Raises:
        ChainMoved, ClockSkewed: as for `append`.
    """
    return _append(session, statement, event, None)[0]


def check_clock(header: Header, at: datetime) -> None:
    """Refuse a statement whose time is more than ten minutes from the server's.

    Raises:
        ClockSkewed: it is.
    """
    if abs(parse_time(header.time) - at) > CLOCK_TOLERANCE:
        raise ClockSkewed


def head(session: Session, chain: str) -> Head | None:
    """Where the chain ends now, or None if it has not begun."""
    found = store.find_head(session, chain)
    return None if found is None else Head(found.sequence, b64u_encode(found.hash))


def heads(session: Session, chains: Collection[str]) -> dict[str, Head]:
    """Where those of the chains that have begun end now, in one query."""
    return heads_of(store.list_heads(session, chains))


HEADS: Final[Select[Any]] = store.HEADS
"""The heads of `chains`, for who reads them together with other things (`bulk.Reads`); `heads_of` reads its rows."""


def heads_of(rows: Iterable[Sequence[Any]]) -> dict[str, Head]:
    """The heads by chain."""
    return {chain: Head(sequence, b64u_encode(hashed)) for chain, sequence, hashed in rows}


def list_statements(session: Session, chain: str) -> list[Envelope]:
    """The statements of a chain as they were signed, in order; of `append_hash` there are none to hand out."""
    return list_chains(session, [chain])[chain]


def list_statements_after(session: Session, chain: str, place: int) -> list[Envelope]:
    """As `list_statements`, those alone that stand after a place."""
    rows = store.list_statements_after(session, chain, place)
    return [Envelope.parse(parse_json(row.envelope)) for row in rows if row.envelope is not None]


def list_chains(session: Session, chains: Collection[str]) -> dict[str, list[Envelope]]:
    """As `list_statements`, for several chains in one query; a chain that has not begun is empty."""
    found: dict[str, list[Envelope]] = {chain: [] for chain in chains}
    for row in store.list_statements(session, chains):
        if row.envelope is not None:
            found[row.chain].append(Envelope.parse(parse_json(row.envelope)))
    return found


def place_of(session: Session, chain: str, statement_hash: str) -> int | None:
    """The place in this chain of the statement with this hash (43 characters), or None where it does not stand."""
    found = store.find_statement(session, chain, b64u_decode(statement_hash))
    return None if found is None else found.sequence


def _append(session: Session, statement: Statement[B], event: AuditEvent, envelope: bytes | None) -> tuple[bytes, str]:
    header = statement.header
    if header.chain is None or header.sequence is None:
        raise ValueError("a statement that stands alone is appended to no chain")
    check_clock(header, event.time)
    statement_hash = b64u_decode(statement.hash)
    if header.previous is None:
        won = store.begin_chain(session, header.chain, statement_hash)
    else:
        won = store.move_head(session, header.chain, header.sequence, b64u_decode(header.previous), statement_hash)
    if not won:
        raise ChainMoved
    kept = ChainStatement(
        chain=header.chain,
        sequence=header.sequence,
        hash=statement_hash,
        kind=header.kind,
        envelope=envelope,
    )
    store.add_statement(session, kept)
    return statement_hash, audit.record(session, replace(event, statement=statement_hash))
