"""People whom a patient keeps from reading: who reads in a team's place, and which links that allows."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.protocol.consent_chain import verify_consent_chain
from messenger.protocol.control_chain import ControlChain, verify_control_chain
from messenger.protocol.encoding import format_time, parse_time
from messenger.protocol.errors import ProtocolError
from messenger.protocol.history_due import history_due
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.kinds.team_people import CoverPeriod
from messenger.protocol.members import members
from messenger.protocol.rotation import rotation_due
from messenger.protocol.shape import Members
from tests.protocol.own_vectors import Case, cases, refusal, table
from tests.protocol.test_chains import account, envelopes
from tests.protocol.test_control_chain import surroundings_of
from tests.vectors.ours.makers.blocked_conversations import THREE
from tests.vectors.ours.makers.consents import consent_body
from tests.vectors.ours.makers.world import AMARA, MEI, PEGGY, TEAM, TOM, at

CONVERSATION = table("blocks")["conversation"]


def verified(case: Case) -> ControlChain:
    consents, teams = surroundings_of(case)
    return verify_control_chain(envelopes(case["statements"]), CONVERSATION, consents, teams, account)


@pytest.mark.parametrize("case", cases("blocks", "consents"))
def test_a_patient_blocks_and_unblocks(case: Case) -> None:
    patient = account(table("blocks")["patient"])
    assert patient is not None
    if "error" in case:
        with pytest.raises(ProtocolError) as error:
            verify_consent_chain(envelopes(case["statements"]), patient)
        assert refusal(error) == case["error"]
        return
    chain = verify_consent_chain(envelopes(case["statements"]), patient)
    after = [
        {
            "blocked": sorted(chain.blocked_at(head)),
            "terms": len(chain.terms_at(head)),
            "withdrawals": chain.withdrawals(head, CONVERSATION),
        }
        for head in chain.hashes
    ]
    assert after == case["after"]


@pytest.mark.parametrize("case", cases("blocks", "members"))
def test_who_reads_where_somebody_is_blocked(case: Case) -> None:
    consents = [ConsentBody.parse(Members(one)) for one in case["consents"]]
    teams = {
        team: {
            account: None if cover is None else CoverPeriod(cover["from"], cover["until"])
            for account, cover in who.items()
        }
        for team, who in case["teams"].items()
    }
    found = members(PEGGY.account, consents, CONVERSATION, case["at"], blocked=case["blocked"], teams=teams)
    assert list(found) == case["members"]


@pytest.mark.parametrize("case", cases("blocks", "control"))
def test_a_conversation_where_somebody_is_blocked(case: Case) -> None:
    if "error" in case:
        with pytest.raises(ProtocolError) as error:
            verified(case)
        assert refusal(error) == case["error"]
        return
    assert [[one.reader for one in link.epoch.readers] for link in verified(case).links] == case["epochs"]


@pytest.mark.parametrize("case", cases("blocks", "rotation"))
def test_when_a_block_or_a_change_of_its_team_ends_an_epoch(case: Case) -> None:
    consents, teams = surroundings_of(case)
    assert rotation_due(verified(case), consents, teams, account, case["now"]) == case["reason"]


@pytest.mark.parametrize("case", cases("blocks", "history"))
def test_what_is_opened_to_those_in_a_teams_place(case: Case) -> None:
    if "error" in case:
        with pytest.raises(ProtocolError) as error:
            verified(case)
        assert refusal(error) == case["error"]
        return
    consents, teams = surroundings_of(case)
    due = history_due(verified(case), consents, teams, case["now"])
    assert [{**vars(one), "epochs": list(one.epochs)} for one in due] == case["due"]


STAFF = tuple(person.account for person in (AMARA, TOM, MEI))
groups = st.sets(st.sampled_from(STAFF))


@given(groups, groups, st.booleans())
def test_nobody_who_is_blocked_reads_and_nobody_else_stops(blocked: set[str], named: set[str], team: bool) -> None:
    """Told over people instead of readers: who reads without a block and is not blocked reads with it."""
    consents = [consent_body(one, one) for one in named] + ([consent_body("one")] if team else [])
    people: dict[str, dict[str, CoverPeriod | None]] = {TEAM: dict.fromkeys(STAFF)}
    found = members(PEGGY.account, consents, CONVERSATION, at(150), blocked=blocked, teams=people)
    behind = {account for reader in found for account in people.get(reader, (reader,))}
    assert behind == ({*STAFF} if team else named) - blocked | {PEGGY.account}


def test_a_team_is_remembered_as_it_stood_at_each_time() -> None:
    left = THREE.removes(MEI, 500).chain
    both, three = {AMARA.account, TOM.account}, {AMARA.account, TOM.account, MEI.account}
    an_hour = timedelta(hours=1)
    before, after = (format_time(parse_time(at(500)) + shift) for shift in (-an_hour, an_hour))
    assert [set(one) for one in left.people_around(before)] == [three]
    assert [set(one) for one in left.people_around(at(500))] == [three, both]
    assert [set(one) for one in left.people_around(after)] == [both]
    assert set(left.people) == both
