"""Runs the browser client's own tests (`client/tests/**/*.test.ts`) in Chromium and tells what became of each.

Each file has a page of its own in a profile of its own, under the policy that the application's pages have.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from messenger.web.headers import TRUSTED_TYPES_POLICIES

ROOT: Final = Path(__file__).resolve().parents[2]
CLIENT_TESTS: Final = ROOT / "client" / "tests"
VECTORS: Final = ROOT / "tests" / "vectors"
BUNDLER: Final = CLIENT_TESTS / "harness" / "bundle.mjs"

# WebAssembly is what the application grants to the key-derivation worker alone; here the page has it too, because the
# public vectors of Argon2id ask for parameters that the worker refuses.
POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
    f"trusted-types {' '.join(TRUSTED_TYPES_POLICIES)}"
)
PAGE: Final = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Browser tests</title>
<script src="/bundle/mocha.js"></script>
<script src="/bundle/run.js" type="module"></script>
</html>
"""
SECONDS_PER_FILE: Final = 300
_OUTCOMES: Final = """seconds => Promise.race([window.testOutcomes, new Promise((_, reject) =>
    setTimeout(() => reject(new Error(`not done within ${seconds} s`)), 1000 * seconds))])"""
_CONTENT_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one test: its full title, `passed`, `failed` or `pending`, and the error where it failed."""

    title: str
    state: str
    error: str | None


def list_test_files(folder: Path = CLIENT_TESTS) -> list[str]:
    """The test files below a folder, by their path in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.test.ts"))


def bundle(folder: Path, outdir: Path) -> None:
    """Bundle the test files of `folder` for the browser; raises AssertionError with what esbuild says."""
    done = subprocess.run(
        ["node", BUNDLER, folder, outdir], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"the browser tests cannot be bundled\n{done.stderr}"


@contextmanager
def served(bundled: Path, page: bytes = PAGE) -> Iterator[str]:
    """Serve a page, its bundle and the test vectors on a loopback port of its own; gives the address."""
    folders = {"bundle": bundled, "vectors": VECTORS}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            room, _, name = path.removeprefix("/").partition("/")
            if path == "/":
                self._answer(page, "text/html; charset=utf-8")
            elif room in folders and (file := _file_below(folders[room], name)):
                self._answer(file.read_bytes(), _CONTENT_TYPES.get(file.suffix, "application/octet-stream"))
            else:
                self.send_error(404)

        def _answer(self, body: bytes, content_type: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
            """Nobody reads a line for each file."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run_file(browser: Browser, address: str, name: str) -> list[Outcome]:
    """Run one test file in a page of its own; raises playwright's Error when it cannot even be loaded."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London")
    try:
        page = context.new_page()
        page.goto(f"{address}/?file=/bundle/{name.removesuffix('.ts')}.js")
        return [Outcome(**outcome) for outcome in page.evaluate(_OUTCOMES, SECONDS_PER_FILE)]
    finally:
        context.close()


def _file_below(folder: Path, name: str) -> Path | None:
    file = (folder / name).resolve()
    return file if file.is_relative_to(folder) and file.is_file() else None
