"""Waits for the signals that end a process; what ending means is the caller's."""

import signal
import socket
from typing import Self


class StopSignals:
    """SIGTERM and SIGINT, to be waited for.

    The C handler writes the number to a socket, whichever thread the system handed the signal to. Waiting on a queue
    that a Python handler fills hung for ever when that was another thread than the waiting one: a Python handler runs
    in the main thread, and nothing woke it.
    """

    def __init__(self) -> None:
        self._reading, self._writing = socket.socketpair()
        self._writing.setblocking(False)

    def __enter__(self) -> Self:
        signal.set_wakeup_fd(self._writing.fileno())
        for stopping in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stopping, lambda _number, _frame: None)  # without one, the number is not written
        return self

    def wait(self) -> signal.Signals:
        """The first that comes, or has come."""
        return signal.Signals(self._reading.recv(1)[0])

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        self._reading.close()
        self._writing.close()
