"""When a rule keeps still."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.quiet_hours import parse_quiet_hours

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("hours", "clock", "quiet"),
    [
        ("22:00-07:00", "22:00", True),
        ("22:00-07:00", "23:59", True),
        ("22:00-07:00", "00:00", True),
        ("22:00-07:00", "06:59", True),
        ("22:00-07:00", "07:00", False),
        ("22:00-07:00", "21:59", False),
        ("12:00-13:30", "12:30", True),
        ("12:00 - 13:30", "13:30", False),
        ("00:00-06:00", "00:00", True),
    ],
)
def test_they_go_by_the_clock_on_the_wall(hours: str, clock: str, quiet: bool) -> None:
    moment = datetime.fromisoformat(f"2025-07-17T{clock}").replace(tzinfo=ZONE).astimezone(UTC)
    assert parse_quiet_hours(hours).cover(moment, ZONE) is quiet


@pytest.mark.parametrize("text", ["", "22:00", "22-7", "25:00-07:00", "22:00-22:00", "22:00-07:00-08:00"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_quiet_hours(text)
