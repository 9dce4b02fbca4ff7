"""One epoch of a conversation and who began it: what a control chain is made of (`docs/protocol.md` §5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from messenger.protocol.kinds.conversation import Epoch


@dataclass(frozen=True)
class Link:
    """One epoch and the statement that began it."""

    epoch: Epoch
    time: str
    signer: str
    consent_head: str
    place: int

    @cached_property
    def keys(self) -> dict[str, str]:
        """Each reader's sealing key id."""
        return {reader.reader: reader.key for reader in self.epoch.readers}
