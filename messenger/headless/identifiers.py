"""New ids and the time they carry."""

from __future__ import annotations

import secrets

from messenger.clock import Clock
from messenger.protocol.encoding import format_time
from messenger.protocol.ids import IdType, make_id


def new_id(kind: IdType, clock: Clock) -> str:
    """A new id of now."""
    return make_id(kind, int(clock.now().timestamp() * 1000), secrets.token_bytes(10))


def now(clock: Clock) -> str:
    """The clock's instant in the protocol's form."""
    return format_time(clock.now())
