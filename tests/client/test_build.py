"""The browser client that people get: the same for everyone who builds it, and light on the first page."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from messenger.web.client_build import ClientBuild
from messenger.web.pages import PAGES
from tests.servers import ROOT

FIRST_PAGES = {"sign-in", "join", "home"}
"""Pages that somebody may meet first, on a phone and a slow line."""


def build(outdir: Path) -> str:
    command = ["node", "client/build.mjs", "--outdir", str(outdir)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The build's folder and what it printed."""
    folder = tmp_path_factory.mktemp("client") / "dist"
    return folder, build(folder)


def test_built_twice_it_is_the_same_byte_for_byte(built: tuple[Path, str], tmp_path: Path) -> None:
    folder, said = built
    assert build(tmp_path / "again") == said
    first, second = ({file.name: file.read_bytes() for file in one.iterdir()} for one in (folder, tmp_path / "again"))
    assert first == second


def test_it_prints_the_bundle_hash_that_the_security_page_shows(built: tuple[Path, str]) -> None:
    folder, said = built
    loaded = ClientBuild.load(folder)
    assert loaded is not None
    assert f"bundle {loaded.bundle}\n" in said


def test_every_page_has_its_entry_and_every_entry_its_page(built: tuple[Path, str]) -> None:
    loaded = ClientBuild.load(built[0])
    assert loaded is not None
    assert set(loaded.entries) == {page.entry for page in PAGES}


def test_the_first_page_asks_for_at_most_120_kb_of_javascript(built: tuple[Path, str]) -> None:
    sizes = {name: (int(size), int(budget)) for name, size, budget in re.findall(
        r"page (\S+) (\d+) bytes gzipped of (\d+)", built[1])}  # fmt: skip
    assert set(sizes) >= FIRST_PAGES
    assert not {name: size for name, (size, budget) in sizes.items() if name in FIRST_PAGES and size > budget}
    assert {budget for _, budget in sizes.values()} == {120 * 1024}


def test_no_file_tells_where_it_was_built(built: tuple[Path, str]) -> None:
    assert not [file.name for file in built[0].iterdir() if str(ROOT).encode() in file.read_bytes()]


def test_no_script_asks_for_another_host_or_leaves_a_source_map(built: tuple[Path, str]) -> None:
    # The names of markup's languages are no addresses; socket.io names its makers' site in a warning.
    foreign = re.compile(rb"https?://(?!www\.w3\.org/|socket\.io/docs/)[a-z0-9.-]+")
    found = {
        file.name: sorted(set(foreign.findall(file.read_bytes())))
        for file in built[0].iterdir()
        if file.suffix == ".js" and (foreign.search(file.read_bytes()) or b"sourceMappingURL" in file.read_bytes())
    }
    assert found == {}, json.dumps({name: [str(one) for one in hosts] for name, hosts in found.items()}, indent=1)
