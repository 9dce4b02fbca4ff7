"""A patient's consent: who may hold keys to what, from when, until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, get_args

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES

Purpose = Literal["treatment"]
History = Literal["none", "all", "from"]
SCOPE_ALL: Final = "all"


@dataclass(frozen=True)
class ConsentBody:
    """One consent, active from `not_before` until (not including) `until`."""

    kind: ClassVar[str] = "consent"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    consent: str
    patient: str
    clinic: str
    grantee: str
    """A team or a person."""
    scope: str
    """`all`, or one conversation."""
    purpose: Purpose
    history: History
    history_from: str | None
    not_before: str
    until: str | None
    may_open: bool
    """Whether the grantee may start conversations."""

    @classmethod
    def parse(cls, members: Members) -> ConsentBody:
        """The body of these members; it ends after it begins, and `from` stands there when history needs it."""
        body = cls(
            consent=members.id("consent", "cns"),
            patient=members.id("patient", "acc"),
            clinic=members.id("clinic", "cln"),
            grantee=members.id("grantee", "tea", "acc"),
            scope=_parse_scope(members),
            purpose=members.one_of("purpose", get_args(Purpose)),
            history=members.one_of("history", get_args(History)),
            history_from=members.or_none("from", members.time),
            not_before=members.time("not_before"),
            until=members.or_none("until", members.time),
            may_open=members.flag("may_open"),
        )
        if (body.history == "from") != (body.history_from is not None):
            raise bad_members("from stands there if, and only if, history is from a date")
        if body.until is not None and body.until <= body.not_before:
            raise bad_members("a consent ends after it begins")
        return body

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "consent": self.consent,
            "patient": self.patient,
            "clinic": self.clinic,
            "grantee": self.grantee,
            "scope": self.scope,
            "purpose": self.purpose,
            "history": self.history,
            "from": self.history_from,
            "not_before": self.not_before,
            "until": self.until,
            "may_open": self.may_open,
        }

    @property
    def chain(self) -> str:
        """The patient's consent chain."""
        return f"consent:{self.patient}"

    def may_stand_at(self, sequence: int) -> bool:
        """Anywhere."""
        return sequence >= 0


def _parse_scope(members: Members) -> str:
    scope = members.text("scope")
    return scope if scope == SCOPE_ALL else Members({"scope": scope}).id("scope", "cnv")
