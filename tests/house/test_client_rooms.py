"""The browser client's rooms: what each may know, read from the code itself."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.house.source import ROOT, relative, text_of, written_files

SOURCE: Final = ROOT / "client" / "src"
KNOWN: Final = {
    "protocol": {"protocol", "hpke", "@panva/hpke-noble", "@noble/post-quantum", "shamir-secret-sharing"},
    "log": {"log", "protocol"},
    "views": {"views", "translations", "lit", "qrcode-generator"},
}
"""What a room may import: rooms, the catalogues, packages by name."""

OUTSIDE: Final = {
    "protocol": r"(?<![.\w])(?:document\.|window\b|navigator\b|indexedDB\b|localStorage\b|fetch\()",
    "log": r"(?<![.\w])(?:document\.|window\b|navigator\b|indexedDB\b|localStorage\b|fetch\()",
    "views": r"(?<![.\w])(?:crypto\b|indexedDB\b|localStorage\b|sessionStorage\b|fetch\(|XMLHttpRequest\b|WebSocket\b)",
}
"""What a room never touches: the pure ones the browser, the views everything that is not on the screen."""

_IMPORT: Final = re.compile(
    r"""^(?:import|export)\b(?:[^;'"]*?\bfrom)?\s*'([^']+)'|\bimport\('([^']+)'""", re.MULTILINE
)
_COMMENT: Final = re.compile(r"/\*.*?\*/|(?<![:\w])//[^\n]*", re.DOTALL)
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|light-dark)\(")


def _files(room: str) -> list[Path]:
    return [file for file in written_files(".ts") if file.is_relative_to(SOURCE / room)]


def _room_of(name: str, importer: Path) -> str:
    if not name.startswith("."):
        return "/".join(name.split("/")[: 2 if name.startswith("@") else 1])
    target = (importer.parent / name).resolve()
    return target.relative_to(SOURCE if target.is_relative_to(SOURCE) else ROOT).parts[0]


@pytest.mark.parametrize("room", KNOWN)
def test_a_room_of_the_client_imports_what_it_may_know_and_nothing_else(room: str) -> None:
    imported = {
        (relative(file), _room_of(plain or lazy, file))
        for file in _files(room)
        for plain, lazy in _IMPORT.findall(text_of(file))
    }
    assert imported
    assert not sorted((file, name) for file, name in imported if name not in KNOWN[room])


@pytest.mark.parametrize("room", OUTSIDE)
def test_a_room_of_the_client_leaves_alone_what_is_not_its_own(room: str) -> None:
    touched = {relative(file): re.findall(OUTSIDE[room], _COMMENT.sub("", text_of(file))) for file in _files(room)}
    assert not {file: found for file, found in touched.items() if found}


def test_views_carry_no_style_attribute_and_no_raw_markup() -> None:
    sinks = re.compile(r"\sstyle=|\.style\.|\bunsafe(?:HTML|SVG)\b|\binnerHTML\b|insertAdjacentHTML")
    assert not [relative(file) for file in _files("views") if sinks.search(_COMMENT.sub("", text_of(file)))]


def test_colours_are_named_in_one_place() -> None:
    sheets = [file for file in written_files(".css") if file.parent == SOURCE / "styles" and file.name != "tokens.css"]
    assert sheets
    assert not [relative(file) for file in sheets if _COLOUR.search(_COMMENT.sub("", text_of(file)))]


def test_every_sheet_is_part_of_the_interface() -> None:
    index = text_of(SOURCE / "styles" / "index.css")
    sheets = {file.name for file in written_files(".css") if file.parent == SOURCE / "styles"}
    assert {"index.css", *re.findall(r'@import "\./([^"]+)"', index)} == sheets
