"""A conversation that an emergency opens, in browsers: they seal to its key, and leave it out once it was used."""

from datetime import timedelta

import pytest

from messenger.headless.conversations import Conversations
from messenger.headless.emergency import Emergencies
from messenger.headless.emergency_choice import opt_in
from tests.hostile.clinic import AMARA, TOM, XIUYING, HostileClinic
from tests.journeys.browsing import Visitor
from tests.journeys.conftest import StartConversation


@pytest.fixture
def escrowed(clinic: HostileClinic, custodians: list[str], start_conversation: StartConversation) -> str:  # noqa: ARG001 (named)
    """A new conversation of Mrs Chen's, who has opted in since."""
    conversation = start_conversation(XIUYING, "脚麻")
    with clinic.new_device(XIUYING) as patient:
        opt_in(patient)
    return conversation


def test_browsers_seal_to_an_emergency_key_and_leave_it_out_once_it_was_used(
    clinic: HostileClinic, custodians: list[str], xiuying: Visitor, amara: Visitor, escrowed: str
) -> None:
    xiuying.opens(escrowed)
    amara.opens(escrowed)
    xiuying.writes("我的脚今天又麻了", "question")
    amara.reads("我的脚今天又麻了")
    (used,) = emergency_readers(clinic, escrowed)
    patient = clinic.member(XIUYING)["account"]
    with clinic.new_device(TOM) as tom:
        emergencies = Emergencies.of(tom)
        asked = emergencies.ask(patient, escrowed, "danger", "Collapsed in the waiting room", timedelta(hours=1))
    for custodian in custodians[:2]:
        with clinic.own_device(custodian) as keeper:
            Emergencies.of(keeper).release(asked)
    amara.writes("请马上过来")
    xiuying.reads("请马上过来")
    assert used not in emergency_readers(clinic, escrowed)


def emergency_readers(clinic: HostileClinic, conversation: str) -> set[str]:
    """Whom but people the running epoch is sealed to."""
    with clinic.own_device(AMARA) as account:
        running = Conversations.of(account).open(conversation).control.running
    return {reader for reader in running.keys if reader.startswith("emk_")}
