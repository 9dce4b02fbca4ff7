"""The measurements' own pages, bundled and served under the policy that the application's pages have."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.client.browser_units import served
from tests.servers import ROOT


@contextmanager
def bench_page(browser: Browser, name: str) -> Iterator[Page]:
    """A page that runs `bench/browser/<name>.ts`, ready: what it offers is `bench` in it."""
    shell = f'<!doctype html>\n<title>{name}</title>\n<script src="/bundle/{name}.js" type="module"></script>\n'
    with tempfile.TemporaryDirectory(prefix="between-bench-") as folder:
        subprocess.run(["node", "bench/browser/bundle.mjs", folder], cwd=ROOT, check=True, timeout=120)
        with served(Path(folder), shell.encode()) as address:
            page = browser.new_page()
            page.goto(address)
            page.wait_for_function("'bench' in globalThis")
            yield page
            page.close()
