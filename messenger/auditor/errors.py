"""Why a check could not be made; a check that was made says what it found instead."""

from messenger.errors import BetweenError


class CannotCheck(BetweenError):
    """There is nothing to check, or it cannot be read."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, 400, sentence)
