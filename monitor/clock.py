"""The only place that reads the system's clock; everything else takes the time as an argument."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time in UTC, from the system or running on from a given instant (`--now`)."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start
        self._origin = time.monotonic()

    @property
    def is_set(self) -> bool:
        """Whether the time was given instead of read from the system."""
        return self._start is not None

    def now(self) -> datetime:
        """The present instant."""
        if self._start is None:
            return datetime.now(UTC)
        return self._start + timedelta(seconds=time.monotonic() - self._origin)
