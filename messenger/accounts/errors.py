"""What can be wrong when people join, sign in and look after their keys."""

from messenger.errors import Conflict, Gone, Invalid, NotFound, Refused, Unauthenticated


class SignInFailed(Unauthenticated):
    """Wrong name, wrong password or code, replayed or expired challenge: one error, so that none tells of another."""

    recorded = True  # the challenge is used up, and the refused try waits for its entry in the log

    def __init__(self) -> None:
        super().__init__(
            "sign_in_failed", "The name and the password do not belong together, or it took too long. Try again."
        )


class InvitationUnknown(NotFound):
    """No invitation has this id."""

    def __init__(self) -> None:
        super().__init__(
            "invitation_unknown", "This invitation is not known here. Check the link, or ask for a new one."
        )


class InvitationUsed(Gone):
    """Somebody has joined with it."""

    def __init__(self) -> None:
        super().__init__(
            "invitation_used",
            "Somebody has already joined with this invitation. If that was not you, tell your clinic at once.",
        )


class InvitationExpired(Gone):
    """Its time is over."""

    def __init__(self) -> None:
        super().__init__("invitation_expired", "This invitation has expired. Ask for a new one.")


class InvitationCancelled(Gone):
    """Whoever made it took it back."""

    def __init__(self) -> None:
        super().__init__("invitation_cancelled", "This invitation was taken back. Ask for a new one.")


class NameTaken(Conflict):
    """Somebody signs in with this name."""

    def __init__(self) -> None:
        super().__init__("name_taken", "Somebody else signs in with this name. Choose another one.")


class DeviceTaken(Conflict):
    """This device id is another account's."""

    def __init__(self) -> None:
        super().__init__("device_taken", "This device is known under another account. Start again as a new device.")


class PossessionRefused(Refused):
    """The nonce sealed to the new key did not come back."""

    def __init__(self) -> None:
        super().__init__(
            "possession_not_proved", "The new key was not shown to be yours, or it took too long. Try again."
        )


class DocumentMoved(Conflict):
    """Another device stored a newer version."""

    def __init__(self) -> None:
        super().__init__("document_moved", "Another device stored something newer. Fetch it, then try again.")


class ConsentMissing(Invalid):
    """A patient joins with a consent, staff without."""

    def __init__(self) -> None:
        super().__init__("consent_expected", "A patient joins with one consent to their care team, staff with none.")


class StatementMisplaced(Invalid):
    """A good statement about another account, clinic, key or version than it was sent for."""

    def __init__(self) -> None:
        super().__init__("statement_misplaced", "This statement is about something else than what it was sent for.")
