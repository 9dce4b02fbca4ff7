"""Care teams: created by the clinic, their keys made by members, everybody's way to the key of their team."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select
from sqlalchemy.orm import Session

from messenger import events
from messenger.accounts import people
from messenger.accounts.announcements import AccountJoined
from messenger.chains import service as chains
from messenger.protocol.encoding import b64u_encode, format_time
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.team_people import CoverPeriod
from messenger.protocol.members import TeamPeople
from messenger.protocol.statement import Envelope
from messenger.roles import CARE_STAFF, Role
from messenger.teams import store
from messenger.teams.announcements import TeamChanged
from messenger.teams.errors import TeamUnknown
from messenger.teams.models import Team
from messenger.teams.named import named_accounts


@dataclass(frozen=True)
class Box:
    """A team key sealed to one member, and the hash of the statement that lists it."""

    statement: str
    box: bytes


@dataclass(frozen=True)
class SeenTeam:
    """A team as one viewer sees it: `my_box` and `links` are there for who holds or held a key of it."""

    team: str
    name: str
    statements: list[Envelope]
    my_box: Box | None
    links: Mapping[int, bytes]
    members: tuple[str, ...]
    waiting: tuple[str, ...]

    @property
    def named(self) -> tuple[str, ...]:
        """Everybody whose chain one needs to verify the team's."""
        return named_accounts(self.statements)

    def as_json(self, *, whole: bool) -> JsonObject:
        """The team as it travels; who is not staff is not told who waits to be let in."""
        box = self.my_box
        return {
            "team": self.team,
            "name": self.name,
            "statements": [statement.as_json() for statement in self.statements],
            "my_box": None if box is None else {"statement": box.statement, "box": b64u_encode(box.box)},
            "links": {str(generation): b64u_encode(link) for generation, link in self.links.items()},
            "waiting": list(self.waiting) if whole else [],
        }


def teams_of(session: Session, account: str, at: datetime) -> list[str]:
    """The teams for which the account reads at that time: what is open to them is open to the account.

    It holds their running key and stands in them, as a member or, within its period, as cover.
    """
    return [team for team, _until in store.list_teams_of(session, account, at)]


def covered_teams_of(session: Session, account: str, at: datetime) -> dict[str, datetime | None]:
    """As `teams_of`, with the end of the period where the account is cover."""
    return dict(store.list_teams_of(session, account, at))


MEMBERSHIPS: Final[Select[Any]] = store.MEMBERSHIPS
"""Read together with what else the writer needs (`bulk.Reads`), with `memberships_asked`; see `teams_of_each`."""


def memberships_asked(staff: Collection[str], at: datetime) -> dict[str, object]:
    """What `MEMBERSHIPS` asks for: the teams for which these accounts read at that time."""
    return {"staff": staff, "covering_at": at}


def teams_of_each(rows: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """As `teams_of`, for many accounts, from the rows of `MEMBERSHIPS`; who is in no team is left out."""
    found: dict[str, set[str]] = {}
    for account, team in rows:
        found.setdefault(account, set()).add(team)
    return found


def members_of_each(session: Session, teams: Collection[str], at: datetime) -> dict[str, set[str]]:
    """Who reads for each of these teams at that time: what is open to the team is open to them."""
    found: dict[str, set[str]] = {team: set() for team in teams}
    for team, account in store.list_keyholders(session, teams, at):
        found[team].add(account)
    return found


def people_of_each(session: Session, teams: Collection[str]) -> dict[str, TeamPeople]:
    """Who holds the running key of each of these teams and stands in it, as clients read it from its chain."""
    found: dict[str, dict[str, CoverPeriod | None]] = {}
    for row in store.list_people(session, teams):
        found.setdefault(row.team, {})[row.account] = _period(row.cover_from, row.cover_until)
    return dict(found)


def _period(begins: datetime | None, until: datetime | None) -> CoverPeriod | None:
    return None if begins is None or until is None else CoverPeriod(format_time(begins), format_time(until))


def teams_of_clinic(session: Session, clinic: str) -> list[str]:
    """All teams of a clinic, the oldest first."""
    return [team.team for team in store.list_teams_of_clinic(session, clinic)]


def sealing_keys(session: Session, teams: Collection[str]) -> dict[str, str]:
    """The id of each team's running key; a team without one is left out."""
    return {team.team: team.sealing_key_id for team in store.list_teams(session, teams) if team.sealing_key_id}


def check_teams(session: Session, clinic: str, teams: Collection[str]) -> list[Team]:
    """The teams, if they are all this clinic's.

    Raises:
        TeamUnknown: one is not.
    """
    found = {team.team: team for team in store.list_teams(session, teams) if team.clinic == clinic}
    if found.keys() != set(teams):
        raise TeamUnknown
    return [found[team] for team in teams]


def members_of(session: Session, team: str) -> list[str]:
    """The accounts that hold the team's running key."""
    running = store.get_team(session, team).generation
    return [row.account for row in store.list_members(session, [team]) if row.generation == running]


def view_teams(session: Session, teams: Collection[str], viewer: str) -> list[SeenTeam]:
    """These teams as the viewer sees them, in a number of queries that does not grow with them."""
    rows = store.list_teams(session, teams)
    statements = chains.list_chains(session, [f"team:{row.team}" for row in rows])
    boxes = {box.team: Box(b64u_encode(box.statement), box.box) for box in store.list_boxes(session, teams, viewer)}
    links: dict[str, dict[int, bytes]] = {}
    for link in store.list_links(session, boxes.keys()):
        links.setdefault(link.team, {})[link.generation] = link.ciphertext
    members = store.list_members(session, teams)
    return [
        SeenTeam(
            team=row.team,
            name=row.name,
            statements=statements[f"team:{row.team}"],
            my_box=boxes.get(row.team),
            links=links.get(row.team, {}),
            members=tuple(one.account for one in members if one.team == row.team and one.generation == row.generation),
            waiting=tuple(one.account for one in members if one.team == row.team and one.generation is None),
        )
        for row in rows
    ]


def await_admission(session: Session, joined: AccountJoined) -> None:
    """Let new care staff wait for the teams they were invited into; a member seals them the key.

    Who was invited as cover stands in a team by appointment alone.
    """
    if joined.role not in CARE_STAFF or joined.role is Role.COVER:
        return
    for team in store.add_waiting(session, joined.teams, joined.account, joined.time):
        events.publish(session, TeamChanged(team, audience_of(session, team)))


def audience_of(session: Session, team: str) -> tuple[str, ...]:
    """Who is told that a team changed: everybody in it or waiting for it, and the clinic's administrators."""
    clinic = store.get_team(session, team).clinic
    administrators = people.list_entries_of_roles(session, clinic, [Role.ADMINISTRATOR])
    inside = (row.account for row in store.list_members(session, [team]))
    return tuple(sorted({*inside, *(person.account for person in administrators)}))
