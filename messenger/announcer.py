"""`python -m messenger.announcer AUTHORITY BASE_URL`: says `ready URL` once a starting server serves.

A process of its own beside every start, so it imports nothing but the standard library.
"""

import json
import os
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

READY_SECONDS = 60


def announce(authority: str, base_url: str) -> None:
    """Wait until the server that started this process answers, say what it lacks, say `ready URL`."""
    if not _serves(authority, os.getppid()):
        return  # the server has said why
    _status, body = _get(authority, "/readyz")
    lacking = json.loads(body).get("failing", [])
    if lacking:
        print(f"it serves, but not everything is well: {', '.join(lacking)}", file=sys.stderr, flush=True)  # noqa: T201
    print(f"ready {base_url}", flush=True)  # noqa: T201 (what `make run` promises)


def _serves(authority: str, server: int) -> bool:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and os.getppid() == server:
        try:
            if _get(authority, "/healthz")[0] == HTTPStatus.OK:
                return True
        except (OSError, HTTPException):
            pass
        time.sleep(0.05)
    return False


def _get(authority: str, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection(authority, timeout=READY_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


if __name__ == "__main__":
    announce(*sys.argv[1:])
