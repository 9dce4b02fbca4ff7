"""Vectors of shares: combined, opened by custodians, released to requesters."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Final

from messenger.protocol.emergency_shares import Share, combine_shares, open_release, open_share
from messenger.protocol.encoding import b64u_encode, hash_text
from messenger.protocol.errors import OpeningFailed
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.kinds.emergency import EmergencyReleaseBody
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody, SealedShare
from messenger.protocol.sealing import (
    emergency_release_box_info,
    emergency_share_box_info,
)
from tests.vectors.ours.makers.emergencies import EMERGENCY, request_body
from tests.vectors.ours.makers.emergency_world import CARLA, CORA, CYRIL, emergency_key
from tests.vectors.ours.makers.pinned import pinned_box
from tests.vectors.ours.makers.world import AMARA, Person, some_hash

# The seed of the key "elm", split once by each of the two libraries: 32 bytes of values and the index.
BY_PYTHON: Final = (
    "27fa597d0c9ebfef174e71a42c724ca4e242d65236710b2855ff8ba68d061779fc",
    "e0baad1637de0aec1ead78937f9c4aa0e98acfb7e23dccee384f853365084fdfd2",
    "6af46cc23390221ef6aa90725dd9b50a5417b94f049646c3136a353cdfb8d09b45",
)
BY_BROWSER: Final = (
    "b4b2eaeb4be285e1eed0fcb859cab80e017ab1e6385f9394ace0739e42772b09ea",
    "68396facae3705dc27ca94bd87b49bfc33699d3fa625e7adfc604916e3e7866454",
    "604e614bddf7a981150da51f9c2827a69366dc95eb9f24d632cca5f6e0d3eff732",
)
PEOPLE: Final = tuple(sorted((CARLA, CYRIL, CORA), key=lambda one: one.account))


def shares_of(split: tuple[str, ...]) -> list[Share]:
    """The shares of a split."""
    return [Share(raw[32], raw[:32]) for raw in map(bytes.fromhex, split)]


def keyed_for(shares: list[Share]) -> tuple[EmergencyKeyBody, dict[str, bytes]]:
    """The emergency key whose boxes hold these shares, and the boxes."""
    key, boxes, sealed = emergency_key(), {}, []
    for person, share in zip(PEOPLE, shares, strict=True):
        place = (key.conversation, key.emergency_key, key.custodian_set, share.index, person.account)
        info = emergency_share_box_info(*place, person.sealing().id)
        boxes[person.account] = pinned_box(person.sealing(), info, share.value)
        listed = hash_text(boxes[person.account])
        sealed.append(SealedShare(person.account, share.index, person.sealing().id, listed))
    return replace(key, shares=tuple(sealed)), boxes


def shares_table() -> JsonObject:
    """Combining, a custodian's opening, a requester's opening."""
    return {"combined": _combined(), "custodian": _opened_by_custodians(), "requester": _opened_by_requesters()}


def _combined() -> list[JsonValue]:
    key = emergency_key()
    python, browser = shares_of(BY_PYTHON), shares_of(BY_BROWSER)
    flipped = replace(python[0], value=bytes([python[0].value[0] ^ 1]) + python[0].value[1:])
    good = [("python", python), ("browser", browser)]
    cases = [
        (f"{made}: shares {one} and {two}", [split[one], split[two]])
        for made, split in good
        for one, two in combinations(range(3), 2)
    ]
    cases += [("all three", python), ("in the other order", [browser[2], browser[0]])]
    cases += [
        ("one of each split", [python[0], browser[1]]),
        ("a flipped bit", [flipped, python[1]]),
        ("one alone", python[:1]),
        ("none", []),
        ("one twice", [python[0], python[0]]),
        ("one at another's place", [python[0], replace(python[1], index=python[2].index)]),
    ]
    return [_combination(name, key, shares) for name, shares in cases]


def _combination(name: str, key: EmergencyKeyBody, shares: list[Share]) -> JsonObject:
    listed: list[JsonValue] = [{"index": one.index, "value_hex": one.value.hex()} for one in shares]
    case: JsonObject = {"name": name, "key": key.as_json(), "shares": listed}
    try:
        return {**case, "seed_hex": combine_shares(key, shares).seed.hex()}
    except OpeningFailed as refused:
        return {**case, "error": refused.code}


def _opened_by_custodians() -> list[JsonValue]:
    key, boxes = keyed_for(shares_of(BY_PYTHON))
    one, two = PEOPLE[:2]
    elsewhere = replace(key, conversation=EMERGENCY.replace("eme", "cnv"))
    other_set = replace(key, custodian_set=some_hash("another set"))
    other_index = replace(key, shares=(replace(key.shares[0], index=99), *key.shares[1:]))
    cases: list[tuple[str, EmergencyKeyBody, Person, bytes]] = [
        ("their own", key, one, boxes[one.account]),
        ("another's", key, one, boxes[two.account]),
        ("by nobody who is a custodian", key, AMARA, boxes[one.account]),
        ("of another conversation", elsewhere, one, boxes[one.account]),
        ("of another set", other_set, one, boxes[one.account]),
        ("at another index", other_index, one, boxes[one.account]),
    ]
    opened: list[JsonValue] = []
    for name, body, person, box in cases:
        case: JsonObject = {"name": name, "key": body.as_json(), "custodian": person.account}
        case |= {"seed_hex": person.sealing().seed.hex(), "box": b64u_encode(box)}
        try:
            share = open_share(body, person.account, person.sealing(), box)
            opened.append({**case, "index": share.index, "value_hex": share.value.hex()})
        except OpeningFailed as refused:
            opened.append({**case, "error": refused.code})
    return opened


def _opened_by_requesters() -> list[JsonValue]:
    request, statement = request_body(), some_hash("request")
    share, custodian = shares_of(BY_PYTHON)[0], PEOPLE[0].account
    place = (statement, request.emergency_key, share.index, custodian, AMARA.account, AMARA.sealing().id)
    box = pinned_box(AMARA.sealing(), emergency_release_box_info(*place), share.value)
    release = EmergencyReleaseBody(EMERGENCY, statement, custodian, share.index, request.key, hash_text(box))
    cases = [
        ("as it was released", release, box),
        ("another box", replace(release, box=some_hash("box")), box),
        ("against another request", replace(release, request=some_hash("another request")), box),
        ("by another custodian", replace(release, custodian=PEOPLE[1].account), box),
        ("at another index", replace(release, index=99), box),
        ("to another key", replace(release, key=some_hash("key")), box),
    ]
    opened: list[JsonValue] = []
    for name, body, sealed in cases:
        case: JsonObject = {"name": name, "request": request.as_json(), "release": body.as_json()}
        case |= {"seed_hex": AMARA.sealing().seed.hex(), "box": b64u_encode(sealed)}
        try:
            found = open_release(request, body, AMARA.sealing(), sealed)
            opened.append({**case, "index": found.index, "value_hex": found.value.hex()})
        except OpeningFailed as refused:
            opened.append({**case, "error": refused.code})
    return opened
