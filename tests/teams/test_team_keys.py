"""Team keys: who makes them, whom they reach, and that nothing is sealed to somebody's old key."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.kinds.team import TeamAdmissionBody, TeamGenerationBody, TeamMember
from messenger.protocol.statement import Envelope, peek_body
from messenger.protocol.team_key import open_link, open_team_key
from messenger.teams.announcements import TeamChanged
from tests.accounts.test_vaults import replacing
from tests.cast import (
    Cast,
    a_cast,
    admission,
    admit,
    found_clinic,
    inviting,
    new_generation,
    refusal,
    renew_team_key,
    start_team,
)
from tests.factories import PersonAtHand, TeamAtHand
from tests.memberships import appoint

Body = dict[str, Any]


def attempt(cast: Cast, body: Body, by: PersonAtHand, team: str | None = None) -> tuple[int, str]:
    path = f"/api/teams/{team or cast.team.team}/statements"
    return refusal(cast.house.call("POST", path, body, by=by))


def seen(cast: Cast, person: PersonAtHand, team: TeamAtHand | None = None) -> Any:
    teams = cast.house.get("/api/teams", by=person)["teams"]
    return next(one for one in teams if one["team"] == (team or cast.team).team)


def test_a_member_opens_the_team_key_from_what_is_served(cast: Cast) -> None:
    served = seen(cast, cast.nurse)
    generation = peek_body(Envelope.parse(served["statements"][1]), TeamGenerationBody)
    assert Envelope.parse(served["statements"][2]).hash == served["my_box"]["statement"]
    admitted = peek_body(Envelope.parse(served["statements"][2]), TeamAdmissionBody)
    member = TeamMember(admitted.account, admitted.key, admitted.box)
    box = b64u_decode(served["my_box"]["box"])
    key = open_team_key(cast.team.team, 1, member, generation.sealing_key, cast.nurse.current.sealing, box)
    assert key == cast.team.keys[0]


def test_the_next_key_leads_back_to_the_one_before(cast: Cast) -> None:
    renew_team_key(cast.house, cast.team, cast.nurse, [cast.provider, cast.nurse])
    served = seen(cast, cast.provider)
    link = b64u_decode(served["links"]["2"])
    generation = peek_body(Envelope.parse(served["statements"][-1]), TeamGenerationBody)
    before = open_link(cast.team.team, 2, generation.link, cast.team.keys[1], cast.team.keys[0].public, link)
    assert before == cast.team.keys[0]


def test_who_does_not_hold_the_key_gets_neither_box_nor_links(cast: Cast) -> None:
    served = seen(cast, cast.founder)
    assert (served["my_box"], served["links"]) == (None, {})


def test_new_staff_wait_until_a_member_lets_them_in(cast: Cast) -> None:
    joiner = cast.enter("nurse", (cast.team.team,))
    assert seen(cast, cast.provider)["waiting"] == [joiner.account]
    assert cast.house.get("/api/me", by=joiner)["teams"] == []
    admit(cast.house, cast.team, cast.nurse, joiner)
    assert seen(cast, cast.provider)["waiting"] == []
    assert cast.house.get("/api/me", by=joiner)["teams"] == [cast.team.team]


def test_an_administrator_who_is_invited_into_a_team_does_not_wait_for_its_key(cast: Cast) -> None:
    joiner = cast.enter("administrator", (cast.team.team,))
    assert joiner.account not in seen(cast, cast.provider)["waiting"]


def test_who_is_left_out_of_the_next_key_is_out_of_the_team(cast: Cast) -> None:
    waiting = cast.enter("nurse", (cast.team.team,))
    renew_team_key(cast.house, cast.team, cast.provider, [cast.provider])
    assert cast.house.get("/api/me", by=cast.nurse)["teams"] == []
    assert cast.house.get("/api/me", by=cast.provider)["teams"] == [cast.team.team]
    assert seen(cast, cast.provider)["waiting"] == [waiting.account]


def test_who_left_comes_back_by_an_appointment_and_not_by_what_let_them_in_before(cast: Cast) -> None:
    renew_team_key(cast.house, cast.team, cast.provider, [cast.provider])
    again = admission(deepcopy(cast.team), cast.provider, cast.nurse)
    assert attempt(cast, again, cast.provider) == (400, "not_appointed")
    appoint(cast, cast.nurse)
    admit(cast.house, cast.team, cast.provider, cast.nurse)
    assert cast.house.get("/api/me", by=cast.nurse)["teams"] == [cast.team.team]


def test_a_team_change_is_told_to_its_people_and_the_administrators(cast: Cast) -> None:
    told: list[TeamChanged] = []
    cast.house.database.subscribers.after_commit(TeamChanged)(told.append)
    renew_team_key(cast.house, cast.team, cast.provider, [cast.provider, cast.nurse])
    people = (cast.provider, cast.nurse, cast.founder, cast.second)
    assert told == [TeamChanged(cast.team.team, tuple(sorted(person.account for person in people)))]


def by_somebody_else(cast: Cast, body: Body) -> tuple[Body, PersonAtHand]:
    return body, cast.nurse


def by_an_administrator(cast: Cast, body: Body) -> tuple[Body, PersonAtHand]:
    return body, cast.founder


def a_box_missing(cast: Cast, body: Body) -> tuple[Body, PersonAtHand]:
    return {**body, "boxes": {cast.provider.account: body["boxes"][cast.provider.account]}}, cast.provider


def a_box_too_many(cast: Cast, body: Body) -> tuple[Body, PersonAtHand]:
    return {**body, "boxes": {**body["boxes"], cast.founder.account: b64u_encode(bytes(1168))}}, cast.provider


def boxes_swapped(cast: Cast, body: Body) -> tuple[Body, PersonAtHand]:
    one, other = cast.provider.account, cast.nurse.account
    return {**body, "boxes": {one: body["boxes"][other], other: body["boxes"][one]}}, cast.provider


def another_link(cast: Cast, body: Body) -> tuple[Body, PersonAtHand]:
    return {**body, "link": b64u_encode(bytes(100))}, cast.provider


def no_link(cast: Cast, body: Body) -> tuple[Body, PersonAtHand]:
    return {**body, "link": None}, cast.provider


def a_vault_instead(cast: Cast, body: Body) -> tuple[Body, PersonAtHand]:
    return {**body, "statement": cast.provider.vault().as_json()}, cast.provider


WRONG: dict[Callable[[Cast, Body], tuple[Body, PersonAtHand]], tuple[int, str]] = {
    by_somebody_else: (400, "wrong_key"),
    by_an_administrator: (403, "role_not_allowed"),
    a_box_missing: (400, "box_misplaced"),
    a_box_too_many: (400, "box_misplaced"),
    boxes_swapped: (400, "box_misplaced"),
    another_link: (400, "box_misplaced"),
    no_link: (400, "box_misplaced"),
    a_vault_instead: (400, "wrong_type"),
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_generation_that_is_not_what_was_signed_changes_nothing(
    cast: Cast, wrong: Callable[[Cast, Body], tuple[Body, PersonAtHand]]
) -> None:
    before = seen(cast, cast.provider)
    good = new_generation(cast.team, cast.provider, [cast.provider, cast.nurse])
    body, sender = wrong(cast, good)
    assert attempt(cast, body, sender) == WRONG[wrong]
    assert seen(cast, cast.provider) == before
    cast.house.post(f"/api/teams/{cast.team.team}/statements", good, by=cast.provider)


def test_a_key_is_sealed_to_nobodys_old_key(cast: Cast) -> None:
    body = new_generation(cast.team, cast.provider, [cast.provider, cast.nurse])
    assert cast.house.call("POST", "/api/keys", replacing(cast, cast.nurse), by=cast.nurse).status_code == 204
    assert attempt(cast, body, cast.provider) == (409, "keys_changed")


def test_two_new_generations_at_one_place_are_one_too_many(cast: Cast) -> None:
    rival = deepcopy(cast.team)
    bodies = [new_generation(team, cast.provider, [cast.provider]) for team in (cast.team, rival)]
    cast.house.post(f"/api/teams/{cast.team.team}/statements", bodies[0], by=cast.provider)
    assert attempt(cast, bodies[1], cast.provider) == (400, "broken_chain")


def test_staff_who_are_not_in_the_team_make_no_key_and_let_nobody_in(cast: Cast) -> None:
    outsider, joiner = cast.enter("provider"), cast.enter("nurse", (cast.team.team,))
    for body in (
        new_generation(deepcopy(cast.team), outsider, [outsider]),
        admission(deepcopy(cast.team), outsider, joiner),
    ):
        assert attempt(cast, body, outsider) == (400, "not_a_member")


def test_whom_the_clinic_named_makes_the_first_key(cast: Cast) -> None:
    team, statement = cast.hand.creates_team("New team", cast.provider.account, cast.founder.account)
    cast.house.post("/api/teams", {"statement": statement.as_json()}, by=cast.founder)
    fresh = TeamAtHand(team, cast.provider, statement.hash)
    assert attempt(cast, new_generation(fresh, cast.nurse, [cast.nurse]), cast.nurse, team) == (400, "not_the_manager")


def test_a_patient_is_let_into_no_team(cast: Cast) -> None:
    body = admission(cast.team, cast.provider, cast.patient)
    assert attempt(cast, body, cast.provider) == (400, "not_care_staff")


def test_somebody_of_another_clinic_is_let_into_no_team(cast: Cast) -> None:
    elsewhere = a_cast(cast.house)
    assert attempt(cast, admission(cast.team, cast.provider, elsewhere.nurse), cast.provider) == (
        400,
        "unknown_account",
    )


def test_another_clinics_team_is_not_known(cast: Cast) -> None:
    hand, founder = found_clinic(cast.house, "Seaside Clinic")
    invited = hand.invites("provider", founder.account)
    cast.house.post("/api/invitations", inviting(invited), by=founder)
    provider = cast.house.join(PersonAtHand("provider", cast.house.clock), invited)
    other = start_team(cast.house, hand, founder, provider)
    body = new_generation(cast.team, cast.provider, [cast.provider])
    assert attempt(cast, body, cast.provider, other.team) == (404, "team_unknown")
    assert other.team not in [one["team"] for one in cast.house.get("/api/teams", by=cast.founder)["teams"]]


def test_a_statement_about_another_team_is_refused(cast: Cast) -> None:
    second = start_team(cast.house, cast.hand, cast.founder, cast.provider)
    body = new_generation(cast.team, cast.provider, [cast.provider])
    assert attempt(cast, body, cast.provider, second.team) == (400, "statement_misplaced")


@pytest.mark.parametrize("manager", ["patient", "founder"])
def test_a_team_is_managed_by_care_staff(cast: Cast, manager: str) -> None:
    account = getattr(cast, manager).account
    _, statement = cast.hand.creates_team("Odd team", account, cast.founder.account)
    answer = cast.house.call("POST", "/api/teams", {"statement": statement.as_json()}, by=cast.founder)
    assert refusal(answer) == (400, "statement_misplaced")


@pytest.mark.parametrize("name", ["two\nlines", " padded", "a\x00b"])
def test_a_teams_name_is_one_line(cast: Cast, name: str) -> None:
    _, statement = cast.hand.creates_team(name, cast.provider.account, cast.founder.account)
    answer = cast.house.call("POST", "/api/teams", {"statement": statement.as_json()}, by=cast.founder)
    assert refusal(answer) == (400, "team_name_unusable")


def test_a_team_is_created_in_the_clinics_word_alone(cast: Cast) -> None:
    other, _ = found_clinic(cast.house, "Seaside Clinic")
    forged = type(other)(cast.hand.clinic, cast.founder.account, cast.house.clock, other.key)
    _, statement = forged.creates_team("Forged team", cast.provider.account, cast.founder.account)
    answer = cast.house.call("POST", "/api/teams", {"statement": statement.as_json()}, by=cast.founder)
    assert refusal(answer) == (400, "wrong_key")
