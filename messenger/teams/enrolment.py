"""Inviting, and what somebody who was invited needs to see before they trust it (docs/protocol.md §3)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from messenger.accounts import invitations, people
from messenger.accounts.actor import Actor
from messenger.accounts.invitations import ListedInvitation
from messenger.accounts.people import Person
from messenger.chains import service as chains
from messenger.protocol.commitment import CommittedText
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.statement import Envelope
from messenger.roles import Role
from messenger.teams import clinics, service
from messenger.teams.clinics import FoundingTerms
from messenger.teams.errors import TeamKeyMissing, TwoAdministratorsNeeded


@dataclass(frozen=True)
class OfferedTeam:
    """A team that an invitation names, with everybody whose chain its own leads to, former members included."""

    team: str
    name: str
    statements: list[Envelope]
    members: list[Person]

    def as_json(self) -> JsonObject:
        """The team as it travels."""
        return {
            "team": self.team,
            "name": self.name,
            "statements": [statement.as_json() for statement in self.statements],
            "members": [person.as_json() for person in self.members],
        }


@dataclass(frozen=True)
class Offer:
    """What stands behind an open invitation. Before the clinic is founded there are terms instead of statements."""

    invitation: Envelope | None
    card: CommittedText | None
    founding_terms: FoundingTerms | None
    clinic: str
    clinic_name: str
    clinic_statements: list[Envelope]
    inviter: Person | None
    teams: list[OfferedTeam]

    def as_json(self) -> JsonObject:
        """The offer as it travels."""
        terms = self.founding_terms
        return {
            "state": "open",
            "founding": terms is not None,
            "invitation": None if self.invitation is None else self.invitation.as_json(),
            "card": None if self.card is None else self.card.as_json(),
            "founding_terms": None if terms is None else terms.as_json(),
            "clinic": {
                "id": self.clinic,
                "name": self.clinic_name,
                "statements": [statement.as_json() for statement in self.clinic_statements],
            },
            "inviter": None if self.inviter is None else self.inviter.as_json(),
            "teams": [team.as_json() for team in self.teams],
        }


def invite(
    session: Session, actor: Actor, envelope: Envelope, card: CommittedText | None, label: bytes | None, at: datetime
) -> None:
    """Keep an invitation that the actor has signed.

    Raises:
        TeamUnknown: it names a team that the clinic does not have.
        TwoAdministratorsNeeded, TeamKeyMissing: it is too early to invite a patient.
        BetweenError, ProtocolError: as for `messenger.accounts.invitations`.
    """
    statement = invitations.check_signed(session, actor, envelope, at)
    teams = service.check_teams(session, actor.clinic, statement.body.teams)
    if Role(statement.body.role) is Role.PATIENT:
        if not clinics.second_administrator_holds_key(session, actor.clinic):
            raise TwoAdministratorsNeeded
        if any(team.sealing_key_id is None for team in teams):
            raise TeamKeyMissing
    invitations.keep_signed(session, actor, statement, card, label, at)


def look(session: Session, invitation: str, at: datetime) -> Offer:
    """What the holder of an open invitation's link verifies before making a key.

    Raises:
        InvitationUnknown, InvitationUsed, InvitationCancelled, InvitationExpired: nobody can join with it.
    """
    row = invitations.get_open(session, invitation, at)
    terms = clinics.terms_of(session, row.clinic)
    if row.founding:
        return Offer(None, None, terms, row.clinic, terms.name, [], None, [])
    inviter = next(iter(people.list_people(session, [row.inviter])), None)
    card = CommittedText(row.card_salt, row.card_text) if row.card_salt and row.card_text else None
    return Offer(
        invitation=chains.list_statements(session, f"account:{row.account}")[0],
        card=card,
        founding_terms=None,
        clinic=row.clinic,
        clinic_name=terms.name,
        clinic_statements=clinics.statements_of(session, row.clinic),
        inviter=inviter,
        teams=[_offered(session, team) for team in service.view_teams(session, row.teams, row.account)],
    )


def list_invitations(session: Session, actor: Actor, at: datetime) -> list[ListedInvitation]:
    """An administrator sees the clinic's invitations, others the ones they made; the newest first."""
    return invitations.list_invitations(session, actor, at)


def cancel_invitation(session: Session, actor: Actor, invitation: str, at: datetime) -> None:
    """Take an invitation back; raises as `messenger.accounts.invitations.cancel`."""
    invitations.cancel(session, actor, invitation, at)


def _offered(session: Session, team: service.SeenTeam) -> OfferedTeam:
    return OfferedTeam(team.team, team.name, team.statements, people.list_people(session, team.named))
