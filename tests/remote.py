"""The same people in front of a real server process instead of an application in the test's own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, cast

import requests
import socketio
from flask import Response
from werkzeug.test import TestResponse

from messenger.protocol.encoding import format_time
from tests.cast import House
from tests.factories import HandClock, PersonAtHand


@dataclass
class RemoteHouse(House):
    """A house whose doors are a server's; what is looked up in the database is looked up beside it."""

    here: str = ""

    def call(
        self, method: str, path: str, body: object | None = None, *, by: PersonAtHand | None = None, **options: Any
    ) -> TestResponse:
        """One request over HTTP."""
        headers = {"Authorization": f"Bearer {by.token}"} if by else {}
        answer = requests.request(
            method, self.here + path, json=body, headers={**headers, **options.pop("headers", {})}, timeout=30
        )
        return cast("TestResponse", Response(answer.content, answer.status_code, dict(answer.headers)))


class FileHandClock(HandClock):
    """A clock in the test's hand that a server process reads, too (CLOCK_FILE)."""

    def __init__(self, file: Path, clock: HandClock) -> None:
        super().__init__(clock.at)
        self._file = file
        self._write()

    def advance(self, by: Any) -> None:
        super().advance(by)
        self._write()

    def _write(self) -> None:
        # Replaced, not rewritten: the server never reads half an instant.
        fresh = self._file.with_suffix(".new")
        fresh.write_text(format_time(self.at), encoding="ascii")
        fresh.replace(self._file)


class Listener:
    """A live connection of one person; what the server emits arrives in `heard`."""

    def __init__(self, here: str, person: PersonAtHand) -> None:
        self.heard: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        # No browser, so no Origin: what the server thinks of foreign ones is tried in tests/web.
        self.client = socketio.Client(reconnection=False, websocket_extra_options={"suppress_origin": True})
        self.client.on("*", lambda event, *data: self.heard.put((event, *data)))
        self.client.on("disconnect", lambda *_: self.heard.put(("disconnect", None)))
        refusals: list[str] = []
        self.client.on("connect_error", lambda refusal=None: refusals.append(str(refusal)))
        try:
            self.client.connect(here, auth={"token": person.token}, transports=["websocket"], wait_timeout=10)
        except socketio.exceptions.ConnectionError as error:
            raise ConnectionRefusedError(*refusals) from error
        self._connection = self.client.eio.ws

    def call(self, event: str, data: Any) -> dict[str, Any]:
        """Emit and wait for the acknowledgement."""
        answer: dict[str, Any] = self.client.call(event, data, timeout=20)
        return answer

    def hears(self, event: str) -> Any:
        """The next event of this name; what comes before it is let go."""
        while True:
            name, data = self.heard.get(timeout=20)
            if name == event:
                return data

    def heard_so_far(self) -> list[str]:
        """The names of what was said to this connection by now and not asked for.

        One connection keeps the order: once a call is answered, what was said before is here.
        """
        if self.client.connected:
            assert not self.call("typing", {})["ok"]
        return [self.heard.get()[0] for _ in range(self.heard.qsize())]

    def close(self) -> None:
        """Leave."""
        self.client.disconnect()
        self._connection.shutdown()


Connect = Callable[[PersonAtHand], Listener]
"""Connects somebody."""
