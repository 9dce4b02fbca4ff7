"""Shows every view in every state (`client/tests/gallery`) in Chromium and measures what it shows.

A state is looked at in both languages, at three widths, light or dark, under the policy that the application's pages
have: sideways scrolling, words that were left unfilled, and accessibility by axe-core. Where GALLERY_SCREENSHOTS names
a folder all twelve looks are taken and kept there as pictures.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page

from tests.client.browser_units import ROOT
from tests.client.page_faults import (
    LANGUAGES,
    WIDTHS,
    Theme,
    faults_at_double_text,
    faults_of_axe,
    faults_of_layout,
    faults_of_words,
    listen,
    resize,
    stops_out_of_sight,
    themes,
)

GALLERY: Final = ROOT / "client" / "tests" / "gallery"


@dataclass(frozen=True)
class Look:
    """One way of looking at a state."""

    state: str
    language: str
    width: int
    theme: Theme

    @property
    def name(self) -> str:
        return f"{self.state}.{self.language}.{self.width}.{self.theme}"


def bundle_gallery(outdir: Path) -> None:
    """Bundle the gallery and the style sheet; raises AssertionError with what esbuild says."""
    done = subprocess.run(
        ["node", GALLERY / "bundle.mjs", outdir], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"the gallery cannot be bundled\n{done.stderr}"


class Gallery:
    """The gallery open in one page per language, showing one state after the other."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._pages = {language: browser.new_page(reduced_motion="reduce") for language in LANGUAGES}
        self._complaints = {language: listen(page) for language, page in self._pages.items()}
        for page in self._pages.values():
            page.goto(f"{address}/bundle/gallery.html")
            page.wait_for_function("window.gallery !== undefined")

    def close(self) -> None:
        """Close its pages."""
        for page in self._pages.values():
            page.close()

    def states(self) -> list[str]:
        """The names of all states."""
        return [str(name) for name in self._pages["en"].evaluate("gallery.states")]

    def faults(self, state: str) -> Iterator[tuple[Look, list[str]]]:
        """Every look at a state, with what is wrong in it; an empty list where nothing is."""
        pictures = "GALLERY_SCREENSHOTS" in os.environ
        for language, page in self._pages.items():
            self._show(state, language, 1280)
            for width, height in WIDTHS.items():
                for theme in themes(language, width, pictures=pictures):
                    resize(page, width, height)
                    page.emulate_media(color_scheme=theme)
                    look = Look(state, language, width, theme)
                    found = [*faults_of_layout(page), *faults_of_words(page)]
                    yield look, [*found, *faults_of_axe(page), *self._heard(language)]
                    _keep_picture(page, look)
            yield Look(state, language, 640, "light"), faults_at_double_text(page)

    def stops_out_of_sight(self, state: str, width: int) -> list[str]:
        """What the Tab key reaches that lies under something else."""
        return stops_out_of_sight(self._show(state, "en", width))

    def _show(self, state: str, language: str, width: int) -> Page:
        page = self._pages[language]
        resize(page, width, WIDTHS[width])
        page.evaluate("([state, language]) => gallery.show(state, language)", [state, language])
        return page

    def _heard(self, language: str) -> list[str]:
        complaints = list(self._complaints[language])
        self._complaints[language].clear()
        return complaints


def _keep_picture(page: Page, look: Look) -> None:
    folder = os.environ.get("GALLERY_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{look.name}.png")
