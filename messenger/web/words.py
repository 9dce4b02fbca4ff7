"""The sentences of translations/, for what the server itself says: error answers, page shells, print-outs.

An entry is a sentence with `{named}` places, or one sentence for each plural form of its `count`, as in the browser's
client/src/views/words.ts. English and Simplified Chinese need `one` and `other` alone.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import g, request

from messenger.web.identity import find_identity

LANGUAGES = ("en", "zh-Hans")
COOKIE = "between_language"
_FOLDER = Path(__file__).parents[2] / "translations"

Entry = str | dict[str, str]


@cache
def catalogue(language: str) -> Mapping[str, Entry]:
    """All sentences of one language."""
    entries: dict[str, Entry] = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return entries


def find_sentence(language: str, key: str, **places: str | int) -> str | None:
    """The sentence with its places filled, or None when the catalogue has no such key."""
    entry = catalogue(language).get(key)
    if isinstance(entry, dict):
        one = language == "en" and places.get("count") == 1
        entry = entry["one"] if one and "one" in entry else entry["other"]
    return entry.format(**places) if entry is not None else None


def sentence(language: str, key: str, **places: str | int) -> str:
    """The sentence with its places filled.

    Raises:
        KeyError: the catalogue has no such key; a house test finds that before a person does.
    """
    found = find_sentence(language, key, **places)
    if found is None:
        raise KeyError(key)
    return found


def spoken_language() -> str:
    """The language of this request: `?lang=`, the caller's own, the cookie of an earlier choice, the browser's."""
    if "language" not in g:
        g.language = _choose_language()
    language: str = g.language
    return language


def _choose_language() -> str:
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return asked
    known = g.get("identity") and find_identity()
    if known and known.language in LANGUAGES:
        return known.language
    kept = request.cookies.get(COOKIE)
    if kept in LANGUAGES:
        return kept
    # 'zh' and 'zh-CN' are what browsers send for Simplified Chinese; traditional scripts read it better than English.
    best = request.accept_languages.best_match(["en", "zh"])
    return "zh-Hans" if best == "zh" else "en"


def t(key: str, **places: str | int) -> str:
    """The sentence in this request's language; templates call it `t`."""
    return sentence(spoken_language(), key, **places)
