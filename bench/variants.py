"""The real server without one of its checks, to see what that check costs. For measurements alone."""

import os
from collections.abc import Sequence

from sqlalchemy.orm import Session

from config import Settings
from messenger.app import create_app
from messenger.audit import service as audit
from messenger.audit.service import AuditEvent
from messenger.bulk import Writes
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.message import Message

WITHOUT = os.environ.get("BENCH_WITHOUT", "")


def _no_check(self: Message, key: SigningPublicKey) -> None:
    """Takes any signature."""
    del self, key


def _no_entries(writes: Writes, session: Session, recorded: Sequence[AuditEvent]) -> list[str]:
    """Records nothing."""
    del writes, session
    return ["" for _ in recorded]


if "signature" in WITHOUT:
    Message.verify_before_storing = _no_check  # type: ignore[method-assign]  # the point of the measurement
if "log" in WITHOUT:
    audit.record_with = _no_entries

app = create_app(Settings.from_env())
