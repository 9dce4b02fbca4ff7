"""An emergency key as a conversation's chain holds it, and when the next epoch must leave it out (§5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from messenger.protocol.clinic_chain import CustodianSet
from messenger.protocol.errors import ChainRefused
from messenger.protocol.kinds.emergency_key import EmergencyKeyBody

CustodianSets = Mapping[str, CustodianSet]
"""The sets of custodians that the clinic has named, by the hash of their statement."""


@dataclass(frozen=True)
class EmergencyKey:
    """A verified emergency key and its place in the conversation's chain."""

    statement: str
    place: int
    body: EmergencyKeyBody

    @property
    def id(self) -> str:
        """The id under which it is a reader."""
        return self.body.emergency_key


def check_emergency_key(body: EmergencyKeyBody, before: Collection[EmergencyKey], sets: CustodianSets) -> None:
    """Whether a patient's emergency key may follow those before it in its conversation's chain.

    Raises `ChainRefused`: `unknown_custodians`, `wrong_custodians` (a share too many, too few, or to another key than
    the clinic named), `custodians_went_back`, `key_reused`.
    """
    named = sets.get(body.custodian_set)
    if named is None:
        raise ChainRefused("unknown_custodians", "These custodians were not named by the clinic.")
    if {share.custodian: share.key for share in body.shares} != dict(named.keys):
        raise ChainRefused("wrong_custodians", "The shares are not sealed to the custodians that the clinic named.")
    places = [sets[key.body.custodian_set].place for key in before]
    if places and named.place < max(places):
        raise ChainRefused("custodians_went_back", "This key is for custodians that the clinic has replaced.")
    if any(key.id == body.emergency_key or key.body.sealing_key == body.sealing_key for key in before):
        raise ChainRefused("key_reused", "An emergency key that was replaced has come back.")


def is_spent(key: EmergencyKey, running: CustodianSet | None, used: Collection[str]) -> bool:
    """Whether nothing more may be sealed to a key: it was used, or its custodians are not the running ones."""
    return key.id in used or running is None or key.body.custodian_set != running.hash
