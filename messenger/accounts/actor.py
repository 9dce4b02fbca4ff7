"""Who asks for something, as services see them. The identity of a request or socket is one."""

from dataclasses import dataclass
from typing import Protocol

from messenger.roles import Role


class Actor(Protocol):
    """A signed-in person."""

    @property
    def account(self) -> str:
        """Their account id."""

    @property
    def role(self) -> Role:
        """Their role in the clinic."""

    @property
    def clinic(self) -> str:
        """Their clinic's id."""


class Caller(Actor, Protocol):
    """An actor at a running session on one of their devices."""

    @property
    def session(self) -> str:
        """The session's id."""

    @property
    def device(self) -> str:
        """The id of the device it runs on."""


@dataclass(frozen=True, slots=True)
class Joiner:
    """Somebody who acts in the request that makes their account, before any session is theirs (an `Actor`)."""

    account: str
    role: Role
    clinic: str
