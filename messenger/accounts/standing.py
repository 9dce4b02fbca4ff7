"""Whether sessions still run and which keys their people sign with now: one query for all whose messages wait."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from messenger.accounts import session_store as store
from messenger.accounts.sessions import IDLE_LIMIT, LIFETIME
from messenger.protocol.keys import signing_key_id


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose running session it is, and the id of the key they sign with now."""

    account: str
    signing_key_id: str


def list_standing(session: Session, sessions: Collection[str], at: datetime) -> dict[str, Standing]:
    """Those of the sessions that run, each with where its account stands."""
    rows = store.list_running(session, sessions, unseen_since=at - IDLE_LIMIT, begun_before=at - LIFETIME)
    return {row.session: Standing(row.account, signing_key_id(row.signing_key)) for row in rows}
