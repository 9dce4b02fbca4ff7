"""What time it is. Every service is handed the time, so that a test or a demonstration can choose it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The machine's instant, in UTC."""
        return datetime.now(UTC)


class ClockFileUnreadable(ValueError):
    """The clock file is missing or does not hold one ISO 8601 instant with an offset."""


class FileClock:
    """Reads the instant from a file at each call, so that expiry and overdue can be watched in a demonstration.

    Only the demo clinic may run on it: a server whose time an operator can move would let rights be backdated.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The instant in the file, in UTC.

        Raises:
            ClockFileUnreadable: the file is missing or holds anything but one instant.
        """
        try:
            instant = datetime.fromisoformat(self._path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            raise ClockFileUnreadable(f"CLOCK_FILE {self._path} does not hold an ISO instant") from error
        if instant.tzinfo is None:
            raise ClockFileUnreadable(f"CLOCK_FILE {self._path} holds an instant without an offset; add Z")
        return instant.astimezone(UTC)


def open_clock(clock_file: Path | None) -> Clock:
    """The clock that the settings ask for: the file's, where there is one, else the machine's."""
    return FileClock(clock_file) if clock_file else SystemClock()
