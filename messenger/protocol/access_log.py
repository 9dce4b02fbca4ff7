"""Entries of the access log and their frames (`docs/protocol.md` §7).

The body says what happened; the frame, which the tree's leaf is made of, says where in the log and in its subject's
chain the body stands. Frames can be shown to anyone whom an entry does not concern: they hold no more than hashes, an
opaque subject and counts.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final

from messenger.protocol.encoding import b64u_decode, b64u_encode, check_hash_text, parse_time, sha256
from messenger.protocol.errors import EncodingRefused
from messenger.protocol.ids import check_id
from messenger.protocol.json_strict import MAX_INTEGER, JsonObject, parse_object

NONCE_BYTES: Final = 32
FRAME_VERSION: Final = "between-frame/v1"

_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))
_ACTION = re.compile(r"[a-z_]{1,19}:[a-z_]{1,20}", re.ASCII)
_CODE = re.compile(r"[a-z_]{1,40}", re.ASCII)
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """The body of an entry.

    `statement` is the hash of the signed statement, or of the signed message, by which it was done; `detail` a
    commitment to erasable text beside it; `nonce` 32 random bytes that keep a body from being guessed from its hash.
    """

    id: str
    clinic: str
    time: str
    actor: str
    on_behalf: str | None
    action: str
    object: str | None
    subject: str
    conversation: str | None
    outcome: str
    reason: str | None
    statement: str | None
    automatic: bool
    detail: str | None
    nonce: bytes

    def encode(self) -> bytes:
        """The bytes that are stored and hashed; ASCII, since no member can hold anything else."""
        members = {
            "id": self.id,
            "clinic": self.clinic,
            "time": self.time,
            "actor": self.actor,
            "on_behalf": self.on_behalf,
            "action": self.action,
            "object": self.object,
            "subject": self.subject,
            "conversation": self.conversation,
            "outcome": self.outcome,
            "reason": self.reason,
            "statement": self.statement,
            "automatic": self.automatic,
            "detail": self.detail,
            "nonce": b64u_encode(self.nonce),
        }
        return _ENCODER.encode(members).encode("ascii")

    @classmethod
    def parse(cls, encoded: bytes) -> LogEntry:
        """Read a body; raises `EncodingRefused` (`malformed_entry`, or the code of the member that is wrong)."""
        members = parse_object(encoded)
        if members.keys() != {field.name for field in fields(cls)}:
            raise _malformed("its members are not those of an entry")
        entry = cls(
            id=check_id(_text(members, "id"), "evt"),
            clinic=check_id(_text(members, "clinic"), "cln"),
            time=_text(members, "time"),
            actor=_text(members, "actor"),
            on_behalf=_text_or_null(members, "on_behalf"),
            action=_text(members, "action"),
            object=_text_or_null(members, "object"),
            subject=check_id(_text(members, "subject"), "acc", "cln", "tea"),
            conversation=_text_or_null(members, "conversation"),
            outcome=_text(members, "outcome"),
            reason=_text_or_null(members, "reason"),
            statement=_text_or_null(members, "statement"),
            automatic=_flag(members, "automatic"),
            detail=_text_or_null(members, "detail"),
            nonce=b64u_decode(_text(members, "nonce")),
        )
        _check(entry)
        return entry


@dataclass(frozen=True)
class Frame:
    """A leaf of the log: `index` in the tree, `sequence` in the subject's chain after the frame hashed `previous`."""

    index: int
    subject: str
    sequence: int
    previous: bytes | None
    body_hash: bytes

    def encode(self) -> bytes:
        """The leaf's bytes: five ASCII lines, each ended by a line feed."""
        return self._encoded

    @cached_property
    def _encoded(self) -> bytes:
        previous = "-" if self.previous is None else b64u_encode(self.previous)
        place = f"{self.subject}\n{self.sequence} {previous}"
        return f"{FRAME_VERSION}\n{self.index}\n{place}\n{b64u_encode(self.body_hash)}\n".encode("ascii")

    @cached_property
    def hash(self) -> bytes:
        """SHA-256 of the frame's bytes: what the next frame of the subject names as `previous`."""
        return sha256(self.encode())

    @classmethod
    def parse(cls, encoded: bytes) -> Frame:
        """Read a frame; `encode` gives back the very same bytes. Raises `EncodingRefused` (`malformed_frame`, ...)."""
        try:
            version, index, subject, place, body_hash, rest = encoded.decode("ascii").split("\n")
            sequence, previous = place.split(" ")
        except ValueError as refused:
            raise EncodingRefused("malformed_frame", "A frame is five lines of ASCII.") from refused
        if version != FRAME_VERSION or rest or not _NUMBER.fullmatch(index) or not _NUMBER.fullmatch(sequence):
            raise EncodingRefused("malformed_frame", "A frame has a version, two numbers and nothing after its lines.")
        if (sequence == "0") != (previous == "-") or max(int(index), int(sequence)) > MAX_INTEGER:
            raise EncodingRefused("malformed_frame", "A chain's first frame alone follows no other.")
        return cls(
            int(index),
            check_id(subject, "acc", "cln", "tea"),
            int(sequence),
            None if previous == "-" else b64u_decode(check_hash_text(previous)),
            b64u_decode(check_hash_text(body_hash)),
        )


def _check(entry: LogEntry) -> None:
    parse_time(entry.time)
    for account in (None if entry.actor == "system" else entry.actor, entry.on_behalf):
        if account is not None:
            check_id(account, "acc")
    if entry.conversation is not None:
        check_id(entry.conversation, "cnv")
    if not _ACTION.fullmatch(entry.action) or entry.outcome not in {"done", "refused"}:
        raise _malformed("its action or outcome is none of the log's")
    if entry.reason is not None and not _CODE.fullmatch(entry.reason):
        raise _malformed("its reason is not a code")
    for commitment in (entry.statement, entry.detail):
        if commitment is not None:
            check_hash_text(commitment)
    if len(entry.nonce) != NONCE_BYTES:
        raise _malformed("its nonce is not 32 bytes")


def _text(members: JsonObject, name: str) -> str:
    value = members[name]
    if not isinstance(value, str):
        raise _malformed(f"{name} is not text")
    return value


def _text_or_null(members: JsonObject, name: str) -> str | None:
    return None if members[name] is None else _text(members, name)


def _flag(members: JsonObject, name: str) -> bool:
    value = members[name]
    if not isinstance(value, bool):
        raise _malformed(f"{name} is neither true nor false")
    return value


def _malformed(why: str) -> EncodingRefused:
    return EncodingRefused("malformed_entry", f"This is not an entry of the access log: {why}.")
