"""What the web nodes tell each other: the closed list of announcements that travel, and the line they travel on.

An announcement that some room wants to hear `on_every_node` has to stand here, or the service does not start.
"""

import hashlib
import hmac
from typing import Final

from config import Settings
from messenger.accounts.announcements import SessionsEnded
from messenger.channel import Channel, EventsMissed
from messenger.conversations.announcements import (
    ConversationChanged,
    LeasesEnded,
    MessageErased,
    MessagesSent,
    ReadersChanged,
    ReceiptChanged,
    TypingChanged,
)
from messenger.emergency.announcements import EmergencyChanged
from messenger.events import Subscribers
from messenger.jobs import Background
from messenger.teams.announcements import ReadersLeft, TeamChanged
from messenger.travelling import Travelling

KINDS: Final = {
    "conversation-changed": ConversationChanged,
    "emergency-changed": EmergencyChanged,
    "leases-ended": LeasesEnded,
    "message-erased": MessageErased,
    "messages-sent": MessagesSent,
    "readers-changed": ReadersChanged,
    "readers-left": ReadersLeft,
    "receipt-changed": ReceiptChanged,
    "sessions-ended": SessionsEnded,
    "team-changed": TeamChanged,
    "typing-changed": TypingChanged,
}
"""Name on the line → announcement. `EventsMissed` is what each node finds out by itself."""

MESSAGES_TOGETHER: Final = 16
"""In one frame: of the largest size they are two megabytes, and Redis cuts off whoever has eight of them waiting."""


class Nodes:
    """This node's line to the others, where there is a Redis to reach them through."""

    def __init__(self, settings: Settings, subscribers: Subscribers, background: Background) -> None:
        self._subscribers = subscribers
        self._travelling = Travelling(KINDS)
        self._channel: Channel | None = None
        if settings.redis_url is None:
            return
        channel = self._channel = Channel(settings.redis_url, _name(settings), self._travelling, subscribers.hear)
        subscribers.reach_others(lambda event: _tell(channel, event))
        background.add("to other nodes", channel.run_sending, channel.stop)
        background.add("from other nodes", channel.run_hearing, channel.stop)

    def in_touch(self) -> bool:
        """Whether what other nodes announce arrives here; with nobody to hear, it always does."""
        return self._channel is None or self._channel.in_touch

    def check_listed(self) -> None:
        """Every announcement that a room wants to hear on every node can travel.

        Raises:
            TypeError: one cannot; the message names it.
        """
        unlisted = self._subscribers.heard_everywhere - self._travelling.kinds - {EventsMissed}
        if unlisted:
            names = ", ".join(sorted(kind.__name__ for kind in unlisted))
            raise TypeError(f"{names} must stand in between_nodes.KINDS to be heard on every node")


def _tell(channel: Channel, event: object) -> None:
    if isinstance(event, MessagesSent):
        for first in range(0, len(event.messages), MESSAGES_TOGETHER):
            channel.tell(MessagesSent(event.messages[first : first + MESSAGES_TOGETHER]))
    else:
        channel.tell(event)


def _name(settings: Settings) -> str:
    """The channel of this service alone, though others may use the same Redis: whoever has its secret finds it."""
    mac = hmac.new(settings.secret_key.encode(), b"between/nodes/1", hashlib.sha256)
    return f"between:{mac.hexdigest()[:32]}"
