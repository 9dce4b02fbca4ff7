"""Whether sessions still run and which keys their people sign with now: for all whose messages wait, at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select

from messenger.accounts import session_store as store
from messenger.accounts.sessions import IDLE_LIMIT, LIFETIME
from messenger.protocol.keys import signing_key_id


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose running session it is, and the id of the key they sign with now."""

    account: str
    signing_key_id: str


RUNNING: Final[Select[Any]] = store.RUNNING
"""Read together with what else the writer needs (`bulk.Reads`), with `parameters_of`; `standing_of` reads its rows."""


def parameters_of(sessions: Collection[str], at: datetime) -> dict[str, object]:
    """What `RUNNING` asks for: those of the sessions that run at this moment."""
    return {"sessions": sessions, "unseen_since": at - IDLE_LIMIT, "begun_before": at - LIFETIME}


def standing_of(rows: Iterable[tuple[str, str, bytes]]) -> dict[str, Standing]:
    """Those of the sessions that run, each with where its account stands."""
    return {session: Standing(account, signing_key_id(key)) for session, account, key in rows}
