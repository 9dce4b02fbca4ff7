"""That a patient keeps one person from reading, whatever else is consented to: their word, in their chain (§5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES


@dataclass(frozen=True)
class _OfOnePerson:
    """What both say: whose word it is, and about whom."""

    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    patient: str
    account: str

    @classmethod
    def parse(cls, members: Members) -> Self:
        """The body of these members; nobody blocks themself."""
        patient, account = members.id("patient", "acc"), members.id("account", "acc")
        if patient == account:
            raise bad_members("a patient blocks somebody else")
        return cls(patient, account)

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"patient": self.patient, "account": self.account}

    @property
    def chain(self) -> str:
        """The patient's consent chain."""
        return f"consent:{self.patient}"


@dataclass(frozen=True)
class BlockBody(_OfOnePerson):
    """From this statement on the account is no reader, neither by itself nor through a team."""

    kind: ClassVar[str] = "block"

    def may_stand_at(self, sequence: int) -> bool:
        """Anywhere."""
        return sequence >= 0


@dataclass(frozen=True)
class UnblockBody(_OfOnePerson):
    """From this statement on the account reads again what consents let it read."""

    kind: ClassVar[str] = "unblock"

    def may_stand_at(self, sequence: int) -> bool:
        """After the block that it ends."""
        return sequence > 0
