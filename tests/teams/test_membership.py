"""Who stands in a team: said by whom, and what the server makes of it at once."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta

import pytest

from messenger.accounts.verified import verified_clinic
from messenger.protocol.kinds.team_people import TeamChangeBody, TeamRemovalBody
from messenger.protocol.statement import Body, Envelope
from messenger.protocol.team_chain import verify_team_chain
from messenger.teams.announcements import ReaderCame, ReadersLeft, TeamChanged
from messenger.teams.chain_end import accounts_of
from tests.cast import Cast, a_cast, admission, admit, new_generation, refusal, renew_team_key
from tests.factories import PersonAtHand
from tests.memberships import appoint, appointment, by_clinic, by_manager, change, enter_cover, period, remove, tell

DAY = timedelta(days=1)


def attempt(cast: Cast, envelope: Envelope, by: PersonAtHand) -> tuple[int, str]:
    body = {"statement": envelope.as_json()}
    return refusal(cast.house.call("POST", f"/api/teams/{cast.team.team}/people", body, by=by))


def teams_of(cast: Cast, person: PersonAtHand) -> list[str]:
    teams: list[str] = cast.house.get("/api/me", by=person)["teams"]
    return teams


def test_whom_the_clinic_removes_is_out_at_once_and_the_next_key_is_without_them(cast: Cast) -> None:
    remove(cast, cast.nurse)
    assert teams_of(cast, cast.nurse) == []
    body = new_generation(cast.team, cast.provider, [cast.provider])
    cast.house.post(f"/api/teams/{cast.team.team}/statements", body, by=cast.provider)
    assert teams_of(cast, cast.provider) == [cast.team.team]


def test_who_was_removed_makes_no_key_and_lets_nobody_in(cast: Cast) -> None:
    joiner = cast.enter("nurse", (cast.team.team,))
    remove(cast, cast.nurse)
    path = f"/api/teams/{cast.team.team}/statements"
    answer = cast.house.call("POST", path, admission(cast.team, cast.nurse, joiner), by=cast.nurse)
    assert refusal(answer) == (400, "not_a_member")


def test_a_manager_appoints_and_a_member_lets_in(cast: Cast) -> None:
    joiner = cast.enter("provider")
    tell(cast, by_manager(cast, appointment(cast, joiner), cast.provider), by=cast.provider)
    seen = cast.house.get("/api/teams", by=cast.provider)["teams"][0]
    assert seen["waiting"] == [joiner.account]
    assert teams_of(cast, joiner) == []
    admit(cast.house, cast.team, cast.nurse, joiner)
    assert teams_of(cast, joiner) == [cast.team.team]


def test_a_team_gets_a_name_and_managers_and_they_manage_from_then_on(cast: Cast) -> None:
    joiner = cast.enter("provider")
    change(cast, "Diabetes and kidneys", cast.nurse)
    seen = cast.house.get("/api/teams", by=cast.patient)["teams"][0]
    assert seen["name"] == "Diabetes and kidneys"
    word = appointment(cast, joiner)
    assert attempt(cast, by_manager(cast, word, cast.provider), cast.provider) == (400, "not_the_manager")
    tell(cast, by_manager(cast, word, cast.nurse), by=cast.nurse)


def test_cover_reads_within_its_period_alone(cast: Cast) -> None:
    cover = enter_cover(cast, DAY, 2 * DAY)
    before = teams_of(cast, cover)
    cast.house.clock.advance(DAY)
    cast.house.sign_in(cover)
    during = teams_of(cast, cover)
    cast.house.clock.advance(DAY)
    cast.house.sign_in(cover)
    assert (before, during, teams_of(cast, cover)) == ([], [cast.team.team], [])


def test_cover_that_is_over_gets_no_next_key_and_any_member_may_make_that(cast: Cast) -> None:
    cover = enter_cover(cast, timedelta(0), DAY)
    cast.house.clock.advance(DAY)
    for person in (cast.nurse, cast.founder):
        cast.house.sign_in(person)
    path = f"/api/teams/{cast.team.team}/statements"
    kept = another_key(cast, [cast.provider, cast.nurse, cover])
    assert refusal(cast.house.call("POST", path, kept, by=cast.nurse)) == (400, "not_appointed")
    renew_team_key(cast.house, cast.team, cast.nurse, [cast.provider, cast.nurse])


def another_key(cast: Cast, members: list[PersonAtHand]) -> dict[str, object]:
    """A next key by the nurse that the team at hand does not move on to."""
    return new_generation(deepcopy(cast.team), cast.nurse, members)


def test_somebody_invited_as_cover_does_not_wait_until_they_are_appointed(cast: Cast) -> None:
    cover = cast.enter("cover", (cast.team.team,))
    assert cast.house.get("/api/teams", by=cast.provider)["teams"][0]["waiting"] == []
    body = admission(cast.team, cast.provider, cover)
    answer = cast.house.call("POST", f"/api/teams/{cast.team.team}/statements", body, by=cast.provider)
    assert refusal(answer) == (400, "not_appointed")


def a_nurse(cast: Cast, body: Body) -> tuple[Envelope, PersonAtHand]:
    return by_manager(cast, body, cast.nurse), cast.nurse


def an_administrator_without_the_clinics_key(cast: Cast, body: Body) -> tuple[Envelope, PersonAtHand]:
    return by_manager(cast, body, cast.second), cast.second


def the_clinics_key_in_a_nurses_hands(cast: Cast, body: Body) -> tuple[Envelope, PersonAtHand]:
    return by_clinic(cast, body), cast.nurse


def somebody_elses_statement(cast: Cast, body: Body) -> tuple[Envelope, PersonAtHand]:
    return by_clinic(cast, body), cast.second


WRONG: dict[Callable[[Cast, Body], tuple[Envelope, PersonAtHand]], tuple[int, str]] = {
    a_nurse: (400, "not_the_manager"),
    an_administrator_without_the_clinics_key: (400, "not_the_manager"),
    the_clinics_key_in_a_nurses_hands: (400, "wrong_key"),
    somebody_elses_statement: (400, "statement_misplaced"),
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_nobody_else_appoints(cast: Cast, wrong: Callable[[Cast, Body], tuple[Envelope, PersonAtHand]]) -> None:
    envelope, sender = wrong(cast, appointment(cast, cast.enter("provider")))
    assert attempt(cast, envelope, sender) == WRONG[wrong]


def test_the_last_who_holds_the_key_is_not_removed(cast: Cast) -> None:
    remove(cast, cast.nurse)
    envelope = by_clinic(cast, TeamRemovalBody(cast.team.team, cast.provider.account))
    assert attempt(cast, envelope, cast.founder) == (400, "nobody_left")


def test_a_name_of_two_lines_is_refused(cast: Cast) -> None:
    body = TeamChangeBody(cast.team.team, "two\nlines", (cast.provider.account,))
    assert attempt(cast, by_clinic(cast, body), cast.founder) == (400, "team_name_unusable")


def test_another_clinics_team_is_not_known(cast: Cast) -> None:
    elsewhere = a_cast(cast.house)
    envelope = by_clinic(elsewhere, appointment(elsewhere, elsewhere.nurse, period(cast, DAY, 2 * DAY)))
    body = {"statement": envelope.as_json()}
    answer = cast.house.call("POST", f"/api/teams/{elsewhere.team.team}/people", body, by=cast.founder)
    assert refusal(answer) == (404, "team_unknown")


def test_who_leaves_is_told_with_the_team_and_the_administrators(cast: Cast) -> None:
    told: list[object] = []
    for event in (TeamChanged, ReadersLeft, ReaderCame):
        cast.house.database.subscribers.after_commit(event)(told.append)
    remove(cast, cast.nurse)
    people = (cast.provider, cast.nurse, cast.founder, cast.second)
    audience = tuple(sorted(person.account for person in people))
    assert told == [
        TeamChanged(cast.team.team, (cast.patient.account,)),
        ReadersLeft(cast.team.team, (cast.nurse.account,), cast.house.clock.now()),
        TeamChanged(cast.team.team, audience),
    ]


def test_what_was_said_of_a_team_verifies_as_a_client_verifies_it(cast: Cast) -> None:
    cover = enter_cover(cast, timedelta(0), DAY)
    remove(cast, cast.nurse)
    served = cast.house.get("/api/teams", by=cast.provider)["teams"][0]["statements"]
    with cast.house.database.reading_session() as session:
        clinic = verified_clinic(session, cast.hand.clinic)
        accounts = accounts_of(session, cast.hand.clinic)
        chain = verify_team_chain([Envelope.parse(one) for one in served], cast.team.team, clinic, accounts)
    assert [(event.what, event.account) for event in chain.events] == [
        ("joined", cast.provider.account),
        ("joined", cast.nurse.account),
        ("covers", cover.account),
        ("left", cast.nurse.account),
    ]


def test_an_appointment_of_who_holds_the_key_counts_at_once(cast: Cast) -> None:
    appoint(cast, cast.nurse, period(cast, DAY, 2 * DAY))
    assert teams_of(cast, cast.nurse) == []
