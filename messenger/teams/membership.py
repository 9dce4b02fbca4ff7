"""Who stands in a team: what the clinic and a team's managers say of it, and what follows for its readers."""

from datetime import datetime

from sqlalchemy.orm import Session

from messenger import events
from messenger.accounts.actor import Actor
from messenger.accounts.verified import current_signing_key, verified_clinic
from messenger.audit.actions import Action
from messenger.chains import service as chains
from messenger.errors import Invalid
from messenger.protocol.encoding import parse_time
from messenger.protocol.keys import SigningPublicKey
from messenger.protocol.kinds.team_people import TeamAppointmentBody, TeamChangeBody, TeamRemovalBody
from messenger.protocol.statement import Envelope, payload_type, peek_signer, verify
from messenger.roles import Role
from messenger.teams import store
from messenger.teams.announcements import ReaderCame, ReadersLeft, TeamChanged
from messenger.teams.chain_end import team_entry, verify_at_end
from messenger.teams.errors import TeamMisplaced, TeamUnknown
from messenger.teams.models import Team
from messenger.teams.service import audience_of


def change_people(session: Session, actor: Actor, team: str, envelope: Envelope, at: datetime) -> None:
    """Keep an appointment, a removal, or a team's new name and managers; what it ends, ends with this transaction.

    Raises:
        TeamUnknown: the actor's clinic has no such team.
        TeamMisplaced: the statement is another team's, or the sender is not the signer.
        Invalid: `team_name_unusable`.
        ChainMoved: somebody else was first.
        ClockSkewed, ProtocolError: it does not hold, or who signed may not say it.
    """
    row = store.find_team(session, team)
    if row is None or row.clinic != actor.clinic:
        raise TeamUnknown
    before = audience_of(session, team)
    if envelope.type == payload_type(TeamAppointmentBody.kind):
        _appoint(session, actor, row, envelope, at)
    elif envelope.type == payload_type(TeamRemovalBody.kind):
        _remove(session, actor, row, envelope, at)
    else:
        _change(session, actor, row, envelope, at)
    events.publish(session, TeamChanged(team, tuple(sorted({*before, *audience_of(session, team)}))))


def _appoint(session: Session, actor: Actor, row: Team, envelope: Envelope, at: datetime) -> None:
    key = _signing_key(session, actor, envelope)
    statement = verify(envelope, TeamAppointmentBody, {"appointer": key})
    _check_sender(actor, statement.header.signer.account)
    verify_at_end(session, row, envelope, TeamAppointmentBody)
    body, cover = statement.body, statement.body.cover
    entry = team_entry(actor, Action.TEAM_MEMBER_APPOINTED, row.team, body.account, at)
    statement_hash = chains.append(session, statement, entry)
    period = None if cover is None else (parse_time(cover.begins), parse_time(cover.until))
    store.put_place(session, row.team, body.account, period, at)
    place = store.find_member(session, row.team, body.account)
    if place is not None and place.generation == row.generation:
        came = ReaderCame(row.team, row.clinic, body.account, actor.account, statement_hash, cover is not None, at)
        events.publish(session, came)
        events.publish(session, ReadersLeft(row.team, (body.account,), at))


def _remove(session: Session, actor: Actor, row: Team, envelope: Envelope, at: datetime) -> None:
    statement = verify(envelope, TeamRemovalBody, {"clinic": verified_clinic(session, row.clinic).key})
    _check_sender(actor, statement.header.signer.account)
    verify_at_end(session, row, envelope, TeamRemovalBody)
    account = statement.body.account
    chains.append(session, statement, team_entry(actor, Action.TEAM_MEMBER_REMOVED, row.team, account, at))
    store.remove_member(session, row.team, account)
    events.publish(session, ReadersLeft(row.team, (account,), at))


def _change(session: Session, actor: Actor, row: Team, envelope: Envelope, at: datetime) -> None:
    statement = verify(envelope, TeamChangeBody, {"clinic": verified_clinic(session, row.clinic).key})
    _check_sender(actor, statement.header.signer.account)
    verify_at_end(session, row, envelope, TeamChangeBody)
    body = statement.body
    check_name(body.name)
    chains.append(session, statement, team_entry(actor, Action.TEAM_CHANGED, row.team, row.team, at))
    row.name, row.manager = body.name, body.managers[0]
    session.flush()


def check_name(name: str) -> None:
    """A team's name is one line.

    Raises:
        Invalid: `team_name_unusable`.
    """
    if not name.isprintable() or name != name.strip():
        raise Invalid("team_name_unusable", "A team's name is one line without spaces around it.")


def _signing_key(session: Session, actor: Actor, envelope: Envelope) -> SigningPublicKey:
    """The clinic's key where an administrator signed with it, else the actor's newest own key."""
    clinic = verified_clinic(session, actor.clinic)
    by_clinic = peek_signer(envelope).key == clinic.key.id and actor.role is Role.ADMINISTRATOR
    return clinic.key if by_clinic else current_signing_key(session, actor.account)


def _check_sender(actor: Actor, signer: str | None) -> None:
    if signer != actor.account:
        raise TeamMisplaced
