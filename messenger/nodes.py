"""`NODES=2 make run`: several web nodes on this machine, with a PostgreSQL and a Redis of their own unless given.

One process starts them, says `ready URL` once all serve, starts again what ends by itself, and ends what it started.
"""

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from config import LOOPBACK, Settings
from messenger import schema, serving
from messenger.own_postgres import OwnPostgres
from messenger.own_process import OwnProcess, Program, StartFailed, running
from messenger.own_redis import OwnRedis

READY_SECONDS = 120
RESTARTS = 5
"""Within a minute; what ends more often is not started again, and all is stopped."""

RESTARTS_WITHIN_SECONDS = 60.0


class Ended(StartFailed):
    """Something that was started again and again does not stay."""


@dataclass
class Nodes:
    """What runs; the nodes are ended first, then what they stand on."""

    settings: Settings
    environ: Mapping[str, str]
    processes: list[OwnProcess] = field(default_factory=list)
    _restarts: deque[float] = field(default_factory=deque)

    def run(self, started: ExitStack) -> None:
        """Start everything and see to it; returns never.

        Raises:
            StartFailed: something does not start, or does not stay.
        """
        database_url = self.environ.get("DATABASE_URL") or self._own_postgres(started)
        redis_url = self.settings.redis_url or self._own_redis(started)
        schema.upgrade(database_url)
        if self.settings.demo:
            _prepare_demo(replace(self.settings, database_url=database_url, redis_url=None))
        nodes = [self._node(number, database_url, redis_url) for number in range(self.settings.nodes)]
        for program in nodes:
            self.processes.append(started.enter_context(running(program)))
        # Asked all at once before each is waited for: they stop side by side.
        started.callback(self._ask_nodes_to_end)
        for process in self._nodes:
            process.wait_until_ready(READY_SECONDS)
        for number in range(1, self.settings.nodes):
            print(f"node {number + 1} at {base_url_of(self.settings, number)}")  # noqa: T201 (what `make run` promises)
        print(f"ready {self.settings.base_url}", flush=True)  # noqa: T201 (as above)
        while True:
            self._attend()

    @property
    def _nodes(self) -> list[OwnProcess]:
        return self.processes[-self.settings.nodes :]

    def _ask_nodes_to_end(self) -> None:
        for process in self._nodes:
            process.ask_to_end()

    def _attend(self) -> None:
        """Wait until something ends, and start it again."""
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        for process in self.processes:
            code = process.ended
            if code is None:
                continue
            now = time.monotonic()
            self._restarts.append(now)
            while now - self._restarts[0] > RESTARTS_WITHIN_SECONDS:
                self._restarts.popleft()
            name = process.program.name
            if len(self._restarts) > RESTARTS:
                raise Ended(f"{name} ended again ({code}), too often within a minute: all is stopped")
            print(f"{name} ended ({code}) and is started again", file=sys.stderr, flush=True)  # noqa: T201 (the operator's)
            process.start()

    def _own_postgres(self, started: ExitStack) -> str:
        postgres = OwnPostgres(self.settings.data_dir)
        process = started.enter_context(running(postgres.program))
        self.processes.append(process)
        postgres.await_start(process)
        return postgres.url

    def _own_redis(self, started: ExitStack) -> str:
        redis = OwnRedis(self.settings.data_dir)
        process = started.enter_context(running(redis.program))
        self.processes.append(process)
        redis.await_start(process)
        return redis.url

    def _node(self, number: int, database_url: str, redis_url: str) -> Program:
        own = {
            "NODES": "1",
            "PORT": str(self.settings.port + number),
            "BASE_URL": base_url_of(self.settings, number),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "DATA_DIR": str(self.settings.data_dir),
        }
        command = [sys.executable, "-m", "messenger", "serve"]
        return Program(name=f"node {number + 1}", command=command, environ={**self.environ, **own})


def serve_nodes(settings: Settings, environ: Mapping[str, str] = os.environ) -> int:
    """Serve until a signal says stop; the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    with suppress(_Stopped), ExitStack() as started:
        # Called last: what ends in order is not to be hurried by a second signal.
        try:
            Nodes(settings, environ).run(started)
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
    return 0


def base_url_of(settings: Settings, number: int) -> str:
    """Where people find a node: under its own port on this machine, under the one address of a proxy before it."""
    address = urlsplit(settings.base_url)
    host = address.netloc.rsplit(":", 1)[0] if address.port is not None else address.netloc
    if host not in LOOPBACK or address.port != settings.port:
        return settings.base_url
    return f"{address.scheme}://{host}:{settings.port + number}"


class _Stopped(BaseException):
    """A signal said so."""


def _stop(_signal: int, _frame: Any) -> None:
    raise _Stopped


def _prepare_demo(settings: Settings) -> None:
    serving.prepare_demo(settings)
