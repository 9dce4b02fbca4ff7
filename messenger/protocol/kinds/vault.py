"""The vault: the master key in slots, one a credential, and the identity keys under it (`docs/protocol.md` §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.keys import SIGNING_KEY_BYTES, SigningPublicKey
from messenger.protocol.password import Argon2Parameters, HkdfParameters
from messenger.protocol.shape import Members, bad_members

SlotType = Literal["password", "recovery"]
_MAX_SLOTS: Final = 16


@dataclass(frozen=True)
class Slot:
    """The master key under one credential."""

    slot: str
    type: SlotType
    made_in: int
    """The vault version in which it was made; it is carried unchanged into later ones."""
    kdf: Argon2Parameters | HkdfParameters
    sign_in_key: SigningPublicKey
    sealed: bytes

    def as_json(self) -> JsonObject:
        """The slot as written."""
        return {
            "slot": self.slot,
            "type": self.type,
            "made_in": self.made_in,
            "kdf": kdf_as_json(self.kdf),
            "sign_in_key": b64u_encode(self.sign_in_key.raw),
            "sealed": b64u_encode(self.sealed),
        }


@dataclass(frozen=True)
class VaultBody:
    """One version of a vault; versions count from 1."""

    kind: ClassVar[str] = "vault"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = 262_144

    account: str
    version: int
    signing_key: str
    sealing_key: str
    slots: tuple[Slot, ...]
    sealed_keys: bytes

    @classmethod
    def parse(cls, members: Members) -> VaultBody:
        """The body of these members: at least one slot, no slot id twice."""
        body = cls(
            account=members.id("account", "acc"),
            version=members.integer("version", least=1),
            signing_key=members.hash("signing_key"),
            sealing_key=members.hash("sealing_key"),
            slots=members.list("slots", _parse_slot),
            sealed_keys=members.raw("sealed_keys"),
        )
        if not 0 < len({slot.slot for slot in body.slots}) == len(body.slots) <= _MAX_SLOTS:
            raise bad_members("a vault has different slots, one at least")
        if any(slot.made_in > body.version for slot in body.slots):
            raise bad_members("a slot was made in a version to come")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "account": self.account,
            "version": self.version,
            "signing_key": self.signing_key,
            "sealing_key": self.sealing_key,
            "slots": [slot.as_json() for slot in self.slots],
            "sealed_keys": b64u_encode(self.sealed_keys),
        }

    @property
    def chain(self) -> str:
        """The vault's chain."""
        return f"vault:{self.account}"

    def may_stand_at(self, sequence: int) -> bool:
        """After every version before it."""
        return sequence >= self.version - 1


def kdf_as_json(kdf: Argon2Parameters | HkdfParameters) -> JsonObject:
    """Key derivation parameters as they stand in a vault and in the answer to `sign-in/start`."""
    if isinstance(kdf, HkdfParameters):
        return {"name": kdf.name, "salt": b64u_encode(kdf.salt)}
    return {"name": kdf.name, "m": kdf.m, "t": kdf.t, "p": kdf.p, "salt": b64u_encode(kdf.salt)}


def parse_kdf(members: Members) -> Argon2Parameters | HkdfParameters:
    """Parameters as a server states them, all members taken; whether they are strong enough is `check`'s to say."""
    if members.one_of("name", (Argon2Parameters.name, HkdfParameters.name)) == HkdfParameters.name:
        hkdf = HkdfParameters(members.raw("salt"))
        members.close()
        return hkdf
    m, t, p = (members.integer(name, least=1) for name in ("m", "t", "p"))
    argon2 = Argon2Parameters(members.raw("salt"), m, t, p)
    members.close()
    return argon2


def _parse_slot(value: JsonValue) -> Slot:
    members = Members(value)
    slot = Slot(
        slot=members.id("slot", "slt"),
        type=members.one_of("type", ("password", "recovery")),
        made_in=members.integer("made_in", least=1),
        kdf=parse_kdf(members.object("kdf")),
        sign_in_key=SigningPublicKey.parse(members.raw("sign_in_key", SIGNING_KEY_BYTES)),
        sealed=members.raw("sealed"),
    )
    members.close()
    if isinstance(slot.kdf, Argon2Parameters) != (slot.type == "password"):
        raise bad_members("a slot's key derivation is another type's")
    return slot
