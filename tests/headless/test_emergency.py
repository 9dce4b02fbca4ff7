"""Emergency access by the headless client against a real server: who gets in, with whom, until when."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from messenger.errors import BetweenError
from messenger.headless.conversations import Conversations
from messenger.headless.custodians import clinic_now, custodian_keys
from messenger.headless.emergency import Emergencies, NoWayIn
from messenger.headless.emergency_choice import renew_emergency_keys
from messenger.headless.errors import LogAlarm, ServiceRefused
from messenger.headless.identifiers import new_id
from messenger.headless.reading import open_conversation
from messenger.protocol.emergency_shares import make_emergency_key
from messenger.protocol.errors import ProtocolError
from messenger.protocol.json_strict import JsonValue
from messenger.protocol.shape import Members
from tests.headless.emergencies import FIRST_SET, PATIENT, SECOND_SET, EmergencyClinic
from tests.headless.residents import PASSWORD, Clinic, run_messenger


@pytest.fixture
def emergencies(clinic: Clinic) -> Iterator[EmergencyClinic]:
    """The clinic with custodians; Xiuying is opted out again afterwards."""
    made = EmergencyClinic(clinic)
    made.gather()
    yield made
    made.choose(opted_in=False)


@pytest.fixture
def talk(emergencies: EmergencyClinic) -> str:
    """A conversation of Xiuying's, with a message from before she opted in and one from after."""
    emergencies.choose(opted_in=False)
    conversation = emergencies.clinic.begin_conversation(PATIENT)
    emergencies.say(PATIENT, conversation, "Before I opted in")
    emergencies.choose(opted_in=True)
    emergencies.say("tom", conversation, "Take two a day")
    return conversation


def code_of(doing: Callable[[], object]) -> str:
    with pytest.raises((BetweenError, ProtocolError)) as refused:
        doing()
    assert isinstance(refused.value, BetweenError | ProtocolError)
    return refused.value.code


def test_two_custodians_open_what_was_written_since_the_patient_opted_in_and_nothing_else(
    emergencies: EmergencyClinic, talk: str
) -> None:
    asked = emergencies.ask(talk)
    emergencies.release(asked, "carla")
    assert code_of(lambda: emergencies.read(asked)) == "no_key"
    emergencies.release(asked, "cora")
    assert emergencies.read(asked) == [("Take two a day", None)]
    emergencies.close(asked)
    assert emergencies.refused(asked) == "emergency_over"


def test_a_patient_who_has_not_opted_in_has_no_way_in(emergencies: EmergencyClinic) -> None:
    emergencies.choose(opted_in=False)
    conversation = emergencies.clinic.begin_conversation(PATIENT)
    with pytest.raises(NoWayIn):
        emergencies.ask(conversation)
    emergencies.choose(opted_in=True)
    assert emergencies.is_escrowed(conversation)
    emergencies.choose(opted_in=False)
    assert not emergencies.is_escrowed(conversation)
    with pytest.raises(NoWayIn):
        emergencies.ask(conversation)


def test_a_used_key_is_left_out_until_the_patient_makes_another(emergencies: EmergencyClinic, talk: str) -> None:
    asked = emergencies.ask(talk)
    emergencies.release(asked, "carla", "cyril")
    emergencies.say("tom", talk, "After it was opened")
    assert not emergencies.is_escrowed(talk)
    assert emergencies.read(asked) == [("Take two a day", None)]
    with pytest.raises(NoWayIn):
        emergencies.ask(talk)
    emergencies.say(PATIENT, talk, "From me")
    assert emergencies.is_escrowed(talk)
    again = emergencies.ask(talk)
    emergencies.release(again, "cyril", "cora")
    assert emergencies.read(again) == [("From me", None)]


def test_with_other_custodians_the_old_key_is_left_out_until_the_patient_makes_another(
    emergencies: EmergencyClinic, talk: str
) -> None:
    emergencies.name(*SECOND_SET)
    with pytest.raises(NoWayIn):
        emergencies.ask(talk)
    emergencies.say("tom", talk, "Between two sets")
    assert not emergencies.is_escrowed(talk)
    with emergencies.clinic.visit(PATIENT) as xiuying:
        renew_emergency_keys(xiuying)
    assert emergencies.is_escrowed(talk)
    emergencies.say("tom", talk, "For the new custodians")
    asked = emergencies.ask(talk)
    assert code_of(lambda: emergencies.release(asked, "cyril")) == "not_found"
    emergencies.release(asked, "carla", "clark")
    assert emergencies.read(asked) == [("For the new custodians", None)]
    emergencies.name(*FIRST_SET)


def test_whose_request_it_is_not_reads_nothing(emergencies: EmergencyClinic, talk: str) -> None:
    asked = emergencies.ask(talk)
    emergencies.release(asked, "carla", "cora")
    for name in ("tom", "amara"):
        assert code_of(lambda who=name: emergencies.read(asked, who)) == "not_found"  # type: ignore[misc]  # bound now
    for name in ("carla", "olga", PATIENT):
        with emergencies.at(name) as other:
            assert other.look(asked).release_boxes == {}
    with emergencies.at("nia") as nia, pytest.raises(ServiceRefused) as refused:
        open_conversation(_rooms(nia), talk, "read")
    assert refused.value.code == "not_found"


def test_everybody_whom_it_concerns_sees_it_with_its_words(emergencies: EmergencyClinic, talk: str) -> None:
    asked = emergencies.ask(talk)
    for name in (PATIENT, "carla", "cyril", "cora", "olga"):
        with emergencies.at(name) as one:
            known = one.look(asked)
            assert one.text_of(known) == "Found unconscious 昏迷"
            assert known.emergency.request.requester == emergencies.account("nia")
            assert asked in {line["emergency"] for line in one.list()}
    for name in ("clark", "tom", "peggy"):
        assert code_of(lambda who=name: emergencies.at(who).__enter__().look(asked)) == "not_found"  # type: ignore[misc]


def test_nobody_releases_what_the_log_does_not_hold(emergencies: EmergencyClinic, talk: str) -> None:
    asked = emergencies.ask(talk)
    other = emergencies.ask(talk)
    with emergencies.at("carla") as carla:
        another = carla.look(other)
        kept = carla.account.api.get
        carla.account.api.get = lambda path, **query: kept(  # type: ignore[method-assign]  # a server that lies
            path, **({**query, "event": another.event} if path == "/api/log/inclusion" else query)
        )
        with pytest.raises(LogAlarm):
            carla.release(asked)


def test_the_server_adds_itself_as_an_emergency_reader_to_nobody(emergencies: EmergencyClinic, talk: str) -> None:
    """A key for the clinic's own custodians, signed with Amara's key instead of the patient's."""
    with emergencies.clinic.visit("amara") as amara:
        opened = _rooms(Emergencies.of(amara)).open(talk)
        custodians = clinic_now(amara).custodians
        assert custodians is not None
        keys = custodian_keys(opened.directory, custodians.keys)
        made = make_emergency_key(talk, new_id("emk", amara.clock), custodians, keys)
        hashes = opened.control.hashes
        forged = amara.says(made.body, sequence=len(hashes), previous=hashes[-1]).as_json()
        served = amara.api.get

        def lying(path: str, **query: str | int) -> Members:
            answer = served(path, **query)
            if f"{talk}/control" not in path:
                return answer
            told = {
                name: answer.take(name) for name in ("after", "statements", "names", "boxes", "history", "emergency")
            }
            return Members({**told, "statements": [*cast("list[JsonValue]", told["statements"]), forged]})

        amara.api.get = lying  # type: ignore[method-assign]  # a server that lies
        assert code_of(lambda: _rooms(Emergencies.of(amara)).open(talk)) == "not_the_patient"


@pytest.mark.parametrize("clinic", ["sqlite"], indirect=True)
def test_everybody_does_their_part_on_the_command_line(emergencies: EmergencyClinic, talk: str, tmp_path: Path) -> None:
    run = CommandLine(emergencies, tmp_path)
    patient = ("--patient", emergencies.account(PATIENT), "--conversation", talk)
    why = ("--reason", "unconscious", "--text", "In the waiting room", "--hours", "1")
    emergency = run("request", "nia", *patient, *why)[0]["emergency"]
    for custodian in ("carla", "cora"):
        run("release", custodian, emergency)
    assert [line["text"] for line in run("open", "nia", emergency)] == ["Take two a day"]
    run("close", "olga", emergency, "--finding", "avoidable")
    (shown,) = run("show", PATIENT, emergency)
    assert (shown["text"], shown["finding"], shown["reason"]) == ("In the waiting room", "avoidable", "unconscious")
    assert emergency in {line["emergency"] for line in run("list", PATIENT)}
    assert run("open", "nia", emergency, expect=1)[0]["error"]["code"] == "emergency_over"
    assert run("renew", PATIENT)[0]["conversations"] > 0
    assert emergencies.is_escrowed(talk)
    assert run("opt-out", PATIENT)[0]["opted_in"] is False
    assert run("request", "nia", *patient, *why, expect=1)[0]["error"]["code"] == "not_opted_in"
    assert run("opt-in", PATIENT)[0]["opted_in"] is True
    people = [emergencies.account(name) for name in FIRST_SET]
    assert run("custodians", "ruth", *people)[0]["custodians"] == sorted(people)
    assert run("custodians", "ruth", *people[:2], expect=2)[0]["error"]["code"] == "wrong_usage"


@dataclass
class CommandLine:
    """`python -m messenger emergency …` as one of the residents; the lines that it prints."""

    emergencies: EmergencyClinic
    folder: Path

    def __call__(self, verb: str, name: str, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
        server, password = self.emergencies.clinic.server, self.folder / "password"
        password.write_text(PASSWORD)
        door = ("--server", server.here, "--name", name, "--password-file", str(password))
        kept = ("--keystore", str(self.folder / f"{name}.json"))
        done = run_messenger(server, "emergency", verb, *arguments, *door, *kept, state=self.folder, expect=expect)
        return [json.loads(line) for line in (done.stdout if expect == 0 else done.stderr).splitlines()]


def _rooms(emergencies: Emergencies) -> Conversations:
    return Conversations(emergencies.account, emergencies.directory)
