"""Following live over Socket.IO. A live event is a courtesy: whatever is missed is fetched by sequence."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Self

import requests
import socketio

from messenger.errors import BetweenError
from messenger.headless.errors import ConversationClosed, ServiceRefused
from messenger.headless.reading import OpenedConversation
from messenger.headless.thread import ThreadMessage
from messenger.protocol.shape import Members

LOOK_SECONDS: Final = 20.0
"""How long silence lasts before this client looks by itself whether something was missed."""

RENEW_SECONDS: Final = 600.0
"""A lease runs for fifteen minutes; it is renewed after ten."""

CONNECT_SECONDS: Final = 30
"""How long a busy service may take to answer; the library's own five are too few."""

_REFUSED_STATUS: Final = 403
_NOT_FOUND: Final = "not_found"
_EVENTS: Final = (
    "connect",
    "message:new",
    "conversations:changed",
    "conversation:closed",
    "events:missed",
    "session:ended",
)


@dataclass(frozen=True)
class _Told:
    event: str
    data: Any = None


class SessionEnded(BetweenError):
    """The service has ended this session: signed out, locked or revoked."""

    def __init__(self, reason: str) -> None:
        super().__init__("session_ended", 401, "This session has been ended ({reason}).", reason=reason)


@dataclass
class Follower:
    """One live connection for one opened conversation; a context manager."""

    opened: OpenedConversation
    _told: queue.SimpleQueue[_Told] = field(default_factory=queue.SimpleQueue)
    _client: Any = None
    _renewed: float = 0.0

    def __enter__(self) -> Self:
        """Connects and follows; raises `requests.ConnectionError` where there is no service."""
        self._client = socketio.Client(
            reconnection=True, logger=False, engineio_logger=False, request_timeout=CONNECT_SECONDS
        )
        for event in _EVENTS:
            self._client.on(event, self._listener(event))
        account = self.opened.account
        try:
            self._client.connect(
                account.api.address,
                auth={"token": account.api.token},
                transports=["websocket"],
                wait_timeout=CONNECT_SECONDS,
            )
        except socketio.exceptions.ConnectionError as refused:
            raise requests.ConnectionError("no live connection") from refused
        self._renewed = time.monotonic()
        return self

    def __exit__(self, *_exc: object) -> None:
        """Disconnects."""
        self._client.disconnect()

    def messages(self, until: Callable[[], bool] = lambda: False) -> Iterator[ThreadMessage]:
        """New messages as they come, each once, judged beside all before it, until `until` says so.

        Raises `SessionEnded`, `ConversationClosed`, `HistoryRolledBack`, `ServiceRefused`.
        """
        shown = max(self.opened.served, default=0)
        while not until():
            try:
                self._hear(self._next())
            except ServiceRefused as refused:
                # Looking before the event said so: what is not found any more is not this account's any more.
                if refused.code == _NOT_FOUND:
                    raise ConversationClosed from refused
                raise
            for message in self.opened.thread().messages:
                if message.sequence > shown:
                    shown = message.sequence
                    yield message

    def _listener(self, event: str) -> Callable[..., None]:
        def hear(data: Any = None) -> None:
            self._told.put(_Told(event, data))

        return hear

    def _next(self) -> _Told:
        if time.monotonic() - self._renewed > RENEW_SECONDS:
            self._renewed = time.monotonic()
            self.opened.renew()
        try:
            return self._told.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            return _Told("silence")

    def _hear(self, told: _Told) -> None:
        if told.event == "session:ended":
            raise SessionEnded(str(Members(told.data).take("reason")))
        if told.event in {"connect", "events:missed"}:
            self._follow()
        elif told.event == "followed":
            # Only now: what was written in between is heard, or fetched, or both.
            _refuse(Members(told.data))
            self.opened.catch_up()
        elif told.event == "message:new":
            data = Members(told.data)
            ours = data.id("conversation", "cnv") == self.opened.conversation.id
            if ours and not self.opened.take(data.take("message")):
                self.opened.catch_up()
        elif told.event == "conversations:changed":
            self._look_again(Members(told.data))
        elif told.event == "conversation:closed":
            if Members(told.data).id("conversation", "cnv") == self.opened.conversation.id:
                raise ConversationClosed
        elif told.event == "silence":
            self.opened.catch_up()

    def _follow(self) -> None:
        """Asks to hear what is written; the answer is heard like everything else, so that nothing blocks on it."""
        try:
            self._client.emit(
                "conversation:follow",
                {"conversation": self.opened.conversation.id},
                callback=lambda answer: self._told.put(_Told("followed", answer)),
            )
        except socketio.exceptions.BadNamespaceError:
            return  # the connection is gone again; the next one asks anew

    def _look_again(self, data: Members) -> None:
        for change in data.list("changed", Members):
            if change.id("conversation", "cnv") != self.opened.conversation.id:
                continue
            if change.hash("control_head") != self.opened.conversation.control.head:
                self.opened.reload()
            self.opened.catch_up()


def _refuse(answer: Members) -> None:
    """Raises `ServiceRefused` for an acknowledgement that is a refusal."""
    if not answer.flag("ok"):
        error = answer.object("error")
        raise ServiceRefused(error.text("code"), _REFUSED_STATUS, error.text("message"))
