"""What can be wrong with an append."""

from messenger.errors import Conflict, Invalid


class ChainMoved(Conflict):
    """Another statement was appended first: fetch the chain, verify it and try again."""

    def __init__(self) -> None:
        super().__init__("chain_moved", "Something else was changed at the same moment. Look again, then try again.")


class ClockSkewed(Invalid):
    """The statement says that it was signed more than ten minutes before or after it arrived."""

    def __init__(self) -> None:
        super().__init__(
            "clock_skewed", "The clock of this device is more than ten minutes off. Set it, then try again."
        )
