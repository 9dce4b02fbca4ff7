"""Opening a conversation of ten thousand messages in a real browser, and scrolling up through some thousands."""

import statistics
import time
from dataclasses import dataclass

from playwright.sync_api import Page

from bench.demo import DemoHouse, demo_house
from bench.long_talk import lengthen

SHORT, LONG = 50, 10_000
ROUNDS = 5
SCROLLED = 3_000
"""Messages that are scrolled through, upwards from the newest."""

_NEWEST_SHOWN = """() => {
    const thread = document.querySelector('message-thread');
    const inSight = article => {
        const { top, bottom } = article.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
    };
    return (thread?.contents?.entries.length ?? 0) >= 40 && [...thread.querySelectorAll('article')].some(inSight);
}"""
"""Fifty were served; a correction or what was taken back is no entry of its own."""

_SCROLL = """async wanted => {
    const thread = document.querySelector('message-thread');
    const box = () => { for (let one = thread.parentElement; one; one = one.parentElement)
        if (/auto|scroll/.test(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight) return one;
        return document.scrollingElement; };
    const frames = []; let tasks = 0; let last = performance.now();
    new PerformanceObserver(list => { for (const task of list.getEntries()) tasks = Math.max(tasks, task.duration); })
        .observe({ type: 'longtask' });
    const began = last;
    while (thread.contents.entries.length < wanted) {
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        frames.push(now - last);
        last = now;
        box().scrollTop -= 400;
        if (now - began > 240000) throw new Error(`only ${thread.contents.entries.length} messages in four minutes`);
    }
    frames.sort((one, other) => one - other);
    const at = share => frames[Math.floor((frames.length - 1) * share)];
    const articles = thread.querySelectorAll('article').length;
    return { seconds: (last - began) / 1000, median: at(0.5), p99: at(0.99), longest: at(1), task: tasks, articles };
}"""


@dataclass(frozen=True)
class Talks:
    """The two conversations that are opened in turns."""

    short: str
    long: str


def measure() -> None:
    """Print how long each takes to show its newest messages, and what scrolling through the long one is like."""
    with demo_house() as house:
        short, long = house.accounts["peggy"]["conversations"][:2]
        lengthen(house, short, ("peggy", "amara"), SHORT)
        lengthen(house, long, ("peggy", "amara"), LONG)
        context = house.profile(viewport={"width": 1280, "height": 800})
        page = house.signed_in(context, "peggy")
        page.wait_for_selector("[href^='/conversations/']")
        _print_openings(house, page, Talks(short, long))
        _print_scrolling(page)


def _print_openings(house: DemoHouse, page: Page, talks: Talks) -> None:
    seconds: dict[str, list[float]] = {talks.short: [], talks.long: []}
    for _ in range(ROUNDS):
        for conversation, taken in seconds.items():
            page.goto(f"{house.server.here}/home")
            link = page.locator(f"[href^='/conversations/{conversation}']").first
            link.wait_for()
            began = time.perf_counter()
            link.click()
            page.wait_for_function(_NEWEST_SHOWN)
            taken.append(time.perf_counter() - began)
    short, long = (statistics.median(seconds[one]) for one in (talks.short, talks.long))
    ratio = statistics.median(b / a for a, b in zip(seconds[talks.short], seconds[talks.long], strict=True))
    print(f"from the click to the newest messages on the screen, medians of {ROUNDS} rounds in turns")
    print(f"{SHORT:>10,} messages {short * 1000:>7.0f} ms\n{LONG:>10,} messages {long * 1000:>7.0f} ms   {ratio:.2f} ×")


def _print_scrolling(page: Page) -> None:
    found = page.evaluate(_SCROLL, SCROLLED)
    seconds, articles = found["seconds"], found["articles"]
    print(f"scrolling up through {SCROLLED:,} messages: {seconds:.1f} s, {articles} of them in the page at the end")
    figures = ", ".join(f"{name} {found[name]:.0f} ms" for name in ("median", "p99", "longest"))
    print(f"frames: {figures}; longest task {found['task']:.0f} ms")
