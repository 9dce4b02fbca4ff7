"""The server as an operator starts, asks and stops it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import requests

from tests.servers import ROOT, BetweenServer, small_disk

SETTINGS = {"PATH": "/usr/bin:/bin", "SECRET_KEY": "a secret of the tests, of no worth to anyone"}


def run_messenger(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "messenger", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60)


def test_it_is_ready_once_it_says_so(start_server: Callable[..., BetweenServer], database_url: str) -> None:
    server = start_server(database_url)
    assert requests.get(f"{server.here}/healthz", timeout=5).status_code == 200
    ready = requests.get(f"{server.here}/readyz", timeout=5)
    assert (ready.status_code, ready.json()) == (200, {"ok": True})


def test_it_migrates_an_empty_database_before_it_serves(
    start_server: Callable[..., BetweenServer], tmp_path: Path
) -> None:
    server = start_server(f"sqlite:///{tmp_path / 'new.db'}")
    assert requests.get(f"{server.here}/readyz", timeout=5).json() == {"ok": True}


def test_it_listens_where_it_is_told_to(start_server: Callable[..., BetweenServer], sqlite_url: str) -> None:
    server = start_server(sqlite_url, HOST="::1")
    assert requests.get(f"http://[::1]:{server.port}/healthz", timeout=5).ok


def test_on_a_disk_that_is_almost_full_it_serves_and_says_so(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", 12 * 1024 * 1024) as disk,
        BetweenServer(disk, f"sqlite:///{disk / 'between.db'}") as server,
    ):
        answer = requests.get(f"{server.here}/readyz", timeout=5)
        assert (answer.status_code, answer.json()) == (503, {"failing": ["disk"]})
        assert requests.get(f"{server.here}/healthz", timeout=5).ok
        assert "not everything is well: disk" in server.log


def test_it_stops_cleanly_when_asked(start_server: Callable[..., BetweenServer], sqlite_url: str) -> None:
    server = start_server(sqlite_url)
    assert server.stop() == 0
    assert "Traceback" not in server.log


def test_a_second_server_on_one_sqlite_file_is_refused(
    start_server: Callable[..., BetweenServer], sqlite_url: str, tmp_path: Path
) -> None:
    start_server(sqlite_url)
    second = run_messenger("serve", DATABASE_URL=sqlite_url, DATA_DIR=str(tmp_path), PORT="1", **SETTINGS)
    assert second.returncode == 1
    assert json.loads(second.stderr)["error"]["code"] == "another_server_runs"


def test_the_lock_of_a_killed_server_is_free_again(start_server: Callable[..., BetweenServer], sqlite_url: str) -> None:
    start_server(sqlite_url).kill()
    assert requests.get(f"{start_server(sqlite_url).here}/healthz", timeout=5).ok


def test_a_wrong_setting_stops_the_start_with_one_line_that_names_it(tmp_path: Path) -> None:
    done = run_messenger("serve", **{**SETTINGS, "DATA_DIR": str(tmp_path), "PORT": "eighty"})
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    error = json.loads(line)["error"]
    assert error == {"code": "wrong_setting", "message": "PORT is 'eighty'; use a number from 1 to 65535"}


def test_every_door_is_listed_with_its_guard_without_a_secret(tmp_path: Path) -> None:
    done = run_messenger("routes", "--json", DATA_DIR=str(tmp_path))
    listed = json.loads(done.stdout)
    assert listed["version"] == 1
    doors = {door["rule"]: door["guard"] for door in listed["doors"] if door["kind"] == "route"}
    assert doors["/healthz"] == "anyone"
    assert all(door["guard"] for door in listed["doors"])


def test_an_unknown_command_is_wrong_usage() -> None:
    done = run_messenger("frobnicate", **SETTINGS)
    assert done.returncode == 2
    assert json.loads(done.stderr)["error"]["code"] == "wrong_usage"
