"""A02: the server meddles with who is in a team."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from messenger.headless.account import Account
from messenger.headless.api import Api
from messenger.headless.directory import Directory
from messenger.headless.errors import HistoryRolledBack
from messenger.headless.keystore import Keystore
from messenger.headless.signing_in import sign_in
from messenger.headless.team_people import appoint, remove
from messenger.headless.teams import begin_generation, tend_teams
from messenger.protocol.errors import ProtocolError
from messenger.protocol.keys import SigningKey
from messenger.protocol.kinds.team import TeamAdmissionBody
from messenger.protocol.statement import payload_type
from tests.hostile.browsing import PageOf
from tests.hostile.clinic import AMARA, NEWCOMERS_PASSWORD, PEGGY, TOM, HostileClinic
from tests.hostile.forgery import payload_of, signed_by_the_server
from tests.hostile.test_directory import nothing_was_sealed

TEAMS = "/api/teams"
Answer = dict[str, Any]


def teams_lied_about(clinic: HostileClinic, twist: Callable[[list[Answer]], list[Answer]]) -> None:
    def lie(answer: Answer) -> Answer:
        return {"teams": [{**team, "statements": twist(team["statements"])} for team in answer["teams"]]}

    clinic.proxy.lie("GET", TEAMS, lie)


def admissions(statements: list[Answer]) -> list[Answer]:
    return [one for one in statements if one["type"] == payload_type(TeamAdmissionBody.kind)]


def forged_admission(clinic: HostileClinic) -> Callable[[list[Answer]], list[Answer]]:
    """A "team changed" event that the server has written itself: an administrator is let in."""
    outsider = clinic.member("ruth")["account"]

    def twist(statements: list[Answer]) -> list[Answer]:
        def change(payload: Answer) -> None:
            payload["body"]["account"] = outsider

        return [*statements[:-1], signed_by_the_server(statements[-1], change, SigningKey.generate())]

    return twist


def test_a02_python_client_takes_no_member_whom_the_server_added(clinic: HostileClinic) -> None:
    with clinic.new_device(PEGGY) as peggy:
        teams_lied_about(clinic, forged_admission(clinic))
        with pytest.raises(ProtocolError) as told:
            Directory(peggy).teams()
        assert told.value.code in {"unknown_signer", "wrong_key"}


def test_a02_python_client_seals_nothing_to_somebody_whom_only_the_server_says_to_wait(
    clinic: HostileClinic, newcomer: str
) -> None:
    """A nurse whom nobody placed in the team, shown to a member as waiting to be let in."""
    with Keystore(clinic.folder / f"{newcomer}.keystore") as kept:
        outsider = sign_in(Api(clinic.proxy.url), kept, clinic.clock, newcomer, NEWCOMERS_PASSWORD).id

    def pretend(answer: Answer) -> Answer:
        return {"teams": [{**team, "waiting": [outsider]} for team in answer["teams"]]}

    with clinic.own_device(AMARA) as amara:
        clinic.proxy.lie("GET", TEAMS, pretend)
        clinic.proxy.requests.clear()
        assert tend_teams(amara, Directory(amara)) == []
        assert nothing_was_sealed(clinic)


def test_a02_python_client_takes_no_old_place_in_a_team_after_the_removal(clinic: HostileClinic) -> None:
    """Tom is taken out; the server lets him in again with the statement that once did. At the end he comes back."""
    team, tom = clinic.member(AMARA)["teams"][0], clinic.member(TOM)["account"]
    with clinic.own_device("ruth") as ruth:
        remove(ruth, Directory(ruth), team, tom)

    def replay(statements: list[Answer]) -> list[Answer]:
        return [*statements, *(one for one in admissions(statements) if payload_of(one)["body"]["account"] == tom)]

    try:
        with clinic.new_device(PEGGY) as peggy:
            teams_lied_about(clinic, replay)
            with pytest.raises(ProtocolError) as told:
                Directory(peggy).teams()
            assert told.value.code == "broken_chain"
    finally:
        clinic.proxy.be_honest()
        bring_back(clinic, team, tom)


def test_a02_python_client_that_has_seen_a_removal_is_not_shown_the_team_before_it(clinic: HostileClinic) -> None:
    team, tom = clinic.member(AMARA)["teams"][0], clinic.member(TOM)["account"]
    with clinic.own_device("ruth") as ruth:
        remove(ruth, Directory(ruth), team, tom)
    try:
        with clinic.own_device(PEGGY) as peggy:
            Directory(peggy).teams()
            peggy.save_pins()
        with clinic.own_device(PEGGY) as peggy:
            teams_lied_about(clinic, lambda statements: statements[:-1])
            with pytest.raises(HistoryRolledBack):
                Directory(peggy).teams()
    finally:
        clinic.proxy.be_honest()
        bring_back(clinic, team, tom)


def test_a02_browser_sends_nothing_to_a_team_with_a_member_whom_the_server_added(
    clinic: HostileClinic, page_of: PageOf
) -> None:
    page = page_of(PEGGY)
    teams_lied_about(clinic, forged_admission(clinic))
    page.goto(f"{clinic.proxy.url}/conversations/{clinic.conversation_of(PEGGY)}")
    expect(page.get_by_text("The list of who can read does not follow from what was agreed")).to_be_visible()
    expect(page.locator("article")).to_have_count(0)


def bring_back(clinic: HostileClinic, team: str, person: str) -> None:
    """By an appointment, the next key without them, and an admission to that."""
    with clinic.own_device(AMARA) as amara:
        tend(amara)
        appoint(amara, Directory(amara), team, person, "nurse")
        tend(amara)
        begin_generation(amara, Directory(amara), team)


def tend(account: Account) -> None:
    """What the account's client does for its teams by itself."""
    tend_teams(account, Directory(account))
