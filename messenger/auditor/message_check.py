"""Every stored message against the log: each has its entry, each entry its message, none was changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from messenger.auditor.findings import Finding
from messenger.auditor.said import Sayings
from messenger.auditor.tables import CONVERSATIONS, MESSAGES
from messenger.protocol.encoding import b64u_encode, sha256
from messenger.protocol.message import Message

PAGE: Final = 1_000
SENT: Final = "message:sent"
ERASED: Final = "message:erased"

_COLUMNS: Final = (
    MESSAGES.c.message,
    MESSAGES.c.hash,
    MESSAGES.c.header,
    MESSAGES.c.ciphertext,
    MESSAGES.c.ciphertext_hash,
)


@dataclass
class MessageCheck:
    """Walks the messages of one clinic by id, so that those written together are read together."""

    connection: Connection
    clinic: str
    sayings: Sayings

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong with the messages."""
        last = ""
        while page := self._read(last):
            for row in page:
                yield from _changed(row)
            for statement in self.sayings.unsaid((b64u_encode(row.hash) for row in page), SENT):
                yield Finding("message_without_entry", about=statement)
            for row in page:
                if row.ciphertext is None and not self.sayings.names(row.message, ERASED):
                    yield Finding("message_erased_without_entry", about=row.message)
            last = page[-1].message

    def _read(self, last: str) -> list[Row[Any]]:
        of_clinic = select(CONVERSATIONS.c.conversation).where(CONVERSATIONS.c.clinic == self.clinic)
        query = select(*_COLUMNS).where(MESSAGES.c.message > last, MESSAGES.c.conversation.in_(of_clinic))
        return list(self.connection.execute(query.order_by(MESSAGES.c.message).limit(PAGE)))


def _changed(row: Row[Any]) -> Iterator[Finding]:
    stored = Message(bytes(row.header), row.ciphertext, bytes(row.ciphertext_hash), b"")
    whole = row.ciphertext is None or sha256(bytes(row.ciphertext)) == bytes(row.ciphertext_hash)
    if not whole or stored.hash != b64u_encode(row.hash):
        yield Finding("message_changed", about=row.message)


STANDING_ALONE: Final = frozenset(
    {
        "account:signed_in",
        "account:recovered",
        "conversation:opened",
        "conversation:renewed",
        "conversation:left",
        "emergency:opened",
        "profile:changed",
        "profile:opened",
    }
)
"""Actions whose statement stands in no chain: requests, kept with the lease or the record that they led to."""


def missing(sayings: Sayings) -> Iterator[Finding]:
    """Entries whose message or statement is nowhere; after everything stored was held against the log."""
    for said in sayings.never_found():
        if said.action in {SENT, ERASED}:
            yield Finding("entry_without_message", said.place, said.object)
        elif said.action not in STANDING_ALONE:
            yield Finding("entry_without_statement", said.place, said.statement)
