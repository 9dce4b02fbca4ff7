"""What asking the patient's consents costs a message, with one consent, ten and two hundred."""

import statistics
import tempfile
import time
from typing import Final

from messenger import schema
from messenger.conversations.batch import commit_batch
from messenger.conversations.known import ConsentCache, gather
from messenger.conversations.sending import Acknowledgement, Send
from messenger.protocol.encoding import b64u_decode, format_time
from messenger.protocol.message import parse_header
from messenger.roles import Role
from messenger.web.identity import Identity
from tests.cast import Cast, a_cast, a_house
from tests.consents import consents_of
from tests.factories import PersonAtHand
from tests.talk import Talk, a_talk

CONSENTS: Final = (1, 10, 200)
AT_ONCE: Final = 32
"""Messages of a batch, as of 32 people who write at once."""

ROUNDS: Final = 15


ASKED: Final = 1_000
"""Times that the question is put in a round: once is too short for a clock."""


def measure() -> None:
    """Print microseconds a message, decided and stored, and of these the question whether its sender may."""
    with tempfile.TemporaryDirectory(prefix="between-bench-") as folder:
        url = f"sqlite:///{folder}/between.db"
        schema.upgrade(url)
        house = a_house(url, folder)
        cast = a_cast(house)
        colleague = cast.enter("provider")
        talks = {count: _talk(cast, colleague, count) for count in CONSENTS}
        found: dict[int, list[tuple[float, float]]] = {count: [] for count in CONSENTS}
        for _ in range(ROUNDS):
            for count, talk in talks.items():
                found[count].append((_message(talk), _question(talk)))
        house.database.dispose()
    print(f"{'consents':<10}{'a message':>14}{'the question':>16}")
    for count, rounds in found.items():
        message, question = (statistics.median(times) for times in zip(*rounds, strict=True))
        share = statistics.median(asked / whole for whole, asked in rounds)
        print(f"{count:<10}{message:>11.0f} µs{question:>13.1f} µs{share:>8.1%}")


def _talk(cast: Cast, colleague: PersonAtHand, count: int) -> Talk:
    """A conversation of a patient who has given this many consents, all of which run."""
    talk = a_talk(cast, cast.enter_patient())
    talk.begin(talk.patient)
    consents = consents_of(talk)
    if count > 1:
        consents.let_read(colleague)
    for _ in range(count - 2):
        consents.decide(consents.giving(colleague.account))
    return talk


def _message(talk: Talk) -> float:
    """Microseconds a message of a batch, what was parsed of the consents being known."""
    work, cache = [_written(talk) for _ in range(AT_ONCE + 1)], ConsentCache()
    database, at = talk.house.database, talk.house.clock.now()
    commit_batch(database, work[:1], cache, at)
    began = time.perf_counter()
    answers = commit_batch(database, work[1:], cache, at)
    taken = time.perf_counter() - began
    assert all(isinstance(answer, Acknowledgement) for answer in answers), answers
    return taken * 1_000_000 / AT_ONCE


def _question(talk: Talk) -> float:
    """Microseconds of asking whether the sender may read here, on what a batch has gathered."""
    device = talk.devices[talk.cast.nurse.device]
    before, at = (device.sequence, device.previous), talk.house.clock.now()
    work = [_written(talk)]
    device.sequence, device.previous = before  # it is sent to nobody
    with talk.house.database.unit_of_work() as session:
        known = gather(session, work, ConsentCache(), at, format_time(at))
    place, account = known.places[talk.conversation], talk.cast.nurse.account
    began = time.perf_counter()
    for _ in range(ASKED):
        assert known.may_read(account, place)
    return (time.perf_counter() - began) * 1_000_000 / ASKED


def _written(talk: Talk) -> Send:
    nurse = talk.cast.nurse
    message = talk.write(nurse)
    device = talk.devices[nurse.device]
    device.sequence, device.previous = device.sequence + 1, message.hash
    caller = Identity(nurse.account, Role(nurse.role), nurse.clinic, nurse.session, nurse.device, "en")
    return Send(caller, parse_header(message.header), message, b64u_decode(message.hash))
