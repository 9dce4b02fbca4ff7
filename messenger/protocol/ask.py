"""An ask: somebody of the care team proposes to the patient, in a message, whom to let read (`docs/protocol.md` §6).

It grants nothing. The patient's client shows what it would come to; what counts is a consent that the patient signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from messenger.protocol.json_strict import JsonObject
from messenger.protocol.kinds.consent import SCOPE_ALL, History, Purpose
from messenger.protocol.shape import Members, bad_members


@dataclass(frozen=True)
class Ask:
    """What somebody asks for, and why in their own words."""

    text: str
    grantee: str
    """A team or a person; who that is, each reader's own verified directory says."""
    scope: str
    """`all`, or the conversation that the message is in."""
    purpose: Purpose
    history: History
    history_from: str | None
    until: str | None

    @classmethod
    def parse(cls, members: Members) -> Ask:
        """The ask of these members, its type left out; raises `EncodingRefused` (`bad_members`)."""
        scope = members.text("scope")
        ask = cls(
            text=members.text("text", shortest=1),
            grantee=members.id("grantee", "tea", "acc"),
            scope=scope if scope == SCOPE_ALL else Members({"scope": scope}).id("scope", "cnv"),
            purpose=members.one_of("purpose", get_args(Purpose)),
            history=members.one_of("history", get_args(History)),
            history_from=members.or_none("from", members.time),
            until=members.or_none("until", members.time),
        )
        if (ask.history == "from") != (ask.history_from is not None):
            raise bad_members("from stands there if, and only if, history is from a date")
        return ask

    def as_json(self) -> JsonObject:
        """The members as written."""
        return {
            "type": "ask",
            "text": self.text,
            "grantee": self.grantee,
            "scope": self.scope,
            "purpose": self.purpose,
            "history": self.history,
            "from": self.history_from,
            "until": self.until,
        }
