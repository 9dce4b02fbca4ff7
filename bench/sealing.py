"""A new epoch key for 40 and for 200 readers, in a browser and headless, beside bare HPKE over the same keys."""

import statistics
import time
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from playwright.sync_api import sync_playwright

from bench.pages import bench_page
from messenger.protocol.content import generate_content_key
from messenger.protocol.epoch import make_epoch
from messenger.protocol.sealing import SealingKey, SealingPublicKey
from tests.factories import new_id
from tests.servers import launch_chromium

READERS: Final = (40, 200)
ROUNDS: Final = 15

Timed = Callable[[], float]


def measure() -> None:
    """Print milliseconds and the ratio to the floor, medians of rounds in turns."""
    print(f"{'readers':<22}{'the client':>14}{'bare HPKE':>14}")
    with sync_playwright() as playwright, bench_page(launch_chromium(playwright), "sealing") as page:
        for count in READERS:
            source = page.evaluate(f"bench.prepare({count})")
            _print(
                f"{count} in a browser",
                lambda: page.evaluate("bench.asClient()"),
                lambda: page.evaluate("bench.bare()"),
            )
            kem = "the browser's own" if source == "native" else "a script"
            print(f"{'':<22}with {kem} KEM")
    for count in READERS:
        keys = {new_id("acc"): SealingKey.generate().public for _ in range(count)}
        _print(f"{count} headless", *_headless(keys))


def _headless(keys: dict[str, SealingPublicKey]) -> tuple[Timed, Timed]:
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    conversation, secret = new_id("cnv"), generate_content_key()
    sealed = (lambda key: suite.encrypt(secret, key.hpke(), info=b"bench"), keys.values())
    return _timed(lambda: make_epoch(conversation, 1, keys)), _timed(lambda: list(map(*sealed)))


def _timed(work: Callable[[], object]) -> Timed:
    def milliseconds() -> float:
        began = time.perf_counter()
        work()
        return (time.perf_counter() - began) * 1000

    return milliseconds


def _print(what: str, subject: Timed, floor: Timed) -> None:
    rounds = [(subject(), floor()) for _ in range(ROUNDS + 1)][1:]
    ours, bare = (statistics.median(one) for one in zip(*rounds, strict=True))
    ratio = statistics.median(a / b for a, b in rounds)
    print(f"{what:<22}{ours:>11.1f} ms{bare:>11.1f} ms{ratio:>8.2f} ×", flush=True)
