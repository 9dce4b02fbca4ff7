"""`python -m messenger log verify`, as a stranger's script runs it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from messenger.audit import store
from tests.auditor.logs import break_in, sequence
from tests.cast import Cast
from tests.servers import ROOT, BetweenServer


def verify(*arguments: str) -> tuple[int, Any, Any]:
    """Exit code, result and error of one run."""
    run = subprocess.run(
        [sys.executable, "-m", "messenger", "log", "verify", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return run.returncode, json.loads(run.stdout or "null"), json.loads(run.stderr or "null")


def test_a_sound_log_exits_with_zero_and_a_broken_one_with_one(cast: Cast) -> None:
    size = sequence(cast)
    url = cast.house.settings.database_url
    code, report, _ = verify("--database", url)
    assert (code, report["ok"], report["size"], report["findings"]) == (0, True, size, [])
    break_in(cast, 'UPDATE audit_frames SET hash = body_hash WHERE "index" = 3')
    code, report, _ = verify("--database", url)
    assert (code, report["ok"]) == (1, False)
    assert report["findings"] == [
        {
            "code": "frame_changed",
            "index": 3,
            "sentence": "The stored hash of the entry's place is not the hash of that place.",
        }
    ]


def test_what_cannot_be_checked_exits_with_two(tmp_path: Path) -> None:
    code, report, error = verify("--database", f"sqlite:///{tmp_path}/none.db")
    assert (code, report, error["error"]["code"]) == (2, None, "no_database")
    assert not (tmp_path / "none.db").exists()
    assert verify()[0] == 2
    assert verify("--server", "http://127.0.0.1:1")[2]["error"]["code"] == "which_log"


def test_a_server_that_is_not_there_exits_with_three(cast: Cast) -> None:
    clinic, key = _log_of(cast)
    code, _, error = verify("--server", "http://127.0.0.1:1", "--clinic", clinic, "--key", key)
    assert (code, error["error"]["code"]) == (3, "unreachable")


def test_a_stranger_checks_a_running_server_from_its_tiles(
    cast: Cast, start_server: Callable[..., BetweenServer], tmp_path: Path
) -> None:
    clinic, key = _log_of(cast)
    for _ in range(300):  # more than one tile
        cast.house.clock.advance(cast.house.clock.at.resolution * 60_000_000)
        cast.house.call("PATCH", "/api/me", {"language": "en"}, by=cast.patient)
    sequence(cast)
    server = start_server(cast.house.settings.database_url, SECRET_KEY=cast.house.settings.secret_key)
    arguments = ("--server", server.here, "--clinic", clinic, "--key", key)
    code, report, _ = verify(*arguments)
    assert (code, report["ok"]) == (0, True)
    assert report["size"] > 256
    kept = tmp_path / "checkpoint"
    kept.write_bytes(requests.get(f"{server.here}/log/{clinic}/checkpoint", timeout=10).content)
    assert verify(*arguments, "--since", str(kept))[0] == 0
    server.stop()
    break_in(cast, 'UPDATE audit_nodes SET hash = :hash WHERE level = 0 AND "index" = 9', hash=b"\x09" * 32)
    server.start()
    code, report, _ = verify(*arguments)
    assert (code, [finding["code"] for finding in report["findings"]]) == (1, ["tile_differs"])


def _log_of(cast: Cast) -> tuple[str, str]:
    with cast.house.database.reading_session() as session:
        log = store.find_log(session, cast.hand.clinic)
        assert log is not None
        return log.clinic, log.verifier_key
