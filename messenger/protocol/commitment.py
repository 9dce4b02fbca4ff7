"""Salted commitments: names and free text stand beside a statement that holds their hash, and so can be erased."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from messenger.protocol.encoding import b64u_encode, labelled_hash
from messenger.protocol.errors import OpeningFailed
from messenger.protocol.json_strict import JsonObject, JsonValue, parse_json, write_json
from messenger.protocol.shape import Members

SALT_BYTES: Final = 32


@dataclass(frozen=True)
class CommittedText:
    """A text and the salt under which a statement commits to it."""

    salt: bytes
    text: str

    @classmethod
    def parse(cls, value: JsonValue) -> CommittedText:
        """From `{"salt", "text"}` as it travels; raises `EncodingRefused` (`bad_members`)."""
        members = Members(value)
        committed = cls(members.raw("salt", SALT_BYTES), members.text("text", longest=4000))
        members.close()
        return committed

    def as_json(self) -> JsonObject:
        """`{"salt", "text"}`."""
        return {"salt": b64u_encode(self.salt), "text": self.text}

    @property
    def commitment(self) -> str:
        """`H("commitment", salt ‖ text)`."""
        return b64u_encode(labelled_hash("commitment", self.salt, self.text.encode("utf-8")))

    def check(self, commitment: str | None) -> None:
        """Raises `OpeningFailed` (`wrong_commitment`) unless this is the text that was committed to."""
        if commitment is None or not hmac.compare_digest(self.commitment, commitment):
            raise OpeningFailed("wrong_commitment", "This is not the text that the statement commits to.")


@dataclass(frozen=True)
class Card:
    """A staff member's name and credential ("RN"), public within the clinic."""

    name: str
    credential: str

    def commit(self) -> CommittedText:
        """The card under a fresh salt."""
        text = write_json({"name": self.name, "credential": self.credential}).decode("utf-8")
        return CommittedText(secrets.token_bytes(SALT_BYTES), text)


def open_card(committed: CommittedText, commitment: str | None) -> Card:
    """The card that an invitation commits to; raises `OpeningFailed` (`wrong_commitment`), `EncodingRefused`."""
    committed.check(commitment)
    members = Members(parse_json(committed.text.encode("utf-8")))
    card = Card(members.text("name", longest=200, shortest=1), members.text("credential", longest=100))
    members.close()
    return card
