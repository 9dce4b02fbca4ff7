"""Looks at a page in every width and theme, says what is wrong in each, and keeps each as a picture where asked."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.client.page_faults import (
    WIDTHS,
    faults_at_double_text,
    faults_of_axe,
    faults_of_layout,
    faults_of_words,
    resize,
    themes,
)
from tests.walk.walker import Walker
from tests.walk.words import faults_of_language

LARGEST: Final = 320
"""The width, in CSS pixels, at which the largest text of the settings is tried."""


def looks(walker: Walker, stop: str) -> Iterator[tuple[str, list[str]]]:
    """Each look at where somebody stands, by name, with what is wrong in it; the page is left as it was found."""
    page = walker.page
    page.mouse.move(0, 0)
    walker.load_axe()
    yield f"{stop}.{walker.language}", faults_of_language(page, walker.language)
    for width, height in WIDTHS.items():
        for theme in themes(walker.language, width, pictures=pictures() is not None):
            resize(page, width, height)
            page.emulate_media(color_scheme=theme)
            name = f"{stop}.{walker.language}.{width}.{theme}"
            yield name, [*_faults(walker), *faults_of_axe(page)]
            _keep_picture(walker, name)
    page.emulate_media(color_scheme="light")
    yield f"{stop}.{walker.language}.largest", [*_faults_with_largest_text(walker), *faults_at_double_text(page)]
    resize(page, 1280, WIDTHS[1280])


def pictures() -> Path | None:
    """The folder that WALK_SCREENSHOTS names."""
    folder = os.environ.get("WALK_SCREENSHOTS")
    return Path(folder) if folder else None


def _faults(walker: Walker) -> list[str]:
    return [*faults_of_layout(walker.page), *faults_of_words(walker.page), *walker.heard()]


def _faults_with_largest_text(walker: Walker) -> list[str]:
    page = walker.page
    resize(page, LARGEST, WIDTHS[LARGEST])
    before = page.evaluate("document.documentElement.dataset.text ?? null")
    page.evaluate("document.documentElement.dataset.text = 'largest'")
    faults = [f"with the largest text {fault}" for fault in faults_of_layout(page)]
    page.evaluate(
        "before => { if (before === null) delete document.documentElement.dataset.text;"
        " else document.documentElement.dataset.text = before; }",
        before,
    )
    return faults


def _keep_picture(walker: Walker, name: str) -> None:
    folder = pictures()
    if folder is not None:
        # What stays at an edge of the window, or lies over it, is only seen right in the window.
        window = walker.page.locator(".conv, .panes, dialog[open]").count() > 0
        walker.page.screenshot(path=folder / f"{name}.png", full_page=not window)
