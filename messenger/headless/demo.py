"""The demo clinic, made through the public HTTP API exactly as browsers would make it: every key real, nothing planted.

The clock is handed in and moves: whoever seeds runs the service on the same clock, so that a week goes by in seconds
and everything in the access log stands in the order in which it happened.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from messenger.headless.account import Account
from messenger.headless.api import Api
from messenger.headless.conversations import Conversations
from messenger.headless.credentials import Credential
from messenger.headless.custodians import name_custodians
from messenger.headless.demo_people import (
    AMARA,
    CUSTODIANS,
    DAVID,
    EVERYBODY,
    NOOR,
    OLGA,
    PEGGY,
    RUTH,
    SAMUEL,
    TEAM,
    TOM,
    XIUYING,
    DemoPerson,
    new_password,
)
from messenger.headless.demo_story import LINES, Line, Thread
from messenger.headless.directory import Directory
from messenger.headless.invitations import invite
from messenger.headless.joiner import Choices, Joined
from messenger.headless.joining import found, join
from messenger.headless.keystore import Keystore, write_privately
from messenger.headless.profiles import write_profile
from messenger.headless.reading import read_all
from messenger.headless.sending import Draft, Sender
from messenger.headless.signing_in import sign_in
from messenger.headless.team_people import appoint
from messenger.headless.teams import create_team, share_clinic_key, tend_teams
from messenger.protocol.encoding import format_time
from messenger.protocol.invitation import parse_link
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.team_people import CoverPeriod
from messenger.protocol.message import Body, Correction, Retraction, Text
from messenger.protocol.safety_code import clinic_code

_MINUTES_BETWEEN_PEOPLE: Final = 6


class MovableClock(Protocol):
    """A clock that the service shares and that only goes forward."""

    def now(self) -> datetime:
        """Its instant."""

    def move_to(self, instant: datetime) -> None:
        """Moves it forward."""


@dataclass
class _Resident:
    """Somebody of the demo and what their own device holds."""

    person: DemoPerson
    password: str = field(repr=False)
    keystore: Path
    account: str = ""
    credential: Credential | None = field(default=None, repr=False)


@dataclass
class DemoClinic:
    """The demo in the making."""

    connect: Callable[[], Api]
    clock: MovableClock
    end: datetime
    founding_link: str
    folder: Path
    residents: dict[str, _Resident] = field(default_factory=dict)
    team: str = ""
    threads: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    clinic: JsonObject = field(default_factory=dict)

    def make(self) -> JsonObject:
        """Everything, from founding to the last unanswered question: what stands in `demo.json` but for the address."""
        self._gather_people()
        for line in sorted(LINES, key=lambda line: line.when.instant(self.end)):
            self.clock.move_to(line.when.instant(self.end))
            self._write(line)
        self.clock.move_to(self.end)
        return {"clinic": self.clinic, "accounts": [self._as_json(one) for one in self.residents.values()]}

    def _gather_people(self) -> None:
        self._enter(RUTH, lambda api, keystore, choices: self._found(api, keystore, choices))
        self._invite(RUTH, SAMUEL)
        with self._visit(RUTH) as ruth:
            share_clinic_key(ruth, Directory(ruth), self.residents[SAMUEL.name].account)
        self._invite(RUTH, AMARA)
        with self._visit(RUTH) as ruth:
            self.team = create_team(ruth, TEAM, self.residents[AMARA.name].account)
        self._tend()
        self._invite(RUTH, TOM, self.team)
        self._tend()
        self._invite(RUTH, NOOR)
        self._appoint_cover()
        self._tend()
        self._name_custodians()
        for patient in (PEGGY, XIUYING):
            self._invite(AMARA, patient, self.team)
            with self._visit(patient) as joined:
                if patient.profile is not None:
                    write_profile(joined, Directory(joined), patient.profile)

    def _found(self, api: Api, keystore: Keystore, choices: Choices) -> Joined:
        link, card = parse_link(self.founding_link), RUTH.card
        if card is None:
            raise ValueError("an administrator has a card")
        joined = found(api, keystore, self.clock, link, choices, card)
        chain = joined.account.clinic
        self.clinic = {
            "id": chain.clinic,
            "name": chain.name,
            "fingerprint": " ".join(clinic_code(chain.clinic, chain.key.raw)),
            "log_key": chain.log_key,
        }
        return joined

    def _invite(self, inviter: DemoPerson, person: DemoPerson, *teams: str) -> None:
        """One makes the link, hands it over, and the other joins with it a few minutes later."""
        with self._visit(inviter) as account:
            link = invite(account, person.role, teams, person.card).link
        self._enter(person, lambda api, keystore, choices: join(api, keystore, self.clock, link, choices))

    def _enter(self, person: DemoPerson, enter: Callable[[Api, Keystore, Choices], Joined]) -> None:
        self._pass(_MINUTES_BETWEEN_PEOPLE)
        resident = _Resident(person, new_password(), self.folder / f"{person.name}.json")
        self.residents[person.name] = resident
        choices = Choices(person.name, resident.password, person.language, person.device)
        api = self.connect()
        try:
            with Keystore(resident.keystore) as keystore:
                joined = enter(api, keystore, choices)
                resident.account, resident.credential = joined.account.id, joined.credential
                api.post("/api/session/lock", {})
        finally:
            api.close()

    @contextmanager
    def _visit(self, person: DemoPerson) -> Iterator[Account]:
        """Somebody signs in on their device, does something and locks it again."""
        resident, api = self.residents[person.name], self.connect()
        try:
            with Keystore(resident.keystore) as keystore:
                account = sign_in(
                    api,
                    keystore,
                    self.clock,
                    person.name,
                    resident.password,
                    known=resident.credential,
                    device_label=person.device,
                )
                yield account
                account.save_pins()
                api.post("/api/session/lock", {})
        finally:
            api.close()

    def _appoint_cover(self) -> None:
        """Amara will be away: Noor stands in for the team from the day before the demo is looked at."""
        period = CoverPeriod(format_time(self.end - timedelta(days=1)), format_time(self.end + timedelta(days=14)))
        with self._visit(AMARA) as amara:
            appoint(amara, Directory(amara), self.team, self.residents[NOOR.name].account, "physician", period)

    def _name_custodians(self) -> None:
        """Who keeps the shares of emergency keys, and who looks at each use of one."""
        for person in (*CUSTODIANS, OLGA, DAVID):
            self._invite(RUTH, person)
        with self._visit(RUTH) as ruth:
            name_custodians(ruth, Directory(ruth), [self.residents[one.name].account for one in CUSTODIANS])

    def _tend(self) -> None:
        """Amara's client makes the key of the team she manages, and lets in who waits."""
        with self._visit(AMARA) as amara:
            tend_teams(amara, Directory(amara))

    def _pass(self, minutes: int) -> None:
        self.clock.move_to(self.clock.now() + timedelta(minutes=minutes))

    def _write(self, line: Line) -> None:
        with self._visit(line.sender) as account:
            conversations = Conversations.of(account)
            if line.thread.key not in self.threads:
                self.threads[line.thread.key] = self._begin(conversations, line.thread)
            conversation = self.threads[line.thread.key]
            opened = read_all(conversations, conversation, "write")
            sent = Sender().send(opened.conversation, self._draft(line))
            opened.catch_up()
            opened.acknowledge()
            opened.leave()
        if line.key:
            self.ids[line.key] = sent.id

    def _begin(self, conversations: Conversations, thread: Thread) -> str:
        patient = self.residents[thread.patient.name].account
        return conversations.create(patient, thread.name).id

    def _draft(self, line: Line) -> Draft:
        body: Body = Text(line.text)
        if line.corrects:
            body = Correction(line.text, line.reason)
        elif line.takes_back:
            body = Retraction()
        return Draft(
            body=body,
            kind=line.kind,
            category=line.category,
            urgency=line.urgency,
            answers=tuple(self.ids[key] for key in (line.answers,) if key),
            acknowledges=tuple(self.ids[key] for key in (line.acknowledges,) if key),
            corrects=self.ids.get(line.corrects),
            takes_back=self.ids.get(line.takes_back),
        )

    def _as_json(self, resident: _Resident) -> JsonObject:
        """An account as it stands in `demo.json`."""
        person, account = resident.person, resident.account
        patients = {one.name: one.role == "patient" for one in EVERYBODY}
        in_team = person in (AMARA, TOM, NOOR)
        own = [
            self.threads[line.thread.key]
            for line in LINES
            if in_team or (patients[person.name] and line.thread.patient == person)
        ]
        return {
            "role": person.role,
            "name": person.name,
            "password": resident.password,
            "account": account,
            "teams": [self.team] if in_team else [],
            "conversations": list(dict.fromkeys(own)),
        }


def make_demo(connect: Callable[[], Api], clock: MovableClock, end: datetime, founding_link: str) -> JsonObject:
    """Makes the demo clinic behind a founding link; `{"clinic", "accounts"}` of `demo.json`.

    `connect` gives a fresh connection each time. `clock` is the service's own; it stands where the founding link was
    made (`demo_story.FOUNDED`) and is left at `end`, the present.
    """
    with tempfile.TemporaryDirectory(prefix="between-demo-") as folder:
        return DemoClinic(connect, clock, end, founding_link, Path(folder)).make()


def write_demo_file(path: Path, url: str, made: JsonObject) -> None:
    """Writes `demo.json` atomically, readable by its owner alone."""
    document: JsonObject = {"url": url, **made}
    write_privately(path, json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")
