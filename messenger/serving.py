"""Serving: gunicorn with one gevent worker, started so that `ready URL` means ready.

`serve` migrates, takes the lock on an SQLite file, starts an announcer beside itself and then becomes gunicorn (exec),
so that signals reach it directly and nothing is imported before gevent has patched the worker.
"""

import os
import sys
from pathlib import Path

from config import Settings
from messenger import demo, schema
from messenger.db import hold_server_lock

ROOT = Path(__file__).parents[1]


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
    announcer = [sys.executable, "-m", "messenger.announcer", _authority(settings), settings.base_url]
    os.posix_spawn(sys.executable, announcer, os.environ)
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
    if demo.make_if_empty(settings):
        print(f"made a demo clinic; its accounts are in {settings.data_dir / demo.DEMO_FILE}")  # noqa: T201
    for line in demo.accounts(settings):
        print(f"  {line}")  # noqa: T201 (what `make run` promises)


def _authority(settings: Settings) -> str:
    """Where it listens, an IPv6 address in brackets."""
    return f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"


def _quieter(level: str) -> str:
    """Gunicorn's own chatter, one level above ours."""
    return "debug" if level == "DEBUG" else "warning"
