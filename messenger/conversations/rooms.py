"""The live connections, and which of them hear what of a conversation: each of these rooms is on every web node."""

from collections.abc import Mapping
from typing import Any, Protocol

from messenger.conversations.caller import Caller
from messenger.roles import Role


class Connections(Protocol):
    """The live connections, as far as this room needs them (`messenger.web.sockets`)."""

    def emit(self, event: str, data: Mapping[str, Any], *, to: str) -> None:
        """Send to one socket or to a room."""

    def emit_to_all(self, event: str, data: Mapping[str, Any]) -> None:
        """Send to every socket of this node."""

    def enter(self, sid: str, room: str) -> None:
        """Let a socket hear what is emitted to a room."""

    def leave(self, sid: str, room: str) -> None:
        """The opposite of `enter`."""


def rooms_of(conversation: str, caller: Caller) -> tuple[str, str]:
    """The rooms of whoever may hear what is written."""
    own = patient_room(conversation) if caller.role is Role.PATIENT else care_room(conversation)
    return everybody(conversation), own


def all_rooms(conversation: str) -> tuple[str, str, str]:
    """Every room that a socket may have to leave."""
    return everybody(conversation), care_room(conversation), patient_room(conversation)


def everybody(conversation: str) -> str:
    """Who follows it."""
    return f"conversation:{conversation}"


def care_room(conversation: str) -> str:
    """Who of the care staff follows it."""
    return f"conversation:{conversation}:care"


def patient_room(conversation: str) -> str:
    """Whose conversation it is."""
    return f"conversation:{conversation}:patient"
