"""Reads and writes of the chains' tables."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from messenger.bulk import among, table_of
from messenger.chains.models import ChainHead, ChainStatement
from messenger.once import insert_once

_heads = table_of(ChainHead).c

HEADS: Final = select(_heads.chain, _heads.sequence, _heads.hash).where(among(_heads.chain, "chains"))
"""Chain, sequence and hash of the heads of `chains`."""


def add_statement(session: Session, statement: ChainStatement) -> None:
    """Store a statement at its place."""
    session.execute(
        insert(ChainStatement).values(
            chain=statement.chain,
            sequence=statement.sequence,
            hash=statement.hash,
            kind=statement.kind,
            envelope=statement.envelope,
        )
    )


def begin_chain(session: Session, chain: str, statement_hash: bytes) -> bool:
    """Set the head of a chain that has none; whether this caller did."""
    return insert_once(session, ChainHead, {"chain": chain, "sequence": 0, "hash": statement_hash})


def move_head(session: Session, chain: str, sequence: int, previous: bytes, statement_hash: bytes) -> bool:
    """Move the head to `sequence` if it still stands at `previous` just before it; whether it did."""
    moved = session.execute(
        update(ChainHead)
        .where(ChainHead.chain == chain, ChainHead.sequence == sequence - 1, ChainHead.hash == previous)
        .values(sequence=sequence, hash=statement_hash)
        .returning(ChainHead.chain)
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None


def find_head(session: Session, chain: str) -> ChainHead | None:
    """Where the chain ends, read anew: another transaction may have moved it since this session last looked."""
    return session.scalars(
        select(ChainHead).where(ChainHead.chain == chain).execution_options(populate_existing=True)
    ).first()


def list_heads(session: Session, chains: Collection[str]) -> Sequence[Row[str, int, bytes]]:
    """Chain, sequence and hash of the heads of these chains."""
    return session.connection().execute(HEADS, {"chains": chains}).all()


def list_statements(session: Session, chains: Collection[str]) -> Sequence[ChainStatement]:
    """All statements of these chains, each chain in order."""
    return session.scalars(
        select(ChainStatement)
        .where(ChainStatement.chain.in_(chains))
        .order_by(ChainStatement.chain, ChainStatement.sequence)
    ).all()


def list_statements_after(session: Session, chain: str, sequence: int) -> Sequence[ChainStatement]:
    """The statements of a chain after this place, in order."""
    return session.scalars(
        select(ChainStatement)
        .where(ChainStatement.chain == chain, ChainStatement.sequence > sequence)
        .order_by(ChainStatement.sequence)
    ).all()


def find_statement(session: Session, chain: str, statement_hash: bytes) -> ChainStatement | None:
    """The statement of this hash, if it stands in this chain."""
    return session.scalars(
        select(ChainStatement).where(ChainStatement.hash == statement_hash, ChainStatement.chain == chain)
    ).first()
