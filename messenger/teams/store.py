"""Reads and writes of clinics, teams, their members, boxes and links."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import BindParameter, ColumnElement, Row, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from messenger.bulk import among, insert_all, table_of
from messenger.db import UtcDateTime
from messenger.once import insert_absent, insert_once, values_of
from messenger.teams.errors import ClinicUnknown, TeamUnknown
from messenger.teams.models import Clinic, ClinicKeyBox, Team, TeamBox, TeamLink, TeamMember

_members = table_of(TeamMember).c
_teams = table_of(Team).c


def _reads(at: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    """Who holds the running key reads, cover within its period alone."""
    return (
        _members.generation == _teams.generation,
        or_(_members.cover_from.is_(None), _members.cover_from <= at),
        or_(_members.cover_until.is_(None), _members.cover_until > at),
    )


MEMBERSHIPS: Final = (
    select(_members.account, _members.team)
    .join(table_of(Team), _teams.team == _members.team)
    .where(among(_members.account, "staff"), *_reads(bindparam("covering_at", type_=UtcDateTime())))
)
"""Account and team for each of the accounts `staff` and each team for which it reads `covering_at` a time."""


def add_clinic(session: Session, clinic: Clinic) -> None:
    """Store a clinic."""
    session.add(clinic)
    session.flush()


def has_clinic(session: Session) -> bool:
    """Whether there is any."""
    return session.execute(select(Clinic.clinic).limit(1)).first() is not None


def get_clinic(session: Session, clinic: str) -> Clinic:
    """The clinic of this id.

    Raises:
        ClinicUnknown: there is none.
    """
    found = session.get(Clinic, clinic)
    if found is None:
        raise ClinicUnknown
    return found


def found_clinic(session: Session, clinic: str, signing_key: bytes, at: datetime) -> bool:
    """Give a clinic its key, once; whether this caller did."""
    founded = (
        update(Clinic)
        .where(Clinic.clinic == clinic, Clinic.founded.is_(None))
        .values(signing_key=signing_key, founded=at)
        .returning(Clinic.clinic)
    )
    return session.execute(founded).first() is not None


def put_clinic_key_box(session: Session, box: ClinicKeyBox) -> None:
    """Store the newest box of an administrator."""
    session.merge(box)
    session.flush()


def find_clinic_key_box(session: Session, clinic: str, account: str) -> ClinicKeyBox | None:
    """The box in which this administrator holds the clinic's key."""
    return session.get(ClinicKeyBox, (clinic, account))


def list_key_holders(session: Session, clinic: str) -> list[str]:
    """The accounts to which the clinic's key was sealed; the founder, who made it, is not among them."""
    rows = select(ClinicKeyBox.account).where(ClinicKeyBox.clinic == clinic).order_by(ClinicKeyBox.account)
    return list(session.scalars(rows))


def add_team(session: Session, team: Team) -> bool:
    """Store a team; whether its id was still free."""
    return insert_once(session, Team, values_of(team))


def find_team(session: Session, team: str) -> Team | None:
    """The team of this id."""
    return session.get(Team, team)


def get_team(session: Session, team: str) -> Team:
    """The team of this id.

    Raises:
        TeamUnknown: there is none.
    """
    found = find_team(session, team)
    if found is None:
        raise TeamUnknown
    return found


def list_teams(session: Session, teams: Collection[str]) -> Sequence[Team]:
    """The teams of these ids, the oldest first."""
    return session.scalars(select(Team).where(Team.team.in_(teams)).order_by(Team.team)).all()


def list_teams_of_clinic(session: Session, clinic: str) -> Sequence[Team]:
    """The clinic's teams, the oldest first."""
    return session.scalars(select(Team).where(Team.clinic == clinic).order_by(Team.team)).all()


def add_waiting(session: Session, teams: Collection[str], account: str, at: datetime) -> list[str]:
    """Let somebody wait to be let into these teams; those into which they were not invited before."""
    rows = [_row(team, account, None, at) for team in teams]
    return insert_absent(session, TeamMember, rows, TeamMember.team)


def list_members(session: Session, teams: Collection[str]) -> Sequence[TeamMember]:
    """Members of these teams and who waits for them, by team, in the order of joining the clinic."""
    return session.scalars(
        select(TeamMember)
        .where(TeamMember.team.in_(teams))
        .order_by(TeamMember.team, TeamMember.account)
        .execution_options(populate_existing=True)
    ).all()


def list_teams_of(session: Session, account: str, at: datetime) -> Sequence[Row[str, datetime | None]]:
    """The teams for which the account reads, and until when where it is cover."""
    rows = (
        select(TeamMember.team, TeamMember.cover_until)
        .join(Team, Team.team == TeamMember.team)
        .where(TeamMember.account == account, *_reads(at))
        .order_by(TeamMember.team)
    )
    return session.execute(rows).all()


def list_keyholders(session: Session, teams: Collection[str], at: datetime) -> Sequence[Row[str, str]]:
    """Team and account for each of these teams and each account that reads for it."""
    return session.execute(
        select(TeamMember.team, TeamMember.account)
        .join(Team, Team.team == TeamMember.team)
        .where(TeamMember.team.in_(teams), *_reads(at))
    ).all()


def list_people(session: Session, teams: Collection[str]) -> Sequence[TeamMember]:
    """Everybody who holds the running key of one of these teams, cover outside its period too."""
    return session.scalars(
        select(TeamMember)
        .join(Team, Team.team == TeamMember.team)
        .where(TeamMember.team.in_(teams), TeamMember.generation == Team.generation)
    ).all()


def put_place(
    session: Session, team: str, account: str, period: tuple[datetime, datetime] | None, at: datetime
) -> None:
    """Enter that an account is placed in a team, for a period where it is cover. Its key, if it holds one, stays."""
    begins, ends = period or (None, None)
    insert_absent(session, TeamMember, [_row(team, account, None, at)], TeamMember.account)
    session.execute(
        update(TeamMember)
        .where(TeamMember.team == team, TeamMember.account == account)
        .values(cover_from=begins, cover_until=ends)
        .execution_options(synchronize_session=False)
    )


def find_member(session: Session, team: str, account: str) -> TeamMember | None:
    """Somebody's place in a team."""
    return session.get(TeamMember, (team, account), populate_existing=True)


def remove_member(session: Session, team: str, account: str) -> None:
    """Remove somebody from a team, whatever they held."""
    session.execute(
        delete(TeamMember)
        .where(TeamMember.team == team, TeamMember.account == account)
        .execution_options(synchronize_session=False)
    )


def _row(team: str, account: str, generation: int | None, at: datetime) -> dict[str, object]:
    place = {"team": team, "account": account, "generation": generation, "since": at}
    return {**place, "cover_from": None, "cover_until": None}


def put_members(session: Session, team: str, accounts: Collection[str], generation: int, at: datetime) -> None:
    """Enter that these accounts hold this generation's key."""
    rows = [_row(team, account, generation, at) for account in accounts]
    new = set(insert_absent(session, TeamMember, rows, TeamMember.account))
    known = [account for account in accounts if account not in new]
    session.execute(
        update(TeamMember)
        .where(TeamMember.team == team, TeamMember.account.in_(known))
        .values(generation=generation)
        .execution_options(synchronize_session=False)
    )


def remove_former_members(session: Session, team: str, generation: int) -> list[str]:
    """Remove who held an older key and was not given this generation's; who they are. Who never held one waits on."""
    removed = (
        delete(TeamMember)
        .where(TeamMember.team == team, TeamMember.generation < generation)
        .returning(TeamMember.account)
        .execution_options(synchronize_session=False)
    )
    return sorted(session.scalars(removed))


def add_boxes(session: Session, team: str, generation: int, statement: bytes, boxes: Mapping[str, bytes]) -> None:
    """Store a generation's seed as it was sealed to each member."""
    rows = [
        {"team": team, "generation": generation, "account": account, "statement": statement, "box": box}
        for account, box in boxes.items()
    ]
    insert_all(session.connection(), TeamBox, rows)


def list_boxes(session: Session, teams: Collection[str], account: str) -> Sequence[TeamBox]:
    """The boxes of one member in these teams, the oldest generation first."""
    return session.scalars(
        select(TeamBox).where(TeamBox.team.in_(teams), TeamBox.account == account).order_by(TeamBox.generation)
    ).all()


def add_link(session: Session, team: str, generation: int, ciphertext: bytes) -> None:
    """Store the way back from this generation to the one before."""
    session.add(TeamLink(team=team, generation=generation, ciphertext=ciphertext))
    session.flush()


def list_links(session: Session, teams: Collection[str]) -> Sequence[TeamLink]:
    """The links of these teams, the oldest generation first."""
    return session.scalars(select(TeamLink).where(TeamLink.team.in_(teams)).order_by(TeamLink.generation)).all()
