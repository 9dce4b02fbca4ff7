"""Names, sizes and what must not be said in a file of this project."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import relative, syntax_of, text_of, written_files

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
ENDINGS = [[ending] for ending in ("Utils", "Util", "Helpers", "Helper", "Manager", "Misc")]
FILE_LINES = 300
FUNCTION_LINES = 45
CODE = (".py", ".ts", ".mjs", ".js", ".css", ".html")
FOREIGN = {"tests/vectors"}
"""Folders with files of others, kept as they are."""

UNSAID = (
    "/" + "work/",
    "/opt/" + "pypi",
    "." + "library",
    "farm" + "-",
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry." + "npmjs",
    "deb." + "debian.org",
)
"""Machines and services that built this and are no part of it."""


def own_files(*suffixes: str) -> Iterator[Path]:
    return (
        file for file in written_files(*suffixes) if not any(relative(file).startswith(f"{one}/") for one in FOREIGN)
    )


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    named = {relative(file): set(re.split(r"[/._-]", relative(file).lower())) for file in written_files()}
    assert not [name for name, parts in named.items() if parts & BANNED_NAMES]


def test_no_class_has_a_name_that_says_nothing() -> None:
    found = [
        f"{relative(file)}:{node.lineno} {node.name}"
        for file in own_files(".py")
        for node in ast.walk(syntax_of(file))
        if isinstance(node, ast.ClassDef) and re.findall("[A-Z][a-z]*", node.name)[-1:] in ENDINGS
    ]
    assert not found


def test_files_stay_near_three_hundred_lines_or_say_why_not() -> None:
    lengths = {
        relative(file): len(text_of(file).splitlines())
        for file in own_files(*CODE)
        if "Longer than most:" not in text_of(file)[:400]
    }
    assert not {name: lines for name, lines in lengths.items() if lines > FILE_LINES}


def test_functions_stay_near_thirty_lines_or_say_why_not() -> None:
    found = [
        f"{relative(file)}:{node.lineno} {node.name} has {lines} lines"
        for file in own_files(".py")
        if not relative(file).startswith("migrations/versions/")  # a revision lists its tables, however many
        for node in ast.walk(syntax_of(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
        and not says_why_it_is_long(text_of(file).splitlines()[node.lineno - 1 : node.end_lineno])
    ]
    assert not found


def says_why_it_is_long(lines: list[str]) -> bool:
    """Its first comment begins with 'Long:'."""
    comments = (line.strip() for line in lines if line.strip().startswith("#"))
    return next(comments, "").startswith("# Long:")


def test_nothing_names_the_machine_or_the_services_that_built_it() -> None:
    found = [
        f"{relative(file)}: {unsaid}"
        for file in own_files()
        if file.suffix not in {".png", ".ico", ".woff2"}
        for unsaid in UNSAID
        if unsaid in text_of(file)
    ]
    assert not found


def test_no_lint_or_type_exception_stands_without_a_code() -> None:
    bare = re.compile(
        r"#\s*noqa(?!:)|#\s*type:\s*ignore(?!\[)|eslint-disable(?:-next-line|-line)?\s*(?:\*/)?$|@ts-nocheck|@ts-ignore",
        re.MULTILINE,
    )
    found = [
        relative(file) for file in own_files(".py", ".ts") if file != Path(__file__) and bare.search(text_of(file))
    ]
    assert not found
