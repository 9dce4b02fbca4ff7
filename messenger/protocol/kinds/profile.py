"""A patient's word that a ciphertext is their profile, and to whom its key was sealed (§5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.conversation import EpochReader, parse_reader
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES


@dataclass(frozen=True)
class ProfileBody:
    """One version of a profile."""

    kind: ClassVar[str] = "profile"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    patient: str
    version: int
    ciphertext: str
    """The hash of the ciphertext."""
    boxes: tuple[EpochReader, ...]

    @classmethod
    def parse(cls, members: Members) -> ProfileBody:
        """The body of these members; the boxes are sorted by reader, and there is at least one."""
        body = cls(
            patient=members.id("patient", "acc"),
            version=members.integer("version", least=1),
            ciphertext=members.hash("ciphertext"),
            boxes=members.list("boxes", parse_reader),
        )
        readers = [box.reader for box in body.boxes]
        if not readers or readers != sorted(set(readers)):
            raise bad_members("a profile's readers are sorted, each once")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "patient": self.patient,
            "version": self.version,
            "ciphertext": self.ciphertext,
            "boxes": [box.as_json() for box in self.boxes],
        }

    @property
    def chain(self) -> None:
        """It stands alone."""
        return None

    def may_stand_at(self, sequence: int) -> bool:  # noqa: ARG002  (the interface of every body)
        """In no chain."""
        return False
