"""The built browser client: what client/build.mjs wrote, checked against its own manifest and served from memory."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, current_app, request

from config import Settings
from messenger.errors import NotFound, Unavailable
from messenger.web.guards import Guard, guard
from messenger.web.headers import worker_policy

FOLDER = Path(__file__).parents[1] / "static" / "dist"
EXTENSION = "between.client"
FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}


class BuildDamaged(RuntimeError):
    """A file of the build is missing or is not the one that the manifest names."""


@dataclass(frozen=True)
class BuiltFile:
    """One file, as it is and gzipped where that helps."""

    name: str
    content: bytes
    gzipped: bytes | None
    media_type: str
    integrity: str


@dataclass(frozen=True)
class Entry:
    """A page's module and what it imports at once."""

    module: BuiltFile
    imports: tuple[BuiltFile, ...]


@dataclass(frozen=True)
class ClientBuild:
    """Everything a page shell refers to."""

    bundle: str
    """SHA-256, in hex, over all files: what the security page shows and anyone can compute again."""
    files: Mapping[str, BuiltFile]
    entries: Mapping[str, Entry]
    stylesheet: BuiltFile | None

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "ClientBuild | None":
        """Read a build, or None where there is none yet.

        Raises:
            BuildDamaged: a file is missing or altered; altered code is not handed out.
        """
        manifest_file = folder / "manifest.json"
        if not manifest_file.exists():
            return None
        manifest: dict[str, Any] = json.loads(manifest_file.read_text(encoding="utf-8"))
        files = {name: _read(folder, name, listed) for name, listed in manifest["files"].items()}
        entries = {
            name: Entry(files[entry["file"]], tuple(files[one] for one in entry["imports"]))
            for name, entry in manifest["entries"].items()
        }
        stylesheet = files[manifest["stylesheet"]] if manifest["stylesheet"] else None
        return cls(manifest["bundle"], MappingProxyType(files), MappingProxyType(entries), stylesheet)


def client_build() -> ClientBuild:
    """The build that this application serves.

    Raises:
        Unavailable: it has not been built.
    """
    build: ClientBuild | None = current_app.extensions[EXTENSION]
    if build is None:
        raise Unavailable("client_not_built", "The browser client has not been built. Run make client.")
    return build


def find_bundle() -> str | None:
    """The bundle hash of the client that this server hands out, or None where none was built."""
    build: ClientBuild | None = current_app.extensions[EXTENSION]
    return build.bundle if build else None


def blueprint(settings: Settings) -> Blueprint:
    """The addresses of the built files; a worker's policy travels on its own response."""
    door = Blueprint("client", __name__)
    password_worker = worker_policy(settings, wasm=True)
    other_script = worker_policy(settings, wasm=False)

    @door.get("/static/dist/<name>")
    @guard(Guard.ANYONE)
    def built_file(name: str) -> Response:
        file = client_build().files.get(name)
        if file is None:
            raise NotFound
        response = _sent(file)
        response.headers["Cache-Control"] = FOREVER
        if file.media_type == "text/javascript":
            policy = password_worker if name.startswith("password-worker-") else other_script
            response.headers["Content-Security-Policy"] = policy
        return response

    @door.get("/service-worker.js")
    @guard(Guard.ANYONE)
    def service_worker() -> Response:
        file = client_build().files.get("service-worker.js")
        if file is None:
            raise NotFound
        response = _sent(file)
        response.headers["Content-Security-Policy"] = other_script
        response.headers["Cache-Control"] = "no-cache"
        return response

    @door.get("/favicon.svg")
    @guard(Guard.ANYONE)
    def icon() -> Response:
        response = Response((FOLDER.parent / "favicon.svg").read_bytes(), mimetype="image/svg+xml")
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response

    return door


def _read(folder: Path, name: str, listed: Mapping[str, Any]) -> BuiltFile:
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise BuildDamaged(f"{name} is missing from the built client; run make client") from error
    if hashlib.sha256(content).hexdigest() != listed["sha256"]:
        raise BuildDamaged(f"{name} is not the file that was built; run make client")
    smaller = gzip.compress(content, 9, mtime=0)
    return BuiltFile(
        name,
        content,
        smaller if len(smaller) < len(content) else None,
        _TYPES.get(Path(name).suffix, "application/octet-stream"),
        str(listed["integrity"]),
    )


def _sent(file: BuiltFile) -> Response:
    zipped = file.gzipped is not None and request.accept_encodings["gzip"] > 0
    response = Response(file.gzipped if zipped else file.content, mimetype=file.media_type)
    response.headers["Vary"] = "Accept-Encoding"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response
