"""The servers that are measured: the relay, the real one, the real one without a check; each a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.servers import ROOT, free_port

START_SECONDS = 60


@contextmanager
def serving(application: str, folder: Path, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a WSGI application under gunicorn as `python -m messenger serve` does; the address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = "messenger.gunicorn_settings" if application != "bench.relay:app" else "bench.relay_settings"
    command = [
        *(sys.executable, "-m", "gunicorn", "--config", f"python:{settings}"),
        *("--bind", f"127.0.0.1:{port}", "--log-level", "warning", application),
    ]
    environment = {**os.environ, "PORT": str(port), "BASE_URL": url, **(environ or {})}
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait(process, url, folder / "server.log")
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            requests.get(f"{url}/healthz", timeout=5)
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start\n{log.read_text()}")
