"""Who asks for something, as services see them. The identity of a request or socket is one."""

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
