"""A PostgreSQL of the service's own, from the machine's packages: on loopback, its files kept between runs."""

import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from messenger.own_process import OwnProcess, Program, StartFailed, identity_of
from messenger.own_redis import free_port

START_SECONDS = 60
ROLE = "between"
DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
DEBIAN_DATA = Path("/var/lib/postgresql")


class OwnPostgres:
    """One cluster, made at the first start, and the database in it.

    PostgreSQL refuses to run as root: then it runs as the user postgres, and its files are this user's.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._user = "postgres" if os.geteuid() == 0 else None
        self._port = free_port()
        self._place = self._make_place()
        self._data = self._place / "data"
        self._programs = self._find_programs()
        if not self._data.exists():
            self._make_cluster()

    @property
    def url(self) -> str:
        """The address of the database."""
        return self._address("between")

    @property
    def program(self) -> Program:
        """What to start."""
        settings = {"listen_addresses": "127.0.0.1", "port": str(self._port), "unix_socket_directories": ""}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="PostgreSQL",
            command=[str(self._programs / "postgres"), "-D", str(self._data), *options],
            log=self._data_dir / "postgres.log",
            user=self._user,
            ends_by=signal.SIGINT,  # its fast shutdown: connections are cut, what was committed stays
        )

    def await_start(self, process: OwnProcess) -> None:
        """Until it answers and the database is there.

        Raises:
            StartFailed: it does not.
        """
        process.wait_for(self._answers, START_SECONDS)
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'between'").fetchone()
            if found is None:
                connection.execute("CREATE DATABASE between TEMPLATE template0")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._address("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _address(self, database: str) -> str:
        password = (self._place / "password").read_text(encoding="ascii")
        return f"postgresql://{ROLE}:{password}@127.0.0.1:{self._port}/{database}"

    def _make_place(self) -> Path:
        """`DATA_DIR/postgres`; where the user postgres cannot get there, among Debian's clusters, named after it."""
        place = self._data_dir / "postgres"
        if self._user is None:
            place.mkdir(mode=0o700, exist_ok=True)
            return place
        with contextlib.suppress(LookupError):  # no such user: said below
            shutil.chown(self._data_dir, group="postgres")
            self._data_dir.chmod(0o710)  # they may pass through and list nothing
        if not self._owned(place):
            name = hashlib.sha256(str(self._data_dir).encode()).hexdigest()[:12]
            place = DEBIAN_DATA / f"between-{name}"
            if not self._owned(place):
                raise StartFailed(f"the user postgres can write neither in {self._data_dir} nor in {DEBIAN_DATA}")
            print(f"the user postgres cannot enter {self._data_dir}: the database is in {place}", flush=True)  # noqa: T201 (where somebody's data is)
        return place

    def _owned(self, place: Path) -> bool:
        """Make the folder the user's, if that user can get there."""
        made = not place.exists()
        place.mkdir(mode=0o700, exist_ok=True)
        try:
            shutil.chown(place, "postgres", "postgres")
        except LookupError as error:
            raise StartFailed("NODES needs PostgreSQL: install the package postgresql, or set DATABASE_URL") from error
        reached = self._as_user("/usr/bin/test", "-w", str(place)).returncode == 0
        if made and not reached:
            place.rmdir()
        return reached

    def _find_programs(self) -> Path:
        """Those of the version that made the cluster; of the newest, where there is none yet."""
        version = self._data / "PG_VERSION"
        wanted = version.read_text(encoding="ascii").strip() if version.exists() else "*"
        found = [folder for folder in DEBIAN_PROGRAMS.glob(f"{wanted}/bin") if (folder / "initdb").exists()]
        on_path = shutil.which("initdb")
        if not found and on_path is not None:
            found = [Path(on_path).parent]
        if not found:
            named = "PostgreSQL" if wanted == "*" else f"PostgreSQL {wanted}"
            raise StartFailed(f"NODES needs {named}: install the package postgresql, or set DATABASE_URL")
        return max(found, key=lambda folder: int(folder.parent.name) if folder.parent.name.isdecimal() else 0)

    def _make_cluster(self) -> None:
        """Made aside and moved into place whole, so that an interrupted start leaves no half of one."""
        aside, password = self._place / "making", self._place / "password"
        shutil.rmtree(aside, ignore_errors=True)
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24), encoding="ascii")
        if self._user is not None:
            shutil.chown(password, "postgres", "postgres")
        made = self._as_user(
            *(str(self._programs / "initdb"), "-D", str(aside), "--username", ROLE, "--pwfile", str(password)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums"),
        )
        if made.returncode != 0:
            reason = made.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise StartFailed(f"PostgreSQL's files cannot be made in {self._place}: {reason[0]}")
        aside.rename(self._data)

    def _as_user(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 (fixed commands)
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **identity_of(self._user),
        )
