"""One stored entry: its body against the hash named at its place or in the queue, and the columns beside it."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Row

from messenger.auditor.findings import Finding
from messenger.auditor.said import Said, Sayings
from messenger.auditor.tables import BODIES
from messenger.protocol.access_log import LogEntry
from messenger.protocol.encoding import format_time, sha256
from messenger.protocol.errors import ProtocolError

COLUMNS: Final = (
    BODIES.c.body,
    BODIES.c.actor.label("body_actor"),
    BODIES.c.subject.label("body_subject"),
    BODIES.c.action.label("body_action"),
    BODIES.c.conversation.label("body_conversation"),
    BODIES.c.time.label("body_time"),
)
"""Of a body, joined to a row with `event`, `subject` and `body_hash`."""


def check_entry(row: Row[Any], place: int | None, sayings: Sayings) -> Iterator[Finding]:
    """What is wrong with the entry in `row`, at `place` or None while it waits; `sayings` keep what it says."""
    if row.body is None:
        yield Finding("body_missing", place, row.event)
        return
    encoded = row.body.encode()
    if sha256(encoded) != row.body_hash:
        yield Finding("body_changed", place, row.event)
    try:
        entry = LogEntry.parse(encoded)
    except ProtocolError:
        yield Finding("body_malformed", place, row.event)
        return
    beside = (
        row.event, row.body_subject, row.body_actor, row.body_action, row.body_conversation,
        format_time(row.body_time), row.subject,
    )  # fmt: skip
    if beside != (
        entry.id, entry.subject, entry.actor, entry.action, entry.conversation, entry.time, entry.subject,
    ):  # fmt: skip
        yield Finding("body_columns_differ", place, row.event)
    if entry.statement is not None and entry.outcome == "done":
        sayings.say(Said(entry.statement, entry.action, entry.object, place))
