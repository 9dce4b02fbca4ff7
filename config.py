"""What the server is told from outside: one frozen dataclass, read once from the environment and handed in."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from messenger.db import parse_database_url

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SECRET_CHARACTERS = 32
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class SettingsError(ValueError):
    """A setting is missing or wrong; the message is one line that names it and says what it should be."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another."""

    database_url: str
    data_dir: Path
    host: str
    """The address the server listens on; a reverse proxy with TLS stands before it outside of a demonstration."""
    port: int
    base_url: str
    """Scheme, host and port that people type; links, cookies, allowed origins and sign-ins come from here alone."""
    secret_key: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    """How several web nodes hear of each other."""
    nodes: int
    """How many web nodes `serve` starts on this machine, on `port` and the ports after it."""
    demo: bool
    clock_file: Path | None
    emergency_number: str
    log_level: str
    trusted_proxy: str | None
    """The one address whose X-Forwarded-For is believed, for rate limits alone."""
    clinic_phone: str | None = None
    """The clinic's own number, shown where something has gone wrong."""
    time_zone: str | None = None
    """IANA name of the clinic's time zone; a reader in another one is told both times."""

    @property
    def https(self) -> bool:
        """Whether people reach it over TLS."""
        return self.base_url.startswith("https://")

    @property
    def authority(self) -> str:
        """`host[:port]` of the address people type; it names the logs of this service."""
        return urlsplit(self.base_url).netloc

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment.

        Raises:
            SettingsError: the first setting that is missing or wrong.
        """
        demo = _switch(environ, "DEMO", default="0")
        data_dir = Path(environ.get("DATA_DIR") or "var").absolute()
        nodes = _nodes(environ)
        port = _port(environ, nodes)
        return cls(
            database_url=_database_url(environ, data_dir, nodes),
            data_dir=data_dir,
            host=environ.get("HOST") or "127.0.0.1",
            port=port,
            base_url=_base_url(environ, port),
            secret_key=_secret_key(environ, data_dir, demo=demo),
            redis_url=_redis_url(environ),
            nodes=nodes,
            demo=demo,
            clock_file=_clock_file(environ, demo=demo),
            emergency_number=_emergency_number(environ),
            log_level=_log_level(environ),
            trusted_proxy=environ.get("TRUSTED_PROXY") or None,
            clinic_phone=_clinic_phone(environ),
            time_zone=_time_zone(environ),
        )


def _switch(environ: Mapping[str, str], name: str, default: str) -> bool:
    value = environ.get(name) or default
    if value not in {"0", "1"}:
        raise SettingsError(f"{name} is {value!r}; use 1 or 0")
    return value == "1"


def _nodes(environ: Mapping[str, str]) -> int:
    value = environ.get("NODES") or "1"
    if not re.fullmatch(r"[1-9]", value):
        raise SettingsError(f"NODES is {value!r}; use a number from 1 to 9")
    return int(value)


def _redis_url(environ: Mapping[str, str]) -> str | None:
    value = environ.get("REDIS_URL")
    if value and urlsplit(value).scheme not in {"redis", "rediss"}:
        # As for the database, the value may hold a password.
        raise SettingsError("REDIS_URL is wrong; use redis://host:port/0, or rediss:// for TLS")
    return value or None


def _port(environ: Mapping[str, str], nodes: int) -> int:
    value = environ.get("PORT") or "8000"
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 1 <= int(value) <= 65535:
        raise SettingsError(f"PORT is {value!r}; use a number from 1 to 65535")
    if int(value) + nodes - 1 > 65535:
        raise SettingsError(f"PORT is {value!r}; {nodes} nodes need {nodes} ports, up to 65535")
    return int(value)


def _database_url(environ: Mapping[str, str], data_dir: Path, nodes: int) -> str:
    value = environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'between.db'}"
    try:
        parse_database_url(value)
    except Exception as error:
        # The value may hold a password, so it is not repeated.
        raise SettingsError(
            "DATABASE_URL is wrong; use sqlite:////absolute/path or postgresql://user@host/name"
        ) from error
    if nodes > 1 and environ.get("DATABASE_URL") and parse_database_url(value).get_backend_name() == "sqlite":
        raise SettingsError(
            "DATABASE_URL is SQLite, which takes one process; NODES needs postgresql://…, or none given"
        )
    return value


def _base_url(environ: Mapping[str, str], port: int) -> str:
    value = environ.get("BASE_URL") or f"http://localhost:{port}"
    match = re.fullmatch(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?/?", value)
    if match is None:
        raise SettingsError(f"BASE_URL is {value!r}; use https://host or https://host:port, lower case, without a path")
    if match[1] == "http" and match[2] not in LOOPBACK:
        raise SettingsError(f"BASE_URL is {value!r}; browsers keep keys safe over https alone, except on localhost")
    return value.removesuffix("/")


def _secret_key(environ: Mapping[str, str], data_dir: Path, *, demo: bool) -> str:
    value = environ.get("SECRET_KEY") or (_kept_secret(data_dir / "secret-key") if demo else "")
    if not value:
        raise SettingsError(
            "SECRET_KEY is missing; make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
    if len(value) < SECRET_CHARACTERS:
        raise SettingsError(f"SECRET_KEY is too short; use {SECRET_CHARACTERS} random characters or more")
    return value


def _kept_secret(path: Path) -> str:
    """The demo's own secret, made at its first start and readable by its owner alone."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsError(f"DATA_DIR {path.parent} cannot be written: {error.strerror}") from error
    return path.read_text(encoding="ascii").strip()


def _clock_file(environ: Mapping[str, str], *, demo: bool) -> Path | None:
    value = environ.get("CLOCK_FILE")
    if not value:
        return None
    if not demo:
        raise SettingsError("CLOCK_FILE is accepted with the demo clinic alone (DEMO=1)")
    return Path(value).absolute()


def _emergency_number(environ: Mapping[str, str]) -> str:
    return _telephone("EMERGENCY_NUMBER", environ.get("EMERGENCY_NUMBER") or "112")


def _clinic_phone(environ: Mapping[str, str]) -> str | None:
    value = environ.get("CLINIC_PHONE")
    return _telephone("CLINIC_PHONE", value) if value else None


def _telephone(name: str, value: str) -> str:
    if not re.fullmatch(r"\+?[0-9][0-9 ]{1,19}", value):
        raise SettingsError(f"{name} is {value!r}; use a telephone number, digits and spaces")
    return value


def _time_zone(environ: Mapping[str, str]) -> str | None:
    value = environ.get("TIME_ZONE")
    if value and value not in available_timezones():
        raise SettingsError(f"TIME_ZONE is {value!r}; use an IANA name such as Europe/London")
    return value or None


def _log_level(environ: Mapping[str, str]) -> str:
    value = (environ.get("LOG_LEVEL") or "INFO").upper()
    if value not in LOG_LEVELS:
        raise SettingsError(f"LOG_LEVEL is {value!r}; use one of {', '.join(LOG_LEVELS)}")
    return value
