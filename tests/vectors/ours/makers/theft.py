"""Vectors of messages after a theft: what stolen keys still sign, in a conversation of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.message import Message, Text
from tests.vectors.ours.makers.consents import consent_body
from tests.vectors.ours.makers.conversation import CONVERSATION, Conversation, Surroundings, epoch_key
from tests.vectors.ours.makers.conversation import epoch as epoch_of
from tests.vectors.ours.makers.messages import NOW, Case, header, message, verdict_case
from tests.vectors.ours.makers.world import PEGGY, ROBBED, at, wire


def robbed_reading() -> JsonObject:
    """A conversation whose other reader has had new keys since minute 2000: what the old ones still sign."""
    person = replace(consent_body("one"), grantee=ROBBED.account)
    around = Surroundings(consents=(person,))
    readers = {PEGGY.account: PEGGY.sealing().id, ROBBED.account: ROBBED.sealing(1).id}
    begun = Conversation(around).created(epoch=epoch_of(1, readers))
    place: dict[str, Any] = {"epoch": 1, "control_head": begun.statements[0].hash, "consent_head": begun.consent_head()}
    text = Text("hello")

    def sent(version: int, minutes: int) -> Message:
        made = header(ROBBED, key=ROBBED.signing(version).id, time=at(minutes), **place)
        return message(made, text, key=epoch_key(1), signing=ROBBED.signing(version))

    cases: list[Case] = [
        ("with the old key before it was replaced", sent(1, 1999), "verified", text.as_json()),
        ("with the old key when it was replaced", sent(1, 2000), "unknown_key", None),
        ("with the old key long after", sent(1, 2500), "unknown_key", None),
        ("with the new key", sent(2, 2500), "verified", text.as_json()),
    ]
    return {
        "reading": {
            "conversation": CONVERSATION,
            "patient": PEGGY.account,
            "consents": wire(around.consent_statements()),
            "team": wire(around.team_statements()),
            "control": wire(begun.statements),
            "epoch_keys_hex": {"1": epoch_key(1).hex()},
            "now": NOW,
        },
        "verdicts": [verdict_case(*case) for case in cases],
    }
