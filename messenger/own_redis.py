"""A Redis of the service's own, from the machine's packages: between the nodes, on loopback, keeping nothing."""

import secrets
import shutil
import socket
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from messenger.own_process import OwnProcess, Program, StartFailed

START_SECONDS = 30


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class OwnRedis:
    """One Redis with a password of this run."""

    def __init__(self, data_dir: Path) -> None:
        self._port, self._password = free_port(), secrets.token_urlsafe(24)
        self._data_dir = data_dir

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    @property
    def program(self) -> Program:
        """What to start.

        Raises:
            StartFailed: the machine has no Redis.
        """
        server = shutil.which("redis-server")
        if server is None:
            raise StartFailed("NODES needs Redis: install the package redis-server, or set REDIS_URL")
        settings = {
            "port": str(self._port),
            "bind": "127.0.0.1",
            "requirepass": self._password,
            "save": '""',
            "appendonly": "no",
            "dir": f'"{self._data_dir}"',
        }
        return Program(
            name="Redis",
            command=[server, "-"],
            fed="".join(f"{name} {value}\n" for name, value in settings.items()),
            log=self._data_dir / "redis.log",
        )

    def await_start(self, process: OwnProcess) -> None:
        """Until it answers.

        Raises:
            StartFailed: it does not.
        """
        with redis.Redis.from_url(self.url, socket_timeout=5, retry=Retry(NoBackoff(), 0)) as client:
            process.wait_for(lambda: _answers(client), START_SECONDS)


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
