"""A conversation of thousands of messages, every one encrypted, signed, decided on and logged like any other."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from bench.demo import DemoHouse
from config import Settings
from messenger.app import create_app
from messenger.clock import SystemClock
from messenger.conversations.batch import commit_batch
from messenger.conversations.known import ConsentCache
from messenger.conversations.sending import Acknowledgement, Send
from messenger.db import Database
from messenger.headless.account import Account
from messenger.headless.api import Api
from messenger.headless.conversation import Conversation
from messenger.headless.conversations import Conversations
from messenger.headless.identifiers import new_id, now
from messenger.headless.keystore import Keystore
from messenger.headless.signing_in import sign_in
from messenger.protocol.encoding import b64u_decode
from messenger.protocol.message import Header, Text, write_message
from messenger.roles import Role
from messenger.web.identity import Identity
from messenger.web.request_scope import EXTENSION

AT_ONCE = 250
TEXTS = (
    "My pressure was 131 over 80 this morning, after the walk.",
    "Thank you. Please go on as we said, and write again if it is above 150 twice in a row.",
    "I missed two doses at the weekend. " * 6,
    "好的，谢谢。今天早上 7.2。",
)


@dataclass
class Writer:
    """Somebody who writes in a conversation from a device that has not written there before."""

    account: Account
    identity: Identity
    conversation: Conversation
    sequence: int = 0
    previous: str | None = None

    def write(self, words: str) -> Send:
        """Their next message."""
        account, talk = self.account, self.conversation
        header = Header(
            conversation=talk.id,
            epoch=talk.control.running.epoch.number,
            id=new_id("msg", account.clock),
            sender=account.id,
            key=account.vault.current.signing.id,
            device=account.device,
            device_sequence=self.sequence + 1,
            device_previous=self.previous,
            control_head=talk.control.head,
            consent_head=talk.consents.head or "",
            checkpoint=account.keystore.remembered.checkpoint if account.keystore.remembered else None,
            time=now(account.clock),
            kind="update",
        )
        message = write_message(header, Text(words), talk.keys[header.epoch], account.vault.current.signing)
        self.sequence, self.previous = self.sequence + 1, message.hash
        return Send(self.identity, header, message, b64u_decode(message.hash))


def lengthen(house: DemoHouse, conversation: str, names: Sequence[str], until: int) -> None:
    """Let these people write in turns until the conversation has `until` messages."""
    with ExitStack() as open_ones:
        database = _database(house)
        open_ones.callback(database.dispose)
        writers = [open_ones.enter_context(_writing(house, database, name, conversation)) for name in names]
        cache, written = ConsentCache(), _last_sequence(database, conversation)
        while written < until:
            count = min(AT_ONCE, until - written)
            work = [writers[at % len(writers)].write(TEXTS[at % len(TEXTS)]) for at in range(written, written + count)]
            answers = commit_batch(database, work, cache, datetime.now(UTC))
            refused = [answer for answer in answers if not isinstance(answer, Acknowledgement)]
            assert not refused, refused[0]
            written += count


def _database(house: DemoHouse) -> Database:
    """The server's database, with what the server itself does in the transactions of a send."""
    database: Database = create_app(Settings.from_env(house.server.settings())).extensions[EXTENSION].database
    return database


def _last_sequence(database: Database, conversation: str) -> int:
    query = text("SELECT last_sequence FROM conversations WHERE conversation = :conversation")
    with database.reading_session() as session:
        return int(session.execute(query, {"conversation": conversation}).scalar_one())


@contextmanager
def _writing(house: DemoHouse, database: Database, name: str, conversation: str) -> Iterator[Writer]:
    """Somebody signed in through the door, who then hands in at the writer's."""
    api = Api(house.server.here)
    with Keystore(house.server.data_dir / f"{name}-{conversation}.keystore") as kept:
        account = sign_in(api, kept, SystemClock(), name, house.accounts[name]["password"])
        talk = Conversations.of(account).open(conversation).rotated_if_due()
        yield Writer(account, _identity(database, account), talk)
    api.close()


def _identity(database: Database, account: Account) -> Identity:
    query = text("SELECT session FROM sessions WHERE device = :device")
    with database.reading_session() as session:
        running = str(session.execute(query, {"device": account.device}).scalar_one())
    return Identity(account.id, Role(account.chain.role), account.chain.clinic, running, account.device, "en")
