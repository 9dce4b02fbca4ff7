"""What a sender hands in, read and checked as far as it can be without the conversation's state."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from messenger.accounts.verified import current_signing_key, verified_account
from messenger.conversations.announcements import ReceiptChanged
from messenger.conversations.caller import Caller
from messenger.conversations.errors import MessageTooLarge, RetiredKey, StatementMisplaced
from messenger.db import Database
from messenger.protocol.encoding import sha256
from messenger.protocol.errors import StatementRefused
from messenger.protocol.json_strict import JsonValue
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.message import MAX_CIPHERTEXT_BYTES, MAX_HEADER_BYTES, Header, Message, parse_header

_LIMITS: Final = {"message_too_large": MAX_CIPHERTEXT_BYTES, "header_too_large": MAX_HEADER_BYTES}
_KEYS_KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class Send:
    """A message whose form and signature hold, waiting to be stored. `hash` is the message hash, 32 bytes."""

    caller: Caller
    header: Header
    message: Message
    hash: bytes


@dataclass(frozen=True, slots=True)
class PutReceipt:
    """How far a caller says to have received and read, waiting to be stored."""

    caller: Caller
    conversation: str
    delivered: int
    read: int


Work = Send | PutReceipt


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The server's word that a message is durable. `stored` is False when it was there already."""

    id: str
    sequence: int
    received: datetime
    stored: bool


Answer = Acknowledgement | ReceiptChanged | Exception
"""What became of a piece of work; an exception is the answer to its author alone."""


class SenderKeys:
    """The signing keys of those who wrote lately. A key id is a hash of its key, so what is kept never goes stale."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[tuple[str, str], SigningPublicKey] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, account: str, key: str) -> SigningPublicKey:
        """The account's key with this id, current or not: whether it may still be used is decided where it is stored.

        Raises:
            RetiredKey: the account never had it.
        """
        with self._lock:
            if (account, key) in self._kept:
                self._kept.move_to_end((account, key))
                return self._kept[account, key]
        found = self._find(account, key)
        with self._lock:
            self._kept[account, key] = found
            if len(self._kept) > _KEYS_KEPT:
                self._kept.popitem(last=False)
        return found

    def _find(self, account: str, key: str) -> SigningPublicKey:
        with self._database.reading_session() as session:
            current = current_signing_key(session, account)
            if current.id == key:
                return current
            version = verified_account(session, account).key_with_signing_id(key)
            if version is None:
                raise RetiredKey
            return version.signing


def read_send(caller: Caller, conversation: str, value: JsonValue, keys: SenderKeys) -> Send:
    """The message in a request's JSON, if its form and signature hold and it is the caller's own for this place.

    Raises:
        MessageTooLarge: the limit is stated.
        StatementMisplaced: another sender, device or conversation than the caller's.
        RetiredKey, ProtocolError: no key of the caller's made it.
    """
    try:
        message = Message.parse(value)
        header = parse_header(message.header)
    except StatementRefused as refused:
        if refused.code in _LIMITS:
            raise MessageTooLarge(_LIMITS[refused.code]) from refused
        raise
    if (header.sender, header.device, header.conversation) != (caller.account, caller.device, conversation):
        raise StatementMisplaced
    message.verify_before_storing(keys.get(header.sender, header.key))
    return Send(caller, header, message, sha256(message.signed_bytes))
