"""The hours of a day in which nobody is to be disturbed; it reads no clock."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from monitor.schedule import parse_clock


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to before `end`, every day, by the clock on the wall; past midnight where `end` is the earlier."""

    start: time
    end: time

    def cover(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether an instant lies in them."""
        now = moment.astimezone(zone).time()
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end


def parse_quiet_hours(text: str) -> QuietHours:
    """Read `22:00-07:00`. Raises ValueError."""
    start, dash, end = text.replace("–", "-").partition("-")
    if not dash:
        raise ValueError(f"{text!r} are no hours; write them as 22:00-07:00")
    hours = QuietHours(parse_clock(start), parse_clock(end))
    if hours.start == hours.end:
        raise ValueError(f"{text!r} would be no hours at all, or all of them; write two different times")
    return hours
