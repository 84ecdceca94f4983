"""Keeps this process's messages to one robot within the platform's rate; it sends nothing, and knows no platform."""

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

_MARGIN = 1.02  # the platform's clock is not ours


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages in so many seconds at most."""

    messages: int
    seconds: float


@dataclass
class Pace:
    """When messages were handed over lately, in seconds of a clock that nobody sets."""

    rates: Sequence[Rate]
    _sent: deque[float] = field(default_factory=deque)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def take(self, now: float) -> float:
        """Take the next turn, and say in how many seconds it is."""
        with self._guard:
            at = max([now, *(self._free(rate) for rate in self.rates)])
            self._sent.append(at)
            while len(self._sent) > max(rate.messages for rate in self.rates):
                self._sent.popleft()
            return at - now

    def _free(self, rate: Rate) -> float:
        if len(self._sent) < rate.messages:
            return 0.0
        return self._sent[-rate.messages] + rate.seconds * _MARGIN


_paces: dict[str, Pace] = {}  # by robot: channels are opened anew for every delivery
_opening = threading.Lock()


def wait_for_turn(robot: str, rates: Sequence[Rate]) -> None:
    """Wait until a message to `robot` is within its rate. What names the robot is never shown."""
    with _opening:
        pace = _paces.setdefault(robot, Pace(rates))
    time.sleep(pace.take(time.monotonic()))
