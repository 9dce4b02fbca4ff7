"""Telling people that a team of theirs changed."""

from messenger.events import Subscribers
from messenger.teams.announcements import TeamChanged
from messenger.web.sockets import Sockets


def register(sockets: Sockets, subscribers: Subscribers) -> None:
    """Emit `team:changed` once the change is durable."""

    @subscribers.on_every_node(TeamChanged)
    def _tell(changed: TeamChanged) -> None:
        for account in changed.audience:
            sockets.emit("team:changed", {"team": changed.team}, to=f"account:{account}")
