"""Bad weather on the line: answers that get lost, events that never arrive, cut wires."""

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from simple_websocket import ConnectionClosed

from tests.hostile.proxy import HostileProxy, SeenRequest

Loses = Callable[[str], bool]


@dataclass
class WeatherProxy(HostileProxy):
    """Honest about all that it passes on, but not everything arrives."""

    lost: list[str] = field(default_factory=list)
    """What did not arrive, newest last: frames, and requests whose answers were lost."""
    passed: list[tuple[float, str]] = field(default_factory=list)
    """What the service sent, frames and the requests it answered, each with the second at which it went by."""
    _down: bool = False
    _losing_frames: list[Loses] = field(default_factory=list)
    _losing_answers: list[tuple[str, re.Pattern[str]]] = field(default_factory=list)
    _something_lost: threading.Condition = field(default_factory=threading.Condition)
    _something_passed: threading.Condition = field(default_factory=threading.Condition)

    def lose_frames(self, loses: Loses) -> None:
        """Let frames of the service's that `loses` recognises never arrive."""
        self._losing_frames.append(loses)

    def lose_events(self, name: str) -> None:
        """Let live events of this name never arrive."""
        self.lose_frames(lambda text: text.startswith(f'42["{name}"'))

    def lose_acknowledgements(self) -> None:
        """Let no live question be answered, though the service carries it out."""
        self.lose_frames(lambda text: text.startswith("43"))

    def lose_answers(self, method: str, path: str) -> None:
        """Carry out requests whose path fully matches, and break the connection before the answer."""
        self._losing_answers.append((method, re.compile(path)))

    def go_down(self) -> None:
        """Let nothing through in either direction, until the weather is fine again."""
        self._down = True
        self.cut_sockets()

    def cut_sockets(self) -> None:
        """End every live connection without a word to either side."""
        for socket in list(self._sockets):
            try:
                socket.close()
            except ConnectionClosed:
                continue

    def wait_for_loss(self, seconds: float) -> None:
        """Wait until something has been lost."""
        with self._something_lost:
            assert self._something_lost.wait_for(lambda: bool(self.lost), seconds), "nothing was lost"

    @property
    def connections_made(self) -> int:
        """How many live connections the service has accepted."""
        return sum(what.startswith("40{") for _, what in self.passed)

    def wait_for_connections(self, number: int, seconds: float) -> None:
        """Wait until the service has accepted so many live connections."""
        with self._something_passed:
            enough = self._something_passed.wait_for(lambda: self.connections_made >= number, seconds)
        assert enough, f"{self.connections_made} live connections were made"

    def moment_of(self, part: str) -> float:
        """The second at which something with these words first went by."""
        return next(moment for moment, what in self.passed if part in what)

    def be_honest(self) -> None:
        """Let everything arrive again."""
        super().be_honest()
        self._down = False
        self._losing_frames.clear()
        self._losing_answers.clear()
        self.lost.clear()
        self.passed.clear()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._down:
            raise ConnectionAbortedError(environ["PATH_INFO"])
        return super()._answer(environ, start_response)

    def _forward(self, request: SeenRequest) -> tuple[str, list[tuple[str, str]], bytes]:
        answer = super()._forward(request)
        path = request.target.partition("?")[0]
        self.passed.append((time.monotonic(), f"{request.method} {path}"))
        for method, pattern in self._losing_answers:
            if method == request.method and pattern.fullmatch(path):
                self._lose(f"{method} {path}")
                raise ConnectionAbortedError(path)
        return answer

    def _twist_frame(self, text: str) -> list[str]:
        with self._something_passed:
            self.passed.append((time.monotonic(), text))
            self._something_passed.notify_all()
        if any(loses(text) for loses in self._losing_frames):
            self._lose(text)
            return []
        return super()._twist_frame(text)

    def _lose(self, what: str) -> None:
        with self._something_lost:
            self.lost.append(what)
            self._something_lost.notify_all()
