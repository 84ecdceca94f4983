"""Signals that end the daemon, whichever thread the system hands them to."""

import signal
import threading
import time

import pytest

from monitor.stop_signals import StopSignals


@pytest.fixture(autouse=True)
def _handlers_as_before():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_that_another_thread_was_handed_wakes_the_waiting_one(number):
    def take_it() -> None:
        time.sleep(0.2)  # by then the other waits; sooner is well too
        signal.pthread_kill(threading.get_ident(), number)
        time.sleep(0.2)

    thread = threading.Thread(target=take_it, daemon=True)
    with StopSignals() as signals:
        thread.start()
        assert signals.wait() is number
    thread.join()


def test_one_that_came_before_the_waiting_is_not_lost():
    with StopSignals() as signals:
        signal.raise_signal(signal.SIGTERM)
        assert signals.wait() is signal.SIGTERM
