"""Vectors of members: who is a reader of what, when."""

from __future__ import annotations

from dataclasses import replace

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.members import members
from tests.vectors.ours.makers.consents import consent_body
from tests.vectors.ours.makers.conversation import (
    CONVERSATION,
)
from tests.vectors.ours.makers.world import (
    OTHER_TEAM,
    PEGGY,
    TEAM,
    TOM,
    at,
    made_id,
)


def members_table() -> JsonObject:
    """Who is a reader: consents, a conversation and an instant on one side, the sorted ids on the other."""
    all_of_it, other = consent_body("one"), made_id("cnv", "another")
    scoped = replace(consent_body("scoped", OTHER_TEAM), scope=CONVERSATION)
    person = replace(consent_body("person", TOM.account), not_before=at(200), until=at(300))
    cases: list[tuple[str, list[ConsentBody], str, int]] = [
        ("nobody has consent", [], CONVERSATION, 150),
        ("a team for everything", [all_of_it], CONVERSATION, 150),
        ("a millisecond too early is too early", [all_of_it], CONVERSATION, 99),
        ("from the very instant", [all_of_it], CONVERSATION, 100),
        ("one conversation alone", [scoped], CONVERSATION, 150),
        ("and no other conversation", [scoped], other, 150),
        ("a person before", [all_of_it, person], CONVERSATION, 199),
        ("a person while it lasts", [all_of_it, person], CONVERSATION, 200),
        ("a person until the very instant", [all_of_it, person], CONVERSATION, 299),
        ("a person at the end", [all_of_it, person], CONVERSATION, 300),
        ("the same team by two consents", [all_of_it, replace(scoped, grantee=TEAM)], CONVERSATION, 150),
        ("everybody", [scoped, person, all_of_it], CONVERSATION, 250),
        ("what may open does not matter", [replace(all_of_it, may_open=False)], CONVERSATION, 150),
        ("what history does not matter", [replace(all_of_it, history="none")], CONVERSATION, 150),
    ]
    return {
        "patient": PEGGY.account,
        "cases": [
            {
                "name": name,
                "consents": [consent.as_json() for consent in consents],
                "conversation": conversation,
                "at": at(minutes),
                "members": [*members(PEGGY.account, consents, conversation, at(minutes))],
            }
            for name, consents, conversation, minutes in cases
        ],
    }
