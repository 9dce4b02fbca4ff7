"""What is said of who stands in a care team: its name and managers, appointments, cover, removals (§2, §5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, get_args

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES

TeamRole = Literal[
    "physician", "nurse", "care_navigator", "front_desk", "pharmacist", "therapist", "social_worker", "interpreter"
]
TEAM_ROLES: Final[tuple[TeamRole, ...]] = get_args(TeamRole)


@dataclass(frozen=True)
class CoverPeriod:
    """From when, inclusive, until when, exclusive, somebody stands in for others (protocol times)."""

    begins: str
    until: str

    @classmethod
    def parse(cls, members: Members) -> CoverPeriod:
        """The period of these members; it ends after it begins."""
        period = cls(members.time("from"), members.time("until"))
        members.close()
        if period.until <= period.begins:
            raise bad_members("a cover ends after it begins")
        return period

    def as_json(self) -> JsonObject:
        """The period as written."""
        return {"from": self.begins, "until": self.until}

    def includes(self, at: str) -> bool:
        """Whether it runs at an instant."""
        return self.begins <= at < self.until


@dataclass(frozen=True)
class TeamChangeBody:
    """What a team is called and who manages it from here on, in the clinic's word: all of it, changed or not."""

    kind: ClassVar[str] = "team-change"
    signatures: ClassVar[tuple[str, ...]] = ("clinic",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    team: str
    name: str
    managers: tuple[str, ...]

    @classmethod
    def parse(cls, members: Members) -> TeamChangeBody:
        """The body of these members; there is a manager, and managers are sorted."""
        body = cls(
            team=members.id("team", "tea"),
            name=members.text("name", longest=200, shortest=1),
            managers=members.ids("managers", "acc"),
        )
        if not body.managers or list(body.managers) != sorted(body.managers):
            raise bad_members("a team's managers are sorted, and there is one")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"team": self.team, "name": self.name, "managers": list(self.managers)}

    @property
    def chain(self) -> str:
        """The team's chain."""
        return f"team:{self.team}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the team's first statement."""
        return sequence > 0


@dataclass(frozen=True)
class TeamAppointmentBody:
    """Somebody is to stand in the team, as what, and for a time where it is cover. The key comes by an admission."""

    kind: ClassVar[str] = "team-appointment"
    signatures: ClassVar[tuple[str, ...]] = ("appointer",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    team: str
    account: str
    role: TeamRole
    cover: CoverPeriod | None

    @classmethod
    def parse(cls, members: Members) -> TeamAppointmentBody:
        """The body of these members."""
        cover = members.or_none_object("cover")
        return cls(
            team=members.id("team", "tea"),
            account=members.id("account", "acc"),
            role=members.one_of("role", TEAM_ROLES),
            cover=None if cover is None else CoverPeriod.parse(cover),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        cover = None if self.cover is None else self.cover.as_json()
        return {"team": self.team, "account": self.account, "role": self.role, "cover": cover}

    @property
    def chain(self) -> str:
        """The team's chain."""
        return f"team:{self.team}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the team's first statement."""
        return sequence > 0


@dataclass(frozen=True)
class TeamRemovalBody:
    """Somebody stands in the team no longer, in the clinic's word; the key without them is for a member to make."""

    kind: ClassVar[str] = "team-removal"
    signatures: ClassVar[tuple[str, ...]] = ("clinic",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    team: str
    account: str

    @classmethod
    def parse(cls, members: Members) -> TeamRemovalBody:
        """The body of these members."""
        return cls(team=members.id("team", "tea"), account=members.id("account", "acc"))

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"team": self.team, "account": self.account}

    @property
    def chain(self) -> str:
        """The team's chain."""
        return f"team:{self.team}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the team's first statement."""
        return sequence > 0
