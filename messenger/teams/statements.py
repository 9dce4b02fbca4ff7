"""Statements about teams: checked by the rules every client goes by, then against the keys that are current."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self, TypeVar

from sqlalchemy.orm import Session

from messenger import events
from messenger.accounts import people
from messenger.accounts.actor import Actor
from messenger.accounts.verified import current_signing_key, verified_clinic
from messenger.audit.actions import Action
from messenger.chains import service as chains
from messenger.errors import Conflict
from messenger.protocol.encoding import hash_text
from messenger.protocol.kinds.team import TeamAdmissionBody, TeamCreateBody, TeamGenerationBody
from messenger.protocol.sealing import BOX_BYTES
from messenger.protocol.shape import Members
from messenger.protocol.statement import Body, Envelope, Statement, payload_type, verify
from messenger.protocol.team_chain import verify_team_chain
from messenger.roles import CARE_STAFF
from messenger.teams import store
from messenger.teams.announcements import ReaderCame, ReadersLeft, TeamChanged
from messenger.teams.chain_end import team_entry, verify_at_end
from messenger.teams.errors import BoxMisplaced, KeysChanged, TeamMisplaced, TeamUnknown
from messenger.teams.membership import check_name
from messenger.teams.models import Team
from messenger.teams.service import audience_of

B = TypeVar("B", bound=Body)


@dataclass(frozen=True)
class TeamKeyUpdate:
    """A statement about a team's key, the boxes it lists by account, and the link to the key before."""

    statement: Envelope
    boxes: Mapping[str, bytes]
    link: bytes | None

    @classmethod
    def take(cls, members: Members) -> Self:
        """From the members of a request; raises `EncodingRefused`."""
        return cls(
            statement=Envelope.parse(members.take("statement")),
            boxes=members.raw_by_id("boxes", "acc"),
            link=members.or_none("link", members.raw),
        )


def create_team(session: Session, actor: Actor, envelope: Envelope, at: datetime) -> str:
    """Keep a new team in the clinic's word; its id. Its manager, a member of the care staff, makes its key.

    Raises:
        Conflict: `team_exists`.
        Invalid: `team_name_unusable`.
        TeamMisplaced: the manager is nobody who may stand in a care team, or the sender is not the signer.
        ProtocolError: the clinic's key did not sign it.
    """
    clinic = verified_clinic(session, actor.clinic)
    statement = verify(envelope, TeamCreateBody, {"clinic": clinic.key})
    body = statement.body
    verify_team_chain([envelope], body.team, clinic, _nobody)
    manager = people.find_entry(session, body.manager)
    if manager is None or manager.clinic != actor.clinic or manager.role not in CARE_STAFF:
        raise TeamMisplaced
    if statement.header.signer.account != actor.account:
        raise TeamMisplaced
    check_name(body.name)
    team = Team(team=body.team, clinic=body.clinic, name=body.name, manager=body.manager, generation=0, created=at)
    if not store.add_team(session, team):
        raise Conflict("team_exists", "There is a team with this number already. Make a new one.")
    store.add_waiting(session, [body.team], body.manager, at)
    chains.append(session, statement, team_entry(actor, Action.TEAM_CREATED, body.team, body.manager, at))
    events.publish(session, TeamChanged(body.team, audience_of(session, body.team)))
    return body.team


def change_team_key(session: Session, actor: Actor, team: str, update: TeamKeyUpdate, at: datetime) -> None:
    """Keep a new generation of a team's key, or the running one sealed to somebody who waits for it.

    Raises:
        TeamUnknown: the actor's clinic has no such team.
        TeamMisplaced: the statement is another team's, or the sender is not the signer.
        KeysChanged: signed with, or sealed to, keys that are not the newest.
        BoxMisplaced: boxes or link are not those that the statement lists.
        ChainMoved: somebody else was first.
        ProtocolError: the signer may not, or a member is nobody of the care staff.
    """
    row = store.find_team(session, team)
    if row is None or row.clinic != actor.clinic:
        raise TeamUnknown
    if update.statement.type == payload_type(TeamAdmissionBody.kind):
        _admit(session, actor, row, update, at)
    else:
        _begin_generation(session, actor, row, update, at)
    events.publish(session, TeamChanged(team, audience_of(session, team)))


def _begin_generation(session: Session, actor: Actor, row: Team, update: TeamKeyUpdate, at: datetime) -> None:
    statement = _verified(session, actor, row, update.statement, TeamGenerationBody)
    body = statement.body
    _check_newest(session, {member.account: member.key for member in body.members})
    _check_boxes(update.boxes, {member.account: member.box for member in body.members})
    if (None if update.link is None else hash_text(update.link)) != body.link:
        raise BoxMisplaced
    entry = team_entry(actor, Action.TEAM_GENERATION_STARTED, row.team, row.team, at)
    statement_hash = chains.append(session, statement, entry)
    row.generation, row.sealing_key, row.sealing_key_id = body.generation, body.sealing_key.raw, body.sealing_key.id
    session.flush()
    store.put_members(session, row.team, list(update.boxes), body.generation, at)
    left = store.remove_former_members(session, row.team, body.generation)
    if left:
        events.publish(session, ReadersLeft(row.team, tuple(left), at))
    store.add_boxes(session, row.team, body.generation, statement_hash, update.boxes)
    if update.link is not None:
        store.add_link(session, row.team, body.generation, update.link)


def _admit(session: Session, actor: Actor, row: Team, update: TeamKeyUpdate, at: datetime) -> None:
    statement = _verified(session, actor, row, update.statement, TeamAdmissionBody)
    body = statement.body
    _check_newest(session, {body.account: body.key})
    _check_boxes(update.boxes, {body.account: body.box})
    if update.link is not None:
        raise BoxMisplaced
    entry = team_entry(actor, Action.TEAM_MEMBER_ADMITTED, row.team, body.account, at)
    statement_hash = chains.append(session, statement, entry)
    store.put_members(session, row.team, [body.account], body.generation, at)
    store.add_boxes(session, row.team, body.generation, statement_hash, update.boxes)
    place = store.find_member(session, row.team, body.account)
    cover = place is not None and place.cover_until is not None
    came = ReaderCame(row.team, row.clinic, body.account, actor.account, statement_hash, cover, at)
    events.publish(session, came)


def _verified(session: Session, actor: Actor, row: Team, envelope: Envelope, body_type: type[B]) -> Statement[B]:
    """The statement at the end of its chain, signed by the actor with the newest key."""
    verify_at_end(session, row, envelope, body_type)
    statement = verify(envelope, body_type, {"self": current_signing_key(session, actor.account)})
    if statement.header.signer.account != actor.account:
        raise TeamMisplaced
    return statement


def _nobody(_account: str) -> None:
    return None


def _check_newest(session: Session, keys: Mapping[str, str]) -> None:
    newest = {entry.account: entry.sealing_key_id for entry in people.list_entries(session, keys)}
    if newest != dict(keys):
        raise KeysChanged


def _check_boxes(boxes: Mapping[str, bytes], listed: Mapping[str, str]) -> None:
    sent = {account: hash_text(box) for account, box in boxes.items() if len(box) == BOX_BYTES}
    if sent != dict(listed) or boxes.keys() != listed.keys():
        raise BoxMisplaced
