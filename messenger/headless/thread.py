"""From messages served to a thread as a person may see it: each judged alone, then beside its neighbours (§6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from messenger.protocol.ask import Ask
from messenger.protocol.device_chain import Finding, Place, continuity
from messenger.protocol.errors import ProtocolError
from messenger.protocol.json_strict import JsonObject, JsonValue
from messenger.protocol.message import Correction, Header, Message, Text
from messenger.protocol.shape import Members
from messenger.protocol.verdict import Reading, Unverified, Verdict, Verified, aims_at_own, judge

_MAKES_UNVERIFIED: Final = frozenset({"forked", "replayed", "wrong_epoch"})


@dataclass(frozen=True)
class Served:
    """A message as served, and what is concluded from it alone."""

    sequence: int
    received: str
    verdict: Verdict

    @property
    def header(self) -> Header | None:
        """The header, if somebody's signature over it holds."""
        return self.verdict.header

    @property
    def place(self) -> Place | None:
        """Where it stands, if its signature holds."""
        header, message_hash = self.verdict.header, self.verdict.hash
        if header is None or message_hash is None:
            return None
        return Place(
            sequence=self.sequence,
            id=header.id,
            hash=message_hash,
            epoch=header.epoch,
            withdrawals=self.verdict.withdrawals,
            sender=header.sender,
            device=header.device,
            device_sequence=header.device_sequence,
            device_previous=header.device_previous,
        )


@dataclass(frozen=True)
class ThreadMessage:
    """A message as a person may see it: text only if it is verified."""

    sequence: int
    received: str
    conversation: str
    header: Header | None
    text: str | None
    reason: str | None
    """Why it is not verified; None when it is."""

    def as_json(self) -> JsonObject:
        """A line of the command `read`."""
        header = self.header
        return {
            "id": None if header is None else header.id,
            "sequence": self.sequence,
            "conversation": self.conversation,
            "sender": None if header is None else header.sender,
            "time": None if header is None else header.time,
            "kind": None if header is None else header.kind,
            "text": self.text,
            "verified": self.reason is None,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Thread:
    """A stretch of a conversation, ascending, and what is not as it was sent in it."""

    messages: tuple[ThreadMessage, ...]
    findings: tuple[Finding, ...]


def judged(value: JsonValue, reading: Reading) -> Served:
    """One served message and its verdict; raises `EncodingRefused` only if sequence or time are no such things."""
    members = Members(value)
    sequence, received = members.integer("sequence", least=1), members.time("received")
    try:
        message = Message.parse_served(members)
    except ProtocolError:
        return Served(sequence, received, Unverified("malformed"))
    return Served(sequence, received, judge(message, reading))


def thread_of(conversation: str, served: Sequence[Served], *, whole: bool) -> Thread:
    """The thread of a stretch; `whole` says whether it begins at the conversation's first message."""
    places = [place for one in served if (place := one.place) is not None]
    findings = continuity(places, [one.sequence for one in served], whole=whole)
    broken = {one.sequence: one.code for one in findings if one.code in _MAKES_UNVERIFIED}
    headers = {one.header.id: one.header for one in served if one.header is not None and one.sequence not in broken}
    messages = tuple(_shown(conversation, one, broken.get(one.sequence), headers) for one in served)
    return Thread(messages, findings)


def _shown(conversation: str, one: Served, broken: str | None, headers: dict[str, Header]) -> ThreadMessage:
    verdict, header = one.verdict, one.header
    reason = broken or (None if isinstance(verdict, Verified) else verdict.reason)
    if reason is None and header is not None:
        target = headers.get(header.corrects or header.takes_back or "")
        reason = None if aims_at_own(header, target) else "not_the_author"
    text = _text(verdict) if reason is None else None
    return ThreadMessage(one.sequence, one.received, conversation, header, text, reason)


def _text(verdict: Verdict) -> str | None:
    body = verdict.body if isinstance(verdict, Verified) else None
    return body.text if isinstance(body, Text | Ask | Correction) else None
