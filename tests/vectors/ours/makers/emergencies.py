"""Vectors of emergencies: what verifies from the request to the finding, to what, and what must not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from messenger.protocol.emergency_chain import verify_emergency
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.conversation import EpochReader
from messenger.protocol.kinds.emergency import EmergencyCloseBody, EmergencyReleaseBody, EmergencyRequestBody
from messenger.protocol.statement import Body
from tests.vectors.ours.makers.conversation import CONVERSATION
from tests.vectors.ours.makers.emergency_world import (
    CARLA,
    CLARK,
    CORA,
    CYRIL,
    EMERGENCY_KEY,
    OLGA,
    emergency_key,
    everybody,
)
from tests.vectors.ours.makers.world import (
    AMARA,
    ANNA,
    CLINIC,
    PEGGY,
    TOM,
    Person,
    Statements,
    at,
    in_chain,
    made_id,
    newer,
    some_hash,
    wire,
)

EMERGENCY = made_id("eme", "elm")
Case = tuple[str, Statements, str | None]


def request_body(person: Person = AMARA, **changes: Any) -> EmergencyRequestBody:
    """A request of minute 1000 for an hour."""
    readers = (EpochReader(CARLA.account, CARLA.sealing().id, some_hash("text box")),)
    parties = (EMERGENCY, CLINIC, PEGGY.account, CONVERSATION, EMERGENCY_KEY, person.account, person.sealing().id)
    body = EmergencyRequestBody(*parties, "unconscious", at(1060), some_hash("text"), readers)
    return replace(body, **changes)


def requested(person: Person = AMARA, **changes: Any) -> Statements:
    """The request alone."""
    return then([], request_body(person, **changes), person, 1000)


def then(before: Statements, body: Body, person: Person, minutes: int) -> Statements:
    """And the next statement."""
    return [*before, in_chain(body, person.account, {"self": person.signing()}, minutes, before)]


def released(before: Statements, person: Person, minutes: int = 1010, **changes: Any) -> Statements:
    """And a custodian's release."""
    share = emergency_key().share_of(person.account)
    index = 5 if share is None else share.index
    body = EmergencyReleaseBody(
        EMERGENCY, before[0].hash, person.account, index, AMARA.sealing().id, some_hash(f"release {person.name}")
    )
    return then(before, replace(body, **changes), person, minutes)


def closed(before: Statements, person: Person = OLGA, minutes: int = 2000, **changes: Any) -> Statements:
    """And the finding."""
    return then(before, replace(EmergencyCloseBody(EMERGENCY, before[0].hash, "justified"), **changes), person, minutes)


def emergencies() -> list[JsonValue]:
    """Whole chains, judged with Peggy's emergency key."""
    return [_case(*case) for case in [*_good(), *_bad_requests(), *_bad_releases(), *_bad_findings()]]


def _case(name: str, statements: Statements, error: str | None) -> JsonObject:
    case: JsonObject = {"name": name, "key": emergency_key().as_json(), "statements": wire(statements)}
    case["emergency"] = EMERGENCY
    if error is not None:
        return {**case, "error": error}
    found = verify_emergency(statements, EMERGENCY, emergency_key(), everybody)
    instants = (999, 1010, 1011, 1012, 1059, 1060, 1999, 2000)
    runs: JsonObject = {at(minutes): found.runs_at(at(minutes)) for minutes in instants}
    finding = None if found.closing is None else found.closing.finding
    custodians: list[JsonValue] = [release.body.custodian for release in found.releases]
    return {
        **case,
        "head": found.hashes[-1],
        "opened": found.opened,
        "by": custodians,
        "finding": finding,
        "runs": runs,
    }


def _good() -> Sequence[Case]:
    one = released(requested(), CARLA)
    two = released(one, CORA, 1012)
    unread = [*two, newer(f"emergency:{EMERGENCY}", two)]
    return [
        ("asked for", requested(), None),
        ("released by one", one, None),
        ("released by two", two, None),
        ("released by all", released(two, CYRIL, 1020), None),
        ("closed", closed(two), None),
        ("closed while it ran", closed(two, minutes=1040), None),
        ("closed without a release", closed(requested(), finding="avoidable"), None),
        ("something from a newer version", closed(unread), None),
        ("for a day", requested(until=at(1000 + 24 * 60)), None),
    ]


def _bad_requests() -> Sequence[Case]:
    return [
        ("no statement", [], "empty_chain"),
        ("by a patient", requested(PEGGY), "not_care_staff"),
        ("by an administrator", requested(ANNA), "not_care_staff"),
        ("for somebody else", requested(AMARA, requester=TOM.account), "wrong_requester"),
        ("to a key that is not the requester's", requested(key=TOM.sealing().id), "unknown_reader_key"),
        ("at another clinic", requested(clinic=made_id("cln", "other")), "wrong_clinic"),
        ("for another conversation", requested(conversation=made_id("cnv", "oak")), "wrong_emergency_key"),
        ("for another emergency key", requested(emergency_key=made_id("emk", "oak")), "wrong_emergency_key"),
        ("for longer than a day", requested(until=at(1001 + 24 * 60)), "emergency_too_long"),
        ("over as it begins", requested(until=at(1000)), "emergency_too_long"),
        ("another emergency", requested(emergency=made_id("eme", "oak")), "broken_chain"),
    ]


def _bad_releases() -> Sequence[Case]:
    asked = requested()
    one = released(asked, CARLA)
    two = released(one, CORA, 1012)
    return [
        ("by who is in another set", released(asked, CLARK), "not_a_custodian"),
        ("by compliance", released(asked, OLGA), "not_a_custodian"),
        ("in another custodian's name", released(asked, CARLA, custodian=CORA.account), "not_a_custodian"),
        ("another share", released(asked, CARLA, index=emergency_key().shares[0].index + 1), "wrong_share"),
        ("against another request", released(asked, CARLA, request=some_hash("request")), "wrong_request"),
        ("to another key", released(asked, CARLA, key=TOM.sealing().id), "unknown_reader_key"),
        ("twice by one", released(one, CARLA, 1011), "released_twice"),
        ("as it was over", released(one, CORA, 1060), "emergency_over"),
        ("after it was closed", released(closed(one, minutes=1020), CORA, 1030), "emergency_over"),
        ("the first held back", [asked[0], two[2]], "broken_chain"),
        ("without a request", [two[1]], "wrong_type"),
        ("a second request", then(asked, request_body(), AMARA, 1005), "wrong_type"),
    ]


def _bad_findings() -> Sequence[Case]:
    two = released(released(requested(), CARLA), CORA, 1012)
    return [
        ("found by a custodian", closed(two, CARLA), "not_compliance"),
        ("found by the requester", closed(two, AMARA), "not_compliance"),
        ("found of another request", closed(two, request=some_hash("request")), "wrong_request"),
        ("found twice", closed(closed(two), minutes=2001), "emergency_over"),
    ]
