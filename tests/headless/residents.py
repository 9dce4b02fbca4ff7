"""A clinic on a real server, made by the headless client: two administrators, two care staff, two patients."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from messenger.clock import Clock, SystemClock
from messenger.headless.account import Account
from messenger.headless.api import Api
from messenger.headless.conversations import Conversations
from messenger.headless.credentials import Credential
from messenger.headless.directory import Directory
from messenger.headless.invitations import invite
from messenger.headless.joiner import Choices, Joined
from messenger.headless.joining import found, join
from messenger.headless.keystore import Keystore
from messenger.headless.signing_in import sign_in
from messenger.headless.teams import create_team, share_clinic_key, tend_teams
from messenger.protocol.commitment import Card
from messenger.protocol.invitation import InvitationLink, parse_link
from messenger.protocol.kinds.invitation import Role
from tests.servers import ROOT, BetweenServer

PASSWORD = "a kettle sings at five"
STAFF: Mapping[str, tuple[Role, Card]] = {
    "ruth": ("administrator", Card("Ruth Adler", "Practice manager")),
    "samuel": ("administrator", Card("Samuel Wong", "Deputy")),
    "amara": ("provider", Card("Dr Amara Okafor", "MD")),
    "tom": ("nurse", Card("Tom Reyes", "RN")),
    "nia": ("nurse", Card("Nia Obi", "RN")),
    "carla": ("custodian", Card("Carla Voss", "Custodian")),
    "cyril": ("custodian", Card("Cyril Amadi", "Custodian")),
    "cora": ("custodian", Card("Cora Lind", "Custodian")),
    "clark": ("custodian", Card("Clark Ito", "Custodian")),
    "olga": ("compliance", Card("Olga Brandt", "Compliance officer")),
}
PATIENTS = ("peggy", "xiuying")


@dataclass
class Resident:
    """Somebody: their sign-in, their device's file, what was shown to them once."""

    name: str
    keystore: Path
    account: str
    credential: Credential
    recovery_code: str


@dataclass
class Clinic:
    """The clinic and its people, each signed in when they are needed."""

    server: BetweenServer
    folder: Path
    clock: Clock = field(default_factory=SystemClock)
    residents: dict[str, Resident] = field(default_factory=dict)
    team: str = ""

    def api(self) -> Api:
        """A fresh connection."""
        return Api(self.server.here, self.server.base_url)

    def gather(self) -> None:
        """Founds the clinic and lets everybody join."""
        link = parse_link(create_clinic(self.server))
        with self.entering("ruth") as (api, keystore, choices):
            self.settle(found(api, keystore, self.clock, link, choices, STAFF["ruth"][1]))
        self.joined("samuel")
        with self.visit("ruth") as ruth:
            share_clinic_key(ruth, Directory(ruth), self.residents["samuel"].account)
        self.joined("amara")
        with self.visit("ruth") as ruth:
            self.team = create_team(ruth, "Family team", self.residents["amara"].account)
        self.tend()
        self.joined("tom", self.team)
        self.tend()
        for patient in PATIENTS:
            self.joined(patient, self.team)

    def colleague(self) -> Resident:
        """Nia, who is in no team: nobody has let her read unless they say so."""
        return self.residents.get("nia") or self.joined("nia")

    def tend(self) -> None:
        """Amara makes the team's key and lets in who waits."""
        with self.visit("amara") as amara:
            tend_teams(amara, Directory(amara))

    def link_for(self, name: str, *teams: str) -> InvitationLink:
        """An invitation: of staff by the founder, of patients by the physician."""
        role: Role
        card: Card | None
        role, card = STAFF.get(name, ("patient", None))
        with self.visit("ruth" if role != "patient" else "amara") as inviter:
            return invite(inviter, role, teams, card).link

    def joined(self, name: str, *teams: str) -> Resident:
        """Somebody is invited and joins."""
        link = self.link_for(name, *teams)
        with self.entering(name) as (api, keystore, choices):
            return self.settle(join(api, keystore, self.clock, link, choices))

    @contextmanager
    def entering(self, name: str) -> Iterator[tuple[Api, Keystore, Choices]]:
        """What somebody needs to join."""
        api = self.api()
        with Keystore(self.folder / f"{name}.json") as keystore:
            yield api, keystore, Choices(name, PASSWORD)
        api.close()

    def settle(self, joined: Joined) -> Resident:
        """Notes who has joined."""
        account = joined.account
        account.save_pins()
        account.api.post("/api/session/lock", {})
        resident = Resident(account.name, account.keystore.path, account.id, joined.credential, joined.recovery_code)
        self.residents[account.name] = resident
        return resident

    @contextmanager
    def visit(self, name: str, keystore: Path | None = None, api: Api | None = None) -> Iterator[Account]:
        """Somebody signed in, on their own device unless another keystore is named."""
        resident, connection = self.residents[name], api or self.api()
        with Keystore(keystore or resident.keystore) as opened:
            account = sign_in(connection, opened, self.clock, name, PASSWORD, known=resident.credential)
            yield account
            account.save_pins()
        connection.close()

    @contextmanager
    def talking(self, *names: str) -> Iterator[list[Conversations]]:
        """Several people signed in at once, each with their conversations."""
        with ExitStack() as visits:
            yield [Conversations.of(visits.enter_context(self.visit(name))) for name in names]

    def begin_conversation(self, patient: str = "peggy", name: str | None = "Knee") -> str:
        """A conversation that the patient begins."""
        with self.talking(patient) as (conversations,):
            return conversations.create(self.residents[patient].account, name).id


def create_clinic(server: BetweenServer) -> str:
    """What the operator does; the founding link."""
    done = run_messenger(server, "clinic", "create", "Elm Street Family Practice")
    link: str = json.loads(done.stdout)["link"]
    return link


def run_messenger(
    server: BetweenServer, *arguments: str, state: Path | None = None, expect: int = 0
) -> subprocess.CompletedProcess[str]:
    """The command line, with the server's settings."""
    environ = {**server.settings(), "XDG_STATE_HOME": str(state or server.data_dir / "state")}
    command = [sys.executable, "-m", "messenger", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == expect, done.stderr
    return done
