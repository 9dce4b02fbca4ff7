"""Vectors of enrolment: what a joiner is served for an invitation, and whether it may be believed."""

from __future__ import annotations

from dataclasses import replace

from messenger.protocol.invitation import InvitationLink
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.invitation import InvitationBody
from messenger.protocol.statement import Envelope, make_statement
from tests.vectors.ours.makers import world
from tests.vectors.ours.makers.chains import team_statements
from tests.vectors.ours.makers.pinned import seed
from tests.vectors.ours.makers.world import (
    AMARA,
    CLINIC,
    CLINIC_KEY,
    FOUNDER,
    STRANGER,
    TEAM,
    TOM,
    Person,
    Statements,
    at,
    made_id,
    wire,
)

LINK = InvitationLink("https://clinic.example", "i", made_id("inv", "new"), seed("new secret", 16), CLINIC_KEY.id)
ACCOUNT = made_id("acc", "new")


def invitation() -> InvitationBody:
    """Amara's invitation of a patient, made with the link's secret."""
    return InvitationBody(
        LINK.invitation,
        ACCOUNT,
        CLINIC,
        CLINIC_KEY.id,
        "patient",
        (TEAM,),
        LINK.key.public,
        at(5000),
        AMARA.account,
        None,
    )


def _signed(body: InvitationBody, person: Person = AMARA) -> Envelope:
    return make_statement(body, account=body.inviter, keys={"inviter": person.signing()}, time=at(4000), sequence=0)


def _by_clinic(body: InvitationBody) -> Envelope:
    return make_statement(body, account=body.inviter, keys={"inviter": CLINIC_KEY}, time=at(4000), sequence=0)


def offers() -> JsonObject:
    """`cases`: the link, what was served, the joiner's clock, and the outcome."""
    return {"cases": [_offer(*case) for case in _cases()]}


Served = tuple[Envelope, Person | None, Statements, tuple[Person, ...], Statements]


def _offer(name: str, link: InvitationLink, served: Served, now: str, error: str | None) -> JsonObject:
    envelope, inviter, team, people, clinic = served
    outcome: JsonObject = {"account": ACCOUNT, "verified_teams": [TEAM] if team else []}
    teams: dict[str, JsonValue] = {TEAM: wire(team)} if team else {}
    inviter_json: JsonValue = None
    if inviter is not None:
        inviter_json = {"account": inviter.account, "statements": wire(inviter.chain())}
    return {
        "name": name,
        "link": link.text(),
        "clinic": wire(clinic),
        "invitation": envelope.as_json(),
        "inviter": inviter_json,
        "teams": teams,
        "members": {person.account: wire(person.chain()) for person in people},
        "now": now,
        **(outcome if error is None else {"error": error}),
    }


def _cases() -> list[tuple[str, InvitationLink, Served, str, str | None]]:
    clinic, team, staff = world.clinic_statements(), team_statements(), (AMARA, TOM)
    good: Served = (_signed(invitation()), AMARA, team, staff, clinic)
    by_clinic = _by_clinic(replace(invitation(), role="nurse", inviter=FOUNDER, teams=()))
    other_secret = _signed(replace(invitation(), public_key=STRANGER.public))
    other_id = _signed(replace(invitation(), invitation=made_id("inv", "another")))
    nurse_by_amara = _signed(replace(invitation(), role="nurse"))
    by_tom = _signed(invitation(), TOM)
    now = at(4500)
    return [
        ("a patient invited by care staff", LINK, good, now, None),
        ("a nurse invited by the clinic", LINK, (by_clinic, None, [], (), clinic), now, None),
        ("a moment before it expires", LINK, good, at(4999), None),
        ("when it expires", LINK, good, at(5000), "invitation_expired"),
        ("another clinic's fingerprint", replace(LINK, fingerprint=STRANGER.id), good, now, "wrong_clinic_key"),
        ("another secret", LINK, (other_secret, *good[1:]), now, "wrong_secret"),
        ("another invitation", LINK, (other_id, *good[1:]), now, "wrong_invitation"),
        ("a nurse invited by a nurse", LINK, (nurse_by_amara, *good[1:]), now, "may_not_invite"),
        ("signed by somebody else than it says", LINK, (by_tom, *good[1:]), now, "may_not_invite"),
        ("the inviter not served", LINK, (good[0], None, team, staff, clinic), now, "may_not_invite"),
        ("the team not served", LINK, (good[0], AMARA, [], staff, clinic), now, "unknown_team"),
        ("a member of the team not served", LINK, (good[0], AMARA, team, (AMARA,), clinic), now, "unknown_account"),
        ("the clinic not served", LINK, (good[0], AMARA, team, staff, []), now, "empty_chain"),
    ]
