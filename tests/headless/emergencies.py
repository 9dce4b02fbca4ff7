"""Emergency access among the residents: custodians named, a patient opted in, requests, releases, what is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from messenger.headless.custodians import clinic_now, name_custodians
from messenger.headless.directory import Directory
from messenger.headless.emergency import Emergencies
from messenger.headless.emergency_choice import opt_in, opt_out
from messenger.headless.emergency_reading import open_emergency
from messenger.headless.errors import ServiceRefused
from messenger.headless.sending import Draft, Sender
from messenger.protocol.kinds.emergency import EmergencyReason, Finding
from messenger.protocol.message import Text
from tests.headless.residents import Clinic

FIRST_SET, SECOND_SET = ("carla", "cyril", "cora"), ("carla", "cora", "clark")
PATIENT = "xiuying"


@dataclass
class EmergencyClinic:
    """The clinic with custodians and compliance; its patient of emergencies is Xiuying."""

    clinic: Clinic

    def gather(self) -> None:
        """Everybody joins who has not, and the first set of custodians is named."""
        for name in {*FIRST_SET, *SECOND_SET, "olga", "nia"}:
            if name not in self.clinic.residents:
                self.clinic.joined(name)
        self.name(*FIRST_SET)

    def account(self, name: str) -> str:
        return self.clinic.residents[name].account

    def name(self, *people: str) -> None:
        """Let these be the custodians, unless they are."""
        accounts = {self.account(one) for one in people}
        with self.clinic.visit("ruth") as ruth:
            running = clinic_now(ruth).custodians
            if running is None or set(running.keys) != accounts:
                name_custodians(ruth, Directory(ruth), accounts)

    def choose(self, *, opted_in: bool) -> None:
        """Let Xiuying opt in or out, unless she has."""
        with self.clinic.visit(PATIENT) as xiuying:
            if Directory(xiuying).consents(xiuying.id).opted_in != opted_in:
                (opt_in if opted_in else opt_out)(xiuying)

    def say(self, name: str, conversation: str, text: str) -> None:
        with self.clinic.talking(name) as (rooms,):
            Sender().send(rooms.open(conversation), Draft(Text(text)))

    def readers(self, conversation: str) -> set[str]:
        """The readers of the running epoch, as the patient has verified them."""
        with self.clinic.talking(PATIENT) as (rooms,):
            return set(rooms.open(conversation).control.running.keys)

    def is_escrowed(self, conversation: str) -> bool:
        return any(reader.startswith("emk_") for reader in self.readers(conversation))

    def ask(self, conversation: str, by: str = "nia", *, reason: EmergencyReason = "danger", hours: float = 4) -> str:
        with self.at(by) as emergencies:
            patient, lasting = self.account(PATIENT), timedelta(hours=hours)
            return emergencies.ask(patient, conversation, reason, "Found unconscious 昏迷", lasting)

    def release(self, emergency: str, *custodians: str) -> None:
        for custodian in custodians:
            with self.at(custodian) as emergencies:
                emergencies.release(emergency)

    def read(self, emergency: str, by: str = "nia") -> list[tuple[str | None, str | None]]:
        """Text and reason of every message that the emergency opens."""
        with self.at(by) as emergencies:
            messages = open_emergency(emergencies, emergency).thread().messages
            return [(one.text, one.reason) for one in messages]

    def refused(self, emergency: str, by: str = "nia") -> str:
        """The code with which nothing of it is read."""
        try:
            self.read(emergency, by)
        except ServiceRefused as refused:
            return refused.code
        raise AssertionError("it was read")

    def close(self, emergency: str, finding: Finding = "justified") -> None:
        with self.at("olga") as emergencies:
            emergencies.close(emergency, finding)

    @contextmanager
    def at(self, name: str) -> Iterator[Emergencies]:
        with self.clinic.visit(name) as account:
            yield Emergencies.of(account)
