"""Vectors of a thread in which a consent is revoked: what each message is worth alone and beside the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.message import Text
from tests.vectors.ours.makers.consents import consent_body, revoked
from tests.vectors.ours.makers.conversation import (
    CONVERSATION,
    Conversation,
    Surroundings,
    epoch,
    epoch_key,
    peggy_and_team,
)
from tests.vectors.ours.makers.messages import NOW, header, message
from tests.vectors.ours.makers.world import AMARA, PEGGY, ROBBED, Person, at, wire

_NURSE, _SPARE = replace(consent_body("two", ROBBED.account), not_before=at(200)), consent_body("spare")
Line = tuple[str, JsonValue, str, str]


def revoked_reading() -> JsonObject:
    """A nurse reads along, then is revoked, then a consent beside the team's is given and revoked without a rotation.

    `thread` is in the server's order; `alone` is the verdict on a message by itself, `verdict` beside its neighbours.
    """
    conversation = _conversation()
    return {
        "reading": {
            "conversation": CONVERSATION,
            "patient": PEGGY.account,
            "consents": wire(conversation.around.consent_statements()),
            "team": wire(conversation.around.team_statements()),
            "control": wire(conversation.statements),
            "epoch_keys_hex": {"1": epoch_key(1).hex(), "2": epoch_key(2).hex()},
            "now": NOW,
        },
        "thread": [
            {
                "name": name,
                "sequence": sequence,
                "received": at(1000),
                "message": sent,
                "alone": alone,
                "verdict": verdict,
            }
            for sequence, (name, sent, alone, verdict) in enumerate(_thread(conversation), start=1)
        ],
    }


def _conversation() -> Conversation:
    decisions = (consent_body("one"), _NURSE, revoked(_NURSE), _SPARE, revoked(_SPARE))
    around = Surroundings(consents=decisions)
    with_nurse = {**peggy_and_team(), ROBBED.account: ROBBED.sealing().id}
    begun = Conversation(around).created(epoch=epoch(1, with_nurse), consent_head=Conversation(around).consent_head(2))
    return begun.rotated(consent_head=begun.consent_head(3), reason="removed")


def _thread(conversation: Conversation) -> list[Line]:
    def sent(person: Person, number: int, running: int, consents: int, key: int | None = None) -> JsonValue:
        previous: Any = None if number == 1 else numbers[person.name, number - 1]
        made = header(
            person,
            number,
            epoch=running,
            device_previous=previous,
            control_head=conversation.statements[running - 1].hash,
            consent_head=conversation.consent_head(consents),
            time=at(2500),
        )
        text = Text(f"{person.name} {number}")
        written = message(made, text, key=epoch_key(key or running), signing=person.signing())
        numbers[person.name, number] = written.hash
        return {**written.as_json(), "ciphertext_hash": None}

    numbers: dict[tuple[str, int], str] = {}
    good, back = "verified", "wrong_epoch"
    return [
        ("of the nurse while they read along", sent(ROBBED, 1, 1, 2), good, good),
        ("of the patient after the revocation", sent(PEGGY, 1, 2, 3), good, good),
        ("of the nurse under the old epoch", sent(ROBBED, 2, 1, 2), good, back),
        ("of the nurse under the old epoch at the new consents", sent(ROBBED, 3, 1, 5), good, back),
        ("of the nurse under the new epoch", sent(ROBBED, 4, 2, 3, 1), "not_a_member", "not_a_member"),
        ("of the manager at the consents of before the link", sent(AMARA, 1, 2, 2), back, back),
        ("of the patient after another consent", sent(PEGGY, 2, 2, 4), good, good),
        ("of the manager before that consent: nothing was withdrawn", sent(AMARA, 2, 2, 3), good, good),
        ("of the patient after that one was revoked", sent(PEGGY, 3, 2, 5), good, good),
        ("of the manager before it was revoked", sent(AMARA, 3, 2, 4), good, back),
        ("of the manager who knows of it", sent(AMARA, 4, 2, 5), good, good),
    ]
