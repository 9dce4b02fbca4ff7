"""Chains of clinics, accounts, teams and consents: verified from what a person holds, never from what is served."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from messenger.protocol.account_chain import AccountChain, verify_account_chain
from messenger.protocol.clinic_chain import ClinicChain, verify_clinic_chain
from messenger.protocol.consent_chain import ConsentChain, Decision, verify_consent_chain
from messenger.protocol.consent_change import change_of
from messenger.protocol.errors import ProtocolError
from messenger.protocol.json_strict import JsonValue
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.shape import Members
from messenger.protocol.statement import Envelope
from messenger.protocol.team_chain import verify_team_chain
from tests.protocol.own_vectors import Case, cases, refusal, table
from tests.vectors.ours.makers.conversation import CONVERSATION


def envelopes(wire: list[JsonValue]) -> list[Envelope]:
    """Statements as they were served."""
    return [Envelope.parse(one) for one in wire]


@cache
def clinic() -> ClinicChain:
    """The vectors' clinic."""
    world = table("chains")["world"]
    return verify_clinic_chain(envelopes(world["clinic"]), world["clinic_key"])


@cache
def account(name: str) -> AccountChain | None:
    """One of the vectors' people, by account id."""
    person = table("chains")["world"]["accounts"].get(name)
    if person is None:
        return None
    inviter = None if person["inviter"] is None else account(person["inviter"])
    return verify_account_chain(envelopes(person["statements"]), name, clinic(), inviter)


def _refused(case: Case, verify: Callable[[], object]) -> bool:
    """Whether the case is one that must be refused, and was, with its code."""
    if "error" not in case:
        return False
    with pytest.raises(ProtocolError) as error:
        verify()
    assert refusal(error) == case["error"]
    return True


@pytest.mark.parametrize("case", cases("chains", "clinic_chains"))
def test_a_clinic(case: Case) -> None:
    def verify() -> ClinicChain:
        return verify_clinic_chain(envelopes(case["statements"]), case["key"])

    if not _refused(case, verify):
        assert (verify().head, list(verify().key_holders)) == (case["head"], case["key_holders"])


@pytest.mark.parametrize("case", cases("chains", "account_chains"))
def test_an_account(case: Case) -> None:
    def verify() -> AccountChain:
        inviter = None if case["inviter"] is None else account(case["inviter"])
        return verify_account_chain(envelopes(case["statements"]), case["account"], clinic(), inviter)

    if not _refused(case, verify):
        chain = verify()
        assert (chain.head, chain.role, chain.current.version) == (case["head"], case["role"], case["version"])
        assert chain.key_with_signing_id(case["signing_key"]) == chain.current
        assert chain.key_with_sealing_id(chain.keys[0].sealing.id) == chain.keys[0]


@pytest.mark.parametrize("case", cases("chains", "team_chains"))
def test_a_team(case: Case) -> None:
    statements = envelopes(case["statements"])
    if not _refused(case, lambda: verify_team_chain(statements, case["team"], clinic(), account)):
        chain = verify_team_chain(statements, case["team"], clinic(), account)
        assert (chain.head, [sorted(one.members) for one in chain.generations]) == (case["head"], case["members"])


@pytest.mark.parametrize("case", cases("chains", "consent_chains"))
def test_a_patients_consents(case: Case) -> None:
    statements, patient = envelopes(case["statements"]), account(case["patient"])
    assert patient is not None
    if _refused(case, lambda: verify_consent_chain(statements, patient)):
        return
    chain = verify_consent_chain(statements, patient)
    assert chain.head == case["head"]
    assert [_decided(one) for one in chain.decisions] == case["decisions"]
    assert [_standing(chain, head) for head in chain.hashes] == case["terms"]


def _decided(decision: Decision) -> dict[str, Any]:
    before, after = decision.before, decision.after
    return {
        **vars(decision),
        "before": None if before is None else before.as_json(),
        "after": None if after is None else after.as_json(),
    }


def _standing(chain: ConsentChain, head: str) -> dict[str, Any]:
    withdrawals = chain.withdrawals(head, CONVERSATION)
    try:
        standing = [one.as_json() for one in chain.terms_at(head)]
    except ProtocolError as refused:
        return {"standing": refused.code, "withdrawals": withdrawals}
    return {"standing": standing, "withdrawals": withdrawals}


def test_what_stands_now_is_what_stands_at_the_head() -> None:
    first, *_ = table("chains")["consent_chains"]
    patient = account(first["patient"])
    assert patient is not None
    chain = verify_consent_chain(envelopes(first["statements"]), patient)
    assert chain.head is not None
    assert chain.terms == chain.terms_at(chain.head)
    assert verify_consent_chain([], patient).terms == ()


@pytest.mark.parametrize("case", cases("consent_changes", "cases"))
def test_what_a_change_of_a_consent_does(case: Case) -> None:
    before, after = (ConsentBody.parse(Members(case[name])) for name in ("before", "after"))
    assert list(change_of(before, after)) == case["codes"]


def test_an_unknown_consent_head_is_told() -> None:
    chain = table("chains")["consent_chains"][0]
    patient = account(chain["patient"])
    assert patient is not None
    with pytest.raises(ProtocolError) as error:
        verify_consent_chain(envelopes(chain["statements"]), patient).place_of(chain["patient"])
    assert refusal(error) == "unknown_consent_head"
