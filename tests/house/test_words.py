"""Every sentence exists in both languages, is used, and nothing is said that is not in the catalogue."""

import ast
import re
import string
from collections.abc import Iterator
from functools import cache

import pytest

from messenger.web import errors
from messenger.web.words import LANGUAGES, Entry, catalogue
from tests.house.source import relative, server_modules, syntax_of, text_of, written_files

COMMAND_LINE = ("messenger.auditor", "messenger.headless", "messenger.cli", "messenger.demo")
"""What operators and scripts meet: English, with stable codes."""

KEY = re.compile(r"^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*\.[a-z0-9_.-]+$")
FULL_WIDTH = "，。！？：；（）"


def forms(entry: Entry) -> dict[str, str]:
    return {"other": entry} if isinstance(entry, str) else entry


def places(entry: Entry) -> set[str]:
    return {name for form in forms(entry).values() for _, name, _, _ in string.Formatter().parse(form) if name}


def quoted_keys() -> set[str]:
    """Every quoted text of the sources and templates that has the form of a key."""
    quoted = re.compile(r"""["'`]([a-z][\w.-]*\.[\w.-]+)["'`]""")
    sources = [
        file for file in written_files(".ts", ".py", ".html") if not relative(file).startswith(("tests/", "bench/"))
    ]
    return {found for file in sources for found in quoted.findall(text_of(file)) if KEY.match(found)}


def key_prefixes() -> set[str]:
    """Beginnings of keys that the client puts together, as in `status.${state}`."""
    begun = re.compile(r"`([a-z][\w.-]*\.)\$\{")
    return {found for file in written_files(".ts") for found in begun.findall(text_of(file))}


def error_codes() -> Iterator[str]:
    """The code of every error that the server may answer with."""
    yield from (code for code, _ in errors.BY_STATUS.values())
    for module, file in server_modules().items():
        if module.startswith(COMMAND_LINE):
            continue
        for node in ast.walk(syntax_of(file)):
            if isinstance(node, ast.Call) and makes_an_error(node.func):
                yield from literal_code(node)


@cache
def error_classes() -> frozenset[str]:
    """BetweenError and every class that derives from it, by name."""
    classes = [
        node
        for file in server_modules().values()
        for node in ast.walk(syntax_of(file))
        if isinstance(node, ast.ClassDef)
    ]
    found = {"BetweenError"}
    while more := {one.name for one in classes if {getattr(base, "id", None) for base in one.bases} & found} - found:
        found |= more
    return frozenset(found)


def makes_an_error(called: ast.expr) -> bool:
    """`Conflict("code", …)`, or `super().__init__("code", …)` within such a class."""
    if isinstance(called, ast.Name):
        return called.id in error_classes()
    return isinstance(called, ast.Attribute) and called.attr == "__init__" and ast.unparse(called.value) == "super()"


def literal_code(call: ast.Call) -> Iterator[str]:
    if call.args and isinstance(call.args[0], ast.Constant) and re.fullmatch("[a-z_]+", str(call.args[0].value)):
        yield str(call.args[0].value)


def test_both_languages_have_the_same_keys() -> None:
    english, chinese = (set(catalogue(language)) for language in LANGUAGES)
    assert english == chinese


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_are_sorted_so_that_two_hands_can_add_to_the_file(language: str) -> None:
    assert list(catalogue(language)) == sorted(catalogue(language))


def test_a_sentence_has_the_same_places_in_both_languages() -> None:
    english, chinese = (catalogue(language) for language in LANGUAGES)
    assert not [key for key in english if places(english[key]) != places(chinese[key])]


def test_plurals_have_the_forms_their_language_needs() -> None:
    english, chinese = (catalogue(language) for language in LANGUAGES)
    assert not [key for key, entry in english.items() if isinstance(entry, dict) and set(entry) != {"one", "other"}]
    assert not [key for key, entry in chinese.items() if isinstance(entry, dict) and set(entry) != {"other"}]


def test_no_sentence_is_empty() -> None:
    empty = [
        (language, key)
        for language in LANGUAGES
        for key, entry in catalogue(language).items()
        if not all(form.strip() for form in forms(entry).values())
    ]
    assert not empty


def test_chinese_sentences_use_full_width_punctuation_and_the_polite_form() -> None:
    half_width = re.compile(r"[\u4e00-\u9fff][,!?;:]|[\u4e00-\u9fff]\.(?:\s|$)|你")
    assert not [
        key for key, entry in catalogue("zh-Hans").items() if half_width.search(" ".join(forms(entry).values()))
    ]


def test_every_sentence_is_used() -> None:
    used = quoted_keys()
    prefixes = tuple(key_prefixes())
    codes = {f"refused.{code}" for code in error_codes()}
    unused = [key for key in catalogue("en") if key not in used | codes and not (prefixes and key.startswith(prefixes))]
    assert not unused


def test_every_key_that_is_used_exists() -> None:
    families = {key.split(".")[0] for key in catalogue("en")}
    asked = re.compile(r"""\bt\(\s*["'`]([\w.-]+)["'`]""")
    found = {
        key
        for file in written_files(".ts", ".html")
        if not relative(file).startswith("client/tests/")
        for key in asked.findall(text_of(file))
    }
    assert families
    assert not found - set(catalogue("en"))


def test_every_refusal_has_its_sentence_in_both_languages() -> None:
    codes = set(error_codes())
    assert "too_many_tries" in codes
    assert not sorted(code for code in codes if f"refused.{code}" not in catalogue("en"))
