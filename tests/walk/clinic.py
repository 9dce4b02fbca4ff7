"""The demo clinic on a running server, and what walkers need beforehand: invitations, and a nurse who waits."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from messenger.clock import SystemClock
from messenger.headless.account import Account
from messenger.headless.api import Api
from messenger.headless.conversations import Conversations
from messenger.headless.invitations import cancel, invite
from messenger.headless.joiner import Choices
from messenger.headless.joining import join
from messenger.headless.keystore import Keystore
from messenger.headless.sending import Draft, Sender
from messenger.headless.signing_in import sign_in
from messenger.protocol.commitment import Card
from messenger.protocol.invitation import InvitationLink
from tests.client.page_faults import LANGUAGES
from tests.servers import ROOT, BetweenServer

PEGGY, XIUYING, AMARA, TOM, RUTH, NORA = "peggy", "xiuying", "amara", "tom", "ruth", "nora"
CARLA, OLGA = "carla", "olga"
PASSWORD: Final = "seven green kettles under the bridge"


@dataclass
class WalkedClinic:
    """A server with the demo clinic, and the links that people were handed."""

    server: BetweenServer
    folder: Path

    @property
    def url(self) -> str:
        """Where it is."""
        return self.server.base_url

    @cached_property
    def demo(self) -> dict[str, Any]:
        """What stands in `demo.json`."""
        document: dict[str, Any] = json.loads((self.server.data_dir / "demo.json").read_text())
        return document

    def member(self, name: str) -> dict[str, Any]:
        """Somebody's line of `demo.json`."""
        return next(one for one in self.demo["accounts"] if one["name"] == name)

    def password_of(self, name: str) -> str:
        """Somebody's password."""
        return PASSWORD if name == NORA else str(self.member(name)["password"])

    @cached_property
    def patient_links(self) -> dict[str, str]:
        """An invitation for a patient of each language, and one that was cancelled under `cancelled`."""
        with self._signed_in(AMARA) as amara:
            teams = self.member(AMARA)["teams"]
            made = {name: invite(amara, "patient", teams) for name in (*LANGUAGES, "cancelled")}
            cancel(amara, made["cancelled"].invitation)
        return {name: one.link.text() for name, one in made.items()}

    def let_nora_wait(self) -> None:
        """A nurse joins; nobody has let her into the team yet."""
        with self._signed_in(RUTH) as ruth:
            link = invite(ruth, "nurse", self.member(AMARA)["teams"], Card("Nora Lindqvist", "RN")).link
        self._join(link, Choices(NORA, PASSWORD))

    def send(self, name: str, conversation: str, draft: Draft) -> None:
        """Somebody sends what no form of ours would make."""
        with self._signed_in(name) as account:
            Sender().send(Conversations.of(account).open(conversation), draft)

    def founding_link(self) -> str:
        """What `clinic create` prints."""
        made = subprocess.run(
            [sys.executable, "-m", "messenger", "clinic", "create", "Riverside Clinic"],
            cwd=ROOT, env=self.server.settings(), capture_output=True, text=True, check=True,
        )  # fmt: skip
        return str(json.loads(made.stdout)["link"])

    def _join(self, link: InvitationLink, choices: Choices) -> None:
        with self._device() as (api, keystore):
            join(api, keystore, SystemClock(), link, choices)

    @contextmanager
    def _signed_in(self, name: str) -> Iterator[Account]:
        with self._device() as (api, keystore):
            yield sign_in(api, keystore, SystemClock(), name, self.password_of(name))

    @contextmanager
    def _device(self) -> Iterator[tuple[Api, Keystore]]:
        api = Api(self.url)
        try:
            with Keystore(Path(tempfile.mkdtemp(dir=self.folder)) / "keystore") as keystore:
                yield api, keystore
        finally:
            api.close()
