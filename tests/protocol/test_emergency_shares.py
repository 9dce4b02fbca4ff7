"""Shares of an emergency key: two of one set make it, nothing else does (§5)."""

import pytest

from messenger.protocol.emergency_shares import (
    Share,
    combine_shares,
    make_emergency_key,
    open_release,
    open_share,
    release_share,
)
from messenger.protocol.encoding import b64u_decode
from messenger.protocol.errors import OpeningFailed
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.emergency import EmergencyReleaseBody, EmergencyRequestBody
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody
from messenger.protocol.sealing import SealingKey
from messenger.protocol.shape import Members
from tests.protocol.own_vectors import Case, cases
from tests.protocol.test_emergency import shown
from tests.vectors.ours.makers.conversation import CONVERSATION
from tests.vectors.ours.makers.emergencies import request_body
from tests.vectors.ours.makers.emergency_world import CARLA, CORA, CYRIL, set_number
from tests.vectors.ours.makers.world import AMARA, made_id, some_hash

CUSTODIANS = {one.account: one for one in (CARLA, CYRIL, CORA)}


@pytest.mark.parametrize("case", cases("emergency_shares", "combined"))
def test_shares_make_the_key_or_nothing(case: Case) -> None:
    shares = [Share(share["index"], bytes.fromhex(share["value_hex"])) for share in case["shares"]]
    key = EmergencyKeyBody.parse(Members(case["key"]))
    shown(case, lambda: {"seed_hex": combine_shares(key, shares).seed.hex()})


@pytest.mark.parametrize("case", cases("emergency_shares", "custodian"))
def test_a_custodian_opens_their_own_share_in_its_place_alone(case: Case) -> None:
    key, private = EmergencyKeyBody.parse(Members(case["key"])), SealingKey(bytes.fromhex(case["seed_hex"]))

    def show() -> JsonObject:
        share = open_share(key, case["custodian"], private, b64u_decode(case["box"]))
        return {"index": share.index, "value_hex": share.value.hex()}

    shown(case, show)


@pytest.mark.parametrize("case", cases("emergency_shares", "requester"))
def test_a_requester_opens_what_was_released_against_their_request_alone(case: Case) -> None:
    request = EmergencyRequestBody.parse(Members(case["request"]))
    release = EmergencyReleaseBody.parse(Members(case["release"]))

    def show() -> JsonObject:
        private = SealingKey(bytes.fromhex(case["seed_hex"]))
        share = open_release(request, release, private, b64u_decode(case["box"]))
        return {"index": share.index, "value_hex": share.value.hex()}

    shown(case, show)


def test_any_two_custodians_open_a_new_key_and_one_does_not() -> None:
    public = {account: person.sealing().public for account, person in CUSTODIANS.items()}
    made = make_emergency_key(CONVERSATION, made_id("emk", "new"), set_number(1), public)
    shares = [
        open_share(made.body, account, person.sealing(), made.boxes[account])
        for account, person in sorted(CUSTODIANS.items())
    ]
    for pair in ((0, 1), (0, 2), (1, 2)):
        assert combine_shares(made.body, [shares[one] for one in pair]).public == made.body.sealing_key
    with pytest.raises(OpeningFailed):
        combine_shares(made.body, shares[:1])


def test_shares_of_two_keys_open_neither() -> None:
    public = {account: person.sealing().public for account, person in CUSTODIANS.items()}
    one, other = (
        make_emergency_key(CONVERSATION, made_id("emk", name), set_number(1), public) for name in ("one", "other")
    )
    first, *_, last = sorted(CUSTODIANS)
    mixed = [
        open_share(one.body, first, CUSTODIANS[first].sealing(), one.boxes[first]),
        open_share(other.body, last, CUSTODIANS[last].sealing(), other.boxes[last]),
    ]
    for made in (one, other):
        with pytest.raises(OpeningFailed) as refused:
            combine_shares(made.body, mixed)
        assert refused.value.code == "wrong_commitment"


def test_a_share_is_sealed_to_nobody_but_whom_the_request_names() -> None:
    request, share = request_body(), Share(9, bytes(32))
    body, box = release_share(request, some_hash("request"), CARLA.account, share, AMARA.sealing().public)
    assert open_release(request, body, AMARA.sealing(), box) == share
    with pytest.raises(OpeningFailed) as refused:
        release_share(request, some_hash("request"), CARLA.account, share, CORA.sealing().public)
    assert refused.value.code == "wrong_box"
