"""A patient's consent: who may hold keys to what, from when, until when; how it changes, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal, TypedDict, get_args

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.shape import Members, bad_members
from messenger.protocol.statement import MAX_PAYLOAD_BYTES

Purpose = Literal["treatment", "coordination", "billing", "complaint"]
History = Literal["none", "all", "from"]
SCOPE_ALL: Final = "all"


class Terms(TypedDict):
    """What a consent says and a change may say anew: all of it but the two parties."""

    scope: str
    """`all`, or one conversation."""
    purpose: Purpose
    history: History
    history_from: str | None
    not_before: str
    until: str | None
    may_open: bool
    """Whether the grantee may start conversations."""


@dataclass(frozen=True)
class ConsentBody:
    """One consent, active from `not_before` until (not including) `until`; also a consent as later changes left it."""

    kind: ClassVar[str] = "consent"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    consent: str
    patient: str
    clinic: str
    grantee: str
    """A team or a person."""
    scope: str
    purpose: Purpose
    history: History
    history_from: str | None
    not_before: str
    until: str | None
    may_open: bool

    @classmethod
    def parse(cls, members: Members) -> ConsentBody:
        """The body of these members; it ends after it begins, and `from` stands there when history needs it."""
        return cls(
            consent=members.id("consent", "cns"),
            patient=members.id("patient", "acc"),
            clinic=members.id("clinic", "cln"),
            grantee=members.id("grantee", "tea", "acc"),
            **_parse_terms(members),
        )

    def as_json(self) -> JsonObject:
        """The members as written."""
        parties: JsonObject = {
            "consent": self.consent,
            "patient": self.patient,
            "clinic": self.clinic,
            "grantee": self.grantee,
        }
        return parties | _terms_as_json(self)

    @property
    def chain(self) -> str:
        """The patient's consent chain."""
        return f"consent:{self.patient}"

    def may_stand_at(self, sequence: int) -> bool:
        """Anywhere."""
        return sequence >= 0


@dataclass(frozen=True)
class ConsentChangeBody:
    """The terms of a consent from this statement on, all of them, in place of those before."""

    kind: ClassVar[str] = "consent-change"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    consent: str
    patient: str
    scope: str
    purpose: Purpose
    history: History
    history_from: str | None
    not_before: str
    until: str | None
    may_open: bool

    @classmethod
    def parse(cls, members: Members) -> ConsentChangeBody:
        """The body of these members; its terms have the shape of a consent's."""
        return cls(consent=members.id("consent", "cns"), patient=members.id("patient", "acc"), **_parse_terms(members))

    def as_json(self) -> JsonObject:
        """The members as written."""
        named: JsonObject = {"consent": self.consent, "patient": self.patient}
        return named | _terms_as_json(self)

    @property
    def chain(self) -> str:
        """The patient's consent chain."""
        return f"consent:{self.patient}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the consent that it changes."""
        return sequence > 0

    def applied_to(self, consent: ConsentBody) -> ConsentBody:
        """The consent under these terms; who consented and to whom stays."""
        return replace(
            consent,
            scope=self.scope,
            purpose=self.purpose,
            history=self.history,
            history_from=self.history_from,
            not_before=self.not_before,
            until=self.until,
            may_open=self.may_open,
        )


@dataclass(frozen=True)
class ConsentRevocationBody:
    """From this statement on the consent counts for nothing, whatever its times."""

    kind: ClassVar[str] = "consent-revocation"
    signatures: ClassVar[tuple[str, ...]] = ("self",)
    max_bytes: ClassVar[int] = MAX_PAYLOAD_BYTES

    consent: str
    patient: str

    @classmethod
    def parse(cls, members: Members) -> ConsentRevocationBody:
        """The body of these members."""
        return cls(consent=members.id("consent", "cns"), patient=members.id("patient", "acc"))

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {"consent": self.consent, "patient": self.patient}

    @property
    def chain(self) -> str:
        """The patient's consent chain."""
        return f"consent:{self.patient}"

    def may_stand_at(self, sequence: int) -> bool:
        """After the consent that it ends."""
        return sequence > 0


def _parse_terms(members: Members) -> Terms:
    terms = Terms(
        scope=_parse_scope(members),
        purpose=members.one_of("purpose", get_args(Purpose)),
        history=members.one_of("history", get_args(History)),
        history_from=members.or_none("from", members.time),
        not_before=members.time("not_before"),
        until=members.or_none("until", members.time),
        may_open=members.flag("may_open"),
    )
    if (terms["history"] == "from") != (terms["history_from"] is not None):
        raise bad_members("from stands there if, and only if, history is from a date")
    if terms["until"] is not None and terms["until"] <= terms["not_before"]:
        raise bad_members("a consent ends after it begins")
    return terms


def _terms_as_json(body: ConsentBody | ConsentChangeBody) -> JsonObject:
    return {
        "scope": body.scope,
        "purpose": body.purpose,
        "history": body.history,
        "from": body.history_from,
        "not_before": body.not_before,
        "until": body.until,
        "may_open": body.may_open,
    }


def _parse_scope(members: Members) -> str:
    scope = members.text("scope")
    return scope if scope == SCOPE_ALL else Members({"scope": scope}).id("scope", "cnv")
