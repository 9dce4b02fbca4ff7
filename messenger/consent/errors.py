"""What can be wrong about consents and profiles."""

from messenger.errors import Conflict, Invalid, NotFound


class NotCovered(NotFound):
    """No consent covers the caller; the answer is the one for what does not exist, the log knows better."""

    recorded = True  # the refused entry


class ConsentMisplaced(Invalid):
    """The consent that came with joining is not the one to the team that invited."""

    def __init__(self) -> None:
        super().__init__(
            "consent_misplaced", "Joining takes one consent to the care team that invited you, from now on."
        )


class GranteeUnknown(Invalid):
    """Whom the patient names is not of the care staff of their clinic."""

    def __init__(self) -> None:
        super().__init__("grantee_unknown", "Only care staff and care teams of your own clinic can be let in to read.")


class ReadersChanged(Conflict):
    """The profile is sealed to more or fewer readers, or to other keys, than consent gives now."""

    def __init__(self) -> None:
        super().__init__("readers_changed", "Who can read has changed. Look again, then try again.")


class ProfileMoved(Conflict):
    """Another device stored a newer version."""

    def __init__(self) -> None:
        super().__init__("profile_moved", "Another device stored a newer profile. Fetch it, then try again.")


class ProfileMismatched(Invalid):
    """Ciphertext or boxes are not those that the statement lists."""

    def __init__(self) -> None:
        super().__init__("profile_mismatched", "What was sent is not what was signed.")


class ReleaseUnknown(Invalid):
    """An export in a release of FHIR that is not written here."""

    def __init__(self) -> None:
        super().__init__("release_unknown", "A copy is made as FHIR R4 or R5: format is r4 or r5.")
