"""What this room tells the sockets (`messenger.events`)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EmergencyChanged:
    """Emergency access was asked for, released, used, ended or closed; `audience` are the accounts to be told."""

    emergency: str
    patient: str
    audience: tuple[str, ...]
