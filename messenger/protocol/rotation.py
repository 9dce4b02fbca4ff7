"""When a new epoch must begin before the next message, and to which keys it is sealed (`docs/protocol.md` §5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from messenger.protocol.consent_chain import ConsentChain
from messenger.protocol.control_chain import ControlChain, known_team
from messenger.protocol.encoding import parse_time
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.conversation import RotationReason
from messenger.protocol.members import members
from messenger.protocol.sealing import SealingPublicKey
from messenger.protocol.signers import Accounts, known_account
from messenger.protocol.team_chain import Teams

MAX_EPOCH_AGE: Final = timedelta(days=7)


def rotation_due(
    control: ControlChain, consents: ConsentChain, teams: Teams, accounts: Accounts, now: str
) -> RotationReason | None:
    """Why the next sender must begin a new epoch first, or None: the gravest reason of those that hold.

    Raises `ChainRefused`: `newer_version` where a newer version has written into the patient's consents, for then
    nobody can say who reads; `unknown_account`, `unknown_team`, `team_without_key`.
    """
    running = control.running
    due = set(members(control.patient, consents.terms, control.conversation, now))
    if set(running.keys) - due:
        return "removed"
    current = current_keys(due, teams, accounts)
    changed = {reader for reader, key in running.keys.items() if current[reader].id != key}
    if changed:
        return "team" if all(reader in teams for reader in changed) else "key"
    if due - set(running.keys):
        return "added"
    return "age" if parse_time(now) - parse_time(running.time) >= MAX_EPOCH_AGE else None


def current_keys(readers: Iterable[str], teams: Teams, accounts: Accounts) -> dict[str, SealingPublicKey]:
    """The sealing key of each reader as of now; raises `ChainRefused` (`unknown_account`, `unknown_team`)."""
    return {reader: _current_key(reader, teams, accounts) for reader in readers}


def _current_key(reader: str, teams: Teams, accounts: Accounts) -> SealingPublicKey:
    if not reader.startswith("tea_"):
        return known_account(accounts, reader).current.sealing
    running = known_team(teams, reader).running
    if running is None:
        raise ChainRefused("team_without_key", "This team has no key yet: its manager has to sign in once.")
    return running.sealing_key
