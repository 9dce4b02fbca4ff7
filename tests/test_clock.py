"""What time it is, and a demonstration's way to say so."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from messenger.clock import ClockFileUnreadable, FileClock, SystemClock


def test_the_machines_clock_is_read_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_file_is_read_at_each_look(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = FileClock(file)
    file.write_text("2026-03-11T10:51:00Z\n", encoding="ascii")
    assert clock.now() == datetime(2026, 3, 11, 10, 51, tzinfo=UTC)
    file.write_text("2026-03-12T18:51:00+08:00", encoding="ascii")
    assert clock.now() == datetime(2026, 3, 12, 10, 51, tzinfo=UTC)


@pytest.mark.parametrize("content", ["", "now", "2026-03-11T10:51:00", "2026-13-11T10:51:00Z", None])
def test_anything_but_one_instant_is_refused(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "clock"
    if content is not None:
        file.write_text(content, encoding="ascii")
    with pytest.raises(ClockFileUnreadable):
        FileClock(file).now()
