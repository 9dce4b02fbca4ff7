"""What this room does by itself from time to time: end what has run out, enter refused sign-ins into their logs."""

from datetime import datetime

from sqlalchemy.orm import Session

from messenger.accounts import sessions, sign_in, store


def tend(session: Session, at: datetime) -> None:
    """One round, in the caller's transaction."""
    sessions.end_expired(session, at)
    sign_in.settle_challenges(session, at)
    store.remove_expired_tickets(session, at)
