"""Who stands in a care team, as what and for how long: what a team's chain says of people (`docs/protocol.md` §5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.team import TeamMember
from messenger.protocol.kinds.team_people import CoverPeriod, TeamAppointmentBody, TeamRole
from messenger.protocol.sealing import SealingPublicKey


@dataclass(frozen=True)
class Generation:
    """One key of a team and everybody who was given it."""

    number: int
    sealing_key: SealingPublicKey
    members: Mapping[str, TeamMember]
    link: str | None
    hash: str


@dataclass(frozen=True)
class Stay:
    """Somebody in a team: from one decision about them to the next. `cover` is its period where they stand in."""

    account: str
    role: TeamRole | None
    """As what; None where nobody has said: then it is what the clinic invited the account as."""
    cover: CoverPeriod | None
    since: str
    """Empty for a stay that nothing of the same account came before: it counts as early as the key reaches."""
    ended: str | None = None

    def runs_at(self, at: str) -> bool:
        """Whether it counts at an instant (a protocol time: such texts sort as the instants do)."""
        ended = self.ended is not None and self.ended <= at
        return self.since <= at and not ended and (self.cover is None or self.cover.includes(at))

    def is_over(self, at: str) -> bool:
        """Whether it counts no more at an instant, nor later."""
        return self.ended is not None or (self.cover is not None and self.cover.until <= at)


@dataclass(frozen=True)
class TeamEvent:
    """Something that patients see of a team: who came to hold its key, as a member or as cover, and who left."""

    what: Literal["joined", "covers", "left"]
    account: str
    by: str
    time: str
    place: int
    cover: CoverPeriod | None


@dataclass(frozen=True)
class TeamState:
    """Who held the running key and stood in the team from a time on, cover with its period.

    `since` is the time of the statement that made it so, or of an earlier one that says to be later; empty at first.
    """

    since: str
    people: Mapping[str, CoverPeriod | None]


@dataclass
class Stays:
    """The stays of one team while its chain is read."""

    team: str
    all: list[Stay] = field(default_factory=list)

    def current(self, account: str) -> Stay | None:
        """The stay of an account that no decision has ended; a cover's time may be over all the same."""
        return next((stay for stay in reversed(self.all) if stay.account == account and stay.ended is None), None)

    def is_member(self, account: str) -> bool:
        """Whether an account stands in the team for good, not as cover."""
        stay = self.current(account)
        return stay is not None and stay.cover is None

    def appoint(self, body: TeamAppointmentBody, time: str) -> None:
        """Takes up an appointment; raises `ChainRefused` (`nothing_changed`)."""
        stay = self.current(body.account)
        if stay is not None and (stay.role, stay.cover) == (body.role, body.cover):
            raise ChainRefused("nothing_changed", "This appointment changes nothing.")
        self._end(body.account, time)
        self.all.append(Stay(body.account, body.role, body.cover, self._since(body.account, time)))

    def enter(self, account: AccountChain, time: str, named: Iterable[str] = ()) -> Stay:
        """The stay of somebody who is given the key; raises `ChainRefused` (`not_appointed`) for who has none.

        The clinic's invitation places an account in the teams it names, once: not who was invited as cover, and not
        who has left. `named` are placed by being named as managers.
        """
        stay = self.current(account.account)
        if stay is None and (account.account in named or self._invited(account)):
            stay = Stay(account.account, None, None, self._since(account.account, time))
            self.all.append(stay)
        if stay is None or stay.is_over(time):
            raise ChainRefused("not_appointed", "Nobody who may has placed this account in the team.")
        return stay

    def leave(self, account: AccountChain, time: str) -> None:
        """Ends a stay, or an invitation into the team that was not taken up; `ChainRefused` (`not_in_the_team`)."""
        if self.current(account.account) is None and not self._invited(account):
            raise ChainRefused("not_in_the_team", "This account is not in the team.")
        if not self._end(account.account, time):
            self.all.append(Stay(account.account, None, None, time, time))

    def _end(self, account: str, time: str) -> bool:
        for place, stay in enumerate(self.all):
            if stay.account == account and stay.ended is None:
                self.all[place] = replace(stay, ended=time)
                return True
        return False

    def _since(self, account: str, time: str) -> str:
        return time if any(stay.account == account for stay in self.all) else ""

    def _invited(self, account: AccountChain) -> bool:
        known = any(stay.account == account.account for stay in self.all)
        return not known and account.role != "cover" and self.team in account.invitation.teams
