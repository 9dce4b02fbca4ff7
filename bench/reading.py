"""Decrypting and verifying ten thousand messages as the client does, beside bare WebCrypto over the same bytes."""

import statistics
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

from bench.pages import bench_page
from tests.servers import launch_chromium

MESSAGES = 10_000
ROUNDS = 5

READERS = {
    "bare WebCrypto: SHA-256, Ed25519, AES-GCM": "bench.readBare('floor', 1)",
    "bare WebCrypto, every call of the format": "bench.readBare('format', 1)",
    "the same, two workers": "bench.readBare('format', 2)",
    "the client, one worker": "bench.readAsClient(1)",
    "the client as it is": "bench.readAsClient()",
}


@dataclass(frozen=True)
class Round:
    """Reading all of it once, by the clock and of the processor in seconds; the longest gaps on the page in ms."""

    seconds: float
    processor: float
    frames: float
    thread: float


def measure() -> None:
    """Print a line for each way of reading: medians of rounds that took turns."""
    with sync_playwright() as playwright, bench_page(launch_chromium(playwright), "reading") as page:
        size = page.evaluate(f"bench.prepare({MESSAGES})")
        print(f"{MESSAGES:,} messages of {size / MESSAGES:,.0f} bytes on the wire, {ROUNDS} rounds in turns")
        rounds: dict[str, list[Round]] = {name: [] for name in READERS}
        for _ in range(ROUNDS):
            for name, call in READERS.items():
                rounds[name].append(_round(page, call))
    _print(rounds)


def _round(page: Page, call: str) -> Round:
    before = _processor_seconds(page)
    found = page.evaluate(call)
    used = _processor_seconds(page) - before
    return Round(found["milliseconds"] / 1000, used, found["frames"], found["thread"])


def _processor_seconds(page: Page) -> float:
    """What the browser's renderers have used so far, all threads together: what a busy machine cannot stretch."""
    browser = page.context.browser
    assert browser is not None
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return sum(float(one["cpuTime"]) for one in processes if one["type"] == "renderer")


def _print(rounds: dict[str, list[Round]]) -> None:
    floor = rounds[next(iter(READERS))]
    heads = ("seconds", "× bare", "processor s", "× bare", "longest frame ms", "page busy ms")
    print(f"{'':<44}" + "".join(f"{head:>{len(head) + 3}}" for head in heads))
    for name, runs in rounds.items():
        figures = (
            statistics.median(run.seconds for run in runs),
            statistics.median(run.seconds / base.seconds for run, base in zip(runs, floor, strict=True)),
            statistics.median(run.processor for run in runs),
            statistics.median(run.processor / base.processor for run, base in zip(runs, floor, strict=True)),
            max(run.frames for run in runs),
            max(run.thread for run in runs),
        )
        cells = (
            f"{figure:>{len(head) + 3}.{0 if head.endswith('ms') else 2}f}"
            for head, figure in zip(heads, figures, strict=True)
        )
        print(f"{name:<44}" + "".join(cells))
