"""Shows every view in every state (`client/tests/gallery`) in Chromium and measures what it shows.

A state is looked at in both languages, at three widths, light and dark, under the policy that the application's pages
have: sideways scrolling, words that were left unfilled, and accessibility by axe-core. axe takes most of the time, so
it judges four looks that have each width, theme and language among them; all twelve where GALLERY_SCREENSHOTS names a
folder, in which each look is then kept as a picture.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Page

from tests.client.browser_units import ROOT

GALLERY: Final = ROOT / "client" / "tests" / "gallery"
LANGUAGES: Final = ("en", "zh-Hans")
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
WIDTHS: Final = {320: 640, 390: 844, 1280: 800}
"""Width to height, in CSS pixels: the narrowest WCAG asks for, a phone, a desk."""

JUDGED: Final = {("en", 320, "dark"), ("en", 1280, "light"), ("zh-Hans", 390, "light"), ("zh-Hans", 1280, "dark")}

_AXE: Final = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
    ({id, nodes}) => `${id}: ${nodes.map(node => node.target.join(' ')).join(', ')}`)"""
_SIDEWAYS: Final = """() => {
    const page = document.scrollingElement;
    if (page.scrollWidth <= page.clientWidth) return [];
    const out = [...document.body.querySelectorAll('*')].filter(
        element => element.getBoundingClientRect().right > page.clientWidth + 1
            && element.parentElement.getBoundingClientRect().right <= page.clientWidth + 1);
    const names = out.map(({tagName, className}) => `${tagName}.${className}`);
    return [`scrolls sideways: ${names.join(', ') || 'the page'}`];
}"""
_HIDDEN: Final = """() => {
    const focused = document.activeElement;
    if (focused === null || focused === document.body) return null;
    const {left, right, top, bottom} = focused.getBoundingClientRect();
    const points = [[(left + right) / 2, (top + bottom) / 2], [left + 4, top + 4], [right - 4, bottom - 4]];
    const seen = points.some(([x, y]) => {
        const there = document.elementFromPoint(x, y);
        return there !== null && (focused.contains(there) || (focused.closest('label') ?? focused).contains(there));
    });
    return seen ? null : `${focused.tagName}.${focused.className} ${focused.textContent.trim().slice(0, 40)}`;
}"""
_PLACE: Final = re.compile(r"\{\w+\}|\bundefined\b|\[object ")


@dataclass(frozen=True)
class Look:
    """One way of looking at a state."""

    state: str
    language: str
    width: int
    theme: Literal["light", "dark"]

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
        self._complaints = {language: _listen(page) for language, page in self._pages.items()}
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
        for language, page in self._pages.items():
            self._show(state, language, 1280)
            for width, height in WIDTHS.items():
                _resize(page, width, height)
                for theme in THEMES:
                    page.emulate_media(color_scheme=theme)
                    judged = "GALLERY_SCREENSHOTS" in os.environ or (language, width, theme) in JUDGED
                    look = Look(state, language, width, theme)
                    yield look, [*_faults_now(page), *(page.evaluate(_AXE) if judged else []), *self._heard(language)]
                    _keep_picture(page, look)
            yield Look(state, language, 640, "light"), _faults_at_double_text(page)

    def stops_out_of_sight(self, state: str, width: int) -> list[str]:
        """What the Tab key reaches, there and back, that lies under something else (WCAG 2.4.11)."""
        page = self._show(state, "en", width)
        page.evaluate("scrollTo(0, 0)")
        hidden = []
        for key in ["Tab"] * 60 + ["Shift+Tab"] * 60:
            page.keyboard.press(key)
            hidden.append(page.evaluate(_HIDDEN))
        return sorted({str(stop) for stop in hidden if stop is not None})

    def _show(self, state: str, language: str, width: int) -> Page:
        page = self._pages[language]
        _resize(page, width, WIDTHS[width])
        page.evaluate("([state, language]) => gallery.show(state, language)", [state, language])
        return page

    def _heard(self, language: str) -> list[str]:
        complaints = list(self._complaints[language])
        self._complaints[language].clear()
        return complaints


def _listen(page: Page) -> list[str]:
    """What the page throws or complains of from now on."""
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(f"throws {error}"))
    page.on("console", lambda line: thrown.append(line.text) if line.type == "error" else None)
    return thrown


def _faults_now(page: Page) -> list[str]:
    text = page.evaluate("document.body.innerText")
    return [*page.evaluate(_SIDEWAYS), *(f"shows {found[0]!r}" for found in _PLACE.finditer(text))]


def _faults_at_double_text(page: Page) -> list[str]:
    _resize(page, 640, 800)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    faults = [f"at 200 % text {fault}" for fault in page.evaluate(_SIDEWAYS)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return faults


def _resize(page: Page, width: int, height: int) -> None:
    """Resize and wait until the page knows: until then it is laid out, and measured, at the width before."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("width => innerWidth === width", arg=width)


def _keep_picture(page: Page, look: Look) -> None:
    folder = os.environ.get("GALLERY_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{look.name}.png")
