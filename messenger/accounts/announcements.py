"""What this room tells the rooms above it and the sockets (`messenger.events`)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from messenger.protocol.statement import Envelope
from messenger.roles import Role


class EndReason(StrEnum):
    """Why a session ended, as its sockets are told."""

    SIGNED_OUT = "signed_out"
    LOCKED = "locked"
    REVOKED = "revoked"
    """Signed out from another device."""
    IDLE = "idle"
    """Nobody did anything for too long, or the session was as old as one may be."""
    CREDENTIALS_CHANGED = "credentials_changed"
    """Another device made a new password or new keys."""


@dataclass(frozen=True)
class SessionsEnded:
    """These sessions are over: their tokens and shares are gone with this commit."""

    sessions: tuple[str, ...]
    reason: EndReason


@dataclass(frozen=True)
class AccountJoined:
    """An invitation was used. `consent` is what a patient signed with it: who owns consents verifies and keeps it."""

    account: str
    clinic: str
    role: Role
    teams: tuple[str, ...]
    consent: Envelope | None
    time: datetime
