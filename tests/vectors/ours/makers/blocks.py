"""Vectors of people whom a patient keeps from reading: what is decided, and who reads in a team's place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from messenger.protocol.consent_chain import verify_consent_chain
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.members import TeamPeople, members
from tests.vectors.ours.makers import blocked_conversations as told
from tests.vectors.ours.makers.blocked_conversations import ONE, block, unblock
from tests.vectors.ours.makers.consents import consent_body, decided, revoked
from tests.vectors.ours.makers.conversation import CONVERSATION
from tests.vectors.ours.makers.team_people import PERIOD
from tests.vectors.ours.makers.world import (
    AMARA,
    CHEN,
    DINA,
    MEI,
    OTHER_TEAM,
    PEGGY,
    ROBBED,
    TEAM,
    TOM,
    Person,
    Statements,
    at,
    in_chain,
    newer,
    wire,
)


def blocks() -> JsonObject:
    """`consents` are chains of decisions; `members` the pure function; `control` whole conversations."""
    return {
        "conversation": CONVERSATION,
        "patient": PEGGY.account,
        "consents": [_consents(*case) for case in [*_decided(), *_decided_wrongly()]],
        "members": [_members(*case) for case in _readers()],
        "control": [told.control_case(*case) for case in [*told.links(), *told.links_refused(), *told.clocks()]],
        "rotation": [told.rotation_case(*case) for case in told.rotations()],
        "history": [told.history_case(*case) for case in told.histories()],
    }


def _consents(name: str, statements: Statements, error: str | None) -> JsonObject:
    case: JsonObject = {"name": name, "statements": wire(statements)}
    if error is not None:
        return {**case, "error": error}
    chain = verify_consent_chain(statements, PEGGY.verified())
    after: list[JsonValue] = [
        {
            "blocked": [*sorted(chain.blocked_at(head))],
            "terms": len(chain.terms_at(head)),
            "withdrawals": chain.withdrawals(head, CONVERSATION),
        }
        for head in chain.hashes
    ]
    return {**case, "after": after}


def _decided() -> list[tuple[str, Statements, str | None]]:
    return [
        ("blocked", decided(ONE, block(TOM)), None),
        ("before anything is consented to", decided(block(TOM), ONE), None),
        ("blocked and unblocked", decided(ONE, block(TOM), unblock(TOM)), None),
        ("blocked again", decided(ONE, block(TOM), unblock(TOM), block(TOM)), None),
        ("two at once, one let in again", decided(ONE, block(TOM), block(MEI), unblock(TOM)), None),
        ("blocked while the consent ends", decided(ONE, block(TOM), revoked(ONE)), None),
    ]


def _decided_wrongly() -> list[tuple[str, Statements, str | None]]:
    tom, chen = {"self": TOM.signing()}, {"self": CHEN.signing()}
    given = decided(ONE)
    unread = [*given, newer(f"consent:{PEGGY.account}", given)]
    return [
        ("blocked twice", decided(ONE, block(TOM), block(TOM)), "nothing_changed"),
        ("unblocked who was not blocked", decided(ONE, unblock(TOM)), "nothing_changed"),
        ("unblocked twice", decided(ONE, block(TOM), unblock(TOM), unblock(TOM)), "nothing_changed"),
        ("by the nurse", [*given, in_chain(block(AMARA), TOM.account, tom, 200, given)], "unknown_signer"),
        (
            "in her name by the nurse",
            [*given, in_chain(block(AMARA), PEGGY.account, tom, 200, given)],
            "unknown_signer",
        ),
        ("by another patient", [*given, in_chain(block(TOM), CHEN.account, chen, 200, given)], "unknown_signer"),
        ("the block held back", [decided(ONE, block(TOM), unblock(TOM))[i] for i in (0, 2)], "broken_chain"),
        (
            "after what cannot be read",
            [*unread, in_chain(unblock(TOM), TOM.account, tom, 300, unread)],
            "unknown_signer",
        ),
    ]


def _members(
    name: str, consents: list[ConsentBody], blocked: list[Person], teams: Mapping[str, TeamPeople], minutes: int
) -> JsonObject:
    shut_out = sorted(one.account for one in blocked)
    found = members(PEGGY.account, consents, CONVERSATION, at(minutes), blocked=shut_out, teams=teams)
    standing: JsonObject = {
        team: {account: None if cover is None else cover.as_json() for account, cover in sorted(who.items())}
        for team, who in teams.items()
    }
    return {
        "name": name,
        "consents": [one.as_json() for one in consents],
        "blocked": [*shut_out],
        "teams": standing,
        "at": at(minutes),
        "members": [*found],
    }


def _readers() -> list[tuple[str, list[ConsentBody], list[Person], dict[str, TeamPeople], int]]:
    three: TeamPeople = {AMARA.account: None, TOM.account: None, MEI.account: None}
    covered: TeamPeople = {**three, DINA.account: PERIOD}
    other = replace(consent_body("other", OTHER_TEAM), not_before=at(100))
    mei, tom = consent_body("mei", MEI.account), consent_body("tom", TOM.account)
    return [
        ("nobody blocked", [ONE], [], {TEAM: three}, 150),
        ("somebody blocked who is not in the team", [ONE], [ROBBED], {TEAM: three}, 150),
        ("the others in the team's place", [ONE], [TOM], {TEAM: three}, 150),
        ("two blocked", [ONE], [TOM, AMARA], {TEAM: three}, 150),
        ("everybody in the team blocked", [ONE], [TOM, AMARA, MEI], {TEAM: three}, 150),
        ("blocked by name", [tom], [TOM], {}, 150),
        ("blocked by name and in the team", [ONE, tom], [TOM], {TEAM: three}, 150),
        ("a colleague by name too", [ONE, mei], [TOM], {TEAM: three}, 150),
        ("cover before its period", [ONE], [TOM], {TEAM: covered}, 499),
        ("cover in its period", [ONE], [TOM], {TEAM: covered}, 500),
        ("cover after its period", [ONE], [TOM], {TEAM: covered}, 600),
        ("blocked cover, before its period too", [ONE], [DINA], {TEAM: covered}, 150),
        (
            "another team without them stays a team",
            [ONE, other],
            [TOM],
            {TEAM: three, OTHER_TEAM: {MEI.account: None}},
            150,
        ),
        ("a team that nobody knows of", [other], [TOM], {TEAM: three}, 150),
        ("the consent is not yet", [ONE], [TOM], {TEAM: three}, 99),
        ("the patient reads whoever is blocked", [ONE], [PEGGY], {TEAM: three}, 150),
    ]
