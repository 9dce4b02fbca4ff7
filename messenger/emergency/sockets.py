"""Telling the patient, the requester, custodians and compliance at once."""

from messenger.emergency.announcements import EmergencyChanged
from messenger.events import Subscribers
from messenger.web.sockets import Sockets


def register(sockets: Sockets, subscribers: Subscribers) -> None:
    """Emit `emergency:changed` once the change is durable."""

    @subscribers.on_every_node(EmergencyChanged)
    def _tell(changed: EmergencyChanged) -> None:
        for account in changed.audience:
            told = {"emergency": changed.emergency, "patient": changed.patient}
            sockets.emit("emergency:changed", told, to=f"account:{account}")
