"""What can be wrong with a page whatever it shows; for the gallery of views and for the walk through the application.

A look is a language, a width and a theme. The suite takes the four of `JUDGED`, which have each width, theme and
language among them, and has axe-core judge them. Where pictures are kept all twelve are taken and judged.
"""

import re
from typing import Final, Literal

from playwright.sync_api import Page

Theme = Literal["light", "dark"]

LANGUAGES: Final = ("en", "zh-Hans")
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
WIDTHS: Final = {1280: 800, 390: 844, 320: 640}
"""Width to height, in CSS pixels: a desk, a phone, the narrowest WCAG asks for."""

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
_AT_WIDTH: Final = """width => new Promise(resolve => {
    const ask = () => innerWidth === width ? resolve() : requestAnimationFrame(ask);
    ask();
})"""
_PLACE: Final = re.compile(r"\{\w+\}|\bundefined\b|\[object ")


def themes(language: str, width: int, *, pictures: bool) -> list[Theme]:
    """The themes in which a page is looked at in a language at a width."""
    return [theme for theme in THEMES if pictures or (language, width, theme) in JUDGED]


def listen(page: Page) -> list[str]:
    """What the page throws or complains of from now on."""
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(f"throws {error}"))
    page.on("console", lambda line: thrown.append(line.text) if line.type == "error" else None)
    return thrown


def resize(page: Page, width: int, height: int) -> None:
    """Resize and wait until the page knows: until then it is laid out, and measured, at the width before."""
    if page.viewport_size == {"width": width, "height": height}:
        return
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(_AT_WIDTH, width)


def faults_of_axe(page: Page) -> list[str]:
    """What axe-core, which the page must have loaded, finds against accessibility."""
    return [str(fault) for fault in page.evaluate(_AXE)]


def faults_of_layout(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    return [str(fault) for fault in page.evaluate(_SIDEWAYS)]


def faults_of_words(page: Page) -> list[str]:
    """Words that were left unfilled."""
    return [f"shows {found[0]!r}" for found in _PLACE.finditer(page.evaluate("document.body.innerText"))]


def faults_at_double_text(page: Page) -> list[str]:
    """What scrolls sideways where the person doubled the text (WCAG 1.4.4)."""
    resize(page, 640, 800)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    faults = [f"at 200 % text {fault}" for fault in faults_of_layout(page)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return faults


def stops_out_of_sight(page: Page, stops: int = 60) -> list[str]:
    """What the Tab key reaches, there and back, that lies under something else (WCAG 2.4.11)."""
    page.evaluate("scrollTo(0, 0)")
    hidden = []
    for key in ["Tab"] * stops + ["Shift+Tab"] * stops:
        page.keyboard.press(key)
        hidden.append(page.evaluate(_HIDDEN))
    return sorted({str(stop) for stop in hidden if stop is not None})
