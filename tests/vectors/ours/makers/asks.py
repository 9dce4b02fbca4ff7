"""Vectors of asks: who may ask for what, in the conversation of `messages.json`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from messenger.protocol.ask import Ask
from messenger.protocol.json_strict import JsonObject, write_json
from messenger.protocol.message import Message
from messenger.protocol.padding import pad
from tests.vectors.ours.makers.conversation import CONVERSATION
from tests.vectors.ours.makers.messages import Case, header, message, reading, verdict_case, written
from tests.vectors.ours.makers.world import AMARA, TEAM, TOM, at, made_id


def asks() -> JsonObject:
    """Everything about asks. People are those of `chains.json`."""
    return {
        "reading": reading(),
        "written": [written("an ask", header(TOM), asking())],
        "verdicts": [verdict_case(*case) for case in _cases()],
    }


def asking(**changes: Any) -> Ask:
    """The nurse asks the patient to let a colleague read."""
    ask = Ask(
        "May she read along? 她能一起看吗？", AMARA.account, CONVERSATION, "coordination", "from", at(100), at(90000)
    )
    return replace(ask, **changes)


def _cases() -> list[Case]:
    whole = asking(scope="all", history="all", history_from=None, until=None, grantee=TEAM)
    refused: list[tuple[str, Message]] = [
        ("an ask of the patient's", message(header(), asking())),
        ("an ask about another conversation", _asked(asking(scope=made_id("cnv", "other")))),
        ("an ask that answers", _asked(asking(), answers=(made_id("msg", "a"),))),
        ("an ask that acknowledges", _asked(asking(), acknowledges=(made_id("msg", "a"),))),
        ("an ask that is a question", _asked(asking(), kind="question")),
        ("an ask as a correction", _asked(asking(), corrects=made_id("msg", "a"))),
        ("an ask without words", _asked(asking(text=""))),
        ("an ask for a device", _asked(asking(grantee=made_id("dev", "x")))),
        ("an ask from no date", _asked(asking(history_from=None))),
        ("an ask with a date it does not need", _asked(asking(history="all"))),
        ("an ask with another purpose", _asked({**asking().as_json(), "purpose": "research"})),
        ("an ask with a name", _asked({**asking().as_json(), "name": "Dr Amara Okafor"})),
        ("an ask to open conversations", _asked({**asking().as_json(), "may_open": True})),
    ]
    return [
        ("an ask of the nurse's", _asked(asking()), "verified", asking().as_json()),
        ("an ask for a team, for everything", _asked(whole), "verified", whole.as_json()),
        *((name, sent, "malformed", None) for name, sent in refused),
    ]


def _asked(ask: Ask | JsonObject, **changes: Any) -> Message:
    body = ask.as_json() if isinstance(ask, Ask) else ask
    return message(header(TOM, **changes), pad(write_json(body)), signing=TOM.signing())
