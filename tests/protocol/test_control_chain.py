"""The control chain: whose key, for whom, on whose word; who is a reader; when an epoch must be left."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.protocol.account_chain import AccountChain
from messenger.protocol.consent_chain import ConsentChain, verify_consent_chain
from messenger.protocol.control_chain import ControlChain, continue_control_chain, verify_control_chain
from messenger.protocol.errors import ProtocolError
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.members import members
from messenger.protocol.rotation import current_keys, rotation_due
from messenger.protocol.shape import Members
from messenger.protocol.team_chain import Teams, verify_team_chain
from tests.protocol.own_vectors import Case, cases, refusal, table
from tests.protocol.test_chains import account, clinic, envelopes
from tests.vectors.ours.makers.consents import consent_body
from tests.vectors.ours.makers.conversation import CONVERSATION, Conversation, Surroundings
from tests.vectors.ours.makers.world import PEGGY, TEAM, TOM, at, made_id


def surroundings_of(case: Case) -> tuple[ConsentChain, Teams]:
    """What the case's control chain is judged by."""
    patient = account(table("control_chains")["patient"])
    assert patient is not None
    team = verify_team_chain(envelopes(case["team"]), TEAM, clinic(), account)
    return verify_consent_chain(envelopes(case["consents"]), patient), {TEAM: team}


def verified(case: Case) -> ControlChain:
    consents, teams = surroundings_of(case)
    return verify_control_chain(envelopes(case["statements"]), CONVERSATION, consents, teams, account)


@pytest.mark.parametrize("case", cases("control_chains", "chains"))
def test_a_conversation(case: Case) -> None:
    if "error" in case:
        with pytest.raises(ProtocolError) as error:
            verified(case)
        assert refusal(error) == case["error"]
        return
    chain = verified(case)
    assert chain.head == case["head"]
    assert [[one.reader for one in link.epoch.readers] for link in chain.links] == case["epochs"]
    name = None if chain.name is None else {"epoch": chain.name.epoch, "ciphertext": chain.name.ciphertext}
    assert name == case["name_of"]


def _continued(case: Case, cut: int) -> ControlChain:
    consents, teams = surroundings_of(case)
    statements = envelopes(case["statements"])
    known = verify_control_chain(statements[:cut], CONVERSATION, consents, teams, account)
    return continue_control_chain(known, statements[cut:], consents, teams, account)


@pytest.mark.parametrize("case", cases("control_chains", "chains"))
def test_a_chain_continued_from_any_place_is_judged_as_from_its_beginning(case: Case) -> None:
    for cut in range(1, len(case["statements"]) + 1):
        if "error" not in case:
            assert _continued(case, cut) == verified(case)
            continue
        with pytest.raises(ProtocolError) as error:
            _continued(case, cut)
        assert refusal(error) == case["error"]


def test_nothing_follows_a_chain_that_is_not_its_own_or_was_judged_by_other_consents() -> None:
    accepted = [case.values[0] for case in cases("control_chains", "chains") if "error" not in case.values[0]]
    long = max(accepted, key=lambda case: len(case["statements"]))
    (consents, teams), chain = surroundings_of(long), verified(long)
    for again, code in ((long["statements"], "wrong_type"), (long["statements"][-1:], "broken_chain")):
        with pytest.raises(ProtocolError) as error:
            continue_control_chain(chain, envelopes(again), consents, teams, account)
        assert refusal(error) == code
    other = replace(consents, hashes=tuple(reversed(consents.hashes))[1:])
    for judged_by, code in ((other, "unknown_consent_head"), (replace(consents, patient=TOM.account), "wrong_patient")):
        with pytest.raises(ProtocolError) as error:
            continue_control_chain(chain, [], judged_by, teams, account)
        assert refusal(error) == code


def test_a_known_chain_is_not_gone_on_from_once_a_readers_keys_do_not_hold() -> None:
    accepted = [case.values[0] for case in cases("control_chains", "chains") if "error" not in case.values[0]]
    for case in accepted:
        consents, teams = surroundings_of(case)
        chain = verified(case)
        for reader in chain.running.keys:
            known_teams = {team: one for team, one in teams.items() if team != reader}

            def others(asked: str, reader: str = reader) -> AccountChain | None:
                return None if asked == reader else account(asked)

            with pytest.raises(ProtocolError) as error:
                continue_control_chain(chain, [], consents, known_teams, others)
            assert refusal(error) in {"unknown_account", "unknown_team"}


@pytest.mark.parametrize("case", cases("control_chains", "rotation"))
def test_when_an_epoch_must_be_left(case: Case) -> None:
    consents, teams = surroundings_of(case)
    assert rotation_due(verified(case), consents, teams, account, case["now"]) == case["reason"]


@pytest.mark.parametrize("case", cases("members", "cases"))
def test_who_is_a_reader(case: Case) -> None:
    consents = [ConsentBody.parse(Members(consent)) for consent in case["consents"]]
    found = members(table("members")["patient"], consents, case["conversation"], case["at"])
    assert list(found) == case["members"]


_consents = st.builds(
    lambda name, grantee, begins, lasts: ConsentBody(
        made_id("cns", name),
        PEGGY.account,
        PEGGY.invitation_body().clinic,
        made_id("tea", grantee),
        "all",
        "treatment",
        "all",
        None,
        at(begins),
        None if lasts is None else at(begins + lasts),
        True,
    ),
    st.text(max_size=3),
    st.sampled_from("abc"),
    st.integers(0, 50),
    st.none() | st.integers(1, 50),
)


@given(st.lists(_consents, max_size=6), st.integers(0, 120))
def test_the_order_of_consents_does_not_matter_and_the_patient_always_reads(
    consents: list[ConsentBody], minutes: int
) -> None:
    found = members(PEGGY.account, consents, CONVERSATION, at(minutes))
    assert found == members(PEGGY.account, reversed(consents), CONVERSATION, at(minutes))
    assert PEGGY.account in found
    assert list(found) == sorted(set(found))
    assert set(found) - {PEGGY.account} <= {consent.grantee for consent in consents}


def test_which_link_ran_at_a_head() -> None:
    conversation = Conversation().created().named().rotated()
    chain = conversation.around.verify(conversation.statements)
    assert [chain.running_at(head) for head in chain.hashes] == [chain.links[0], chain.links[0], chain.links[1]]
    assert chain.running_at(conversation.consent_head()) is None
    assert (chain.link_of(0), chain.link_of(1), chain.link_of(3)) == (None, chain.links[0], None)


def test_nobody_can_say_when_an_epoch_must_be_left_once_a_newer_version_decided() -> None:
    conversation = Conversation(Surroundings(unread=True)).created()
    around = conversation.around
    with pytest.raises(ProtocolError) as error:
        rotation_due(around.verify(conversation.statements), around.consent_chain(), around.teams(), account, at(301))
    assert refusal(error) == "newer_version"


def test_a_team_without_a_key_can_be_sealed_nothing() -> None:
    team = verify_team_chain(envelopes(table("chains")["team_chains"][0]["statements"]), TEAM, clinic(), account)
    with pytest.raises(ProtocolError) as error:
        current_keys([consent_body("one").grantee], {TEAM: team}, account)
    assert refusal(error) == "team_without_key"
