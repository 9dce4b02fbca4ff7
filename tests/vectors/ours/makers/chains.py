"""Vectors of the chains of clinics, accounts, teams and consents: what verifies, to what, and what must not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.team import TeamAdmissionBody, TeamCreateBody, TeamGenerationBody, TeamMember
from messenger.protocol.sealing import SealingKey
from messenger.protocol.statement import Body, make_statement
from tests.vectors.ours.makers import world
from tests.vectors.ours.makers.accounts import account_case, accounts, clinic_case, clinics
from tests.vectors.ours.makers.consents import consent_chains
from tests.vectors.ours.makers.pinned import seed
from tests.vectors.ours.makers.world import (
    AMARA,
    CLINIC,
    CLINIC_KEY,
    CLINIC_SIGNS,
    FOUNDER,
    PEGGY,
    PEOPLE,
    ROBBED,
    STRANGER,
    TEAM,
    TOM,
    Person,
    Statements,
    at,
    in_chain,
    made_id,
    outcome,
    some_hash,
    wire,
)


def chains() -> JsonObject:
    """`world` is what every other table stands on: the clinic, its people and their chains."""
    return {
        "world": {
            "clinic_key": CLINIC_KEY.id,
            "clinic": wire(world.clinic_statements()),
            "accounts": {one.account: _person(one) for one in PEOPLE},
            "teams": {TEAM: wire(team_statements())},
        },
        "clinic_chains": [clinic_case(*case) for case in clinics()],
        "account_chains": [account_case(*case) for case in accounts()],
        "team_chains": [_team(*case) for case in _teams()],
        "consent_chains": consent_chains(),
    }


def _person(person: Person) -> JsonObject:
    inviter = None if person.inviter is None else person.inviter.account
    return {"name": person.name, "role": person.role, "inviter": inviter, "statements": wire(person.chain())}


TEAM_KEYS = (SealingKey(seed("team 1")), SealingKey(seed("team 2")))


def member_of(person: Person) -> TeamMember:
    """Somebody as a generation lists them."""
    return TeamMember(person.account, person.sealing().id, some_hash(f"team box {person.name}"))


def generation_body(number: int, people: Sequence[Person], team: str = TEAM) -> TeamGenerationBody:
    """A generation's statement for these people."""
    members = tuple(sorted((member_of(one) for one in people), key=lambda member: member.account))
    link = None if number == 1 else some_hash(f"link {number}")
    return TeamGenerationBody(team, number, TEAM_KEYS[number - 1].public, members, link)


def team_statements() -> Statements:
    """The team: Amara manages it, makes its key, and admits Tom."""
    amara = {"self": AMARA.signing()}
    statements = [
        make_statement(
            TeamCreateBody(TEAM, CLINIC, "Elm 1", AMARA.account),
            account=FOUNDER,
            keys=CLINIC_SIGNS,
            time=at(30),
            sequence=0,
        )
    ]
    statements.append(in_chain(generation_body(1, [AMARA]), AMARA.account, amara, 31, statements))
    statements.append(in_chain(admission_body(TOM), AMARA.account, amara, 40, statements))
    return statements


def admission_body(person: Person, generation: int = 1) -> TeamAdmissionBody:
    """Somebody let into a generation."""
    member = member_of(person)
    return TeamAdmissionBody(TEAM, generation, member.account, member.key, member.box)


def _team(name: str, statements: Statements, error: str | None, team: str = TEAM) -> JsonObject:
    expected: JsonObject = {"members": _members_after(statements)}
    return {"name": name, "team": team, "statements": wire(statements), **outcome(error, statements, expected)}


def _members_after(statements: Statements) -> list[JsonValue]:
    """The members of each generation of the good cases."""
    both: JsonValue = [*sorted((AMARA.account, TOM.account))]
    after: list[list[JsonValue]] = [[], [[AMARA.account]], [both], [both, both]]
    return after[len(statements) - 1] if len(statements) <= len(after) else []


def _teams() -> list[tuple[str, Statements, str | None]]:
    created, made, admitted = team_statements()
    amara, tom = {"self": AMARA.signing()}, {"self": TOM.signing()}
    second = in_chain(generation_body(2, [AMARA, TOM]), TOM.account, tom, 60, [created, made, admitted])

    def next_after(before: Statements, body: Body, account: str, keys: Mapping[str, SigningKey]) -> Statements:
        return [*before, in_chain(body, account, keys, 70, before)]

    first_by_tom = next_after([created], generation_body(1, [TOM]), TOM.account, tom)
    absent = next_after([created], generation_body(1, [TOM]), AMARA.account, amara)
    patient = next_after([created], generation_body(1, [AMARA, PEGGY]), AMARA.account, amara)
    foreign_key = replace(generation_body(1, [AMARA]), members=(replace(member_of(AMARA), key=TOM.sealing().id),))
    by_robbed = {"self": ROBBED.signing()}
    return [
        ("named and without a key", [created], None),
        ("with a key", [created, made], None),
        ("with a member admitted", [created, made, admitted], None),
        ("with a second generation by a member", [created, made, admitted, second], None),
        ("no statement", [], "empty_chain"),
        ("not named by the clinic", _renamed_by(STRANGER), "wrong_key"),
        ("first key by somebody else than the manager", first_by_tom, "not_the_manager"),
        ("a key whose maker is not a member", absent, "maker_not_a_member"),
        ("a patient in the team", patient, "not_care_staff"),
        (
            "a member's key that is another's",
            next_after([created], foreign_key, AMARA.account, amara),
            "unknown_member_key",
        ),
        (
            "a next key by somebody who has none",
            next_after([created, made], generation_body(2, [TOM]), TOM.account, tom),
            "not_a_member",
        ),
        (
            "admitted by somebody who has no key",
            next_after([created, made], admission_body(TOM), TOM.account, tom),
            "not_a_member",
        ),
        (
            "admitted twice",
            next_after([created, made, admitted], admission_body(TOM), AMARA.account, amara),
            "already_a_member",
        ),
        (
            "admitted to another generation",
            next_after([created, made], admission_body(TOM, 2), AMARA.account, amara),
            "wrong_generation",
        ),
        (
            "a generation missing",
            next_after([created], generation_body(2, [AMARA]), AMARA.account, amara),
            "wrong_generation",
        ),
        (
            "a generation's key again",
            next_after(
                [created, made],
                replace(generation_body(2, [AMARA]), sealing_key=TEAM_KEYS[0].public),
                AMARA.account,
                amara,
            ),
            "key_reused",
        ),
        ("an admission that was held back", [created, made, second], "broken_chain"),
        (
            "by an account nobody knows",
            next_after([created, made], admission_body(TOM), made_id("acc", "ghost"), by_robbed),
            "unknown_signer",
        ),
        (
            "by a key of somebody else",
            next_after([created, made], admission_body(TOM), AMARA.account, tom),
            "unknown_signer",
        ),
    ]


def _renamed_by(key: SigningKey) -> Statements:
    body = TeamCreateBody(TEAM, CLINIC, "Elm 1", AMARA.account)
    return [make_statement(body, account=FOUNDER, keys={"clinic": key}, time=at(30), sequence=0)]
