"""Who is a reader: one pure function, the same everywhere, with vectors of its own (`docs/protocol.md` §5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from messenger.protocol.kinds.consent import SCOPE_ALL, ConsentBody
from messenger.protocol.kinds.team_people import CoverPeriod

TeamPeople = Mapping[str, CoverPeriod | None]
"""Who holds a team's key and stands in it; with the period where they are cover."""


@dataclass(frozen=True)
class PossibleReaders:
    """Where teams may have stood one way or another: who reads in every case, and who reads in some."""

    always: frozenset[str]
    ever: frozenset[str]

    def admit(self, readers: Collection[str]) -> bool:
        """Whether these can be the readers: nobody left out who always is, and nobody who never is."""
        return self.always <= set(readers) <= self.ever


def is_active(consent: ConsentBody, conversation: str, at: str) -> bool:
    """Whether a consent covers a conversation at an instant (a protocol time: such texts sort as the instants do)."""
    begun = consent.not_before <= at
    ended = consent.until is not None and consent.until <= at
    return begun and not ended and consent.scope in (SCOPE_ALL, conversation)


def readers_by(consent: ConsentBody, blocked: Collection[str], people: TeamPeople, at: str) -> frozenset[str]:
    """Whom a consent makes readers: its grantee, unless that is blocked; and where somebody who is blocked stands in
    the team, then in the team's place its other people, cover within its period.
    """
    if consent.grantee in blocked:
        return frozenset()
    if not any(account in blocked for account in people):
        return frozenset({consent.grantee})
    standing = (account for account, cover in people.items() if cover is None or cover.includes(at))
    return frozenset(account for account in standing if account not in blocked)


def members(
    patient: str,
    consents: Iterable[ConsentBody],
    conversation: str,
    at: str,
    emergency: str | None = None,
    *,
    blocked: Collection[str] = (),
    teams: Mapping[str, TeamPeople] | None = None,
) -> tuple[str, ...]:
    """The readers of a conversation at an instant, sorted by id: the patient, whom active consents make readers, the
    conversation's emergency key (`emk_…`) where the patient has opted in and one stands.

    `teams` says who stands in each team; a team that is not there has nobody in it who is blocked.
    """
    states = {team: (people,) for team, people in (teams or {}).items()}
    found = possible_members(patient, consents, conversation, at, emergency, blocked=blocked, teams=states)
    return tuple(sorted(found.always))


def possible_members(
    patient: str,
    consents: Iterable[ConsentBody],
    conversation: str,
    at: str,
    emergency: str | None = None,
    *,
    blocked: Collection[str] = (),
    teams: Mapping[str, Sequence[TeamPeople]] | None = None,
) -> PossibleReaders:
    """As `members`, where each team may have stood in any one of several ways; with nobody blocked they come to one."""
    fixed = frozenset({patient, *([] if emergency is None else [emergency])})
    always, ever = fixed, fixed
    for consent in consents:
        if not is_active(consent, conversation, at):
            continue
        states = (teams or {}).get(consent.grantee) or ({},)
        options = [readers_by(consent, blocked, people, at) for people in states]
        always |= frozenset.intersection(*options)
        ever = ever.union(*options)
    return PossibleReaders(always, ever)
