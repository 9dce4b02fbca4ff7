"""What people's rooms ask the database stays a look-up however many people there are."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from messenger.accounts import invitations, people, session_store, sessions, sign_in, upkeep, vaults
from messenger.chains import service as chains
from messenger.consent import directory, profiles
from messenger.consent import service as consent
from messenger.protocol.encoding import sha256
from messenger.roles import Role
from messenger.teams import enrolment
from messenger.teams import service as teams
from messenger.web.identity import Identity
from tests.cast import Cast
from tests.factories import PersonAtHand, new_id
from tests.plans import whole_table_reads


def identity(person: PersonAtHand) -> Identity:
    return Identity(person.account, Role(person.role), person.clinic, person.session, person.device, "en")


CALLS: dict[str, Callable[[Cast, Session], object]] = {
    "recognising a token": lambda cast, session: session_store.find_by_token(
        session, sha256(cast.nurse.token.encode())
    ),
    "listing one's devices": lambda cast, session: sessions.list_devices(
        session, identity(cast.nurse), cast.house.clock.now()
    ),
    "ending one's other sessions": lambda cast, session: sessions.sign_out_others(
        session, identity(cast.nurse), cast.house.clock.now()
    ),
    "signing a device out": lambda cast, session: sessions.sign_out(
        session, identity(cast.nurse), cast.house.clock.now()
    ),
    "ending what has run out": lambda cast, session: upkeep.tend(session, cast.house.clock.now() + timedelta(hours=3)),
    "starting to sign in": lambda cast, session: sign_in.start(
        session, cast.nurse.name, "password", cast.house.clock.now(), b"secret"
    ),
    "fetching a vault": lambda cast, session: vaults.newest_vault(session, cast.nurse.account),
    "looking somebody up": lambda cast, session: directory.look_up(
        session, identity(cast.nurse), cast.patient.account, cast.house.clock.now()
    ),
    "listing the staff of a clinic": lambda cast, session: people.list_entries_of_roles(
        session, cast.hand.clinic, [Role.NURSE, Role.PROVIDER]
    ),
    "listing a clinic's invitations": lambda cast, session: invitations.list_invitations(
        session, identity(cast.founder), cast.house.clock.now()
    ),
    "listing one's own invitations": lambda cast, session: invitations.list_invitations(
        session, identity(cast.nurse), cast.house.clock.now()
    ),
    "reading a chain": lambda cast, session: chains.list_statements(session, f"account:{cast.nurse.account}"),
    "placing a statement in a chain": lambda cast, session: chains.place_of(
        session, f"account:{cast.nurse.account}", cast.nurse.head
    ),
    "one's teams": lambda cast, session: teams.teams_of(session, cast.nurse.account, cast.house.clock.now()),
    "viewing teams": lambda cast, session: teams.view_teams(session, [cast.team.team], cast.nurse.account),
    "who reads": lambda cast, session: consent.readers_of(
        session, cast.patient.account, new_id("cnv"), cast.house.clock.now()
    ),
    "whether one reads": lambda cast, session: consent.may_read(
        session, cast.nurse.account, cast.patient.account, new_id("cnv"), cast.house.clock.now()
    ),
    "what covers one": lambda cast, session: consent.grants_to(session, cast.nurse.account, cast.house.clock.now()),
    "listing patients": lambda cast, session: directory.list_patients(
        session, identity(cast.nurse), "", cast.house.clock.now()
    ),
    "finding profiles": lambda cast, session: profiles.find_profiles(
        session, identity(cast.nurse), [cast.patient.account], cast.house.clock.now()
    ),
}


@pytest.mark.parametrize("call", CALLS)
def test_no_whole_table_is_read_when(cast: Cast, call: str) -> None:
    assert whole_table_reads(cast.house.database, lambda session: CALLS[call](cast, session)) == []


def test_no_whole_table_is_read_when_looking_at_an_invitation(cast: Cast) -> None:
    invited, now = cast.invite("patient", (cast.team.team,)).body.invitation, cast.house.clock.now()
    assert whole_table_reads(cast.house.database, lambda session: enrolment.look(session, invited, now)) == []


def test_a_missing_index_is_noticed(cast: Cast) -> None:
    with cast.house.database.unit_of_work() as session:
        session.execute(text("DROP INDEX ix_consents_grantee_patient"))
    database = cast.house.database
    now = cast.house.clock.now()
    assert whole_table_reads(database, lambda session: consent.grants_to(session, cast.nurse.account, now))
