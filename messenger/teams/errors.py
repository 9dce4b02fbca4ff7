"""What can be wrong about clinics, teams and their keys."""

from messenger.errors import Conflict, Invalid, NotFound


class ClinicUnknown(NotFound):
    """No clinic has this id, or its founder has not joined yet."""

    def __init__(self) -> None:
        super().__init__("clinic_unknown", "This clinic is not known here.")


class TeamUnknown(NotFound):
    """The clinic has no such team."""

    def __init__(self) -> None:
        super().__init__("team_unknown", "This team is not known here.")


class ClinicFounded(Conflict):
    """Somebody has used the clinic's one founding link."""

    def __init__(self) -> None:
        super().__init__("clinic_founded", "This clinic has its administrator already.")


class TwoAdministratorsNeeded(Conflict):
    """One administrator who leaves would take the clinic's key along."""

    def __init__(self) -> None:
        super().__init__(
            "two_administrators_needed",
            "Before the first patient, a second administrator must hold the clinic's key. Share it, then invite.",
        )


class TeamKeyMissing(Conflict):
    """The team's manager has not made its key, so nothing could be locked for it."""

    def __init__(self) -> None:
        super().__init__("team_key_missing", "This team has no key yet. Its manager makes one by signing in.")


class KeysChanged(Conflict):
    """Something was sealed to a key that is not its owner's newest one."""

    def __init__(self) -> None:
        super().__init__("keys_changed", "Somebody's keys have changed. Look again, then try again.")


class BoxMisplaced(Invalid):
    """The boxes sent are not the ones the statement lists."""

    def __init__(self) -> None:
        super().__init__("box_misplaced", "The sealed keys sent are not the ones that were signed.")


class TeamMisplaced(Invalid):
    """The statement is about another team, or its signer is not who sent it."""

    def __init__(self) -> None:
        super().__init__("statement_misplaced", "This statement is about something else than what it was sent for.")


class CustodiansUnfit(Invalid):
    """Somebody named is nobody's custodian."""

    def __init__(self) -> None:
        super().__init__("custodians_unfit", "Only custodians of your own clinic can be named.")
