"""What a reader signs to be served content: the opening of a conversation and the renewal of its lease (§7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, get_args

from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.shape import Members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES

OpenPurpose = Literal["answer", "read", "write", "automatic"]
NONCE_BYTES: Final = 32


@dataclass(frozen=True)
class OpenBody:
    """A reader's request to be served a conversation; its hash stands in the access log."""

    kind: ClassVar[str] = "open"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    account: str
    device: str
    conversation: str
    purpose: OpenPurpose
    nonce: bytes

    @classmethod
    def parse(cls, members: Members) -> OpenBody:
        """The body of these members."""
        return cls(
            account=members.id("account", "acc"),
            device=members.id("device", "dev"),
            conversation=members.id("conversation", "cnv"),
            purpose=members.one_of("purpose", get_args(OpenPurpose)),
            nonce=members.raw("nonce", NONCE_BYTES),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "account": self.account,
            "device": self.device,
            "conversation": self.conversation,
            "purpose": self.purpose,
            "nonce": b64u_encode(self.nonce),
        }

    @property
    def chain(self) -> None:
        """It stands alone."""
        return None

    def may_stand_at(self, sequence: int) -> bool:  # noqa: ARG002  (the interface of every body)
        """In no chain."""
        return False


@dataclass(frozen=True)
class LeaseRenewalBody:
    """A following client's request to go on being served what is written."""

    kind: ClassVar[str] = "lease-renewal"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    account: str
    device: str
    conversation: str
    open: str
    """The statement hash of the opening that is renewed."""
    nonce: bytes

    @classmethod
    def parse(cls, members: Members) -> LeaseRenewalBody:
        """The body of these members."""
        return cls(
            account=members.id("account", "acc"),
            device=members.id("device", "dev"),
            conversation=members.id("conversation", "cnv"),
            open=members.hash("open"),
            nonce=members.raw("nonce", NONCE_BYTES),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "account": self.account,
            "device": self.device,
            "conversation": self.conversation,
            "open": self.open,
            "nonce": b64u_encode(self.nonce),
        }

    @property
    def chain(self) -> None:
        """It stands alone."""
        return None

    def may_stand_at(self, sequence: int) -> bool:  # noqa: ARG002  (the interface of every body)
        """In no chain."""
        return False
