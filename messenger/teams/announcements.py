"""What this room tells the sockets (`messenger.events`)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TeamChanged:
    """A team got a key or a member, or somebody waits to be let in; `audience` are the accounts to be told."""

    team: str
    audience: tuple[str, ...]


@dataclass(frozen=True)
class ReaderCame:
    """Somebody reads for a team from now on, or from a time on where they are cover: its patients are to be told."""

    team: str
    clinic: str
    account: str
    by: str
    statement: bytes
    cover: bool
    time: datetime


@dataclass(frozen=True)
class ReadersLeft:
    """These accounts read for a team no longer."""

    team: str
    accounts: tuple[str, ...]
    time: datetime


@dataclass(frozen=True)
class CustodiansNamed:
    """The clinic has other custodians: what was sealed for those before is sealed to no more."""

    clinic: str
    time: datetime
