"""A browser client of a few lines, built by the real build, so that what the browser refuses can be watched."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from types import MappingProxyType

from flask import Flask
from werkzeug.serving import make_server

from config import Settings
from messenger.db import open_database
from messenger.web.application import new_application
from messenger.web.client_build import EXTENSION, ClientBuild
from messenger.web.request_scope import Scope
from tests.servers import ROOT, free_port
from tests.web.probe_room import SteadyClock, identity_in_header

SOURCES = {
    "pages/sign-in.ts": """
        import { greeting } from '../greeting';
        const policy = trustedTypes.createPolicy('between-worker', {
          createScriptURL: (address) => Object.values(BETWEEN_WORKERS).includes(address) ? address : '',
        });
        const app = document.getElementById('app');
        const say = (text) => { app.append(Object.assign(document.createElement('p'), { textContent: text })); };
        say(greeting);
        import('../later').then(({ farewell }) => say(farewell), () => say('the later code was refused'));
        const ask = new Worker(policy.createScriptURL(BETWEEN_WORKERS['password-worker']));
        ask.onmessage = ({ data }) => say(data);
        navigator.serviceWorker?.getRegistrations();
    """,
    "greeting.ts": "export const greeting = 'the page has come';",
    "later.ts": "import { greeting } from './greeting'; export const farewell = greeting && 'the later code has come';",
    "keystore/password-worker.ts": """
        const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
        const derive = WebAssembly.compile(empty);
        derive.then(() => postMessage('the worker may derive keys'), (error) => postMessage(`${error}`));
    """,
    "service-worker.ts": "globalThis.shell = BETWEEN_SHELL;",
    "styles/index.css": "#app { color: rgb(1, 2, 3); }",
}


def build_tiny_client(folder: Path, sources: dict[str, str] = SOURCES) -> Path:
    """Write the sources beside the real build script, build, and return the folder of what came out."""
    for name in ("build.mjs", "build"):
        source = ROOT / "client" / name
        target = folder / "client" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    for name, text in sources.items():
        file = folder / "client" / "src" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    subprocess.run(["node", "client/build.mjs"], cwd=folder, check=True, capture_output=True, timeout=60)
    return folder / "messenger" / "static" / "dist"


def with_altered(build: ClientBuild, name: str) -> ClientBuild:
    """The same build with one file changed after its integrity was stated, as a hostile host would."""
    altered = replace(build.files[name], content=build.files[name].content + b"\n", gzipped=None)
    return replace(build, files=MappingProxyType({**build.files, name: altered}))


@contextmanager
def served_client(build: ClientBuild, folder: Path) -> Iterator[tuple[str, Flask]]:
    """The application with this build on a loopback port; gives its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environ = {"DATA_DIR": str(folder), "DEMO": "1", "BASE_URL": address, "PORT": str(port)}
    settings = Settings.from_env(environ)
    database = open_database(settings.database_url)
    app = new_application(Scope(settings, database, SteadyClock()), identity_in_header)
    app.extensions[EXTENSION] = build
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield address, app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        database.dispose()
