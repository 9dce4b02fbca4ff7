"""Who keeps the clinic's shares of emergency keys, in the clinic's word."""

from datetime import datetime

from sqlalchemy.orm import Session

from messenger import events
from messenger.accounts import people
from messenger.accounts.actor import Actor
from messenger.accounts.verified import verified_clinic
from messenger.audit.actions import Action
from messenger.audit.service import AuditEvent
from messenger.chains import service as chains
from messenger.protocol.clinic_chain import verify_clinic_chain
from messenger.protocol.kinds.custodians import CustodiansBody
from messenger.protocol.statement import Envelope, verify
from messenger.roles import Role
from messenger.teams.announcements import CustodiansNamed
from messenger.teams.errors import CustodiansUnfit, KeysChanged, TeamMisplaced


def name_custodians(session: Session, actor: Actor, envelope: Envelope, at: datetime) -> str:
    """Keep a new set of custodians in the place of the one before; the set's name, which is the statement's hash.

    Raises:
        CustodiansUnfit: somebody named is no custodian of this clinic.
        KeysChanged: somebody named has newer keys.
        TeamMisplaced: the sender is not the signer.
        ChainMoved, ProtocolError: somebody was first, or the clinic's key did not sign it.
    """
    clinic = verified_clinic(session, actor.clinic)
    statement = verify(envelope, CustodiansBody, {"clinic": clinic.key})
    if statement.header.signer.account != actor.account:
        raise TeamMisplaced
    named = {custodian.account: custodian.key for custodian in statement.body.custodians}
    found = {person.account: person for person in people.list_entries(session, named)}
    if any(account not in found or not _is_custodian(found[account], actor.clinic) for account in named):
        raise CustodiansUnfit
    if any(found[account].sealing_key_id != key for account, key in named.items()):
        raise KeysChanged
    entry = AuditEvent(
        clinic=actor.clinic, actor=actor.account, subject=actor.clinic, action=Action.CUSTODIANS_NAMED, time=at
    )
    chains.append(session, statement, entry)
    verify_clinic_chain(chains.list_statements(session, f"clinic:{actor.clinic}"), clinic.key.id)
    events.publish(session, CustodiansNamed(actor.clinic, at))
    return statement.hash


def _is_custodian(person: people.Entry, clinic: str) -> bool:
    return (person.clinic, person.role) == (clinic, Role.CUSTODIAN)
