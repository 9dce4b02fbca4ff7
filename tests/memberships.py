"""A team's people at hand: appointments, removals and changes as the clinic's or a manager's client makes them."""

from datetime import datetime, timedelta

from messenger.protocol.encoding import format_time
from messenger.protocol.kinds.team_people import (
    CoverPeriod,
    TeamAppointmentBody,
    TeamChangeBody,
    TeamRemovalBody,
    TeamRole,
)
from messenger.protocol.statement import Body, Envelope, make_statement
from tests.cast import Cast, admit
from tests.factories import PersonAtHand, TeamAtHand


def period(cast: Cast, begins: timedelta, until: timedelta) -> CoverPeriod:
    """From and until, counted from now."""
    now: datetime = cast.house.clock.now()
    return CoverPeriod(format_time(now + begins), format_time(now + until))


def appointment(
    cast: Cast, person: PersonAtHand, cover: CoverPeriod | None = None, role: TeamRole = "nurse"
) -> TeamAppointmentBody:
    """Somebody is to stand in the cast's team."""
    return TeamAppointmentBody(cast.team.team, person.account, role, cover)


def by_clinic(cast: Cast, body: Body, team: TeamAtHand | None = None) -> Envelope:
    """The clinic's word at the end of the team's chain; the team at hand does not move yet."""
    where, by = team or cast.team, "appointer" if isinstance(body, TeamAppointmentBody) else "clinic"
    return cast.hand.says(body, cast.founder.account, by=by, sequence=where.sequence + 1, previous=where.head)


def by_manager(cast: Cast, body: Body, manager: PersonAtHand) -> Envelope:
    """A manager's word there."""
    return make_statement(
        body,
        account=manager.account,
        keys={"appointer": manager.current.signing},
        time=format_time(cast.house.clock.now()),
        sequence=cast.team.sequence + 1,
        previous=cast.team.head,
    )


def tell(cast: Cast, envelope: Envelope, by: PersonAtHand | None = None) -> None:
    """Send it well: the team moves on."""
    path = f"/api/teams/{cast.team.team}/people"
    cast.house.post(path, {"statement": envelope.as_json()}, by=by or cast.founder)
    cast.team.head, cast.team.sequence = envelope.hash, cast.team.sequence + 1


def appoint(cast: Cast, person: PersonAtHand, cover: CoverPeriod | None = None) -> None:
    """By the clinic."""
    tell(cast, by_clinic(cast, appointment(cast, person, cover)))


def remove(cast: Cast, person: PersonAtHand) -> None:
    """By the clinic."""
    tell(cast, by_clinic(cast, TeamRemovalBody(cast.team.team, person.account)))


def change(cast: Cast, name: str, *managers: PersonAtHand) -> None:
    """By the clinic."""
    accounts = tuple(sorted(manager.account for manager in managers))
    tell(cast, by_clinic(cast, TeamChangeBody(cast.team.team, name, accounts)))


def enter_cover(cast: Cast, begins: timedelta, until: timedelta) -> PersonAtHand:
    """Somebody new who is cover for the team, and holds its key beforehand."""
    person = cast.enter("cover", (cast.team.team,))
    appoint(cast, person, period(cast, begins, until))
    admit(cast.house, cast.team, cast.provider, person)
    return person
