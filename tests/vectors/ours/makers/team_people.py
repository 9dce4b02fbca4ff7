"""Vectors of who stands in a team: appointed, removed, left out, as cover; and when its next key is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from messenger.protocol.control_chain import covers
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.team_people import (
    CoverPeriod,
    TeamAppointmentBody,
    TeamChangeBody,
    TeamRemovalBody,
    TeamRole,
)
from messenger.protocol.statement import Body
from messenger.protocol.team_chain import TeamChain, verify_team_chain
from messenger.protocol.team_due import generation_due, is_placed, next_members
from messenger.protocol.team_stays import Stay, TeamEvent
from tests.vectors.ours.makers import world
from tests.vectors.ours.makers.chains import TEAM_KEYS, admission_body, generation_body, team_statements
from tests.vectors.ours.makers.conversation import accounts
from tests.vectors.ours.makers.world import (
    AMARA,
    CLINIC_KEY,
    DINA,
    FOUNDER,
    MEI,
    PEGGY,
    ROBBED,
    TEAM,
    TOM,
    Person,
    Statements,
    at,
    in_chain,
    outcome,
    wire,
)

PERIOD = CoverPeriod(at(500), at(600))
_CLINIC = {"clinic": CLINIC_KEY}


@dataclass(frozen=True)
class Told:
    """A team's chain in the making; each verb gives a longer one."""

    statements: tuple[Any, ...] = ()
    error: str | None = None

    def by(self, body: Body, account: str, keys: Mapping[str, SigningKey], minutes: int) -> Told:
        before = list(self.statements)
        return Told((*self.statements, in_chain(body, account, keys, minutes, before)))

    def member(self, body: Body, person: Person, minutes: int) -> Told:
        return self.by(body, person.account, {"self": person.signing()}, minutes)

    def appoints(self, person: Person, minutes: int, role: TeamRole = "nurse", **how: Any) -> Told:
        """By the clinic's key, or by a person's (`by`)."""
        body = TeamAppointmentBody(TEAM, person.account, role, how.get("cover"))
        manager: Person | None = how.get("by")
        if manager is None:
            return self.by(body, FOUNDER, {"appointer": CLINIC_KEY}, minutes)
        return self.by(body, manager.account, {"appointer": manager.signing()}, minutes)

    def removes(self, person: Person, minutes: int) -> Told:
        return self.by(TeamRemovalBody(TEAM, person.account), FOUNDER, _CLINIC, minutes)

    def changes(self, name: str, minutes: int, *managers: Person) -> Told:
        body = TeamChangeBody(TEAM, name, tuple(sorted(one.account for one in managers)))
        return self.by(body, FOUNDER, _CLINIC, minutes)

    def admits(self, person: Person, minutes: int, by: Person = AMARA, generation: int = 1) -> Told:
        return self.member(admission_body(person, generation), by, minutes)

    def goes_on(self, number: int, by: Person, minutes: int, *people: Person) -> Told:
        return self.member(generation_body(number, people), by, minutes)

    def refused(self, error: str) -> Told:
        return Told(self.statements, error)

    @cached_property
    def chain(self) -> TeamChain:
        """What a client makes of it."""
        return verify_team_chain(self.statements, TEAM, world.clinic(), accounts)


START = Told(tuple(team_statements()))
COVERED = START.appoints(DINA, 50, "physician", cover=PERIOD).admits(DINA, 51)
REMOVED = START.removes(TOM, 70)
LEFT = START.goes_on(2, AMARA, 70, AMARA)


def team_people() -> JsonObject:
    """`chains` are as in `chains.json`; `standing` is who reads at an instant and what is due then."""
    return {
        "team": TEAM,
        "chains": [_chain(*case) for case in [*_good(), *_people_refused(), *_covers_refused()]],
        "standing": [_standing(*case) for case in _instants()],
        "covers": [_covers(*case) for case in _covered()],
    }


def _good() -> list[tuple[str, Told]]:
    moved = START.changes("Elm 2", 60, TOM)
    back = LEFT.appoints(TOM, 80).admits(TOM, 81, generation=2)
    return [
        ("renamed, with another manager", moved),
        ("the new manager appoints", moved.appoints(MEI, 70, "physician", by=TOM).admits(MEI, 71)),
        ("a role", START.appoints(TOM, 60, "care_navigator", by=AMARA)),
        ("appointed and not yet let in", START.appoints(MEI, 60, "physician")),
        ("cover", COVERED),
        ("cover goes on holding the key", COVERED.goes_on(2, TOM, 120, AMARA, TOM, DINA)),
        ("cover that is over", COVERED.goes_on(2, TOM, 600, AMARA, TOM)),
        ("cover sent home early", COVERED.removes(DINA, 550).goes_on(2, TOM, 551, AMARA, TOM)),
        ("cover ended early by a manager's next key", COVERED.goes_on(2, AMARA, 550, AMARA, TOM)),
        ("cover again", COVERED.appoints(DINA, 700, "physician", cover=CoverPeriod(at(700), at(800)))),
        ("cover that stays for good", COVERED.appoints(DINA, 550, "physician")),
        ("a member who only covers from now on", START.appoints(TOM, 60, cover=PERIOD)),
        ("removed", REMOVED),
        ("removed, and the key without them", REMOVED.goes_on(2, AMARA, 71, AMARA)),
        ("left out by the manager", LEFT),
        ("left out, appointed and let in again", back),
        ("removed and appointed before the next key", REMOVED.appoints(TOM, 71)),
        ("an invitation that was not taken up, removed", Told(START.statements[:2]).removes(TOM, 60)),
    ]


def _people_refused() -> list[tuple[str, Told]]:
    created, made = Told(START.statements[:1]), Told(START.statements[:2])
    return [
        ("let in without a word of anybody", START.admits(MEI, 60).refused("not_appointed")),
        ("invited as cover alone", START.admits(DINA, 60).refused("not_appointed")),
        ("in the first key without a word", created.goes_on(1, AMARA, 31, AMARA, MEI).refused("not_appointed")),
        ("in the next key without the last", START.goes_on(2, AMARA, 60, AMARA, TOM, MEI).refused("not_appointed")),
        ("left out by a nurse", START.goes_on(2, TOM, 60, TOM).refused("members_left_out")),
        ("an old place after removal", made.removes(TOM, 60).admits(TOM, 61).refused("not_appointed")),
        ("let in again without a word", LEFT.admits(TOM, 81, generation=2).refused("not_appointed")),
        ("the next key still for who was removed", REMOVED.goes_on(2, AMARA, 71, AMARA, TOM).refused("not_appointed")),
        ("the next key by who was removed", REMOVED.goes_on(2, TOM, 71, TOM).refused("not_a_member")),
        ("let in by who was removed", REMOVED.appoints(MEI, 71).admits(MEI, 72, by=TOM).refused("not_a_member")),
        ("appointed by a nurse", START.appoints(MEI, 60, by=TOM).refused("not_the_manager")),
        ("appointed by a manager of before", _by_amara(START.changes("Elm 1", 60, TOM))),
        ("appointed by a manager who was removed", _by_amara(START.removes(AMARA, 60))),
        ("a patient appointed", START.appoints(PEGGY, 60).refused("not_care_staff")),
        ("a patient as manager", START.changes("Elm 1", 60, PEGGY).refused("not_care_staff")),
        ("an appointment that changes nothing", START.appoints(TOM, 60).appoints(TOM, 61).refused("nothing_changed")),
        ("a change that changes nothing", START.changes("Elm 1", 60, AMARA).refused("nothing_changed")),
        ("removed who is not there", START.removes(ROBBED, 60).refused("not_in_the_team")),
        ("removed twice", REMOVED.removes(TOM, 71).refused("not_in_the_team")),
        ("the last one removed", REMOVED.removes(AMARA, 71).refused("nobody_left")),
        ("the last one made cover", REMOVED.appoints(AMARA, 71, cover=PERIOD).refused("nobody_left")),
        ("removed by the manager's own key", _by_manager(TeamRemovalBody(TEAM, TOM.account))),
        ("renamed by the manager's own key", _by_manager(TeamChangeBody(TEAM, "Elm 3", (AMARA.account,)))),
        ("a removal that does not follow", _misplaced()),
    ]


def _by_amara(told: Told) -> Told:
    return told.appoints(MEI, 61, by=AMARA).refused("not_the_manager")


def _misplaced() -> Told:
    later = REMOVED.removes(MEI, 71).statements[-1]
    return Told((*START.statements, later)).refused("broken_chain")


def _by_manager(body: Body) -> Told:
    return START.by(body, AMARA.account, {"clinic": AMARA.signing()}, 60).refused("wrong_key")


def _covers_refused() -> list[tuple[str, Told]]:
    late = START.appoints(DINA, 50, cover=PERIOD).admits(DINA, 600)
    kept = COVERED.goes_on(2, TOM, 600, AMARA, TOM, DINA)
    return [
        ("cover let in when it is over", late.refused("not_appointed")),
        ("cover in the next key when it is over", kept.refused("not_appointed")),
        ("cover left out before it is over", COVERED.goes_on(2, TOM, 599, AMARA, TOM).refused("members_left_out")),
        ("cover makes the next key", COVERED.goes_on(2, DINA, 550, AMARA, TOM, DINA).refused("not_a_member")),
        ("cover lets somebody in", COVERED.appoints(MEI, 540).admits(MEI, 550, by=DINA).refused("not_a_member")),
    ]


def _chain(name: str, told: Told) -> JsonObject:
    statements: Statements = list(told.statements)
    expected = {} if told.error else _expected(told.chain)
    return {"name": name, "team": TEAM, "statements": wire(statements), **outcome(told.error, statements, expected)}


def _expected(chain: TeamChain) -> JsonObject:
    return {
        "name_of": chain.name,
        "managers": list(chain.managers),
        "members": [[*sorted(one.members)] for one in chain.generations],
        "stays": [_stay(one) for one in chain.stays],
        "events": [_event(one) for one in chain.events],
    }


def _stay(stay: Stay) -> JsonObject:
    cover = None if stay.cover is None else stay.cover.as_json()
    return {"account": stay.account, "role": stay.role, "cover": cover, "since": stay.since, "ended": stay.ended}


def _event(event: TeamEvent) -> JsonObject:
    cover = None if event.cover is None else event.cover.as_json()
    return {**vars(event), "cover": cover}


def _instants() -> list[tuple[str, Told, int]]:
    return [
        ("before anybody left", START, 60),
        ("a minute before a removal", REMOVED, 69),
        ("at a removal", REMOVED, 70),
        ("after the key without them", REMOVED.goes_on(2, AMARA, 71, AMARA), 72),
        ("before cover begins", COVERED, 499),
        ("when cover begins", COVERED, 500),
        ("a minute before cover ends", COVERED, 599),
        ("when cover ends", COVERED, 600),
        ("cover extended in time", COVERED.appoints(DINA, 590, cover=CoverPeriod(at(500), at(700))), 650),
        ("a member with newer keys", START.appoints(ROBBED, 60).member(_old_key(), AMARA, 61), 2500),
        ("between leaving and coming back", LEFT.appoints(TOM, 80).admits(TOM, 81, generation=2), 75),
        ("appointed and not yet let in", START.appoints(MEI, 60), 61),
        ("cover appointed and not yet let in, over", START.appoints(DINA, 50, cover=PERIOD), 600),
        ("after coming back", LEFT.appoints(TOM, 80).admits(TOM, 81, generation=2), 82),
    ]


def _old_key() -> Body:
    body = admission_body(ROBBED)
    return type(body)(body.team, body.generation, body.account, ROBBED.sealing(1).id, body.box)


def _standing(name: str, told: Told, minutes: int) -> JsonObject:
    chain, instant = told.chain, at(minutes)
    readers: list[JsonValue] = [*chain.readers_at(instant)]
    following: list[JsonValue] = [*next_members(chain, instant)]
    due = generation_due(chain, accounts, instant)
    placed: list[JsonValue] = [
        *sorted(one.account for one in world.PEOPLE if is_placed(chain, one.verified(), instant))
    ]
    statements = wire(list(told.statements))
    return {
        "name": name,
        "statements": statements,
        "at": instant,
        "readers": readers,
        "next": following,
        "due": due,
        "placed": placed,
    }


def _covered() -> list[tuple[str, Told, Person, int, int, bool]]:
    return [
        ("a member", COVERED, TOM, 1, 60, True),
        ("cover before it begins", COVERED, DINA, 1, 499, False),
        ("cover when it begins", COVERED, DINA, 1, 500, True),
        ("cover when it ends", COVERED, DINA, 1, 600, False),
        ("who was removed, before", REMOVED, TOM, 1, 69, True),
        ("who was removed, from then on", REMOVED, TOM, 1, 70, False),
        ("who was left out, under the old key", LEFT, TOM, 1, 71, False),
        ("who was left out, before, under the old key", LEFT, TOM, 1, 69, True),
        (
            "who came back, under the key of before",
            LEFT.appoints(TOM, 80).admits(TOM, 81, generation=2),
            TOM,
            1,
            75,
            False,
        ),
        ("who came back", LEFT.appoints(TOM, 80).admits(TOM, 81, generation=2), TOM, 2, 82, True),
    ]


def _covers(name: str, told: Told, person: Person, generation: int, minutes: int, expected: bool) -> JsonObject:
    key = TEAM_KEYS[generation - 1].id
    found = covers({TEAM: key}, person.account, {TEAM: told.chain}, at(minutes))
    if found is not expected:
        raise ValueError(name)
    return {
        "name": name,
        "statements": wire(list(told.statements)),
        "account": person.account,
        "key": key,
        "at": at(minutes),
        "covered": found,
    }
