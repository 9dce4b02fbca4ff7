"""Who stands in a team, said by who may: appointments and removals, with the key where this account is a member."""

from __future__ import annotations

from messenger.headless.account import Account
from messenger.headless.directory import Directory
from messenger.headless.identifiers import now
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.team_people import CoverPeriod, TeamAppointmentBody, TeamRemovalBody, TeamRole
from messenger.protocol.statement import Body, make_statement


def appoint(
    account: Account, directory: Directory, team: str, person: str, role: TeamRole, cover: CoverPeriod | None = None
) -> None:
    """Somebody is to stand in a team, for a period where they are cover; a member gives them the key (`tend_teams`).

    By the account's own key where it manages the team, else by the clinic's. Raises `NotTheKeyHolder`,
    `ServiceRefused`.
    """
    manages = account.id in directory.teams()[team].managers
    key = account.vault.current.signing if manages else account.clinic_key()
    _tell(account, directory, TeamAppointmentBody(team, person, role, cover), {"appointer": key})


def remove(account: Account, directory: Directory, team: str, person: str) -> None:
    """Somebody stands in a team no longer, in the clinic's word. Raises `NotTheKeyHolder`, `ServiceRefused`."""
    _tell(account, directory, TeamRemovalBody(team, person), {"clinic": account.clinic_key()})


def _tell(account: Account, directory: Directory, body: Body, keys: dict[str, SigningKey]) -> None:
    chain = directory.teams()[(body.chain or "").removeprefix("team:")]
    time, place = now(account.clock), len(chain.hashes)
    statement = make_statement(body, account=account.id, keys=keys, time=time, sequence=place, previous=chain.head)
    account.api.post(f"/api/teams/{chain.team}/people", {"statement": statement.as_json()})
    directory.forget()
