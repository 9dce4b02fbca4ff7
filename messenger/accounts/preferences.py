"""The one preference the server knows: in which language it speaks to somebody."""

from datetime import datetime

from sqlalchemy.orm import Session

from messenger.accounts import store
from messenger.accounts.actor import Actor
from messenger.audit import service as audit
from messenger.audit.actions import Action
from messenger.audit.service import AuditEvent


def choose_language(session: Session, actor: Actor, language: str, at: datetime) -> None:
    """Speak this language to the actor from now on."""
    store.get_account(session, actor.account).language = language
    session.flush()
    audit.record(
        session,
        AuditEvent(
            clinic=actor.clinic,
            actor=actor.account,
            subject=actor.account,
            action=Action.PREFERENCES_CHANGED,
            time=at,
        ),
    )
