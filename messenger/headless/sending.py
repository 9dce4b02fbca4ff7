"""Sending, exactly once: the bytes are kept before they leave, and sent again, the same, until acknowledged."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import requests

from messenger.headless.conversation import Conversation
from messenger.headless.emergency_choice import with_emergency_key
from messenger.headless.errors import HistoryRolledBack, NotAMember, ServiceRefused
from messenger.headless.identifiers import new_id, now
from messenger.headless.keystore import DeviceHead, Waiting
from messenger.protocol.message import (
    Body,
    Category,
    Header,
    Message,
    MessageKind,
    Urgency,
    parse_body,
    parse_header,
    write_message,
)
from messenger.protocol.shape import Members

_TRIES: Final = 6
_FIRST_PAUSE_SECONDS: Final = 0.2
_SERVER_FAULT: Final = 500
_FINAL: Final = frozenset({400, 409, 413})
"""The message itself is refused. Anything else (signed out, too many, not found) may pass."""


@dataclass(frozen=True)
class Draft:
    """What somebody is about to send."""

    body: Body
    kind: MessageKind = "update"
    category: Category | None = None
    urgency: Urgency = "ordinary"
    answers: tuple[str, ...] = ()
    acknowledges: tuple[str, ...] = ()
    corrects: str | None = None
    takes_back: str | None = None


@dataclass(frozen=True)
class Sent:
    """The service's durable acknowledgement."""

    id: str
    sequence: int


@dataclass
class Sender:
    """Sends one account's messages from one device; `pause` waits between tries."""

    pause: Callable[[float], None] = time.sleep

    def send(self, conversation: Conversation, draft: Draft) -> Sent:
        """Sends what waits first, then the draft.

        Raises `KeyChanged`, `ServiceRefused`, `HistoryRolledBack`; `requests` errors when the service stays
        unreachable: the message then waits in the keystore, and the next call sends the same bytes.
        """
        self.send_waiting(conversation)
        conversation.require_known_keys()
        conversation = with_emergency_key(conversation).rotated_if_due()
        conversation.account.save_pins()
        return self._deliver(conversation, _write(conversation, draft))

    def send_waiting(self, conversation: Conversation) -> list[Sent]:
        """Sends what was written and not acknowledged, in order; raises as `send`."""
        waiting = conversation.account.keystore.sealed.waiting
        return [self._deliver(conversation, one) for one in waiting if one.conversation == conversation.id]

    def _deliver(self, conversation: Conversation, waiting: Waiting) -> Sent:
        for attempt in range(_TRIES):
            try:
                return self._post(conversation, waiting)
            except requests.RequestException:
                if attempt + 1 == _TRIES:
                    raise
            except ServiceRefused as refused:
                if refused.code == "stale_epoch":
                    conversation = with_emergency_key(conversation.reload()).rotated_if_due()
                    waiting = _write_again(conversation, waiting)
                    continue
                if refused.status < _SERVER_FAULT or attempt + 1 == _TRIES:
                    _discard_if_final(conversation, waiting, refused)
                    raise
            self.pause(_FIRST_PAUSE_SECONDS * 2**attempt)
        raise HistoryRolledBack

    def _post(self, conversation: Conversation, waiting: Waiting) -> Sent:
        answer = conversation.account.api.post(f"/api/conversations/{waiting.conversation}/messages", waiting.message)
        sent = Sent(answer.id("id", "msg"), answer.integer("sequence", least=1))
        keystore = conversation.account.keystore
        head = DeviceHead(waiting.device_sequence, waiting.hash)
        left = tuple(one for one in keystore.sealed.waiting if one.id != waiting.id)
        keystore.keep(
            replace(keystore.sealed, heads={**keystore.sealed.heads, waiting.conversation: head}, waiting=left)
        )
        return sent


def _write(conversation: Conversation, draft: Draft) -> Waiting:
    """The message, written and kept before anything leaves."""
    account, head = conversation.account, conversation.account.keystore.sealed.heads.get(conversation.id)
    header = Header(
        conversation=conversation.id,
        epoch=conversation.control.running.epoch.number,
        id=new_id("msg", account.clock),
        sender=account.id,
        key=account.vault.current.signing.id,
        device=account.device,
        device_sequence=1 if head is None else head.sequence + 1,
        device_previous=None if head is None else head.hash,
        control_head=conversation.control.head,
        consent_head=conversation.consents.head or "",
        checkpoint=account.keystore.remembered.checkpoint if account.keystore.remembered is not None else None,
        time=now(account.clock),
        kind=draft.kind,
        category=draft.category,
        urgency=draft.urgency,
        answers=draft.answers,
        acknowledges=draft.acknowledges,
        corrects=draft.corrects,
        takes_back=draft.takes_back,
    )
    return _keep(conversation, header, draft.body)


def _write_again(conversation: Conversation, waiting: Waiting) -> Waiting:
    """The same message under the running epoch: the one case in which an id gets new bytes."""
    before = parse_header(Message.parse(waiting.message).header)
    header = replace(
        before,
        epoch=conversation.control.running.epoch.number,
        key=conversation.account.vault.current.signing.id,
        control_head=conversation.control.head,
        consent_head=conversation.consents.head or before.consent_head,
    )
    return _keep(conversation, header, parse_body(Members(waiting.body)))


def _keep(conversation: Conversation, header: Header, body: Body) -> Waiting:
    account = conversation.account
    key = conversation.keys.get(header.epoch)
    if key is None:
        raise NotAMember
    message = write_message(header, body, key, account.vault.current.signing)
    waiting = Waiting(
        conversation.id, header.id, message.as_json(), message.hash, header.device_sequence, body.as_json()
    )
    keystore = account.keystore
    others = tuple(one for one in keystore.sealed.waiting if one.id != header.id)
    keystore.keep(replace(keystore.sealed, waiting=(*others, waiting)))
    return waiting


def _discard_if_final(conversation: Conversation, waiting: Waiting, refused: ServiceRefused) -> None:
    """What the service will never take must not block what comes after it; the caller tells the person."""
    if refused.status not in _FINAL:
        return
    keystore = conversation.account.keystore
    left = tuple(one for one in keystore.sealed.waiting if one.id != waiting.id)
    keystore.keep(replace(keystore.sealed, waiting=left))
