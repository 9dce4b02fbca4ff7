"""That a patient keeps one person from reading, whatever else is consented to: their word, in their chain (§5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES


@dataclass(frozen=True)
class BlockBody:
    """From this statement on the account is no reader, neither by itself nor through a team."""

    kind: ClassVar[str] = "block"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    patient: str
    account: str

    @classmethod
    def parse(cls, members: Members) -> BlockBody:
        """The body of these members; nobody blocks themself."""
        return cls(*_parse(members))

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"patient": self.patient, "account": self.account}

    @property
    def chain(self) -> str:
        """The patient's consent chain."""
        return f"consent:{self.patient}"

    def may_stand_at(self, sequence: int) -> bool:
        """Anywhere."""
        return sequence >= 0


@dataclass(frozen=True)
class UnblockBody:
    """From this statement on the account reads again what consents let it read."""

    kind: ClassVar[str] = "unblock"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    patient: str
    account: str

    @classmethod
    def parse(cls, members: Members) -> UnblockBody:
        """The body of these members; nobody blocks themself."""
        return cls(*_parse(members))

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"patient": self.patient, "account": self.account}

    @property
    def chain(self) -> str:
        """The patient's consent chain."""
        return f"consent:{self.patient}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the block that it ends."""
        return sequence > 0


def _parse(members: Members) -> tuple[str, str]:
    patient, account = members.id("patient", "acc"), members.id("account", "acc")
    if patient == account:
        raise bad_members("a patient blocks somebody else")
    return patient, account
