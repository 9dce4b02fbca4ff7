"""Emergency access: who keeps shares, whose key it is, what opens it, and what no two custodians can do (§5)."""

from collections.abc import Callable
from dataclasses import asdict
from functools import cache, partial

import pytest

from messenger.protocol.clinic_chain import verify_clinic_chain
from messenger.protocol.consent_chain import ConsentChain, verify_consent_chain
from messenger.protocol.control_chain import ControlChain, continue_control_chain, verify_control_chain
from messenger.protocol.emergency_chain import verify_emergency
from messenger.protocol.emergency_text import open_text, seal_text
from messenger.protocol.encoding import b64u_decode, b64u_encode
from messenger.protocol.errors import ProtocolError
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.consent import ConsentBody
from messenger.protocol.kinds.emergency import EmergencyRequestBody
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody
from messenger.protocol.members import members
from messenger.protocol.rotation import EmergencyState, rotation_due
from messenger.protocol.sealing import SealingKey
from messenger.protocol.shape import Members
from messenger.protocol.team_chain import Teams, verify_team_chain
from tests.protocol.own_vectors import Case, cases, refusal
from tests.protocol.test_chains import envelopes
from tests.vectors.ours.makers.conversation import CONVERSATION
from tests.vectors.ours.makers.emergencies import request_body
from tests.vectors.ours.makers.emergency_world import CARLA, CORA, CYRIL, clinic, everybody, named_sets
from tests.vectors.ours.makers.world import CLINIC_KEY, PEGGY, TEAM

CUSTODIANS = {one.account: one for one in (CARLA, CYRIL, CORA)}


def shown(case: Case, show: Callable[[], JsonObject]) -> None:
    """The case shows what it says, or is refused with its code."""
    if "error" in case:
        with pytest.raises(ProtocolError) as error:
            show()
        assert refusal(error) == case["error"]
        return
    shown = show()
    assert shown == {name: case[name] for name in shown}


def _surroundings(case: Case) -> tuple[ConsentChain, Teams]:
    team = verify_team_chain(envelopes(case["team"]), TEAM, clinic(), everybody)
    return verify_consent_chain(envelopes(case["consents"]), PEGGY.verified()), {TEAM: team}


def verified(case: Case) -> ControlChain:
    return verify_control_chain(
        envelopes(case["statements"]), CONVERSATION, *_surroundings(case), everybody, named_sets()
    )


@pytest.mark.parametrize("case", cases("emergency", "control_chains"))
def test_a_conversation_continued_from_any_place_has_the_emergency_keys_it_had(case: Case) -> None:
    judged_by, statements = (*_surroundings(case), cache(everybody), named_sets()), envelopes(case["statements"])
    whole = None if "error" in case else verified(case)
    for cut in range(1, len(statements) + 1):
        known_or_refused = partial(verify_control_chain, statements[:cut], CONVERSATION, *judged_by)
        if "error" not in case:
            assert continue_control_chain(known_or_refused(), statements[cut:], *judged_by) == whole
            continue
        with pytest.raises(ProtocolError) as error:
            continue_control_chain(known_or_refused(), statements[cut:], *judged_by)
        assert refusal(error) == case["error"]


@pytest.mark.parametrize("case", cases("emergency", "clinic_chains"))
def test_the_custodians_that_a_clinic_names(case: Case) -> None:
    def show() -> JsonObject:
        chain = verify_clinic_chain(envelopes(case["statements"]), CLINIC_KEY.id)
        assert chain.custodians == (chain.custodian_sets[-1] if chain.custodian_sets else None)
        return {"sets": [one.hash for one in chain.custodian_sets]}

    shown(case, show)


@pytest.mark.parametrize("case", cases("emergency", "choices"))
def test_what_a_patient_chose(case: Case) -> None:
    def show() -> JsonObject:
        chain = verify_consent_chain(envelopes(case["statements"]), PEGGY.verified())
        choices: list[JsonValue] = [asdict(choice) for choice in chain.choices]
        heads: list[JsonValue] = [_chosen_at(chain, head) for head in chain.hashes]
        return {"choices": [*choices], "heads": heads}

    shown(case, show)


def _chosen_at(chain: ConsentChain, head: str) -> JsonObject:
    try:
        opted_in: bool | str = chain.opted_in_at(head)
    except ProtocolError as refused:
        opted_in = refused.code
    return {"opted_in": opted_in, "withdrawals": chain.withdrawals(head, CONVERSATION)}


@pytest.mark.parametrize("case", cases("emergency", "members"))
def test_an_emergency_key_is_a_reader_like_another(case: Case) -> None:
    consents = [ConsentBody.parse(Members(consent)) for consent in case["consents"]]
    assert [*members(PEGGY.account, consents, CONVERSATION, case["at"], case["emergency"])] == case["members"]


@pytest.mark.parametrize("case", cases("emergency", "control_chains"))
def test_a_conversation_with_an_emergency_key(case: Case) -> None:
    def show() -> JsonObject:
        chain = verified(case)
        epochs: list[JsonValue] = [[reader.reader for reader in link.epoch.readers] for link in chain.links]
        standing = None if chain.emergency is None else chain.emergency.id
        return {"head": chain.head, "epochs": epochs, "standing": standing}

    shown(case, show)


@pytest.mark.parametrize("case", cases("emergency", "rotation"))
def test_when_an_emergency_key_must_be_left_out(case: Case) -> None:
    consents, teams = _surroundings(case)
    state = EmergencyState(named_sets().get(case["running"] or ""), case["used"])
    assert rotation_due(verified(case), consents, teams, everybody, case["now"], state) == case["reason"]


@pytest.mark.parametrize("case", cases("emergency", "emergencies"))
def test_an_emergency(case: Case) -> None:
    def show() -> JsonObject:
        key = EmergencyKeyBody.parse(Members(case["key"]))
        found = verify_emergency(envelopes(case["statements"]), case["emergency"], key, everybody)
        finding = None if found.closing is None else found.closing.finding
        runs = {instant: found.runs_at(instant) for instant in case["runs"]}
        by = [release.body.custodian for release in found.releases]
        return {"head": found.hashes[-1], "opened": found.opened, "by": [*by], "finding": finding, "runs": {**runs}}

    shown(case, show)


@pytest.mark.parametrize("case", cases("emergency", "texts"))
def test_who_may_reads_what_was_written(case: Case) -> None:
    request, private = EmergencyRequestBody.parse(Members(case["request"])), SealingKey(bytes.fromhex(case["seed_hex"]))
    sealed = (b64u_decode(case["box"]), b64u_decode(case["ciphertext"]))
    shown(case, lambda: {"text": open_text(request, case["reader"], private, *sealed)})


def test_what_was_written_reaches_all_whom_it_was_sealed_to() -> None:
    readers = {one.account: one.sealing().public for one in (CARLA, PEGGY)}
    sealed = seal_text(request_body().emergency, "昏迷, no relatives here", readers)
    request = request_body(text=sealed.hash, boxes=sealed.listed)
    for person in (CARLA, PEGGY):
        box = sealed.boxes[person.account]
        assert open_text(request, person.account, person.sealing(), box, sealed.ciphertext).startswith("昏迷")
    with pytest.raises(ValueError, match=r"2,000"):
        seal_text(request.emergency, "", readers)
    assert b64u_encode(sealed.ciphertext) not in request.text
