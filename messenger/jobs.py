"""What runs beside the requests in the serving process: loops of their own, and tasks that come round."""

import logging
import threading
from collections.abc import Callable

from messenger.web.errors import without_messages

log = logging.getLogger(__name__)


class Background:
    """Threads (greenlets, once gevent has patched the process) that start with serving and end with it."""

    def __init__(self) -> None:
        self._loops: list[tuple[str, Callable[[], None]]] = []
        self._stops: list[Callable[[], None]] = []
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()

    def add(self, name: str, run: Callable[[], None], stop: Callable[[], None]) -> None:
        """A loop that runs until it is stopped."""
        self._loops.append((name, run))
        self._stops.append(stop)

    def every(self, seconds: float, name: str, task: Callable[[], None]) -> None:
        """A task that comes round; when it fails it is logged and tried again the next time."""

        def come_round() -> None:
            while not self._stopping.wait(seconds):
                try:
                    task()
                except Exception as error:  # noqa: BLE001 (whatever it was, the next round is to come)
                    log.error("%s failed\n%s", name, without_messages(error))  # noqa: TRY400 (words may quote a row)

        self._loops.append((name, come_round))

    def start(self) -> None:
        """Start everything."""
        for name, run in self._loops:
            thread = threading.Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Ask everything to end."""
        self._stopping.set()
        for stop in self._stops:
            stop()

    def join(self) -> None:
        """Wait until everything that was asked to end has ended."""
        for thread in self._threads:
            thread.join()
