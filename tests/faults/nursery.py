"""Servers that are quick to start, for tests that kill hundreds: gunicorn with the settings of `serve`, forked from a
process that has imported everything already.

`python -m tests.faults.nursery DESCRIPTOR` keeps the listening socket and starts a server in a process group of its own
for each line that it reads: it prints the group's id, and an empty line once every process of the group is gone. The
line says after how many of the writer's commits the server kills itself before it tells anybody; 0 is never.
"""

from gevent import monkey

monkey.patch_all()

import ctypes  # noqa: E402 (after the patch)
import itertools  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from contextlib import suppress  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gunicorn.app.wsgiapp import WSGIApplication  # noqa: E402

import messenger.app  # noqa: E402, F401 (what every server would import anew)
from config import Settings  # noqa: E402
from messenger.conversations import writer  # noqa: E402
from messenger.db import hold_server_lock  # noqa: E402

# Gevent's own have a loop reap the children, and here no loop runs.
fork = monkey.get_original("os", "fork")
wait_for = monkey.get_original("os", "waitpid")

ADOPT_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2): the killed master's workers are ours to wait for."""


def _die_after(commits: int) -> None:
    """The one moment that a kill from outside hardly ever meets: stored, and nobody knows."""
    left = itertools.count(1 - commits)
    commit_batch = writer.commit_batch  # type: ignore[attr-defined]  # the seam that the fault is put into

    def commit_and_die(*given: Any) -> Any:
        answers = commit_batch(*given)
        if next(left) == 0:
            os.killpg(0, signal.SIGKILL)
        return answers

    writer.commit_batch = commit_and_die  # type: ignore[attr-defined,assignment]  # as above


def _serve(descriptor: str, commits: int) -> None:
    """What `python -m messenger serve` does with a database that is migrated."""
    if commits:
        _die_after(commits)
    os.setsid()
    gevent.reinit()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    hold_server_lock(Settings.from_env().database_url)
    sys.argv = [
        "gunicorn",
        *("--config", "python:messenger.gunicorn_settings", "--bind", f"fd://{descriptor}", "--log-level", "warning"),
    ]
    WSGIApplication(prog="gunicorn").run()


def _start_and_bury(descriptor: str, commits: int) -> None:
    server: int = fork()
    if server == 0:
        _serve(descriptor, commits)
        os._exit(0)
    print(server, flush=True)  # noqa: T201 (the answer)
    # Only what has been waited for has closed its files, the lock on the database among them.
    with suppress(ChildProcessError):
        while True:
            wait_for(-1, 0)
    print(flush=True)  # noqa: T201


def main() -> None:
    """Start one server after another."""
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
    for line in sys.stdin:
        _start_and_bury(sys.argv[1], int(line))


if __name__ == "__main__":
    main()
