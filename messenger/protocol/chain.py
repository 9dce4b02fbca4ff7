"""What all chains share: each statement follows the one before, and an unknown kind keeps its place (§2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds import KINDS
from messenger.protocol.statement import Envelope, Header, payload_type, peek_header

_KNOWN_TYPES: Final = frozenset(payload_type(kind.kind) for kind in KINDS)


@dataclass
class ChainWalk:
    """The statements of one chain taken one after the other; `hashes` are theirs, in order."""

    chain: str
    hashes: list[str] = field(default_factory=list)
    newer: list[int] = field(default_factory=list)
    """Places of statements written by a newer version: kept, and nothing concluded from them."""

    @property
    def head(self) -> str | None:
        """The last statement's hash."""
        return self.hashes[-1] if self.hashes else None

    def take(self, header: Header, statement_hash: str) -> None:
        """Appends; raises `ChainRefused` (`broken_chain`) unless it is of this chain and follows the last one."""
        if (header.chain, header.sequence, header.previous) != (self.chain, len(self.hashes), self.head):
            raise ChainRefused("broken_chain", "A statement does not follow the one before it in its chain.")
        self.hashes.append(statement_hash)

    def take_if_newer(self, envelope: Envelope) -> bool:
        """Whether the envelope is of a kind this version does not know; then it is appended unread."""
        if not self.hashes or envelope.type in _KNOWN_TYPES:
            return False
        self.take(peek_header(envelope), envelope.hash)
        self.newer.append(len(self.hashes) - 1)
        return True


def refuse_empty(envelopes: Sequence[Envelope]) -> None:
    """Raises `ChainRefused` (`empty_chain`)."""
    if not envelopes:
        raise ChainRefused("empty_chain", "This chain has no statement.")
