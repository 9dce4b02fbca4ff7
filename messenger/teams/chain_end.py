"""The end of a team's chain: what a new statement is verified against, by the rules every client goes by."""

from collections.abc import Callable
from datetime import datetime
from functools import cache

from sqlalchemy.orm import Session

from messenger.accounts import people
from messenger.accounts.actor import Actor
from messenger.accounts.verified import verified_account, verified_clinic
from messenger.audit.actions import Action
from messenger.audit.service import AuditEvent
from messenger.chains import service as chains
from messenger.protocol.account_chain import AccountChain
from messenger.protocol.statement import Body, Envelope, peek_body
from messenger.protocol.team_chain import TeamChain, verify_team_chain
from messenger.teams.errors import TeamMisplaced
from messenger.teams.models import Team


def verify_at_end(session: Session, row: Team, envelope: Envelope, body_type: type[Body]) -> TeamChain:
    """The team as it is with the statement at its chain's end.

    Raises:
        TeamMisplaced: the statement is another team's.
        ProtocolError: it cannot stand there.
    """
    if peek_body(envelope, body_type).chain != f"team:{row.team}":
        raise TeamMisplaced
    clinic = verified_clinic(session, row.clinic)
    chain = [*chains.list_statements(session, f"team:{row.team}"), envelope]
    return verify_team_chain(chain, row.team, clinic, accounts_of(session, row.clinic))


def team_entry(actor: Actor, action: Action, team: str, concerned: str, at: datetime) -> AuditEvent:
    """An entry about a team, in its own chain."""
    return AuditEvent(clinic=actor.clinic, actor=actor.account, subject=team, action=action, object=concerned, time=at)


def accounts_of(session: Session, clinic: str) -> Callable[[str], AccountChain | None]:
    """The verified chains of a clinic's people, each looked up once."""

    @cache
    def find(account: str) -> AccountChain | None:
        known = people.find_entry(session, account)
        return verified_account(session, account) if known and known.clinic == clinic else None

    return find
