"""Documents sealed by their owner for themselves; the server keeps the newest version of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from sqlalchemy.orm import Session

from messenger.accounts import store
from messenger.accounts.actor import Actor
from messenger.accounts.errors import DocumentMoved
from messenger.accounts.models import SealedDocument
from messenger.audit import service as audit
from messenger.audit.actions import Action
from messenger.audit.service import AuditEvent
from messenger.errors import NotFound, TooLarge
from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.shape import Members, bad_members

NAMES: Final = frozenset({"pins", "keyring", "clinic-key", "preferences"})
MAX_DOCUMENT_BYTES: Final = 524_288


@dataclass(frozen=True)
class Document:
    """One version of a document: `version` counts from 1."""

    version: int
    ciphertext: bytes

    @classmethod
    def parse(cls, value: JsonValue) -> Self:
        """From `{version, ciphertext}`; raises `EncodingRefused` (`bad_members`)."""
        members = Members(value)
        document = cls(members.integer("version", least=1), members.raw("ciphertext"))
        members.close()
        return document

    @classmethod
    def parse_all(cls, value: JsonValue) -> Mapping[str, Self]:
        """From an object with a document under each name; raises as `parse`."""
        return {name: cls.parse(document) for name, document in _named(value).items()}

    def as_json(self) -> JsonObject:
        """`{version, ciphertext}`."""
        return {"version": self.version, "ciphertext": b64u_encode(self.ciphertext)}


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


def _named(value: JsonValue) -> JsonObject:
    if not isinstance(value, dict):
        raise bad_members("the documents are not an object")
    return value
