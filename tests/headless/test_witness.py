"""This client as a witness: an operator who holds the log's own key cannot show it another history unnoticed."""

import time
from base64 import b64encode
from collections.abc import Callable

import pytest

from messenger.audit.logs import open_signing_key
from messenger.db import open_database
from messenger.headless.errors import LogAlarm
from messenger.headless.reading import read_all
from messenger.headless.sending import Draft, Sender
from messenger.merkle.checkpoint import Checkpoint, sign_checkpoint
from messenger.merkle.note import SigningKey
from messenger.protocol.message import Text
from tests.headless.residents import Clinic

Forge = Callable[..., str]

CHECKPOINT_SECONDS = 20


@pytest.fixture
def forge(clinic: Clinic) -> Forge:
    """Signs, as the operator could, a checkpoint of the clinic's log that says something else."""
    with clinic.visit("ruth") as ruth:
        chain = ruth.clinic
    secret = clinic.server.settings()["SECRET_KEY"].encode()
    database = open_database(clinic.server.database_url)
    with database.reading_session() as session:
        key: SigningKey = open_signing_key(session, chain.clinic, secret)
    database.dispose()

    def signed(size: int, root: bytes = b"r" * 32) -> str:
        return sign_checkpoint(Checkpoint(chain.origin, size, root), [key]).serialise().decode()

    return signed


def _size(note: str | None) -> int:
    assert note is not None
    return int(note.split("\n")[1])


def test_what_is_newest_is_kept_and_continued(clinic: Clinic) -> None:
    with clinic.visit("ruth") as ruth:
        before = ruth.observe_log()
        assert ruth.keystore.remembered is not None
        assert ruth.keystore.remembered.checkpoint == before
    clinic.begin_conversation()
    with clinic.visit("ruth") as ruth:
        until = time.monotonic() + CHECKPOINT_SECONDS
        while (now := _size(ruth.observe_log())) == _size(before):  # a checkpoint follows the commit, soon
            assert time.monotonic() < until
    assert now > _size(before)


def test_two_histories_of_one_size_are_a_fork(clinic: Clinic, forge: Forge) -> None:
    with clinic.visit("ruth") as ruth:
        newest = ruth.observe_log()
        with pytest.raises(LogAlarm) as alarm:
            ruth.witness.observe(forge(_size(newest)))
    assert alarm.value.code == "log_fork"


def test_a_log_that_shrank_is_told(clinic: Clinic, forge: Forge) -> None:
    with clinic.visit("ruth") as ruth:
        newest = ruth.observe_log()
        with pytest.raises(LogAlarm) as alarm:
            ruth.witness.observe(forge(_size(newest) + 1))
    assert alarm.value.code == "log_smaller_tree"


def test_a_log_that_cannot_prove_that_it_only_grew_is_told(clinic: Clinic, forge: Forge) -> None:
    with clinic.visit("ruth") as ruth:
        newest = ruth.observe_log()
        with pytest.raises(LogAlarm) as alarm:
            ruth.witness.observe(forge(_size(newest) - 1))
    assert alarm.value.code == "log_bad_proof"


def test_what_another_key_signed_is_no_word_of_the_log(clinic: Clinic) -> None:
    with clinic.visit("ruth") as ruth:
        newest = ruth.observe_log()
        assert newest is not None
        first, size, _root, *rest = newest.split("\n")
        with pytest.raises(LogAlarm) as alarm:
            ruth.witness.observe("\n".join([first, size, b64encode(bytes(32)).decode(), *rest]))
    assert alarm.value.code == "log_bad_signature"


def test_the_newest_checkpoint_travels_in_every_message(clinic: Clinic, conversation: str) -> None:
    with clinic.talking("peggy") as (peggy,):
        seen = peggy.account.observe_log()
        Sender().send(peggy.open(conversation), Draft(Text("a witness")))
        (message,) = read_all(peggy, conversation).thread().messages
        assert message.header is not None
        assert message.header.checkpoint == seen
