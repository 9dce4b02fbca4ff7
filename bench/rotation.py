"""Rotating a conversation of forty readers: making the link, and the server's taking it, beside one of two."""

import statistics
import tempfile
import time
from typing import Final

from messenger import schema
from messenger.protocol.sealing import SealingPublicKey
from tests.cast import Cast, a_cast, a_house
from tests.consents import consents_of
from tests.talk import Talk, a_talk

READERS: Final = (2, 40)
ROUNDS: Final = 20


def measure() -> None:
    """Print milliseconds of both halves, medians of rounds in turns."""
    with tempfile.TemporaryDirectory(prefix="between-bench-") as folder:
        url = f"sqlite:///{folder}/between.db"
        schema.upgrade(url)
        house = a_house(url, folder)
        cast = a_cast(house)
        talks = {count: _talk(cast, count) for count in READERS}
        found: dict[int, list[tuple[float, float]]] = {count: [] for count in READERS}
        for _ in range(ROUNDS):
            for count, (talk, readers) in talks.items():
                found[count].append(_round(talk, readers))
        house.database.dispose()
    print(f"{'readers':<10}{'made':>12}{'taken':>14}{'both':>14}")
    few = [sum(one) for one in found[READERS[0]]]
    for count, rounds in found.items():
        made, taken = (statistics.median(times) for times in zip(*rounds, strict=True))
        both = [sum(one) for one in rounds]
        ratio = statistics.median(one / other for one, other in zip(both, few, strict=True))
        print(f"{count:<10}{made:>9.1f} ms{taken:>11.1f} ms{statistics.median(both):>11.1f} ms{ratio:>8.2f} ×")


Readers = dict[str, SealingPublicKey]


def _talk(cast: Cast, count: int) -> tuple[Talk, Readers]:
    """A conversation that this many read: the patient, the team, and colleagues, each by a consent of their own."""
    talk = a_talk(cast, cast.enter_patient())
    talk.begin(talk.patient)
    consents = consents_of(talk)
    readers = dict(talk.readers())
    for colleague in [cast.enter("provider") for _ in range(count - len(readers))]:
        readers[colleague.account] = colleague.sealing_public
        consents.decide(consents.giving(colleague.account), readers)
    return talk, readers


def _round(talk: Talk, readers: Readers) -> tuple[float, float]:
    """Milliseconds: key, boxes and statement made; read, checked, stored and logged by the server."""
    began = time.perf_counter()
    epoch = talk.next_epoch(readers)
    body = talk.rotation(talk.patient, epoch)
    made = time.perf_counter()
    talk.house.post(talk.path("control"), body, by=talk.patient)
    taken = time.perf_counter()
    talk.moved(body, epoch)
    return (made - began) * 1000, (taken - made) * 1000
