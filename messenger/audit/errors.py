"""What can be wrong with a clinic's log on the server's side."""

from messenger.errors import BetweenError


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
