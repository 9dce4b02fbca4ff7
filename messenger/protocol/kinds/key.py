"""What an account's holder says of its keys: version 1 at joining, a new version when they may have been stolen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, get_args

from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SIGNING_KEY_BYTES, SigningPublicKey
from messenger.protocol.sealing import SEALING_KEY_BYTES, SealingPublicKey
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES

KeyReason = Literal["first", "stolen"]
_REASONS: Final[tuple[KeyReason, ...]] = get_args(KeyReason)


@dataclass(frozen=True)
class KeyBody:
    """One version of an account's keys."""

    kind: ClassVar[str] = "key"
    signatures: ClassVar[tuple[str, ...]] = ("self", "invitation", "previous")
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    account: str
    clinic: str
    version: int
    signing_key: SigningPublicKey
    sealing_key: SealingPublicKey
    reason: KeyReason

    @classmethod
    def parse(cls, members: Members) -> KeyBody:
        """The body of these members; the reason is `first` at version 1 and there alone."""
        body = cls(
            account=members.id("account", "acc"),
            clinic=members.id("clinic", "cln"),
            version=members.integer("version", least=1),
            signing_key=SigningPublicKey.parse(members.raw("signing_key", SIGNING_KEY_BYTES)),
            sealing_key=SealingPublicKey.parse(members.raw("sealing_key", SEALING_KEY_BYTES)),
            reason=members.one_of("reason", _REASONS),
        )
        if (body.version == 1) != (body.reason == "first"):
            raise bad_members("the first version, and no other, is the first")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "account": self.account,
            "clinic": self.clinic,
            "version": self.version,
            "signing_key": b64u_encode(self.signing_key.raw),
            "sealing_key": b64u_encode(self.sealing_key.raw),
            "reason": self.reason,
        }

    @property
    def chain(self) -> str:
        """The account's chain."""
        return f"account:{self.account}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the invitation and every version before it."""
        return sequence >= self.version
