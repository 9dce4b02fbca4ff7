"""Opening a conversation whose control chain has a thousand links, the first time and again, beside one of a few."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from bench.demo import DemoHouse, demo_house
from messenger.clock import SystemClock
from messenger.headless.account import Account
from messenger.headless.api import Api
from messenger.headless.conversation import Conversation
from messenger.headless.conversations import Conversations
from messenger.headless.keystore import Keystore
from messenger.headless.signing_in import sign_in
from messenger.protocol.control_chain import continue_control_chain
from messenger.protocol.statement import Envelope

LINKS = 1_000
ROUNDS = 5
FIRSTS = 3
"""Rounds on devices that have seen nothing yet."""

NAME = "peggy"
_SHOWN = "() => document.querySelector('message-thread article .words') !== null"


@dataclass(frozen=True)
class Talks:
    """The conversations that are opened in turns."""

    short: str
    long: str


Seconds = dict[str, list[float]]


def measure() -> None:
    """Print what opening each costs in the headless client and in a browser: nothing known, and everything known."""
    with demo_house() as house:
        short, long = house.accounts[NAME]["conversations"][:2]
        with _device(house) as account:
            links = {one: len(_opened(account, one).control.links) for one in (short, long)}
            _rotate(_opened(account, long), LINKS - links[long])
        talks = Talks(short, long)
        print(f"a chain of {links[short]} links and one of {LINKS:,}, in turns, medians")
        first, again, process = _headless(house, talks)
        _print("headless, nothing known", talks, first)
        _print("headless, known to this device", talks, process)
        _print("headless, known to this process", talks, again)
        first, again = _in_browsers(house, talks)
        _print("browser, nothing known", talks, first)
        _print("browser, a new page of a device that knows", talks, again)


@contextmanager
def _device(house: DemoHouse, path: Path | None = None) -> Iterator[Account]:
    """Peggy on a device; one that has seen nothing yet unless its keystore is named."""
    with tempfile.TemporaryDirectory(prefix="between-bench-") as folder:
        api = Api(house.server.here)
        with Keystore(path or Path(folder) / "keystore.json") as keystore:
            yield sign_in(api, keystore, SystemClock(), NAME, house.accounts[NAME]["password"])
        api.close()


def _opened(account: Account, conversation: str) -> Conversation:
    return Conversations.of(account).open(conversation)


def _rotate(opened: Conversation, times: int) -> None:
    """Begins this many epochs, each checked by the server like any other."""
    directory, consents = opened.directory, opened.consents
    judged_by = (consents, directory.teams(), directory.find, opened.ground.sets)
    for _ in range(times):
        link = opened.next_epoch("age", consents.terms, consents.head or "", opted_in=consents.opted_in)
        opened.account.api.post(f"/api/conversations/{opened.id}/control", link)
        opened.control = continue_control_chain(opened.control, [Envelope.parse(link["statement"])], *judged_by)


def _headless(house: DemoHouse, talks: Talks) -> tuple[Seconds, Seconds, Seconds]:
    """Nothing known, known to the process, known to the device alone."""
    first, again, process = _none(talks), _none(talks), _none(talks)
    for at in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="between-bench-") as folder:
            path = Path(folder) / "keystore.json"
            for seconds in (first, process):
                with _device(house, path) as account:
                    Conversations.of(account).directory.teams()
                    for conversation in _in_turn(talks, at):
                        _timed(seconds[conversation], account, conversation)
                    if seconds is process:
                        for conversation in _in_turn(talks, at):
                            _timed(again[conversation], account, conversation)
    return first, again, process


def _timed(taken: list[float], account: Account, conversation: str) -> None:
    began = time.perf_counter()
    _opened(account, conversation)
    taken.append(time.perf_counter() - began)


def _in_browsers(house: DemoHouse, talks: Talks) -> tuple[Seconds, Seconds]:
    """On devices that have seen nothing yet; and on the last of them, each time on a new page."""
    first, again = _none(talks), _none(talks)
    for at in range(FIRSTS):
        context = house.profile(viewport={"width": 1280, "height": 800})
        # The list of conversations would verify them before they are opened.
        context.route("**/control*", lambda route: route.abort())
        page = house.signed_in(context, NAME)
        page.wait_for_selector("[href^='/conversations/']")
        for conversation in _in_turn(talks, at):
            _show(house, page, conversation, first[conversation])
        for turn in range(ROUNDS if at == FIRSTS - 1 else 0):
            for conversation in _in_turn(talks, turn):
                _show(house, page, conversation, again[conversation])
        context.close()
    return first, again


def _show(house: DemoHouse, page: Page, conversation: str, taken: list[float]) -> None:
    page.goto("about:blank")
    began = time.perf_counter()
    page.goto(f"{house.server.here}/conversations/{conversation}", wait_until="commit")
    page.wait_for_function(_SHOWN, polling=5)
    taken.append(time.perf_counter() - began)


def _none(talks: Talks) -> Seconds:
    return {talks.short: [], talks.long: []}


def _in_turn(talks: Talks, at: int) -> list[str]:
    return [talks.short, talks.long][:: -1 if at % 2 else 1]


def _print(what: str, talks: Talks, seconds: Seconds) -> None:
    short, long = (statistics.median(seconds[one]) * 1000 for one in (talks.short, talks.long))
    ratio = statistics.median(b / a for a, b in zip(seconds[talks.short], seconds[talks.long], strict=True))
    print(f"{what:<44}{short:>8.0f} ms{long:>8.0f} ms{ratio:>8.2f} ×", flush=True)
