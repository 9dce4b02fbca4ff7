"""What this room tells the sockets (`messenger.events`)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TeamChanged:
    """A team got a key or a member, or somebody waits to be let in; `audience` are the accounts to be told."""

    team: str
    audience: tuple[str, ...]
