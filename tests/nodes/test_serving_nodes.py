"""`NODES=2`: what is started, what is said, what is left when it stops."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser

from messenger.own_postgres import OwnPostgres
from messenger.own_process import running
from tests.journeys.browsing import Visitor
from tests.servers import ROOT, BetweenServer, free_port

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

SECRET = "a secret of the tests, of no worth to anyone"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the user postgres can enter, as somebody's own `var` is and pytest's are not."""
    with tempfile.TemporaryDirectory(prefix="between-nodes-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def two_ports() -> int:
    """A port that is free, as is the next one."""
    while True:
        port = free_port()
        with socket.socket() as next_one:
            try:
                next_one.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def nodes(folder: Path, database_url: str, **environ: str) -> BetweenServer:
    port = two_ports()
    given = {"NODES": "2", "BASE_URL": f"http://localhost:{port}", **environ}
    return BetweenServer(folder / "var", database_url, given, port)


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for child in children_of(pid):
        found |= {child, *descendants(child)}
    return found


def children(server: BetweenServer) -> list[int]:
    assert server._process is not None
    return children_of(server._process.pid)


def all_of(server: BetweenServer) -> set[int]:
    assert server._process is not None
    return descendants(server._process.pid)


def alive(pids: set[int]) -> set[int]:
    """Those that run; a zombie waits to be collected by whoever adopted it and runs no more."""
    found = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            found.add(pid)
    return found


def until(holds: Callable[[], bool]) -> None:
    """There is nobody to be told by when somebody else's process ends."""
    pause = threading.Event()
    for _ in range(600):
        if holds():
            return
        pause.wait(0.1)
    raise AssertionError("it never held")


def serves(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
    except requests.ConnectionError:
        return False


def test_two_people_in_two_browsers_at_two_ports_write_to_each_other(open_folder: Path, chromium: Browser) -> None:
    with nodes(open_folder, "", DEMO="1") as server:
        assert f"node 2 at http://localhost:{server.port + 1}" not in server.log  # it is said, on standard output
        for port in (server.port, server.port + 1):
            assert requests.get(f"http://127.0.0.1:{port}/readyz", timeout=20).json() == {"ok": True}
        demo = json.loads((open_folder / "var" / "demo.json").read_text(encoding="utf-8"))
        people = {account["name"]: account for account in demo["accounts"]}
        conversation = people["peggy"]["conversations"][0]
        peggy = Visitor.arrives(chromium, f"http://localhost:{server.port}")
        amara = Visitor.arrives(chromium, f"http://localhost:{server.port + 1}")
        for visitor, name in ((peggy, "peggy"), (amara, "amara")):
            visitor.signs_in(name, people[name]["password"])
            visitor.opens(conversation)
        peggy.writes("From the first node.", "update")
        amara.reads("From the first node.")
        amara.writes("And from the second.")
        peggy.reads("And from the second.")
        peggy.leaves()
        amara.leaves()
        everything = all_of(server)
        assert server.stop() == 0
        assert not alive(everything)
        assert "Traceback" not in server.log
        server.start()  # on the same files: the clinic is still there
        assert json.loads((open_folder / "var" / "demo.json").read_text(encoding="utf-8")) == demo
        everything = all_of(server)
        server.kill()
        until(lambda: not alive(everything))


def test_a_node_that_dies_is_started_again_and_what_is_given_is_used(
    open_folder: Path, postgres_url: str, redis_url: str
) -> None:
    with nodes(open_folder, postgres_url, REDIS_URL=redis_url) as server:
        first, second = children(server)
        assert not (open_folder / "var" / "postgres").exists()
        os.kill(second, signal.SIGKILL)
        until(lambda: "node 2 ended (-9) and is started again" in server.log)
        assert serves(server.port)
        until(lambda: serves(server.port + 1))
        assert first in children(server)
        assert server.stop() == 0


def test_a_node_that_cannot_start_stops_the_rest_with_one_line(
    open_folder: Path, postgres_url: str, redis_url: str
) -> None:
    port = two_ports()
    with socket.create_server(("127.0.0.1", port + 1)):
        done = serve(open_folder, NODES="2", PORT=str(port), DATABASE_URL=postgres_url, REDIS_URL=redis_url)
    assert done.returncode == 1
    error = json.loads(done.stderr.splitlines()[-1])["error"]
    assert error == {"code": "start_failed", "message": "node 2 does not start"}
    assert not serves(port)


def test_sqlite_refuses_a_second_process_with_one_line(tmp_path: Path) -> None:
    done = serve(tmp_path, NODES="2", DATABASE_URL=f"sqlite:///{tmp_path / 'between.db'}")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["error"]["code"] == "wrong_setting"
    assert "SQLite, which takes one process" in line


def serve(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": "/usr/bin:/bin", "SECRET_KEY": SECRET, "DATA_DIR": str(folder / "var"), **environ}
    return subprocess.run(
        [sys.executable, "-m", "messenger", "serve"], cwd=ROOT, env=given, capture_output=True, text=True, timeout=120
    )


def test_where_the_user_postgres_cannot_enter_its_files_are_kept_elsewhere(tmp_path: Path) -> None:
    # Pytest's own folders are root's alone. Whoever is not root runs PostgreSQL as themselves, wherever they may write.
    postgres = OwnPostgres(tmp_path)
    place = Path(postgres.program.command[2]).parent
    try:
        assert place.parent == (Path("/var/lib/postgresql") if os.geteuid() == 0 else tmp_path)
        with running(postgres.program) as process:
            postgres.await_start(process)
        assert OwnPostgres(tmp_path).program.command[2] == postgres.program.command[2]
    finally:
        shutil.rmtree(place)
