"""Who may read: what consents name, through teams too, and never more."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messenger.consent import service as consent
from messenger.consent.models import Consent
from messenger.protocol.encoding import format_time
from messenger.protocol.members import members
from messenger.teams.errors import TeamKeyMissing
from tests.cast import Cast, renew_team_key
from tests.factories import PersonAtHand, new_id

CONVERSATION = new_id("cnv")


def reads(cast: Cast, person: PersonAtHand, at: datetime | None = None, patient: PersonAtHand | None = None) -> bool:
    with cast.house.database.reading_session() as session:
        return consent.may_read(
            session, person.account, (patient or cast.patient).account, CONVERSATION, at or cast.house.clock.now()
        )


def grant(cast: Cast, grantee: str, **changed: object) -> None:
    """A consent row as a later issue will append it: this one appends at joining alone."""
    now = cast.house.clock.now()
    with cast.house.database.unit_of_work() as session:
        place = len(consent.consents_of(session, cast.patient.account))
        row = {
            "patient": cast.patient.account,
            "sequence": place,
            "consent": new_id("cns"),
            "clinic": cast.hand.clinic,
            "grantee": grantee,
            "scope": "all",
            "purpose": "treatment",
            "history": "all",
            "not_before": now,
            "until": None,
            "may_open": True,
        }
        session.add(Consent(**{**row, **changed}))


def test_the_patient_and_the_consented_teams_members_read(cast: Cast) -> None:
    assert [reads(cast, person) for person in (cast.patient, cast.provider, cast.nurse)] == [True] * 3


def test_nobody_else_reads(cast: Cast) -> None:
    others = [cast.founder, cast.second, cast.enter("provider"), cast.enter("compliance"), cast.enter_patient()]
    assert [reads(cast, person) for person in others] == [False] * 5


def test_who_waits_for_the_teams_key_does_not_read_yet(cast: Cast) -> None:
    assert not reads(cast, cast.enter("nurse", (cast.team.team,)))


def test_who_left_the_team_reads_no_more(cast: Cast) -> None:
    renew_team_key(cast.house, cast.team, cast.provider, [cast.provider])
    assert not reads(cast, cast.nurse)
    assert reads(cast, cast.provider)


def test_readers_come_with_the_keys_to_seal_to(cast: Cast) -> None:
    with cast.house.database.reading_session() as session:
        found = consent.readers_of(session, cast.patient.account, CONVERSATION, cast.house.clock.now())
    assert found == {
        cast.patient.account: cast.patient.current.sealing.id,
        cast.team.team: cast.team.sealing_public.id,
    }


def test_a_consent_to_a_team_without_a_key_seals_to_nobody(cast: Cast) -> None:
    team, statement = cast.hand.creates_team("New team", cast.provider.account, cast.founder.account)
    cast.house.post("/api/teams", {"statement": statement.as_json()}, by=cast.founder)
    grant(cast, team)
    with pytest.raises(TeamKeyMissing), cast.house.database.reading_session() as session:
        consent.readers_of(session, cast.patient.account, CONVERSATION, cast.house.clock.now())


def test_a_consent_begins_and_ends_to_the_millisecond(cast: Cast) -> None:
    somebody, now = cast.enter("provider"), cast.house.clock.now()
    grant(cast, somebody.account, not_before=now + timedelta(hours=1), until=now + timedelta(hours=2))
    moment = timedelta(milliseconds=1)
    times = [timedelta(hours=1) - moment, timedelta(hours=1), timedelta(hours=2) - moment, timedelta(hours=2)]
    assert [reads(cast, somebody, now + time) for time in times] == [False, True, True, False]


def test_a_consent_for_one_conversation_covers_no_other(cast: Cast) -> None:
    here, elsewhere = cast.enter("provider"), cast.enter("provider")
    grant(cast, here.account, scope=CONVERSATION)
    grant(cast, elsewhere.account, scope=new_id("cnv"))
    assert (reads(cast, here), reads(cast, elsewhere)) == (True, False)


def test_what_covers_an_account_is_listed_with_its_scope(cast: Cast) -> None:
    somebody, other = cast.enter("provider"), cast.enter_patient()
    grant(cast, somebody.account, scope=CONVERSATION)
    with cast.house.database.reading_session() as session:
        now = cast.house.clock.now()
        assert consent.grants_to(session, somebody.account, now) == [(cast.patient.account, CONVERSATION)]
        through_team = consent.grants_to(session, cast.nurse.account, now)
        assert sorted(through_team) == sorted([(cast.patient.account, "all"), (other.account, "all")])
        assert consent.grants_to(session, cast.founder.account, now) == []


INSTANTS = st.integers(0, 6)
GRANTS = st.tuples(st.sampled_from(["provider", "nurse", "founder"]), INSTANTS, INSTANTS, st.booleans())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grants=st.lists(GRANTS, max_size=4), at=INSTANTS)
def test_the_database_and_the_pure_function_agree(
    cast: Cast, grants: list[tuple[str, int, int, bool]], at: int
) -> None:
    """Whatever consents there are, a person reads exactly if the shared function names them or a team of theirs."""
    patient = cast.enter_patient()
    cast.patients.insert(0, cast.patients.pop())
    start = cast.house.clock.now()
    for who, begins, lasts, everywhere in grants:
        not_before = start + timedelta(minutes=begins)
        until = not_before + timedelta(minutes=lasts) if lasts else None
        scope = "all" if everywhere else CONVERSATION
        grant(cast, getattr(cast, who).account, not_before=not_before, until=until, scope=scope)
    now = start + timedelta(minutes=at)
    with cast.house.database.reading_session() as session:
        bodies = consent.consents_of(session, patient.account)
        named = set(members(patient.account, bodies, CONVERSATION, format_time(now)))
        for person in (cast.provider, cast.nurse, cast.founder, patient):
            teams = {cast.team.team} if person in (cast.provider, cast.nurse) else set()
            expected = not named.isdisjoint({person.account, *teams})
            assert consent.may_read(session, person.account, patient.account, CONVERSATION, now) == expected
            listed = {scope for who, scope in consent.grants_to(session, person.account, now) if who == patient.account}
            if person is not patient:
                assert bool(listed & {"all", CONVERSATION}) == expected
