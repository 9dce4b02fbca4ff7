"""From submitting a password to the inbox on the screen, beside what cannot be left out: the hash and a page."""

import statistics
import time

from playwright.sync_api import Browser, Page

from bench.demo import QUEUE, DemoHouse, demo_house
from bench.pages import bench_page

ROUNDS = 7
PERSON = "amara"


def measure() -> None:
    """Print medians of rounds that took turns: a fresh profile signs in; Argon2id alone and an empty page."""
    rounds: list[tuple[float, float, float]] = []
    with demo_house() as house, bench_page(house.browser, "hashing") as hashing:
        hashing.evaluate("bench.hash()")
        for _ in range(ROUNDS):
            hashed = hashing.evaluate("bench.hash()") / 1000
            rounds.append((_sign_in(house), hashed, _empty_page(house.browser, house)))
    signed, hashed, empty = (statistics.median(column) * 1000 for column in zip(*rounds, strict=True))
    ratio = statistics.median(whole / (hash_ + page) for whole, hash_, page in rounds)
    print(f"a fresh profile each time, {ROUNDS} rounds in turns, medians")
    print(f"from the password to the queue  {signed:>7.0f} ms")
    print(f"floor: Argon2id in the worker   {hashed:>7.0f} ms and an empty page {empty:.0f} ms   {ratio:.2f} × both")


def _sign_in(house: DemoHouse) -> float:
    context = house.profile(viewport={"width": 1280, "height": 800})
    page = house.at_the_door(context, PERSON)
    began = time.perf_counter()
    page.keyboard.press("Enter")
    page.locator(QUEUE).first.wait_for()
    taken = time.perf_counter() - began
    context.close()
    return taken


def _empty_page(browser: Browser, house: DemoHouse) -> float:
    """The same server's smallest answer, shown."""
    page: Page = browser.new_page()
    began = time.perf_counter()
    page.goto(f"{house.server.here}/healthz")
    taken = time.perf_counter() - began
    page.close()
    return taken
