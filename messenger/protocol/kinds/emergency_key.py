"""A conversation's emergency key, made by the patient's client and split among the custodians (§5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.sealing import SEALING_KEY_BYTES, SealingPublicKey
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES

LAST_INDEX: Final = 255


@dataclass(frozen=True)
class SealedShare:
    """One custodian's share: its place on the polynomial, and its box."""

    custodian: str
    index: int
    """1 to 255."""
    key: str
    """The custodian's sealing key id."""
    box: str
    """The hash of the box."""

    @classmethod
    def parse(cls, value: JsonValue) -> SealedShare:
        """The share of a JSON value."""
        members = Members(value)
        custodian, index = members.id("custodian", "acc"), members.integer("index", least=1)
        share = cls(custodian, index, members.hash("key"), members.hash("box"))
        members.close()
        return share

    def as_json(self) -> JsonObject:
        """The share as written."""
        return {"custodian": self.custodian, "index": self.index, "key": self.key, "box": self.box}


@dataclass(frozen=True)
class EmergencyKeyBody:
    """The key that later epochs are sealed to while the patient is opted in; its seed is in nobody's hands alone."""

    kind: ClassVar[str] = "emergency-key"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    conversation: str
    emergency_key: str
    """The id under which it is a reader."""
    sealing_key: SealingPublicKey
    """Its public part, which commits to the seed."""
    custodian_set: str
    """The hash of the clinic's `custodians` statement."""
    shares: tuple[SealedShare, ...]

    @classmethod
    def parse(cls, members: Members) -> EmergencyKeyBody:
        """The body of these members: shares sorted by custodian, each at a place of its own."""
        body = cls(
            conversation=members.id("conversation", "cnv"),
            emergency_key=members.id("emergency_key", "emk"),
            sealing_key=SealingPublicKey.parse(members.raw("sealing_key", SEALING_KEY_BYTES)),
            custodian_set=members.hash("custodian_set"),
            shares=members.list("shares", SealedShare.parse),
        )
        custodians, indexes = [one.custodian for one in body.shares], [one.index for one in body.shares]
        if not custodians or custodians != sorted(set(custodians)):
            raise bad_members("shares are sorted by custodian, each once")
        if len(set(indexes)) != len(indexes) or max(indexes) > LAST_INDEX:
            raise bad_members("shares have different indexes from 1 to 255")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "conversation": self.conversation,
            "emergency_key": self.emergency_key,
            "sealing_key": b64u_encode(self.sealing_key.raw),
            "custodian_set": self.custodian_set,
            "shares": [share.as_json() for share in self.shares],
        }

    @property
    def chain(self) -> str:
        """The conversation's control chain."""
        return f"conversation:{self.conversation}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the first link."""
        return sequence > 0

    def share_of(self, custodian: str) -> SealedShare | None:
        """A custodian's share."""
        return next((share for share in self.shares if share.custodian == custodian), None)
