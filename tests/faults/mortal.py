"""A server that is killed and started again on the same database and port."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.cast import House
from tests.servers import ROOT, STOP_SECONDS


@dataclass
class MortalServer:
    """A server on the database of a house; `start` and `kill` by turns."""

    house: House
    folder: Path
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=64))
    _nursery: subprocess.Popen[str] | None = None
    _group: int | None = None

    @property
    def url(self) -> str:
        """Where it listens; while it is dead, who calls there waits."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def log(self) -> str:
        """What all of its lives wrote."""
        return (self.folder / "mortal.log").read_text(encoding="utf-8")

    def __enter__(self) -> Self:
        """Ready to start."""
        descriptor = self._listener.fileno()
        with (self.folder / "mortal.log").open("w", encoding="utf-8") as log:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery", str(descriptor)],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                pass_fds=[descriptor],
            )
        return self

    def __exit__(self, *_: object) -> None:
        """End all of it."""
        self.kill()
        if self._nursery is not None:
            self._nursery.communicate(timeout=STOP_SECONDS)
        self._listener.close()

    def start(self, commits: int = 0) -> None:
        """Begin a life, which ends by itself right after so many commits of messages; 0 is never."""
        self._tell(str(commits))
        answer = self._hear()
        assert answer.strip(), self.log
        self._group = int(answer)

    def kill(self) -> None:
        """SIGKILL to every process of it, as a power cut would; returns when the last one is gone."""
        if self._group is None:
            return
        os.killpg(self._group, signal.SIGKILL)
        self.wait_for_death()

    def wait_for_death(self) -> None:
        """Returns when the last process of it is gone."""
        self._group = None
        assert self._hear() == "\n", self.log

    def _tell(self, line: str) -> None:
        assert self._nursery is not None
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(line + "\n")
        self._nursery.stdin.flush()

    def _hear(self) -> str:
        assert self._nursery is not None
        assert self._nursery.stdout is not None
        return self._nursery.stdout.readline()

    def _environment(self) -> dict[str, str]:
        settings = self.house.settings
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {
            **inherited,
            "BASE_URL": self.url,
            "DATABASE_URL": settings.database_url,
            "DATA_DIR": str(self.folder),
            "SECRET_KEY": settings.secret_key,
        }
