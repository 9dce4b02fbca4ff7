"""Reading: opened with a signed request whose entry is durable before anything is served (`docs/protocol.md` §7)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from messenger.headless.account import Account
from messenger.headless.conversation import Conversation, asked_after, pin_sequence
from messenger.headless.conversations import Conversations
from messenger.headless.errors import AnswerUnreadable
from messenger.headless.thread import Served, Thread, judged, thread_of
from messenger.protocol.json_strict import JsonValue
from messenger.protocol.kinds.access import NONCE_BYTES, LeaseRenewalBody, OpenBody, OpenPurpose
from messenger.protocol.message import Header
from messenger.protocol.shape import Members
from messenger.protocol.verdict import Unverified

PAGE: Final = 200
_MAY_CHANGE: Final = frozenset({"wrong_epoch", "waiting_for_key", "unknown_key", "not_a_member"})
"""Verdicts that newer chains or keys may turn: the message is kept to be judged again."""


@dataclass
class OpenedConversation:
    """A conversation under a running lease, with everything served of it so far."""

    conversation: Conversation
    opening: str
    """The statement hash of the request that opened it."""
    last_sequence: int
    served: dict[int, Served] = field(default_factory=dict)
    _undecided: dict[int, JsonValue] = field(default_factory=dict)

    @property
    def account(self) -> Account:
        """Who reads."""
        return self.conversation.account

    @property
    def whole(self) -> bool:
        """Whether what was served begins at the first message."""
        return not self.served or min(self.served) == 1

    @property
    def met(self) -> int:
        """The newest number under which something genuine stands: what the service made up is nothing that was met."""
        genuine = (line.sequence for line in self.thread().messages if line.reason in (None, "erased"))
        return max(genuine, default=0)

    def thread(self) -> Thread:
        """Everything served so far, judged."""
        ordered = [self.served[sequence] for sequence in sorted(self.served)]
        return thread_of(self.conversation.id, ordered, whole=self.whole)

    def load_older(self) -> bool:
        """One page of older messages; False where there is none."""
        first = min(self.served, default=1)
        if first == 1:
            return False
        return self.keep(self._page(before=first)) > 0

    def catch_up(self) -> int:
        """Everything after the newest served message; how many came. Raises `HistoryRolledBack`, `ServiceRefused`."""
        taken = 0
        while True:
            page = self._page(after=max(self.served, default=0))
            count = self.keep(page)
            taken += count
            if count == 0:
                pin_sequence(self.account, self.conversation.id, max(self.served, default=0), self.met)
                return taken

    def take(self, message: JsonValue) -> bool:
        """A message that was told live; False when it leaves a gap, which `catch_up` closes."""
        sequence = Members(message).integer("sequence", least=1)
        if sequence > max(self.served, default=0) + 1:
            return False
        self.keep([message])
        return True

    def reload(self) -> None:
        """Looks at chains and keys again, and judges anew what they may have decided."""
        self.conversation = self.conversation.reload()
        reading = self.conversation.reading()
        for sequence, message in list(self._undecided.items()):
            self._put(sequence, message, judged(message, reading))

    def keep(self, messages: Sequence[JsonValue]) -> int:
        """Judges and keeps messages as served; how many were new.

        Raises `AnswerUnreadable` when a number that was served before comes with another message.
        """
        reading, before = self.conversation.reading(), len(self.served)
        for message in messages:
            one = judged(message, reading)
            known = self.served.get(one.sequence)
            if known is not None and known.verdict.hash != one.verdict.hash:
                raise AnswerUnreadable
            self._put(one.sequence, message, one)
        newer = max((header.epoch for header in self._unplaced()), default=0)
        if newer > len(self.conversation.control.links):
            self.reload()  # somebody has begun an epoch since this client looked
        return len(self.served) - before

    def acknowledge(self) -> None:
        """Tells the service how far this account has received and read."""
        last = max(self.served, default=0)
        self.account.api.post(f"/api/conversations/{self.conversation.id}/receipts", {"delivered": last, "read": last})

    def renew(self) -> None:
        """Lets the lease run on."""
        body = LeaseRenewalBody(
            account=self.account.id,
            device=self.account.device,
            conversation=self.conversation.id,
            open=self.opening,
            nonce=secrets.token_bytes(NONCE_BYTES),
        )
        statement = self.account.says(body).as_json()
        self.account.api.post(f"/api/conversations/{self.conversation.id}/renew", {"statement": statement})

    def leave(self) -> None:
        """Ends the lease; the log keeps which messages were shown."""
        shown = {"first": min(self.served, default=0), "last": max(self.served, default=0)}
        self.account.api.post(f"/api/conversations/{self.conversation.id}/leave", {**shown})

    def _put(self, sequence: int, message: JsonValue, one: Served) -> None:
        self.served[sequence] = one
        reason = one.verdict.reason if isinstance(one.verdict, Unverified) else None
        if reason in _MAY_CHANGE:
            self._undecided[sequence] = message
        else:
            self._undecided.pop(sequence, None)

    def _unplaced(self) -> list[Header]:
        headers = (self.served[sequence].header for sequence in self._undecided)
        return [header for header in headers if header is not None]

    def _page(self, **query: int) -> list[JsonValue]:
        path = f"/api/conversations/{self.conversation.id}/messages"
        members = self.account.api.get(path, limit=PAGE, **query)
        self.last_sequence = members.integer("last_sequence")
        return list(members.list("messages", lambda item: item))


def open_conversation(conversations: Conversations, conversation: str, purpose: OpenPurpose) -> OpenedConversation:
    """Opens a conversation: its newest messages, judged. Raises as `Conversation.load`, and `HistoryRolledBack`."""
    account = conversations.account
    body = OpenBody(account.id, account.device, conversation, purpose, secrets.token_bytes(NONCE_BYTES))
    statement = account.says(body)
    path = f"/api/conversations/{conversation}/open{asked_after(conversations.directory, conversation)}"
    answer = account.api.post(path, {"statement": statement.as_json()})
    loaded = Conversation.read(account, conversations.directory, conversation, answer.object("control"))
    opened = OpenedConversation(loaded, statement.hash, answer.integer("last_sequence"))
    opened.keep(answer.list("messages", lambda item: item))
    pin_sequence(account, conversation, max(opened.served, default=0), opened.met)
    account.save_pins()
    return opened


def read_all(conversations: Conversations, conversation: str, purpose: OpenPurpose = "read") -> OpenedConversation:
    """Opens a conversation and fetches it whole."""
    opened = open_conversation(conversations, conversation, purpose)
    while opened.load_older():
        pass
    return opened
