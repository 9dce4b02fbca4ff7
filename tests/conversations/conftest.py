"""What tests of conversations begin with: a writer at work, and a conversation between a patient and a team."""

import threading
from collections.abc import Iterator

import pytest

from messenger.audit.sequencer import Sequencer
from messenger.conversations.writer import Writer
from tests.cast import Cast
from tests.entries import Entries
from tests.talk import Talk, a_talk


@pytest.fixture
def writer(cast: Cast) -> Iterator[Writer]:
    """The application's writer, at work in a thread of its own."""
    found: Writer = cast.house.app.extensions["between.writer"]
    working = threading.Thread(target=found.run)
    working.start()
    yield found
    found.stop()
    working.join(10)
    assert not working.is_alive()


@pytest.fixture
def unbegun(cast: Cast, writer: Writer) -> Talk:  # noqa: ARG001 (at work)
    """A conversation that nobody has begun yet."""
    return a_talk(cast)


@pytest.fixture
def talk(unbegun: Talk) -> Talk:
    """A conversation that the patient began."""
    return unbegun.begin(unbegun.patient)


@pytest.fixture
def entries(cast: Cast) -> Entries:
    """The clinic's access log."""
    sequencer = Sequencer(cast.house.database, cast.house.clock, cast.house.settings.secret_key.encode())
    return Entries(cast.house.database, cast.hand.clinic, sequencer)
