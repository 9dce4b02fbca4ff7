"""Whether a patient lets the clinic keep a way in for an emergency: their word, in their consent chain (§5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.shape import Members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES


@dataclass(frozen=True)
class EmergencyOptInBody:
    """From this statement on the patient's conversations are sealed to their emergency keys too."""

    kind: ClassVar[str] = "emergency-opt-in"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    patient: str

    @classmethod
    def parse(cls, members: Members) -> EmergencyOptInBody:
        """The body of these members."""
        return cls(patient=members.id("patient", "acc"))

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"patient": self.patient}

    @property
    def chain(self) -> str:
        """The patient's consent chain."""
        return f"consent:{self.patient}"

    def may_stand_at(self, sequence: int) -> bool:
        """Anywhere."""
        return sequence >= 0


@dataclass(frozen=True)
class EmergencyOptOutBody:
    """From this statement on they are not."""

    kind: ClassVar[str] = "emergency-opt-out"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    patient: str

    @classmethod
    def parse(cls, members: Members) -> EmergencyOptOutBody:
        """The body of these members."""
        return cls(patient=members.id("patient", "acc"))

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"patient": self.patient}

    @property
    def chain(self) -> str:
        """The patient's consent chain."""
        return f"consent:{self.patient}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the opt-in that it ends."""
        return sequence > 0
