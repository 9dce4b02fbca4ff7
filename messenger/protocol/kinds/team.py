"""What is said of a care team: that it is, who holds its key, who was let in (`docs/protocol.md` §2, §5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from messenger.protocol.encoding import b64u_encode
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.sealing import SEALING_KEY_BYTES, SealingPublicKey
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES


@dataclass(frozen=True)
class TeamMember:
    """Somebody to whom a generation's seed was sealed."""

    account: str
    key: str
    """The member's sealing key id."""
    box: str
    """The hash of the box."""

    def as_json(self) -> JsonObject:
        """The member as written."""
        return {"account": self.account, "key": self.key, "box": self.box}


def _parse_member(value: JsonValue) -> TeamMember:
    members = Members(value)
    member = TeamMember(members.id("account", "acc"), members.hash("key"), members.hash("box"))
    members.close()
    return member


@dataclass(frozen=True)
class TeamCreateBody:
    """A team and who manages it, in the clinic's word."""

    kind: ClassVar[str] = "team-create"
    signatures: ClassVar[tuple[str, ...]] = ("clinic",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    team: str
    clinic: str
    name: str
    manager: str

    @classmethod
    def parse(cls, members: Members) -> TeamCreateBody:
        """The body of these members."""
        return cls(
            team=members.id("team", "tea"),
            clinic=members.id("clinic", "cln"),
            name=members.text("name", longest=200, shortest=1),
            manager=members.id("manager", "acc"),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"team": self.team, "clinic": self.clinic, "name": self.name, "manager": self.manager}

    @property
    def chain(self) -> str:
        """The team's chain."""
        return f"team:{self.team}"

    def may_stand_at(self, sequence: int) -> bool:
        """At the start alone."""
        return sequence == 0


@dataclass(frozen=True)
class TeamGenerationBody:
    """A new team key, sealed to each member."""

    kind: ClassVar[str] = "team-generation"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    team: str
    generation: int
    sealing_key: SealingPublicKey
    members: tuple[TeamMember, ...]
    link: str | None
    """The hash of the ciphertext that holds the seed of the generation before; None at generation 1."""

    @classmethod
    def parse(cls, members: Members) -> TeamGenerationBody:
        """The body of these members; the team's members are sorted by account and there is at least one."""
        body = cls(
            team=members.id("team", "tea"),
            generation=members.integer("generation", least=1),
            sealing_key=SealingPublicKey.parse(members.raw("sealing_key", SEALING_KEY_BYTES)),
            members=members.list("members", _parse_member),
            link=members.or_none("link", members.hash),
        )
        accounts = [member.account for member in body.members]
        if not accounts or accounts != sorted(set(accounts)):
            raise bad_members("a team's members are sorted, each once")
        if (body.generation == 1) != (body.link is None):
            raise bad_members("every generation but the first links to the one before")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "team": self.team,
            "generation": self.generation,
            "sealing_key": b64u_encode(self.sealing_key.raw),
            "members": [member.as_json() for member in self.members],
            "link": self.link,
        }

    @property
    def chain(self) -> str:
        """The team's chain."""
        return f"team:{self.team}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the team's first statement."""
        return sequence > 0


@dataclass(frozen=True)
class TeamAdmissionBody:
    """The running team key, sealed to somebody who joined after it was made."""

    kind: ClassVar[str] = "team-admission"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    team: str
    generation: int
    account: str
    key: str
    box: str

    @classmethod
    def parse(cls, members: Members) -> TeamAdmissionBody:
        """The body of these members."""
        return cls(
            team=members.id("team", "tea"),
            generation=members.integer("generation", least=1),
            account=members.id("account", "acc"),
            key=members.hash("key"),
            box=members.hash("box"),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "team": self.team,
            "generation": self.generation,
            "account": self.account,
            "key": self.key,
            "box": self.box,
        }

    @property
    def chain(self) -> str:
        """The team's chain."""
        return f"team:{self.team}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the team's first generation."""
        return sequence > 1
