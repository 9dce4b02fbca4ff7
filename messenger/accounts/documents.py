"""Documents sealed by their owner for themselves; the server keeps the newest version of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from messenger.accounts import store
from messenger.accounts.actor import Actor
from messenger.accounts.errors import DocumentMoved
from messenger.accounts.models import SealedDocument
from messenger.audit import service as audit
from messenger.audit.actions import Action
from messenger.audit.service import AuditEvent
from messenger.errors import NotFound, TooLarge

NAMES: Final = frozenset({"pins", "keyring", "clinic-key", "preferences"})
MAX_DOCUMENT_BYTES: Final = 524_288


@dataclass(frozen=True)
class Document:
    """One version of a document: `version` counts from 1."""

    version: int
    ciphertext: bytes


def get_document(session: Session, actor: Actor, name: str) -> Document:
    """The actor's own document.

    Raises:
        NotFound: there is none, or no document has this name.
    """
    found = store.find_document(session, actor.account, name)
    if found is None:
        raise NotFound
    return Document(found.version, found.ciphertext)


def put_document(session: Session, actor: Actor, name: str, document: Document, at: datetime) -> None:
    """Store the version after the stored one.

    Raises:
        NotFound: no document has this name.
        DocumentMoved: another version is stored than the one before.
        TooLarge: `document_too_large`.
    """
    if name not in NAMES:
        raise NotFound
    if len(document.ciphertext) > MAX_DOCUMENT_BYTES:
        raise TooLarge(
            "document_too_large", "This is too large: at most {limit} bytes are taken.", limit=MAX_DOCUMENT_BYTES
        )
    kept = SealedDocument(account=actor.account, name=name, version=document.version, ciphertext=document.ciphertext)
    if not store.put_document(session, kept):
        raise DocumentMoved
    audit.record(
        session,
        AuditEvent(
            clinic=actor.clinic,
            actor=actor.account,
            subject=actor.account,
            action=Action.DOCUMENT_STORED,
            automatic=True,
            time=at,
        ),
    )
