"""Vectors of statements: one of every kind, and everything that may be wrong with an envelope, a header, a body."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.keys import SigningKey
from messenger.protocol.statement import Envelope, Signature, payload_type
from tests.vectors.ours.makers import world
from tests.vectors.ours.makers.examples import (
    CONVERSATION,
    Example,
    example_epoch,
    example_generation,
    example_vault,
    examples,
)
from tests.vectors.ours.makers.pinned import seed
from tests.vectors.ours.makers.world import AMARA, TEAM, at, made_id, some_hash


def statements() -> JsonObject:
    """`verified`: one of every kind. `refused`: what must not verify there, by the code of the first fault met."""
    good = examples()
    return {
        "verified": [_case(f"a {one.body.kind}", one, one.envelope()) for one in good],
        "refused": [*_broken_envelopes(), *_broken_payloads(), *_broken_bodies()],
    }


def _case(name: str, example: Example, envelope: Envelope) -> JsonObject:
    payload: JsonObject = json.loads(envelope.payload)
    return {
        "name": name,
        "kind": example.body.kind,
        "keys": world.publics(example.keys),
        "envelope": envelope.as_json(),
        "hash": envelope.hash,
        "payload": payload,
    }


def _refused(name: str, example: Example, envelope: JsonValue, error: str) -> JsonObject:
    return {
        "name": f"{example.body.kind}: {name}",
        "kind": example.body.kind,
        "keys": world.publics(example.keys),
        "envelope": envelope,
        "error": error,
    }


def _broken_envelopes() -> list[JsonObject]:
    """What may be wrong before anything is parsed, tried on the kind with two signatures."""
    example = next(one for one in examples() if one.body.kind == "key")
    good = example.envelope()
    one, two = good.signatures
    stranger = SigningKey(seed("stranger"))
    by_stranger = Signature(one.by, stranger.id, stranger.sign(good.signed_bytes))
    flipped = replace(one, signature=bytes([one.signature[0] ^ 1]) + one.signature[1:])
    changes: list[tuple[str, Envelope, str]] = [
        ("another type", replace(good, type=payload_type("consent")), "wrong_type"),
        ("another version of its type", replace(good, type=good.type.replace("v1", "v2")), "wrong_type"),
        ("no signature", replace(good, signatures=()), "missing_signature"),
        ("one signature missing", replace(good, signatures=(one,)), "missing_signature"),
        ("the other signature missing", replace(good, signatures=(two,)), "missing_signature"),
        (
            "a signature too many",
            replace(good, signatures=(one, two, replace(two, by="previous"))),
            "unexpected_signature",
        ),
        ("a signature twice", replace(good, signatures=(one, two, two)), "unexpected_signature"),
        ("another signer's", replace(good, signatures=(by_stranger, two)), "wrong_key"),
        ("another key named", replace(good, signatures=(replace(one, key=stranger.id), two)), "wrong_key"),
        (
            "signatures exchanged",
            replace(good, signatures=(replace(one, signature=two.signature), two)),
            "bad_signature",
        ),
        ("a flipped bit in a signature", replace(good, signatures=(flipped, two)), "bad_signature"),
        (
            "a short signature",
            replace(good, signatures=(replace(one, signature=one.signature[:63]), two)),
            "bad_signature",
        ),
        ("a changed payload", replace(good, payload=good.payload.replace(b"first", b"firsT")), "bad_signature"),
        ("white space in the payload", replace(good, payload=good.payload + b" "), "bad_signature"),
        ("too large", replace(good, payload=good.payload.ljust(65_537)), "statement_too_large"),
    ]
    cases = [_refused(name, example, envelope.as_json(), error) for name, envelope, error in changes]
    wire = good.as_json()
    signature: Any = wire["signatures"]
    cases += [
        _refused("a member too many", example, {**wire, "extra": None}, "bad_members"),
        _refused("no payload", example, {k: v for k, v in wire.items() if k != "payload"}, "bad_members"),
        _refused("padded base64", example, {**wire, "payload": f"{wire['payload']}="}, "bad_members"),
        _refused(
            "another algorithm",
            example,
            {**wire, "signatures": [{**signature[0], "alg": "ML-DSA-65"}, signature[1]]},
            "unsupported_algorithm",
        ),
        _refused("not an object", example, "statement", "bad_members"),
        _refused("nine signatures", example, {**wire, "signatures": signature[:1] * 9}, "bad_members"),
    ]
    return cases


def _broken_payloads() -> list[JsonObject]:
    """Headers that are wrong although they are signed."""
    chained = next(one for one in examples() if one.body.kind == "conversation-rotation")
    alone = next(one for one in examples() if one.body.kind == "open")
    other = made_id("cnv", "another conversation")
    changes: list[tuple[str, Example, JsonObject, str]] = [
        ("version 2", chained, {"v": 2}, "newer_version"),
        ("version 2 with a new member", chained, {"v": 2, "extra": 1}, "newer_version"),
        ("version 0", chained, {"v": 0}, "bad_members"),
        ("version as text", chained, {"v": "1"}, "bad_members"),
        ("an unknown member", chained, {"extra": 1}, "bad_members"),
        ("another kind", chained, {"kind": "consent"}, "wrong_kind"),
        ("a kind that nobody knows", chained, {"kind": "conversation-rotatioN"}, "wrong_kind"),
        ("another chain", chained, {"chain": f"conversation:{other}"}, "wrong_chain"),
        ("no chain", chained, {"chain": None, "sequence": None, "previous": None}, "wrong_chain"),
        ("at the start", chained, {"sequence": 0, "previous": None}, "wrong_position"),
        ("sequence without previous", chained, {"previous": None}, "wrong_position"),
        ("previous without sequence", chained, {"sequence": 0}, "wrong_position"),
        ("no sequence", chained, {"sequence": None}, "wrong_position"),
        ("negative sequence", chained, {"sequence": -1}, "bad_members"),
        ("a sequence that is a flag", chained, {"sequence": True}, "bad_members"),
        ("a time without milliseconds", chained, {"time": "2026-03-02T09:05:00Z"}, "bad_members"),
        (
            "another signer's key",
            chained,
            {"signer": {"account": AMARA.account, "key": some_hash("x")}},
            "wrong_signer",
        ),
        ("a signer of another type", chained, {"signer": {"account": TEAM, "key": AMARA.signing().id}}, "bad_members"),
        ("a signer without a key", chained, {"signer": {"account": AMARA.account}}, "bad_members"),
        ("a body that is a list", chained, {"body": []}, "bad_members"),
        ("in a chain", alone, {"chain": f"conversation:{CONVERSATION}", "sequence": 0}, "wrong_chain"),
        ("with a sequence", alone, {"sequence": 0}, "wrong_position"),
    ]
    cases = [
        _refused(name, example, _signed(example, example.payload() | change), error)
        for name, example, change, error in changes
    ]
    duplicated = chained.envelope().payload.replace(b'"v":1,', b'"v":1,"v":1,')
    for name, payload in (("a duplicate name", duplicated), ("no JSON", b"statement"), ("a list", b"[]")):
        error = "bad_members" if payload == b"[]" else "malformed_json"
        cases.append(_refused(name, chained, _signed(chained, payload), error))
    return cases


def _broken_bodies() -> list[JsonObject]:
    """For each kind, a body with a member too many and, one after the other, with each member missing."""
    cases: list[JsonObject] = []
    for example in examples():
        payload = example.payload()
        body: dict[str, Any] = payload["body"]
        cases.append(
            _refused(
                "body with a member too many",
                example,
                _signed(example, payload | {"body": body | {"x": 1}}),
                "bad_members",
            )
        )
        for name in body:
            rest = {key: value for key, value in body.items() if key != name}
            cases.append(
                _refused(f"body without {name}", example, _signed(example, payload | {"body": rest}), "bad_members")
            )
    return cases + [
        _refused(
            name, example, _signed(example, example.payload() | {"body": example.payload()["body"] | change}), error
        )
        for name, example, change, error in _body_changes()
    ]


def _body_changes() -> list[tuple[str, Example, dict[str, Any], str]]:
    by_kind = {one.body.kind: one for one in examples()}
    weak, other = b64u_encode(bytes(32)), made_id("acc", "somebody")
    readers: Any = example_epoch(2).as_json()["readers"]
    member: Any = example_generation().as_json()["members"]
    slots: Any = example_vault().as_json()["slots"]
    epochs: Any = by_kind["conversation-history"].payload()["body"]["epochs"]
    custodians: Any = by_kind["custodians"].payload()["body"]["custodians"]
    shares: Any = by_kind["emergency-key"].payload()["body"]["shares"]
    unsorted = {**example_epoch(2).as_json(), "readers": readers[::-1]}
    repeated = {**example_epoch(2).as_json(), "readers": [readers[0], readers[0]]}
    changes: dict[str, list[tuple[str, dict[str, Any], str]]] = {
        "clinic": [
            ("a weak key", {"signing_key": weak}, "weak_key"),
            ("an empty name", {"name": ""}, "bad_members"),
            ("a long name", {"name": "诊" * 201}, "bad_members"),
        ],
        "invitation": [
            ("a weak key", {"public_key": weak}, "weak_key"),
            ("no such role", {"role": "owner"}, "bad_members"),
            ("a patient without a team", {"teams": []}, "bad_members"),
            ("a patient with a card", {"card": some_hash("card")}, "bad_members"),
            ("a team twice", {"teams": [TEAM, TEAM]}, "bad_members"),
        ],
        "key": [
            ("a weak signing key", {"signing_key": weak}, "weak_key"),
            ("a weak sealing key", {"sealing_key": b64u_encode(bytes(1216))}, "weak_key"),
            ("a short sealing key", {"sealing_key": b64u_encode(bytes(1215))}, "bad_members"),
            ("a first version that was stolen", {"reason": "stolen"}, "bad_members"),
            ("a second version that is the first", {"version": 2}, "bad_members"),
        ],
        "vault": [
            ("no slot", {"slots": []}, "bad_members"),
            ("a slot twice", {"slots": [slots[0], slots[0]]}, "bad_members"),
            ("a slot made later", {"slots": [slots[0] | {"made_in": 2}]}, "bad_members"),
            ("a password slot without Argon2id", {"slots": [slots[0] | {"kdf": slots[1]["kdf"]}]}, "bad_members"),
            ("an unknown derivation", {"slots": [slots[0] | {"kdf": {"name": "scrypt"}}]}, "bad_members"),
            ("a weak sign-in key", {"slots": [slots[0] | {"sign_in_key": weak}]}, "weak_key"),
        ],
        "team-generation": [
            ("no member", {"members": []}, "bad_members"),
            ("a member twice", {"members": [member[0], member[0]]}, "bad_members"),
            ("a first generation with a link", {"link": some_hash("link")}, "bad_members"),
            ("a second generation without a link", {"generation": 2}, "bad_members"),
            ("a weak key", {"sealing_key": b64u_encode(bytes(1216))}, "weak_key"),
        ],
        "team-change": [
            ("no manager", {"managers": []}, "bad_members"),
            ("managers not sorted", {"managers": sorted([other, AMARA.account], reverse=True)}, "bad_members"),
            ("an empty name", {"name": ""}, "bad_members"),
        ],
        "team-appointment": [
            ("no such role", {"role": "owner"}, "bad_members"),
            ("a cover that ends as it begins", {"cover": {"from": at(1), "until": at(1)}}, "bad_members"),
            ("a cover without an end", {"cover": {"from": at(1)}}, "bad_members"),
            ("a cover with a member too many", {"cover": {"from": at(1), "until": at(2), "x": 1}}, "bad_members"),
            ("an account that is a team", {"account": TEAM}, "bad_members"),
        ],
        "consent-change": [
            ("ends as it begins", {"until": at(10)}, "bad_members"),
            ("history from nowhere", {"from": None}, "bad_members"),
            ("a date without history from", {"history": "all"}, "bad_members"),
            ("an unknown purpose", {"purpose": "advertising"}, "bad_members"),
            ("a scope that is a team", {"scope": TEAM}, "bad_members"),
            ("another grantee", {"grantee": TEAM}, "bad_members"),
        ],
        "consent-revocation": [("a consent that is a conversation", {"consent": CONVERSATION}, "bad_members")],
        "conversation-history": [
            ("no epoch", {"epochs": []}, "bad_members"),
            ("epochs not sorted", {"epochs": epochs[::-1]}, "bad_members"),
            ("an epoch twice", {"epochs": [epochs[0], epochs[0]]}, "bad_members"),
            ("epoch 0", {"epochs": [epochs[0] | {"number": 0}]}, "bad_members"),
            ("an epoch with a member too many", {"epochs": [epochs[0] | {"key": some_hash("x")}]}, "bad_members"),
            ("a reader that is a conversation", {"reader": CONVERSATION}, "bad_members"),
        ],
        "custodians": [
            ("two custodians", {"custodians": custodians[:2]}, "bad_members"),
            ("custodians not sorted", {"custodians": custodians[::-1]}, "bad_members"),
            ("a custodian twice", {"custodians": [custodians[0], *custodians[:2]]}, "bad_members"),
            ("one of them is enough", {"threshold": 1}, "bad_members"),
            ("all of them are needed", {"threshold": 3}, "bad_members"),
            ("a custodian with a member too many", {"custodians": [custodians[0] | {"x": 1}]}, "bad_members"),
        ],
        "emergency-key": [
            ("no share", {"shares": []}, "bad_members"),
            ("shares not sorted", {"shares": shares[::-1]}, "bad_members"),
            ("two shares at one place", {"shares": [shares[0], shares[1] | {"index": 7}]}, "bad_members"),
            ("a share at the secret's place", {"shares": [shares[0] | {"index": 0}]}, "bad_members"),
            ("a share outside the field", {"shares": [shares[0] | {"index": 256}]}, "bad_members"),
            ("a share with a member too many", {"shares": [shares[0] | {"x": 1}]}, "bad_members"),
            ("a weak key", {"sealing_key": b64u_encode(bytes(1216))}, "weak_key"),
            ("an account in the key's place", {"emergency_key": other}, "bad_members"),
        ],
        "emergency-request": [
            ("an unknown reason", {"reason": "curious"}, "bad_members"),
            ("nobody to read the text", {"boxes": []}, "bad_members"),
            ("an emergency that is a conversation", {"emergency": CONVERSATION}, "bad_members"),
        ],
        "emergency-release": [("a share at the secret's place", {"index": 0}, "bad_members")],
        "emergency-close": [("an unknown finding", {"finding": "fine"}, "bad_members")],
        "consent": [
            ("ends before it begins", {"until": at(9)}, "bad_members"),
            ("ends as it begins", {"until": at(10)}, "bad_members"),
            ("history from nowhere", {"history": "from"}, "bad_members"),
            ("a date without history from", {"from": at(1)}, "bad_members"),
            ("an unknown purpose", {"purpose": "advertising"}, "bad_members"),
            ("a scope that is a team", {"scope": TEAM}, "bad_members"),
            ("a grantee that is a conversation", {"grantee": CONVERSATION}, "bad_members"),
            ("may open: 1", {"may_open": 1}, "bad_members"),
        ],
        "conversation-create": [
            ("begins with epoch 2", {"epoch": example_epoch(2).as_json()}, "bad_members"),
            (
                "a reader twice",
                {"epoch": example_epoch(1).as_json() | {"readers": [readers[0], readers[0]]}},
                "bad_members",
            ),
        ],
        "conversation-rotation": [
            ("readers not sorted", {"epoch": unsorted}, "bad_members"),
            ("a reader twice", {"epoch": repeated}, "bad_members"),
            ("no reader", {"epoch": example_epoch(2).as_json() | {"readers": []}}, "bad_members"),
            ("to epoch 1", {"epoch": example_epoch(1).as_json()}, "bad_members"),
            ("an unknown reason", {"reason": "because"}, "bad_members"),
        ],
        "open": [
            ("a short nonce", {"nonce": b64u_encode(bytes(31))}, "bad_members"),
            ("a device that is an account", {"device": other}, "bad_members"),
        ],
        "sign-in": [("an unknown slot", {"slot": "passkey"}, "bad_members")],
        "profile": [("no box", {"boxes": []}, "bad_members"), ("version 0", {"version": 0}, "bad_members")],
    }
    return [(name, by_kind[kind], change, error) for kind, cases in changes.items() for name, change, error in cases]


def _signed(example: Example, payload: JsonValue | bytes) -> JsonValue:
    return world.sign_payload(payload_type(example.body.kind), payload, example.keys).as_json()
