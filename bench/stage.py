"""A clinic with many pairs of people who talk, and their messages, encrypted and signed before anything is measured."""

import json
from datetime import UTC, datetime
from pathlib import Path

from messenger import schema
from tests.cast import Cast, a_cast, a_house
from tests.factories import new_id
from tests.talk import Talk, a_talk

SECRET = "a secret of the tests, of no worth to anyone"  # noqa: S105 (what the cast's log is sealed under)

TEXT = "I missed two doses at the weekend, do I double up? My pressure was 148/92 this morning. " * 3
"""With its header and padding about 1.5 KB on the wire."""


def stage(database_url: str, folder: Path, pairs: int, messages: int) -> Path:
    """Make the clinic on an empty database and write the pairs to a file; returns the file.

    The people sign in and open their conversations now, so the server has to be started within minutes.
    """
    schema.upgrade(database_url)
    house = a_house(database_url, str(folder))
    house.clock.at = datetime.now(UTC)  # the server that will be measured has the real time
    cast = a_cast(house)
    talks = [_talk(cast) for _ in range(pairs)]
    file = folder / "pairs.json"
    file.write_text(json.dumps([_pair(cast, talk, messages) for talk in talks]))
    house.database.dispose()
    return file


def _talk(cast: Cast) -> Talk:
    talk = a_talk(cast, cast.enter_patient())
    talk.begin(talk.patient)
    return talk


def _pair(cast: Cast, talk: Talk, messages: int) -> dict[str, object]:
    cast.provider.device = new_id("dev")  # a session of its own, so that no pair shares another's limits
    provider = cast.house.sign_in(cast.provider)
    talk.open(provider, "answer")
    written = []
    for _ in range(messages):
        message = talk.write(talk.patient, TEXT)
        device = talk.devices[talk.patient.device]
        device.sequence, device.previous = device.sequence + 1, message.hash
        written.append(json.dumps({"conversation": talk.conversation, **message.as_json()}))
    return {
        "conversation": talk.conversation,
        "sender": talk.patient.token,
        "receiver": provider.token,
        "messages": written,
    }
