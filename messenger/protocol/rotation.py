"""When a new epoch must begin before the next message, and to which keys it is sealed (`docs/protocol.md` §5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from messenger.protocol.clinic_chain import CustodianSet
from messenger.protocol.consent_chain import ConsentChain
from messenger.protocol.control_chain import ControlChain, known_team
from messenger.protocol.emergency_key import EmergencyKey, is_spent
from messenger.protocol.encoding import parse_time
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.conversation import RotationReason
from messenger.protocol.members import members
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.signers import Accounts, known_account
from messenger.protocol.team_chain import Teams

MAX_EPOCH_AGE: Final = timedelta(days=7)


@dataclass(frozen=True)
class EmergencyState:
    """What decides whether an emergency key that stands is still sealed to."""

    custodians: CustodianSet | None = None
    """The clinic's running set."""
    used: Collection[str] = ()
    """Emergency keys that two custodians have released."""


def emergency_reader(control: ControlChain, consents: ConsentChain) -> EmergencyKey | None:
    """The emergency key that the next epoch is sealed to: it stands, and the patient is opted in.

    Raises `ChainRefused` (`newer_version`).
    """
    return control.emergency if consents.opted_in else None


def due_readers(
    patient: str, consents: ConsentChain, teams: Teams, conversation: str, at: str, emergency: str | None = None
) -> tuple[str, ...]:
    """`members` by what the patient has decided and who stands in the teams now; `ChainRefused` (`newer_version`)."""
    people = {team: chain.people for team, chain in teams.items()}
    terms, blocked = consents.terms, consents.blocked
    return members(patient, terms, conversation, at, emergency, blocked=blocked, teams=people)


def rotation_due(
    control: ControlChain,
    consents: ConsentChain,
    teams: Teams,
    accounts: Accounts,
    now: str,
    emergency: EmergencyState | None = None,
) -> RotationReason | None:
    """Why the next sender must begin a new epoch first, or None: the gravest reason of those that hold.

    Raises `ChainRefused`: `newer_version` where a newer version has written into the patient's consents, for then
    nobody can say who reads; `unknown_account`, `unknown_team`, `team_without_key`.
    """
    running, standing, state = control.running, emergency_reader(control, consents), emergency or EmergencyState()
    if standing is not None and is_spent(standing, state.custodians, state.used):
        return "emergency"
    named = None if standing is None else standing.id
    due = set(due_readers(control.patient, consents, teams, control.conversation, now, named))
    if set(running.keys) - due:
        return "removed"
    current = current_keys(due, teams, accounts, standing)
    changed = {reader for reader, key in running.keys.items() if current[reader].id != key}
    if changed:
        return "team" if all(reader in teams for reader in changed) else "key"
    if due - set(running.keys):
        return "added"
    return "age" if parse_time(now) - parse_time(running.time) >= MAX_EPOCH_AGE else None


def current_keys(
    readers: Iterable[str], teams: Teams, accounts: Accounts, emergency: EmergencyKey | None = None
) -> dict[str, SealingPublicKey]:
    """The sealing key of each reader as of now; raises `ChainRefused` (`unknown_account`, `unknown_team`)."""
    sealed_to = {} if emergency is None else {emergency.id: emergency.body.sealing_key}
    return {reader: sealed_to.get(reader) or _current_key(reader, teams, accounts) for reader in readers}


def _current_key(reader: str, teams: Teams, accounts: Accounts) -> SealingPublicKey:
    if not reader.startswith("tea_"):
        return known_account(accounts, reader).current.sealing
    running = known_team(teams, reader).running
    if running is None:
        raise ChainRefused("team_without_key", "This team has no key yet: its manager has to sign in once.")
    return running.sealing_key
