"""Sealed documents: what a person's own client must remember from one device to the next (`docs/protocol.md` §4)."""

from __future__ import annotations

from typing import Final, Literal, get_args

from messenger.protocol.content import decrypt, encrypt
from messenger.protocol.encoding import derive, lines
from messenger.protocol.json_strict import JsonObject, parse_object, write_json

DocumentName = Literal["pins", "keyring", "clinic-key", "preferences"]
DOCUMENT_NAMES: Final[tuple[DocumentName, ...]] = get_args(DocumentName)


def seal_document(master_key: bytes, account: str, name: DocumentName, version: int, document: JsonObject) -> bytes:
    """The ciphertext of one version of a document."""
    return encrypt(_key(master_key, name), _context(account, name, version), write_json(document))


def open_document(master_key: bytes, account: str, name: DocumentName, version: int, ciphertext: bytes) -> JsonObject:
    """The document; raises `OpeningFailed` (`cannot_decrypt`) for another account, name, version or key, and
    `EncodingRefused`.
    """
    return parse_object(decrypt(_key(master_key, name), _context(account, name, version), ciphertext))


def _key(master_key: bytes, name: DocumentName) -> bytes:
    return derive(master_key, b"", f"document-{name}")


def _context(account: str, name: DocumentName, version: int) -> bytes:
    return lines("between/v1/document", account, name, str(version))
