"""Who keeps the clinic's shares of emergency keys, in the clinic's word (`docs/protocol.md` §5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES

THRESHOLD: Final = 2
"""How many custodians open an emergency key together; this version knows no other number."""
FEWEST_CUSTODIANS: Final = 3
MOST_CUSTODIANS: Final = 20


@dataclass(frozen=True)
class Custodian:
    """One custodian and the sealing key that shares are sealed to."""

    account: str
    key: str

    @classmethod
    def parse(cls, value: JsonValue) -> Custodian:
        """The custodian of a JSON value."""
        members = Members(value)
        custodian = cls(members.id("account", "acc"), members.hash("key"))
        members.close()
        return custodian

    def as_json(self) -> JsonObject:
        """The custodian as written."""
        return {"account": self.account, "key": self.key}


@dataclass(frozen=True)
class CustodiansBody:
    """A new set of custodians, in the place of the one before; the statement's hash is the set's name."""

    kind: ClassVar[str] = "custodians"
    signatures: ClassVar[tuple[str, ...]] = ("clinic",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    clinic: str
    threshold: int
    custodians: tuple[Custodian, ...]

    @classmethod
    def parse(cls, members: Members) -> CustodiansBody:
        """The body of these members: 3 to 20 custodians sorted by account, any 2 of whom are enough."""
        body = cls(
            clinic=members.id("clinic", "cln"),
            threshold=members.integer("threshold"),
            custodians=members.list("custodians", Custodian.parse),
        )
        accounts = [custodian.account for custodian in body.custodians]
        if body.threshold != THRESHOLD or not FEWEST_CUSTODIANS <= len(accounts) <= MOST_CUSTODIANS:
            raise bad_members("emergency access takes 2 of at least 3 custodians")
        if accounts != sorted(set(accounts)):
            raise bad_members("custodians are sorted, each once")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        custodians = [custodian.as_json() for custodian in self.custodians]
        return {"clinic": self.clinic, "threshold": self.threshold, "custodians": [*custodians]}

    @property
    def chain(self) -> str:
        """The clinic's chain."""
        return f"clinic:{self.clinic}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the clinic's first statement."""
        return sequence > 0
