"""What people write and are called is readable nowhere but on their devices: the Python client's half."""

import base64
import json
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from messenger.headless.account import Account
from messenger.headless.conversations import Conversations
from messenger.headless.following import Follower
from messenger.headless.profiles import read_profile, write_profile
from messenger.headless.reading import read_all
from messenger.headless.sending import Draft, Sender
from messenger.protocol.kinds.profile import ProfileBody
from messenger.protocol.message import Text
from messenger.protocol.profile import Profile
from messenger.protocol.statement import Envelope, peek_body
from tests.hostile.clinic import AMARA, PEGGY, HostileClinic, lines

CANARY = "Quetzalcoatlus northropi"


def readable_forms(words: str) -> Iterator[bytes]:
    """How a computer that held the words would show it: as they are, escaped, in hexadecimal or base64."""
    for written in (words.encode(), words.encode("utf-16-le"), words.replace(" ", "%20").encode()):
        yield written
        yield written.hex().encode()
        for shift in range(3):  # base64 of something that the words stand in the middle of
            inner = base64.b64encode(bytes(shift) + written)[4 if shift else 0 : -4]
            yield inner
            yield inner.replace(b"+", b"-").replace(b"/", b"_")


def assert_unreadable(place: str, content: bytes) -> None:
    assert content, f"{place} was not looked into"
    for form in readable_forms(CANARY):
        assert form.lower() not in content.lower(), f"{place} holds the words as {form!r}"


def database_rows(url: str) -> bytes:
    """Every value of every table, whatever the file's pages look like."""
    engine = create_engine(make_url(url))
    try:
        with engine.connect() as connection:
            tables = inspect(engine).get_table_names()
            assert "messages" in tables
            return b"\n".join(
                value if isinstance(value, bytes) else str(value).encode()
                for table in tables
                for row in connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608 (our own tables)
                for value in row
            )
    finally:
        engine.dispose()


def captured(clinic: HostileClinic) -> Iterator[tuple[str, bytes]]:
    for request in clinic.proxy.requests:
        heads = json.dumps(dict(request.headers)).encode()
        yield f"{request.method} {request.target}", request.target.encode() + heads + request.body
    for frame in clinic.proxy.frames:
        yield f"a frame {'to' if frame.sent else 'from'} the server", frame.text.encode()


def next_version(patient: Account) -> int:
    """Of the patient's profile, whoever wrote it before."""
    served = patient.api.get(f"/api/patients/{patient.id}/profile")
    return peek_body(Envelope.parse(served.take("statement")), ProfileBody).version + 1


def write_everywhere(clinic: HostileClinic) -> None:
    """The words in a profile, the name of a conversation and a message, each read by the physician."""
    with clinic.own_device(PEGGY) as peggy, clinic.new_device(AMARA) as amara:
        hers, his = Conversations.of(peggy), Conversations.of(amara)
        write_profile(peggy, hers.directory, Profile(CANARY, CANARY, CANARY, CANARY), version=next_version(peggy))
        conversation = hers.create(peggy.id, CANARY)
        with Follower(read_all(his, conversation.id)) as follower:
            heard = follower.messages()
            Sender().send(conversation, Draft(Text("Good morning!")))
            assert next(heard).text == "Good morning!"  # from here on he hears it live
            Sender().send(conversation, Draft(Text(f"Is it {CANARY}?"), kind="question"))
            assert next(heard).text == f"Is it {CANARY}?"
        opened = read_all(his, conversation.id)
        assert [line.text for line in lines(opened)] == ["Good morning!", f"Is it {CANARY}?"]
        assert opened.conversation.name == CANARY
        assert read_profile(amara, his.directory, peggy.id) == Profile(CANARY, CANARY, CANARY, CANARY)


def test_the_words_are_in_no_file_no_log_no_request_and_no_frame(clinic: HostileClinic) -> None:
    write_everywhere(clinic)
    passed = list(captured(clinic))
    assert any("message:new" in content.decode() for _, content in passed)
    assert any("/messages" in place for place, _ in passed)
    for place, content in passed:
        if content:
            assert_unreadable(place, content)
    folder = clinic.folder
    for file in (folder / "between.db", folder / "between.db-wal", folder / "server" / "server.log"):
        if file.name != "server.log" or file.stat().st_size:
            assert_unreadable(file.name, file.read_bytes())
    assert_unreadable("the database", database_rows(clinic.server.database_url))


@pytest.mark.parametrize(
    "hidden",
    [
        lambda words: words,
        lambda words: words.hex().encode(),
        lambda words: base64.b64encode(b"before " + words + b" after"),
        lambda words: base64.urlsafe_b64encode(b"a" + words),
    ],
)
def test_words_that_were_there_would_be_found(hidden: Callable[[bytes], bytes]) -> None:
    with pytest.raises(AssertionError):
        assert_unreadable("a file", b"0123" + hidden(CANARY.encode()) + b"4567")
