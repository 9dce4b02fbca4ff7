"""What the application says, and what it should not: the catalogues against what stands on a page."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from playwright.sync_api import Page

from tests.client.page_faults import LANGUAGES
from tests.servers import ROOT

Catalogue = dict[str, str | dict[str, str]]

_SHOWN: Final = """() => {
    const shown = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const {data, parentElement} = texts.currentNode;
        if (!['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(parentElement.tagName)) shown.push(data);
    }
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
        for (const element of document.querySelectorAll(`[${name}]`)) shown.push(element.getAttribute(name));
    return shown.map(text => text.trim()).filter(text => text !== '');
}"""
_RAW_ID: Final = re.compile(r"\b(?!cln)[a-z]{3}_[0-9a-f]{8,}")
"""Not a clinic's, by which its log is named on the security page."""
_PLACE: Final = re.compile(r"\{\w+\}")


@cache
def catalogue(language: str) -> Catalogue:
    """Every sentence of a language by its key."""
    read: Catalogue = json.loads((ROOT / "translations" / f"{language}.json").read_text(encoding="utf-8"))
    return read


def say(language: str, key: str, **values: object) -> str:
    """A sentence of the catalogue that has no plural, its places filled."""
    sentence = catalogue(language)[key]
    assert isinstance(sentence, str), f"{key} has a plural"
    return sentence.format(**values)


def faults_of_language(page: Page, language: str) -> list[str]:
    """Sentences of another language, keys instead of sentences, ids of machines, and a page that says it is another."""
    shown: list[str] = page.evaluate(_SHOWN)
    foreign = _foreign(language)
    faults = [f"says {text!r}, which has a translation" for text in shown if text in foreign]
    faults += [f"shows the key {text!r}" for text in shown if text in catalogue(language)]
    faults += [f"shows the id {found[0]!r}" for text in _without_links(shown) for found in _RAW_ID.finditer(text)]
    faults += [f"shows {found[0]!r}" for text in shown for found in _PLACE.finditer(text)]
    return [*faults, *_faults_of_title(page, language)]


def _without_links(shown: list[str]) -> Iterator[str]:
    """An invitation's link holds an id, and is to be copied by a person."""
    return (text for text in shown if "/join#" not in text)


def _faults_of_title(page: Page, language: str) -> list[str]:
    said = page.evaluate("document.documentElement.lang")
    name = say(language, "product.name")
    titles = {sentence for key, sentence in catalogue(language).items() if key.startswith(("page.", "fault."))}
    title, _, product = page.title().rpartition(" · ")
    faults = [] if said == language else [f"is marked as {said!r}"]
    return faults if title in titles and product == name else [*faults, f"is called {page.title()!r}"]


@cache
def _foreign(language: str) -> frozenset[str]:
    """What only other languages say."""
    others = {text for other in LANGUAGES if other != language for text in _sentences(other)}
    return frozenset(others - set(_sentences(language)))


def _sentences(language: str) -> list[str]:
    return [
        text
        for sentence in catalogue(language).values()
        for text in ([sentence] if isinstance(sentence, str) else sentence.values())
    ]
