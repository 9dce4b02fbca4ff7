"""Tables of the statement chains. Statements refuse every change; a head moves with each append."""

from sqlalchemy import BigInteger, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from messenger.append_only import append_only
from messenger.db import Base

_BIG = BigInteger().with_variant(Integer(), "sqlite")


class ChainStatement(Base):
    """A statement as it was signed, at its place. `envelope` is the envelope's JSON, the signed bytes inside it.

    It is null where the statement's owner keeps it elsewhere, and there the newest alone (docs/adr/0008).
    """

    __tablename__ = "chain_statements"

    chain: Mapped[str] = mapped_column(String(49), primary_key=True)
    sequence: Mapped[int] = mapped_column(_BIG, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    envelope: Mapped[bytes | None] = mapped_column(LargeBinary)


class ChainHead(Base):
    """Where a chain ends. Its row is what two appenders compete for."""

    __tablename__ = "chain_heads"

    chain: Mapped[str] = mapped_column(String(49), primary_key=True)
    sequence: Mapped[int] = mapped_column(_BIG)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


append_only(ChainStatement)
