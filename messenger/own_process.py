"""A process that belongs to this one: said by name, started again where it ends by itself, gone when this one is."""

import contextlib
import ctypes
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
"""`prctl(2)`: which signal a process gets when its parent dies."""


class StartFailed(RuntimeError):
    """A process that belongs to the service does not start; one line says which and why."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to start, and how to end it."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str] | None = None
    fed: str | None = None
    """What it reads from standard input; settings that must not be seen in a list of processes."""
    log: Path | None = None
    """Where its output goes; None where `OwnProcess.said` is asked for it."""
    user: str | None = None
    ends_by: signal.Signals = signal.SIGTERM
    """What makes it stop in order."""
    ends_within: float = 20.0
    """Seconds; after that it is killed."""


@dataclass
class OwnProcess:
    """A running program."""

    program: Program
    _running: subprocess.Popen[str] = field(init=False)
    _ready: threading.Event = field(init=False)

    def start(self) -> None:
        """Start it, or start it again."""
        program = self.program
        self._ready = threading.Event()
        with contextlib.ExitStack() as opened:
            output: IO[Any] | int = subprocess.PIPE
            if program.log is not None:
                output = opened.enter_context(program.log.open("a", encoding="utf-8"))
            self._running = subprocess.Popen(  # noqa: S603 (fixed commands of ours)
                program.command,
                env=None if program.environ is None else dict(program.environ),
                stdin=subprocess.PIPE if program.fed is not None else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if program.log is not None else None,
                text=True,
                start_new_session=True,  # Ctrl-C is for this process, which ends the others in order
                preexec_fn=_die_with_parent(program.ends_by),
                **identity_of(program.user),
            )
        if program.fed is not None and self._running.stdin is not None:
            self._running.stdin.write(program.fed)
            self._running.stdin.close()
        if self._running.stdout is not None:
            threading.Thread(target=self._read, args=(self._running.stdout, self._ready), daemon=True).start()

    @property
    def ended(self) -> int | None:
        """The exit code of a process that has ended."""
        return self._running.poll()

    def wait_until_ready(self, seconds: float) -> None:
        """Until it has said a line that begins with `ready`.

        Raises:
            StartFailed: it ended instead, or never did.
        """
        self.wait_for(self._ready.is_set, seconds)

    def wait_for(self, holds: Callable[[], bool], seconds: float) -> None:
        """Until something holds that starts with it. Raises as `wait_until_ready`."""
        pause = threading.Event()
        for _ in range(int(seconds * 20)):
            if holds():
                return
            if self.ended is not None:
                break
            pause.wait(0.05)
        where = f"; {self.program.log} says why" if self.program.log else ""
        raise StartFailed(f"{self.program.name} does not start{where}")

    def ask_to_end(self) -> None:
        """Begin to stop it."""
        if self.ended is None:
            self._running.send_signal(self.program.ends_by)

    def end(self) -> None:
        """Stop it and wait until it has; killed where it takes too long."""
        self.ask_to_end()
        try:
            self._running.wait(self.program.ends_within)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()

    @staticmethod
    def _read(output: IO[str], ready: threading.Event) -> None:
        with output:
            for line in output:
                if line.startswith("ready"):
                    ready.set()


@contextlib.contextmanager
def running(program: Program) -> Iterator[OwnProcess]:
    """Start it, and end it with the block."""
    process = OwnProcess(program)
    process.start()
    try:
        yield process
    finally:
        process.end()


def identity_of(user: str | None) -> dict[str, Any]:
    """How `subprocess` is told to run something as another user; None for as this one."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def _die_with_parent(by: signal.Signals) -> Callable[[], None] | None:
    """On Linux, where this process is killed outright, nothing of it stays behind."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def arrange() -> None:
        prctl(PR_SET_PDEATHSIG, by)

    return arrange
