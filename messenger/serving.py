"""Serving: gunicorn with one gevent worker, started so that `ready URL` means ready.

`serve` migrates, takes the lock on an SQLite file, starts an announcer beside itself and then becomes gunicorn (exec),
so that signals reach it directly and nothing is imported before gevent has patched the worker.
"""

import os
import sys
import time
from pathlib import Path

import requests

from config import Settings
from messenger import schema
from messenger.db import hold_server_lock

ROOT = Path(__file__).parents[1]
READY_SECONDS = 60


def serve(settings: Settings) -> None:
    """Become the server; returns never.

    Raises:
        AnotherServerRuns: an SQLite file has its one server already.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    hold_server_lock(settings.database_url)
    schema.upgrade(settings.database_url)
    if settings.demo:
        prepare_demo(settings)
    os.environ["DATA_DIR"] = str(settings.data_dir)  # relative ones are meant from where serve was called
    os.chdir(ROOT)
    os.posix_spawn(sys.executable, [sys.executable, "-m", "messenger.serving"], os.environ)
    sys.stdout.flush()
    os.execv(  # noqa: S606 (no shell, fixed arguments)
        sys.executable,
        [
            sys.executable,
            *("-m", "gunicorn", "--config", "python:messenger.gunicorn_settings"),
            *("--bind", _authority(settings), "--log-level", _quieter(settings.log_level)),
        ],
    )


def prepare_demo(settings: Settings) -> None:
    """The demo clinic at the first start, and at every start who is in it.

    Raises:
        Conflict: making it was interrupted.
    """
    from messenger import seeding  # the whole application, which the announcer must not wait for

    if seeding.seed_if_empty(settings):
        print(f"made a demo clinic; its accounts are in {settings.data_dir / seeding.DEMO_FILE}")  # noqa: T201
    for line in seeding.accounts_of_demo(settings):
        print(f"  {line}")  # noqa: T201 (what `make run` promises)


def announce(settings: Settings) -> int:
    """Wait until the server answers, say what it lacks, say `ready URL`; the announcer's exit code."""
    server = os.getppid()
    here = f"http://{_authority(settings)}"
    if not _serves(f"{here}/healthz", server):
        return 0  # the server has said why
    lacking = requests.get(f"{here}/readyz", timeout=READY_SECONDS).json().get("failing", [])
    if lacking:
        print(f"it serves, but not everything is well: {', '.join(lacking)}", file=sys.stderr, flush=True)  # noqa: T201
    print(f"ready {settings.base_url}", flush=True)  # noqa: T201 (what `make run` promises)
    return 0


def _serves(address: str, server: int) -> bool:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and os.getppid() == server:
        try:
            if requests.get(address, timeout=5).ok:
                return True
        except requests.RequestException:
            pass
        time.sleep(0.05)
    return False


def _authority(settings: Settings) -> str:
    """Where it listens, an IPv6 address in brackets."""
    return f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"


def _quieter(level: str) -> str:
    """Gunicorn's own chatter, one level above ours."""
    return "debug" if level == "DEBUG" else "warning"


if __name__ == "__main__":
    sys.exit(announce(Settings.from_env()))
