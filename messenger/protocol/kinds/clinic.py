"""What a clinic says with its own key: itself, and who else holds that key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SIGNING_KEY_BYTES, SigningPublicKey
from messenger.protocol.shape import Members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES


@dataclass(frozen=True)
class ClinicBody:
    """The first statement of a clinic: its key, its access log's key and origin, its founder."""

    kind: ClassVar[str] = "clinic"
    signatures: ClassVar[tuple[str, ...]] = ("clinic",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    clinic: str
    name: str
    signing_key: SigningPublicKey
    log_key: str
    """The log's verifier key as C2SP signed-note writes it; its name is `origin`."""
    origin: str
    founder: str

    @classmethod
    def parse(cls, members: Members) -> ClinicBody:
        """The body of these members."""
        return cls(
            clinic=members.id("clinic", "cln"),
            name=members.text("name", longest=200, shortest=1),
            signing_key=SigningPublicKey.parse(members.raw("signing_key", SIGNING_KEY_BYTES)),
            log_key=members.text("log_key", longest=500, shortest=1),
            origin=members.text("origin", longest=300, shortest=1),
            founder=members.id("founder", "acc"),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "clinic": self.clinic,
            "name": self.name,
            "signing_key": b64u_encode(self.signing_key.raw),
            "log_key": self.log_key,
            "origin": self.origin,
            "founder": self.founder,
        }

    @property
    def chain(self) -> str:
        """The clinic's chain."""
        return f"clinic:{self.clinic}"

    def may_stand_at(self, sequence: int) -> bool:
        """At the start alone."""
        return sequence == 0


@dataclass(frozen=True)
class ClinicKeyShareBody:
    """The clinic's key, sealed to another administrator."""

    kind: ClassVar[str] = "clinic-key-share"
    signatures: ClassVar[tuple[str, ...]] = ("clinic",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    clinic: str
    account: str
    key: str
    """The sealing key id of the administrator."""
    box: str
    """The hash of the box."""

    @classmethod
    def parse(cls, members: Members) -> ClinicKeyShareBody:
        """The body of these members."""
        return cls(
            clinic=members.id("clinic", "cln"),
            account=members.id("account", "acc"),
            key=members.hash("key"),
            box=members.hash("box"),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"clinic": self.clinic, "account": self.account, "key": self.key, "box": self.box}

    @property
    def chain(self) -> str:
        """The clinic's chain."""
        return f"clinic:{self.clinic}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the clinic's first statement."""
        return sequence > 0
