"""Who asks, as this room needs to know them: an identity of a request or of a socket is one."""

from typing import Protocol

from messenger.roles import Role


class Caller(Protocol):
    """A signed-in person on one of their devices."""

    @property
    def account(self) -> str:
        """Their account id."""

    @property
    def role(self) -> Role:
        """Their role in the clinic."""

    @property
    def clinic(self) -> str:
        """Their clinic's id."""

    @property
    def session(self) -> str:
        """The session that this request or socket belongs to."""

    @property
    def device(self) -> str:
        """The device that the session runs on."""
