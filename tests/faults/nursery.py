"""Servers that are quick to start, for tests that kill hundreds: gunicorn with the settings of `serve`, forked from a
process that has imported everything already.

`python -m tests.faults.nursery DESCRIPTOR` keeps the listening socket and starts a server in a process group of its own
for each line that it reads: it prints the group's id, and an empty line once every process of the group is gone.
"""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402 (after the patch)
import signal  # noqa: E402
import sys  # noqa: E402

from gunicorn.app.wsgiapp import WSGIApplication  # noqa: E402

import messenger.app  # noqa: E402, F401 (what every server would import anew)
from config import Settings  # noqa: E402
from messenger.db import hold_server_lock  # noqa: E402

# Gevent's own would have the loop reap the children, and here no loop runs.
fork = monkey.get_original("os", "fork")
wait_for = monkey.get_original("os", "waitpid")


def _serve(descriptor: str) -> None:
    """What `python -m messenger serve` does with a database that is migrated."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    hold_server_lock(Settings.from_env().database_url)
    sys.argv = [
        "gunicorn",
        *("--config", "python:messenger.gunicorn_settings", "--bind", f"fd://{descriptor}", "--log-level", "warning"),
    ]
    WSGIApplication(prog="gunicorn").run()


def _start_and_bury(descriptor: str) -> None:
    alive, held = os.pipe()  # held by every process of the server, so it ends with the last of them
    server: int = fork()
    if server == 0:
        os.close(alive)
        _serve(descriptor)
        os._exit(0)
    os.close(held)
    print(server, flush=True)  # noqa: T201 (the answer)
    os.read(alive, 1)
    os.close(alive)
    wait_for(server, 0)
    print(flush=True)  # noqa: T201


def main() -> None:
    """Start one server after another."""
    for _line in sys.stdin:
        _start_and_bury(sys.argv[1])


if __name__ == "__main__":
    main()
