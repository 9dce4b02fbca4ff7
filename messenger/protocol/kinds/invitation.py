"""What an inviter says of somebody who may join: the first statement of every account's chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, get_args

from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject
from messenger.protocol.keys import SIGNING_KEY_BYTES, SigningPublicKey
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES

Role = Literal[
    "administrator", "provider", "nurse", "front_desk", "cover", "compliance", "custodian", "patient", "proxy"
]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
CARE_STAFF: Final[frozenset[Role]] = frozenset({"provider", "nurse", "front_desk", "cover"})
"""Who stands in care teams and may invite a patient with a key of their own. Everyone else is invited by the clinic."""


@dataclass(frozen=True)
class InvitationBody:
    """One account's invitation."""

    kind: ClassVar[str] = "invitation"
    signatures: ClassVar[tuple[str, ...]] = ("inviter",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    invitation: str
    account: str
    clinic: str
    clinic_key: str
    """The clinic's signing key id."""
    role: Role
    teams: tuple[str, ...]
    public_key: SigningPublicKey
    """Of the key made from the link's secret."""
    expires: str
    inviter: str
    card: str | None
    """Commitment to a staff member's name and credential; None for a patient, whose name no server holds."""

    @classmethod
    def parse(cls, members: Members) -> InvitationBody:
        """The body of these members; a patient's names at least one team and no card."""
        body = cls(
            invitation=members.id("invitation", "inv"),
            account=members.id("account", "acc"),
            clinic=members.id("clinic", "cln"),
            clinic_key=members.hash("clinic_key"),
            role=members.one_of("role", ROLES),
            teams=members.ids("teams", "tea"),
            public_key=SigningPublicKey.parse(members.raw("public_key", SIGNING_KEY_BYTES)),
            expires=members.time("expires"),
            inviter=members.id("inviter", "acc"),
            card=members.or_none("card", members.hash),
        )
        if body.role == "patient" and (not body.teams or body.card is not None):
            raise bad_members("a patient is invited by a team and without a card")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "invitation": self.invitation,
            "account": self.account,
            "clinic": self.clinic,
            "clinic_key": self.clinic_key,
            "role": self.role,
            "teams": list(self.teams),
            "public_key": b64u_encode(self.public_key.raw),
            "expires": self.expires,
            "inviter": self.inviter,
            "card": self.card,
        }

    @property
    def chain(self) -> str:
        """The account's chain."""
        return f"account:{self.account}"

    def may_stand_at(self, sequence: int) -> bool:
        """At the start alone."""
        return sequence == 0
