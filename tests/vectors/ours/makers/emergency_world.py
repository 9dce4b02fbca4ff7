"""A clinic with custodians and compliance, and Peggy's conversation with an emergency key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.clinic_chain import ClinicChain, CustodianSet, verify_clinic_chain
from messenger.protocol.consent_chain import ConsentChain, verify_consent_chain
from messenger.protocol.control_chain import ControlChain, verify_control_chain
from messenger.protocol.emergency_key import CustodianSets
from messenger.protocol.kinds.conversation import ConversationRotationBody, Epoch
from messenger.protocol.kinds.custodians import Custodian, CustodiansBody
from messenger.protocol.kinds.emergency_choice import EmergencyOptInBody, EmergencyOptOutBody
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody, SealedShare
from messenger.protocol.sealing import SealingKey
from messenger.protocol.statement import Body
from tests.vectors.ours.makers import world
from tests.vectors.ours.makers.consents import consent_body
from tests.vectors.ours.makers.conversation import CONVERSATION, Conversation, Surroundings, epoch, peggy_and_team
from tests.vectors.ours.makers.pinned import seed
from tests.vectors.ours.makers.world import (
    CLINIC,
    CLINIC_KEY,
    CLINIC_SIGNS,
    FOUNDER,
    PEGGY,
    PEOPLE,
    Person,
    Statements,
    in_chain,
    made_id,
    some_hash,
)

CARLA, CYRIL, CORA, CLARK = (Person(name, "custodian") for name in ("carla", "cyril", "cora", "clark"))
OLGA = Person("olga", "compliance")
EVERYBODY = (*PEOPLE, CARLA, CYRIL, CORA, CLARK, OLGA)
OPT_IN, OPT_OUT = EmergencyOptInBody(PEGGY.account), EmergencyOptOutBody(PEGGY.account)
EMERGENCY_KEY = made_id("emk", "elm")
INDEXES = (12, 201, 77)


def everybody(account: str) -> AccountChain | None:
    """The verified chain of one of these people."""
    return next((person.verified() for person in EVERYBODY if person.account == account), None)


def custodians_body(*people: Person) -> CustodiansBody:
    """A set of custodians."""
    named = sorted((Custodian(one.account, one.sealing().id) for one in people), key=lambda one: one.account)
    return CustodiansBody(CLINIC, 2, tuple(named))


@cache
def clinic_statements() -> Statements:
    """The clinic's chain, with custodians named at minute 50 and others at minute 800."""
    statements = world.clinic_statements()
    for minutes, people in ((50, (CARLA, CYRIL, CORA)), (800, (CARLA, CORA, CLARK))):
        statements.append(in_chain(custodians_body(*people), FOUNDER, CLINIC_SIGNS, minutes, statements))
    return statements


def clinic(sets: int = 1) -> ClinicChain:
    """The clinic when it had named so many sets."""
    return verify_clinic_chain(clinic_statements()[: 2 + sets], CLINIC_KEY.id)


def named_sets() -> CustodianSets:
    """Both sets."""
    return {one.hash: one for one in clinic(2).custodian_sets}


def set_number(number: int) -> CustodianSet:
    """A set of custodians."""
    return clinic(2).custodian_sets[number - 1]


def emergency_secret(name: str = "elm") -> SealingKey:
    """The private part of an emergency key."""
    return SealingKey(seed(f"emergency {name}"))


def emergency_key(name: str = "elm", number: int = 1, **changes: Any) -> EmergencyKeyBody:
    """An emergency key for a set of custodians; its boxes are none."""
    named = set_number(number)
    shares = tuple(
        SealedShare(custodian, index, key, some_hash(f"share {name} {index}"))
        for index, (custodian, key) in zip(INDEXES, sorted(named.keys.items()), strict=True)
    )
    public = emergency_secret(name).public
    return replace(EmergencyKeyBody(CONVERSATION, made_id("emk", name), public, named.hash, shares), **changes)


def with_key(name: str = "elm") -> dict[str, str]:
    """The readers of the ordinary case and an emergency key."""
    return {**peggy_and_team(), made_id("emk", name): emergency_secret(name).id}


def choosing(*bodies: Body) -> Statements:
    """Peggy's first consent, then what she chooses, signed at minutes 100, 200, …"""
    statements: Statements = []
    for number, body in enumerate((consent_body("one"), *bodies), start=1):
        statements.append(in_chain(body, PEGGY.account, {"self": PEGGY.signing()}, 100 * number, statements))
    return statements


@dataclass(frozen=True)
class Choosing(Surroundings):
    """Surroundings in which Peggy has chosen."""

    choices: Sequence[Body] = (OPT_IN,)

    def consent_statements(self) -> Statements:
        """A consent and the choices."""
        return choosing(*self.choices)

    def consent_chain(self) -> ConsentChain:
        """The same, verified."""
        return verify_consent_chain(self.consent_statements(), PEGGY.verified())

    def verify(self, statements: Statements) -> ControlChain:
        """The conversation, verified."""
        around = (self.consent_chain(), self.teams(), everybody, named_sets())
        return verify_control_chain(statements, CONVERSATION, *around)


def begun(*choices: Body) -> Conversation:
    """Peggy's conversation, begun after her consent, on the word of all her choices."""
    around = Choosing(choices=choices or (OPT_IN,))
    return Conversation(around).created(consent_head=around.consent_statements()[-1].hash)


def keyed(*choices: Body, **changes: Any) -> Conversation:
    """The same with an emergency key, to which nothing is sealed yet."""
    return begun(*choices).then(emergency_key(**changes), PEGGY, 350)


def keyed_early() -> Conversation:
    """The same, but begun on the word of the consent alone."""
    around = Choosing()
    return (
        Conversation(around).created(consent_head=around.consent_statements()[0].hash).then(emergency_key(), PEGGY, 350)
    )


def sealed() -> Conversation:
    """The same with an epoch that is sealed to it."""
    return rotated(keyed(), with_key(), "added")


def rotated(
    conversation: Conversation, readers: Mapping[str, str], reason: str, *, minutes: int = 500, head: int | None = None
) -> Conversation:
    """The next epoch, on the word of the newest choice unless told."""
    links = [one for one in conversation.statements if b'"epoch":{' in one.payload]
    heads = conversation.around.consent_statements()
    made: Epoch = epoch(len(links) + 1, readers)
    consent_head = heads[-1 if head is None else head].hash
    body = ConversationRotationBody(CONVERSATION, consent_head, made, reason, None)  # type: ignore[arg-type]  # a code
    return conversation.then(body, PEGGY, minutes)
