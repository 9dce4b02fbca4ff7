"""What can be wrong when somebody asks for emergency access, lets it be, or uses it."""

from messenger.errors import Conflict, Invalid, NotFound, Refused


class EmergencyUnknown(NotFound):
    """There is no such emergency for this caller."""


class EmergencyMisplaced(Invalid):
    """A good statement by or about something else than it was sent for."""

    def __init__(self) -> None:
        super().__init__("statement_misplaced", "This statement is about something else than what it was sent for.")


class EmergencyBoxes(Invalid):
    """What was sent beside a statement is not what it names."""

    def __init__(self) -> None:
        super().__init__("boxes_mismatched", "What was sent beside the statement is not what the statement names.")


class EmergencyExists(Conflict):
    """Another request has this id."""

    def __init__(self) -> None:
        super().__init__("emergency_exists", "There is a request with this number already. Make a new one.")


class RequesterBlocked(Refused):
    """The patient has said that this person is not to read: an emergency does not undo that, colleagues can ask."""

    def __init__(self) -> None:
        super().__init__("requester_blocked", "The patient has chosen that you do not read. A colleague can ask.")


class EmergencyOver(Refused):
    """The access has not begun, has ended by time, or was closed."""

    def __init__(self) -> None:
        super().__init__("emergency_over", "This emergency access is not open: two custodians and its time decide.")
