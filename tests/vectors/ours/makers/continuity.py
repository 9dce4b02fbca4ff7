"""Vectors of continuity: whether messages follow each other as they were sent."""

from __future__ import annotations

from dataclasses import replace

from messenger.protocol.device_chain import Place, continuity
from messenger.protocol.json_strict import JsonObject, JsonValue
from tests.vectors.ours.makers.world import AMARA, PEGGY, made_id, some_hash

PHONE, LAPTOP = made_id("dev", "phone"), made_id("dev", "laptop")


def place(
    sequence: int,
    number: int,
    *,
    device: str = PHONE,
    name: str | None = None,
    after: str | None = None,
    epoch: int = 1,
    withdrawals: int | None = 0,
) -> Place:
    """The message with this number of a device, at this number of the server; its hash is that of its name."""
    called = name or f"{device} {number}"
    before = None if number == 1 else some_hash(after or f"{device} {number - 1}")
    sender = PEGGY.account if device == PHONE else AMARA.account
    return Place(
        sequence, made_id("msg", called), some_hash(called), epoch, withdrawals, sender, device, number, before
    )


def table() -> JsonObject:
    """Stretches of a conversation and what is wrong with each."""
    return {"cases": [_case(*case) for case in _cases()]}


Expected = list[tuple[int, str, int]]


def _case(name: str, whole: bool, places: list[Place], expected: Expected, sequences: list[int] | None) -> JsonObject:
    served = sequences if sequences is not None else [one.sequence for one in places]
    found = [(one.sequence, one.code, one.count) for one in continuity(places, served, whole=whole)]
    assert found == expected, (name, found)
    return {
        "name": name,
        "whole": whole,
        "sequences": [*served],
        "places": [_as_json(one) for one in places],
        "findings": [{"sequence": at, "code": code, "count": count} for at, code, count in expected],
    }


def _as_json(one: Place) -> JsonValue:
    return {
        "sequence": one.sequence,
        "id": one.id,
        "hash": one.hash,
        "epoch": one.epoch,
        "withdrawals": one.withdrawals,
        "sender": one.sender,
        "device": one.device,
        "device_sequence": one.device_sequence,
        "device_previous": one.device_previous,
    }


def _cases() -> list[tuple[str, bool, list[Place], Expected, list[int] | None]]:
    one, two, three = place(1, 1), place(2, 2), place(3, 3)
    other = place(2, 1, device=LAPTOP)
    return [
        ("nothing", True, [], [], None),
        ("three of one device", True, [one, two, three], [], None),
        ("two devices", True, [one, other, place(3, 2), place(4, 2, device=LAPTOP)], [], None),
        ("an unverifiable one between", True, [one, place(3, 2)], [], [1, 2, 3]),
        ("the server skipped a number", True, [one, place(3, 2)], [(3, "missing", 1)], None),
        ("the server skipped the beginning", True, [place(3, 1)], [(3, "missing", 2)], None),
        ("a stretch from the middle", False, [place(51, 7), place(52, 8)], [], None),
        ("a stretch with a number skipped", False, [place(51, 7), place(53, 8)], [(53, "missing", 1)], None),
        ("a message dropped", True, [one, place(2, 3)], [(2, "hole", 1)], None),
        ("two messages dropped", True, [one, place(2, 4)], [(2, "hole", 2)], None),
        ("the first dropped", True, [place(1, 2)], [(1, "hole", 1)], None),
        ("dropped in a stretch", False, [place(51, 7), place(52, 9)], [(52, "hole", 1)], None),
        ("two exchanged", True, [one, place(2, 3), place(3, 2)], [(2, "hole", 1), (3, "reordered", 0)], None),
        (
            "exchanged, and the late one is another",
            True,
            [one, place(2, 3), place(3, 2, name="another")],
            [(2, "hole", 1), (3, "forked", 0)],
            None,
        ),
        ("repeated", True, [one, two, place(3, 2)], [(3, "replayed", 0)], None),
        ("one id for two messages", True, [one, replace(two, id=one.id)], [(2, "forked", 0)], None),
        ("repeated later", True, [one, two, three, place(4, 1)], [(4, "replayed", 0)], None),
        ("two with one number", True, [one, two, place(3, 2, name="another")], [(3, "forked", 0)], None),
        ("one that follows another than the one before", True, [one, place(2, 2, after="x")], [(2, "forked", 0)], None),
        ("goes back to an earlier epoch", True, [place(1, 1, epoch=2), place(2, 2)], [(2, "wrong_epoch", 0)], None),
        (
            "of before a revocation that was known",
            True,
            [place(1, 1, withdrawals=1), place(2, 1, device=LAPTOP)],
            [(2, "wrong_epoch", 0)],
            None,
        ),
        (
            "under the old epoch after the new one was used, by somebody revoked",
            True,
            [one, place(2, 1, device=LAPTOP, epoch=2, withdrawals=1), place(3, 2)],
            [(3, "wrong_epoch", 0)],
            None,
        ),
        ("all of after a revocation", True, [place(1, 1, withdrawals=1), place(2, 2, withdrawals=1)], [], None),
        (
            "at consents that nobody knows, between others",
            True,
            [place(1, 1, withdrawals=1), place(2, 1, device=LAPTOP, withdrawals=None), place(3, 2)],
            [(3, "wrong_epoch", 0)],
            None,
        ),
        ("goes on to a later epoch", True, [one, place(2, 2, epoch=2), place(3, 3, epoch=4)], [], None),
        (
            "one device's number is not another sender's",
            True,
            [one, place(2, 1, device=LAPTOP, name="x"), place(3, 2)],
            [],
            None,
        ),
    ]
