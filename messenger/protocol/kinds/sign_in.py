"""The proof of a password or recovery code: a signature over a one-time challenge, for one service (§4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, get_args

from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.shape import Members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES

CredentialType = Literal["password", "recovery"]
CHALLENGE_BYTES: Final = 32


@dataclass(frozen=True)
class SignInBody:
    """Who signs in where, against which challenge, with which credential, on which device."""

    kind: ClassVar[str] = "sign-in"
    signatures: ClassVar[tuple[str, ...]] = ("credential",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    name: str
    service: str
    """The origin of the service's address: a proof relayed to another service is worth nothing there."""
    challenge: bytes
    slot: CredentialType
    device: str

    @classmethod
    def parse(cls, members: Members) -> SignInBody:
        """The body of these members."""
        return cls(
            name=members.text("name", longest=200, shortest=1),
            service=members.text("service", longest=300, shortest=1),
            challenge=members.raw("challenge", CHALLENGE_BYTES),
            slot=members.one_of("slot", get_args(CredentialType)),
            device=members.id("device", "dev"),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "name": self.name,
            "service": self.service,
            "challenge": b64u_encode(self.challenge),
            "slot": self.slot,
            "device": self.device,
        }

    @property
    def chain(self) -> None:
        """It stands alone."""
        return None

    def may_stand_at(self, sequence: int) -> bool:  # noqa: ARG002  (the interface of every body)
        """In no chain."""
        return False
