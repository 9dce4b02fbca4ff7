"""A demo clinic behind a lying server: people whose devices talk to the proxy and believe it is the service."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from messenger.clock import SystemClock
from messenger.headless.account import Account
from messenger.headless.api import Api
from messenger.headless.conversations import Conversations
from messenger.headless.keystore import Keystore
from messenger.headless.reading import OpenedConversation, read_all
from messenger.headless.sending import Draft, Sender, Sent
from messenger.headless.signing_in import sign_in
from messenger.headless.thread import ThreadMessage
from messenger.protocol.message import Message, Text, write_message
from tests.hostile.proxy import HostileProxy
from tests.servers import BetweenServer

KEPT_CLINIC = "HOSTILE_CLINIC"
"""Names a folder with a demo clinic made before, so that the same one serves many runs."""

PEGGY, XIUYING, AMARA, TOM = "peggy", "xiuying", "amara", "tom"

NEWCOMERS_PASSWORD = "a lantern in the orchard at ten"


@dataclass
class HostileClinic:
    """The clinic, the proxy that its people reach it through, and their passwords."""

    proxy: HostileProxy
    server: BetweenServer
    folder: Path
    clock: SystemClock = field(default_factory=SystemClock)

    @cached_property
    def demo(self) -> dict[str, Any]:
        """What stands in `demo.json`."""
        document: dict[str, Any] = json.loads((self.server.data_dir / "demo.json").read_text())
        return document

    def member(self, name: str) -> dict[str, Any]:
        """Somebody's line of `demo.json`."""
        return next(one for one in self.demo["accounts"] if one["name"] == name)

    def conversation_of(self, patient: str) -> str:
        """The patient's first conversation."""
        conversation: str = self.member(patient)["conversations"][0]
        return conversation

    @contextmanager
    def new_device(self, name: str, password: str | None = None) -> Iterator[Account]:
        """Somebody signs in on a device that has seen nothing yet."""
        with self._signed_in(Path(tempfile.mkdtemp(dir=self.folder)) / "keystore", name, password) as account:
            yield account

    @contextmanager
    def own_device(self, name: str, password: str | None = None) -> Iterator[Account]:
        """Somebody signs in on the one device they always use."""
        with self._signed_in(self.folder / f"{name}.keystore", name, password) as account:
            yield account

    def copy_of_device(self, name: str) -> Path:
        """What somebody finds who copies the person's device."""
        return Path(shutil.copy(self.folder / f"{name}.keystore", Path(tempfile.mkdtemp(dir=self.folder))))

    @contextmanager
    def _signed_in(self, keystore: Path, name: str, password: str | None) -> Iterator[Account]:
        api = Api(self.proxy.url)
        try:
            with Keystore(keystore) as kept:
                yield sign_in(api, kept, self.clock, name, password or self.member(name)["password"])
        finally:
            api.close()


def demo_server(folder: Path, base_url: str, port: int) -> BetweenServer:
    """The honest server of the demo clinic in a folder, which it makes where there is none."""
    return BetweenServer(folder / "server", f"sqlite:///{folder}/between.db", {"BASE_URL": base_url, "DEMO": "1"}, port)


def reading(account: Account, conversation: str) -> OpenedConversation:
    """The whole conversation as this account sees it."""
    return read_all(Conversations.of(account), conversation)


def lines(opened: OpenedConversation) -> list[ThreadMessage]:
    """What a person would see, line by line."""
    return list(opened.thread().messages)


def write(account: Account, conversation: str, text: str) -> Sent:
    """Somebody sends a message."""
    return Sender().send(Conversations.of(account).open(conversation), Draft(Text(text)))


def signed_twice(account: Account, conversation: str, text: str, other: str) -> tuple[Sent, Message]:
    """What a sender in league with the server makes: a message that was sent, and another body under its header."""
    sent = write(account, conversation, text)
    opened = reading(account, conversation)
    header = next(line.header for line in lines(opened) if line.sequence == sent.sequence)
    if header is None:
        raise AssertionError("the message just sent was not shown")
    twin = write_message(header, Text(other), opened.conversation.keys[header.epoch], account.vault.current.signing)
    return sent, twin
