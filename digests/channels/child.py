"""Runs a program to its end, with bytes on standard input and within a time limit; what its end means, others know."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Self

_TAIL = 4096  # bytes of what it says last
_LOOK = 0.1  # seconds between two looks whether it has ended
_GRACE = 2.0  # seconds between SIGTERM and SIGKILL


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended. `code` is None when it took too long and was killed; below zero, the signal that ended it."""

    code: int | None
    said: str  # the last line on standard error


def run(command: Sequence[str], data: bytes, seconds: float, env: Mapping[str, str]) -> Ended:
    """Run it without a shell, as the leader of a process group of its own. Raises OSError when it cannot be started.

    It need not read its input, and may leave processes behind that go on; only one that takes too long is killed, with
    all that it started.
    """
    pipe = subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603 - the user's own program, and each argument is one
        list(command),
        stdin=pipe,
        stdout=subprocess.DEVNULL,
        stderr=pipe,
        env=dict(env),
        start_new_session=True,
    )
    if process.stdin is None or process.stderr is None:
        raise AssertionError("both are pipes")
    with _Pipes(process.stdin, process.stderr, data) as pipes:
        try:
            code = _wait(process, pipes, time.monotonic() + seconds)
        except BaseException:
            _kill(process)
            raise
        pipes.move(0.0)  # what it said last
        return Ended(code, pipes.last_line)


def _wait(process: subprocess.Popen[bytes], pipes: "_Pipes", deadline: float) -> int | None:
    while (code := process.poll()) is None:
        left = deadline - time.monotonic()
        if left <= 0:
            _kill(process)
            return None
        pipes.move(min(left, _LOOK))
    return code


def _kill(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)


class _Pipes:
    """Both ends of a talk at once, so that neither side waits for the other; of what is said, the end is kept.

    A process that was left behind may hold the pipes open: nobody waits for it.
    """

    def __init__(self, stdin: IO[bytes], stderr: IO[bytes], data: bytes) -> None:
        self._stdin, self._stderr = stdin, stderr
        self._left = memoryview(data)
        self._kept = b""
        self._ready = selectors.DefaultSelector()
        for stream, event in ((stdin, selectors.EVENT_WRITE), (stderr, selectors.EVENT_READ)):
            os.set_blocking(stream.fileno(), False)
            self._ready.register(stream.fileno(), event)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._ready.close()
        with contextlib.suppress(OSError):
            self._stdin.close()
        self._stderr.close()

    def move(self, seconds: float) -> None:
        """Hand on a pipe's fill at most, and wait no longer than so for anything at all."""
        if not self._ready.get_map():
            time.sleep(seconds)
            return
        for key, event in self._ready.select(seconds):
            if event & selectors.EVENT_WRITE:
                self._write(key.fd)
            else:
                self._read(key.fd)

    def _write(self, handle: int) -> None:
        try:
            self._left = self._left[os.write(handle, self._left[:65_536]) :]
        except BlockingIOError:
            return
        except OSError:  # a program that ends without reading has its reasons
            self._left = self._left[:0]
        if not self._left:
            self._ready.unregister(handle)
            with contextlib.suppress(OSError):
                self._stdin.close()

    def _read(self, handle: int) -> None:
        try:
            piece = os.read(handle, 65_536)
        except BlockingIOError:
            return
        self._kept = (self._kept + piece)[-_TAIL:]
        if not piece:
            self._ready.unregister(handle)

    @property
    def last_line(self) -> str:
        """The last line that is not blank."""
        lines = [line for line in self._kept.decode("utf-8", "replace").splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""
