"""The servers that tests stand on, each real, each on a loopback port of its own, each ended by whoever started it."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psycopg
from playwright.sync_api import Browser, Playwright
from sqlalchemy.engine import make_url

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = os.environ.get("TEST_CHROMIUM", "/usr/bin/chromium")
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 60
STOP_SECONDS = 20


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def launch_chromium(playwright: Playwright) -> Browser:
    """Debian's Chromium without a window; each context of it is a fresh profile."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server on which every caller gets databases of its own."""

    admin_url: str

    def create_database(self, template: str = "template0") -> str:
        """A new database, empty or a copy of another; returns its address."""
        name = f"t_{secrets.token_hex(8)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return make_url(self.admin_url).set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _run(self, sql: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.encode())


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """TEST_POSTGRES_URL when it is set, else a server of our own; `durable` forces its writes to disk."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield PostgresServer(given)
        return
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="between-postgres-") as folder:
        as_postgres = _as_user_postgres(Path(folder))
        data = Path(folder) / "data"
        _run_quietly([str(programs / "initdb"), "-D", str(data), "-U", "between", "-A", "trust", "-E", "UTF8",
                      "--locale=C.UTF-8", "--no-sync"], as_postgres)  # fmt: skip
        settings = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": folder}
        if not durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
        log = str(Path(folder) / "log")
        _run_quietly([*control, "-l", log, "-o", " ".join(options), "start"], as_postgres)
        try:
            yield PostgresServer(f"postgresql://between@127.0.0.1:{port}/postgres")
        finally:
            _run_quietly([*control, "-m", "immediate", "stop"], as_postgres)


@dataclass
class RedisServer:
    """A Redis of the tests' own, which can be frozen, killed and started again on its port; a context manager."""

    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        """End it, in whatever state it is."""
        self.kill()

    def start(self) -> None:
        """Start and wait until it serves; it keeps nothing."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, cwd=tempfile.gettempdir(), stdout=subprocess.PIPE, text=True)
        _wait_for_line(self._process, "Ready to accept connections")

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def freeze(self) -> None:
        """Let it do nothing, its connections stay open (SIGSTOP)."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def redis_server() -> Iterator[str]:
    """The address of TEST_REDIS_URL when it is set, else of a Redis of our own."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
        return
    with RedisServer() as server:
        yield server.url


@dataclass
class BetweenServer:
    """`python -m messenger serve` in a process group of its own; a context manager that stops it."""

    data_dir: Path
    database_url: str
    environ: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    said: list[str] = field(default_factory=list)
    """What it has printed at its last start, until it was ready."""
    _process: subprocess.Popen[str] | None = None

    @property
    def here(self) -> str:
        """Where it listens, whatever its BASE_URL says."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """Where people find it."""
        return self.environ.get("BASE_URL", self.here)

    @property
    def log(self) -> str:
        """What it wrote to standard error."""
        return self._log_file.read_text(encoding="utf-8")

    def __enter__(self) -> Self:
        """Start and wait for `ready`."""
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop, if it still runs."""
        self.stop()

    def start(self) -> None:
        """Start; returns when it has said `ready URL`, raises AssertionError with its log when it never does."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error::ResourceWarning", "-m", "messenger", "serve"],
                cwd=ROOT,
                env=self._environment(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        try:
            self.said = _wait_for_line(self._process, f"ready {self.base_url}")
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}\n{self.log}") from error

    def stop(self) -> int | None:
        """Ask it to stop (SIGTERM) and return its exit code."""
        if self._process is None:
            return None
        self._process.send_signal(signal.SIGTERM)
        return self._ended()

    def kill(self) -> None:
        """End the server and its workers at once (SIGKILL), as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._ended()

    def _ended(self) -> int:
        process = self._process
        assert process is not None
        self._process = None
        try:
            process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise AssertionError(f"the server did not stop within {STOP_SECONDS} s\n{self.log}") from None
        return process.returncode

    @property
    def _log_file(self) -> Path:
        return self.data_dir / "server.log"

    def settings(self) -> dict[str, str]:
        """The environment it runs in, for commands beside it."""
        return self._environment()

    def _environment(self) -> dict[str, str]:
        own = {
            "BASE_URL": self.here,
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.data_dir),
            "DEMO": "0",
            "PORT": str(self.port),
            "SECRET_KEY": "a secret of the tests, of no worth to anyone",
        }
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {**inherited, **own, **self.environ}


def _wait_for_line(process: subprocess.Popen[str], wanted: str) -> list[str]:
    """The lines before it."""
    assert process.stdout is not None
    said: list[str] = []
    while line := process.stdout.readline():
        if wanted in line:
            return said
        said.append(line)
    raise AssertionError(f"{process.args!r} ended without saying {wanted!r}")


def _as_user_postgres(folder: Path) -> dict[str, object]:
    """PostgreSQL refuses root; as anyone else it runs as that person."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "postgres", "postgres")
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _run_quietly(command: list[str], options: Mapping[str, object]) -> None:
    done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False, **options)  # type: ignore[call-overload]  # fmt: skip
    assert done.returncode == 0, f"{command[0]}: {done.stderr}"


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk of its own with `size` bytes, mounted at `folder`; needs root, as CI has."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
