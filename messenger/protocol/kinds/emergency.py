"""One emergency: who asks to read a conversation and why, who lets them, what came of it (§5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.conversation import EpochReader, parse_reader
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES

EmergencyReason = Literal["unconscious", "danger", "medicines", "unreachable"]
Finding = Literal["justified", "avoidable", "misuse"]


@dataclass(frozen=True)
class EmergencyRequestBody:
    """Somebody of the care staff asks the custodians to open one conversation to them, until an instant."""

    kind: ClassVar[str] = "emergency-request"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    emergency: str
    clinic: str
    patient: str
    conversation: str
    emergency_key: str
    requester: str
    key: str
    """The requester's sealing key id: shares are sealed to it again."""
    reason: EmergencyReason
    until: str
    text: str
    """The hash of the ciphertext of what the requester wrote."""
    boxes: tuple[EpochReader, ...]
    """To whom the key of that ciphertext was sealed."""

    @classmethod
    def parse(cls, members: Members) -> EmergencyRequestBody:
        """The body of these members; the boxes are sorted by reader, and there is at least one."""
        body = cls(
            emergency=members.id("emergency", "eme"),
            clinic=members.id("clinic", "cln"),
            patient=members.id("patient", "acc"),
            conversation=members.id("conversation", "cnv"),
            emergency_key=members.id("emergency_key", "emk"),
            requester=members.id("requester", "acc"),
            key=members.hash("key"),
            reason=members.one_of("reason", get_args(EmergencyReason)),
            until=members.time("until"),
            text=members.hash("text"),
            boxes=members.list("boxes", parse_reader),
        )
        readers = [box.reader for box in body.boxes]
        if not readers or readers != sorted(set(readers)):
            raise bad_members("the readers of the text are sorted, each once")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "emergency": self.emergency,
            "clinic": self.clinic,
            "patient": self.patient,
            "conversation": self.conversation,
            "emergency_key": self.emergency_key,
            "requester": self.requester,
            "key": self.key,
            "reason": self.reason,
            "until": self.until,
            "text": self.text,
            "boxes": [box.as_json() for box in self.boxes],
        }

    @property
    def chain(self) -> str:
        """The emergency's own chain."""
        return f"emergency:{self.emergency}"

    def may_stand_at(self, sequence: int) -> bool:
        """At the start alone."""
        return sequence == 0


@dataclass(frozen=True)
class EmergencyReleaseBody:
    """A custodian seals their share to the requester, against this request and no other."""

    kind: ClassVar[str] = "emergency-release"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    emergency: str
    request: str
    """The hash of the request."""
    custodian: str
    index: int
    key: str
    """The requester's sealing key id."""
    box: str
    """The hash of the box."""

    @classmethod
    def parse(cls, members: Members) -> EmergencyReleaseBody:
        """The body of these members."""
        return cls(
            emergency=members.id("emergency", "eme"),
            request=members.hash("request"),
            custodian=members.id("custodian", "acc"),
            index=members.integer("index", least=1),
            key=members.hash("key"),
            box=members.hash("box"),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "emergency": self.emergency,
            "request": self.request,
            "custodian": self.custodian,
            "index": self.index,
            "key": self.key,
            "box": self.box,
        }

    @property
    def chain(self) -> str:
        """The emergency's own chain."""
        return f"emergency:{self.emergency}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the request."""
        return sequence > 0


@dataclass(frozen=True)
class EmergencyCloseBody:
    """Compliance has looked at it: what was found. The access ends here at the latest."""

    kind: ClassVar[str] = "emergency-close"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    emergency: str
    request: str
    finding: Finding

    @classmethod
    def parse(cls, members: Members) -> EmergencyCloseBody:
        """The body of these members."""
        return cls(
            emergency=members.id("emergency", "eme"),
            request=members.hash("request"),
            finding=members.one_of("finding", get_args(Finding)),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"emergency": self.emergency, "request": self.request, "finding": self.finding}

    @property
    def chain(self) -> str:
        """The emergency's own chain."""
        return f"emergency:{self.emergency}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the request."""
        return sequence > 0
