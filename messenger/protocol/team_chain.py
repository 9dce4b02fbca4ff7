"""A care team: who manages it, who stands in it, and who holds each generation's key (`docs/protocol.md` §2, §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from messenger.protocol.chain import ChainWalk, refuse_empty
from messenger.protocol.clinic_chain import ClinicChain
from messenger.protocol.encoding import format_time, parse_time
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.team import TeamCreateBody
from messenger.protocol.members import TeamPeople
from messenger.protocol.signers import Accounts
from messenger.protocol.statement import Envelope, peek_header, verify
from messenger.protocol.team_reading import TeamReading
from messenger.protocol.team_stays import Generation, Stay, TeamEvent, TeamState

CLOCKS_APART: Final = timedelta(minutes=20)
"""How far the times of two statements may be from their order: each is within ten minutes of when it was taken."""


@dataclass(frozen=True)
class TeamChain:
    """A verified team; without a generation it has no key yet and can read nothing."""

    team: str
    clinic: str
    name: str
    managers: tuple[str, ...]
    generations: tuple[Generation, ...]
    stays: tuple[Stay, ...]
    """Who stands or stood in the team, in the order of the chain."""
    events: tuple[TeamEvent, ...]
    hashes: tuple[str, ...]
    states: tuple[TeamState, ...] = ()
    """Who held the running key and stood in the team, from each change of that on; the first is nobody."""

    @property
    def people(self) -> TeamPeople:
        """Who holds the running key and stands in the team, cover outside its period too."""
        return self.states[-1].people if self.states else {}

    def people_around(self, at: str) -> tuple[TeamPeople, ...]:
        """In which ways the team may have stood at an instant, by clocks up to `CLOCKS_APART` from each other."""
        instant = parse_time(at)
        first, last = format_time(instant - CLOCKS_APART), format_time(instant + CLOCKS_APART)
        ends = [state.since for state in self.states[1:]]
        around = [
            state.people
            for place, state in enumerate(self.states)
            if (place == 0 or state.since <= last) and (place == len(ends) or ends[place] >= first)
        ]
        return tuple(around)

    @property
    def running(self) -> Generation | None:
        """The newest generation."""
        return self.generations[-1] if self.generations else None

    @property
    def head(self) -> str:
        """The last statement's hash."""
        return self.hashes[-1]

    def generation_with_key(self, key_id: str) -> Generation | None:
        """The generation whose sealing key has this id."""
        return next((one for one in self.generations if one.sealing_key.id == key_id), None)

    def stay_at(self, account: str, at: str) -> Stay | None:
        """The stay by which an account acts for the team at an instant; the newest of those that count then."""
        return next((stay for stay in reversed(self.stays) if stay.account == account and stay.runs_at(at)), None)

    def reads(self, generation: Generation | None, account: str, at: str) -> bool:
        """Whether an account was given this generation's key and stands in the team at an instant."""
        return generation is not None and account in generation.members and self.stay_at(account, at) is not None

    def readers_at(self, at: str) -> tuple[str, ...]:
        """Who holds the running key and stands in the team at an instant, sorted."""
        running = self.running
        members = () if running is None else running.members
        return tuple(sorted(account for account in members if self.reads(running, account, at)))


Teams = Mapping[str, TeamChain]
"""The verified teams, by id."""


def verify_team_chain(envelopes: Sequence[Envelope], team: str, clinic: ClinicChain, accounts: Accounts) -> TeamChain:
    """The team with this id.

    The clinic names it and its managers, and may take anybody out. A manager makes generation 1; the clinic or a
    manager says who is to stand in the team; a member seals them the key. A member makes the next key for exactly who
    stands in the team then; a manager may leave others out of it. Who makes a key knows it, so its maker is listed.

    Raises `ChainRefused`: `empty_chain`, `broken_chain`, `wrong_team`, `wrong_clinic`, `not_the_manager`,
    `not_a_member`, `maker_not_a_member`, `not_care_staff`, `not_appointed`, `members_left_out`, `not_in_the_team`,
    `nobody_left`, `nothing_changed`, `wrong_generation`, `already_a_member`, `unknown_account`, `unknown_member_key`,
    `unknown_signer`, `retired_key`, `key_reused`; and what `verify` raises.
    """
    refuse_empty(envelopes)
    created = verify(envelopes[0], TeamCreateBody, {"clinic": clinic.key})
    body = created.body
    if body.team != team:
        raise ChainRefused("wrong_team", "This is another team.")
    if body.clinic != clinic.clinic:
        raise ChainRefused("wrong_clinic", "This team is another clinic's.")
    walk = ChainWalk(body.chain)
    walk.take(created.header, created.hash)
    reading = TeamReading(body, clinic.key, accounts)
    for envelope in envelopes[1:]:
        if not walk.take_if_newer(envelope):
            reading.read(envelope, walk)
            reading.note_people(peek_header(envelope).time)
    stays, events = tuple(reading.stays.all), tuple(reading.events)
    generations, hashes = tuple(reading.generations), tuple(walk.hashes)
    named = (team, body.clinic, reading.name, reading.managers)
    return TeamChain(*named, generations, stays, events, hashes, tuple(reading.states))
