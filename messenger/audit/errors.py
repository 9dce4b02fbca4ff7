"""What can be wrong with a clinic's log on the server's side."""

from messenger.errors import BetweenError, Unavailable


class LogUnknown(BetweenError):
    """There is no log for this clinic: it was never created here."""

    def __init__(self, clinic: str) -> None:
        super().__init__("log_unknown", 404, "There is no access log for {clinic}.", clinic=clinic)


class LogInconsistent(BetweenError):
    """The stored tree is not the one that was signed last; the log is not continued until somebody has looked."""

    def __init__(self, clinic: str) -> None:
        super().__init__(
            "log_inconsistent", 503, "The stored access log of {clinic} is not the one that was signed.", clinic=clinic
        )


class LogKeyUnreadable(BetweenError):
    """The log's private key does not open: SECRET_KEY is not the one it was sealed under."""

    def __init__(self, clinic: str) -> None:
        super().__init__(
            "log_key_unreadable", 503, "SECRET_KEY is not the one that sealed the log key of {clinic}.", clinic=clinic
        )


class LogUnwritable(Unavailable):
    """An entry cannot be written: what it would have recorded is not done and nothing is served."""

    def __init__(self) -> None:
        super().__init__(
            "cannot_be_stored",
            "The service cannot store anything at the moment. Nothing was changed; please try again in a moment.",
        )


class NotInTheLog(Unavailable):
    """The entry is committed and the sequencer has not placed it yet; it will within a second."""

    def __init__(self) -> None:
        super().__init__("not_in_the_log_yet", "This entry has no place in the log yet. Ask again in a moment.")
