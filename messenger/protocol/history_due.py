"""Which earlier epochs are still to be opened to readers whose consents reach back to them (`docs/protocol.md` §5)."""

from __future__ import annotations

from dataclasses import dataclass

from messenger.protocol.consent_chain import ConsentChain
from messenger.protocol.control_chain import ControlChain
from messenger.protocol.history import opens_epochs
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.members import is_active, readers_by
from messenger.protocol.team_chain import TeamChain, Teams


@dataclass(frozen=True)
class DueHistory:
    """Epochs to be sealed to a reader's sealing key under a consent, in one statement."""

    consent: str
    reader: str
    key: str
    epochs: tuple[int, ...]


def history_due(control: ControlChain, consents: ConsentChain, teams: Teams, now: str) -> tuple[DueHistory, ...]:
    """What a reader of the conversation may open to others now, in the order of the consents, then of the readers.

    A consent counts under its terms of now *and* of the running link, by which every client judges the statement: what
    was extended since waits for a rotation. What reached a reader once is not due again: it keeps its older keys, a
    team's generation holds the key of the one before, and who stands in a team's place holds the team's. Raises
    `ChainRefused` (`newer_version`).
    """
    agreed = {one.consent: one for one in consents.terms_at(control.running.consent_head)}
    reached = {reader: _reached(control, reader) for reader in control.running.keys}
    due = []
    for consent in consents.terms:
        team = teams.get(consent.grantee)
        people = {} if team is None else team.people
        for reader in sorted(readers_by(consent, consents.blocked, people, now) & reached.keys()):
            opened = _opened(control, consent, reader, now)
            opened &= _opened(control, agreed.get(consent.consent), reader, now)
            held = set() if team is None or reader == team.team else _held(control, team, reader)
            new = sorted(opened - held - reached[reader])
            if new:
                reached[reader].update(new)
                due.append(DueHistory(consent.consent, reader, control.running.keys[reader], tuple(new)))
    return tuple(due)


def _opened(control: ControlChain, consent: ConsentBody | None, reader: str, now: str) -> set[int]:
    if consent is None or not is_active(consent, control.conversation, now):
        return set()
    return set(opens_epochs(control.links, consent, reader, control.conversation))


def _reached(control: ControlChain, reader: str) -> set[int]:
    """The epochs whose key was sealed to a reader, under whatever key of its."""
    listed = {link.epoch.number for link in control.links if reader in link.keys}
    return listed.union(*(grant.boxes for grant in control.history if grant.reader == reader))


def _held(control: ControlChain, team: TeamChain, reader: str) -> set[int]:
    """The epochs that a reader in a team's place opens with the team's key: it was given that, or a later one."""
    newest = max((one.number for one in team.generations if reader in one.members), default=0)
    keys = {one.sealing_key.id for one in team.generations if one.number <= newest}
    return {link.epoch.number for link in control.links if link.keys.get(team.team) in keys}
