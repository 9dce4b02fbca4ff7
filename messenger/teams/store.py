"""Reads and writes of clinics, teams, their members, boxes and links."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Row, delete, select, update
from sqlalchemy.orm import Session

from messenger.bulk import insert_all
from messenger.once import insert_absent, insert_once, values_of
from messenger.teams.errors import ClinicUnknown, TeamUnknown
from messenger.teams.models import Clinic, ClinicKeyBox, Team, TeamBox, TeamLink, TeamMember


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
    rows = [{"team": team, "account": account, "generation": None, "since": at} for team in teams]
    return insert_absent(session, TeamMember, rows, TeamMember.team)


def list_members(session: Session, teams: Collection[str]) -> Sequence[TeamMember]:
    """Members of these teams and who waits for them, by team, in the order of joining the clinic."""
    return session.scalars(
        select(TeamMember)
        .where(TeamMember.team.in_(teams))
        .order_by(TeamMember.team, TeamMember.account)
        .execution_options(populate_existing=True)
    ).all()


def list_teams_of(session: Session, account: str) -> list[str]:
    """The teams whose running key the account holds."""
    rows = (
        select(TeamMember.team)
        .join(Team, Team.team == TeamMember.team)
        .where(TeamMember.account == account, TeamMember.generation == Team.generation)
        .order_by(TeamMember.team)
    )
    return list(session.scalars(rows))


def list_keyholders(session: Session, teams: Collection[str]) -> Sequence[Row[str, str]]:
    """Team and account for each of these teams and each account that holds its running key."""
    return session.execute(
        select(TeamMember.team, TeamMember.account)
        .join(Team, Team.team == TeamMember.team)
        .where(TeamMember.team.in_(teams), TeamMember.generation == Team.generation)
    ).all()


def list_memberships(session: Session, accounts: Collection[str]) -> Sequence[Row[str, str]]:
    """Account and team for each of these accounts and each team whose running key it holds."""
    return session.execute(
        select(TeamMember.account, TeamMember.team)
        .join(Team, Team.team == TeamMember.team)
        .where(TeamMember.account.in_(accounts), TeamMember.generation == Team.generation)
    ).all()


def put_members(session: Session, team: str, accounts: Collection[str], generation: int, at: datetime) -> None:
    """Enter that these accounts hold this generation's key."""
    rows = [{"team": team, "account": account, "generation": generation, "since": at} for account in accounts]
    new = set(insert_absent(session, TeamMember, rows, TeamMember.account))
    known = [account for account in accounts if account not in new]
    session.execute(
        update(TeamMember)
        .where(TeamMember.team == team, TeamMember.account.in_(known))
        .values(generation=generation)
        .execution_options(synchronize_session=False)
    )


def remove_former_members(session: Session, team: str, generation: int) -> None:
    """Remove who held an older key and was not given this generation's; who never held one goes on waiting."""
    session.execute(
        delete(TeamMember)
        .where(TeamMember.team == team, TeamMember.generation < generation)
        .execution_options(synchronize_session=False)
    )


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


def list_holders(session: Session, teams: Collection[str]) -> dict[str, set[str]]:
    """Who ever was given a key of each of these teams."""
    holders: dict[str, set[str]] = {}
    rows = select(TeamBox.team, TeamBox.account).where(TeamBox.team.in_(teams)).distinct()
    for team, account in session.execute(rows):
        holders.setdefault(team, set()).add(account)
    return holders


def add_link(session: Session, team: str, generation: int, ciphertext: bytes) -> None:
    """Store the way back from this generation to the one before."""
    session.add(TeamLink(team=team, generation=generation, ciphertext=ciphertext))
    session.flush()


def list_links(session: Session, teams: Collection[str]) -> Sequence[TeamLink]:
    """The links of these teams, the oldest generation first."""
    return session.scalars(select(TeamLink).where(TeamLink.team.in_(teams)).order_by(TeamLink.generation)).all()
