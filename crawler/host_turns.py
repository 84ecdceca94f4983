"""Keeps the crawls of one machine from asking a host at the same time; how long a turn lasts, crawler.politeness says.

Every crawl is a process of its own and knows only its own requests. So each host has a small file in the data
directory that says when it may be asked next, and for how long it is left alone. It is locked for the moment of taking
a turn and never while somebody waits: who was killed holds nobody up. Without a data directory that can be written,
every crawl paces itself alone.
"""

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self
from uuid import uuid4

from crawler.guard import ascii_host

logger = logging.getLogger("zhaoshang")

FOLDER = "hosts"  # in the data directory
LONGEST_ALONE = 86_400.0  # seconds that a host is left alone after one answer, whatever it asks for
FLOOR_HOLDS = 600.0  # seconds for which the pace that a host asked for holds, once no crawl keeps to it any more
_LONGEST_TURN = 7_200.0  # seconds; `delay` is an hour at most. What lies further ahead was written by another clock.
_LOCK_AGAIN = 0.02  # seconds until a lock that another process holds is tried again; it holds it for less than one ms
_LOCK_TRIES = 50  # ... or, by the one who has something to tell them, after
_LOCK_SECONDS = 0.001
_KEPT = 2 * LONGEST_ALONE  # seconds after which a file says nothing any more
_LARGEST = 1024  # bytes of a file
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9.:_-]{0,120}")


# -- pure -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of asking for a turn: taken when `wait` is 0, else to be asked for again after so many seconds."""

    wait: float = 0.0
    alone: bool = False  # because the host asked to be left alone


@dataclass(frozen=True, slots=True)
class HostState:
    """What a host's file says. Moments are in seconds since this machine started."""

    taker: str = ""  # the crawl that sent the last request
    free: float = 0.0  # when that crawl may send the next one
    free_for_others: float = 0.0  # when another may: a slow host's rest, which a crawl keeps by itself, comes on top
    alone: float = 0.0  # until when nobody sends any
    floor: float = 0.0  # the gap that the host asked for
    floor_holds: float = 0.0  # until when

    def turn(self, crawl: str, now: float) -> Turn:
        """How long `crawl` has to wait."""
        if self.alone > now:
            return Turn(self.alone - now, alone=True)
        return Turn(max(0.0, (self.free if self.taker == crawl else self.free_for_others) - now))

    def taken(self, crawl: str, now: float, *, gap: float, rest: float, asked: float) -> "HostState":
        """After a request of `crawl`; see HostTurns.take."""
        floor, holds = (self.floor, self.floor_holds) if self.floor_holds > now else (0.0, 0.0)
        if asked and asked >= floor:
            floor, holds = asked, now + FLOOR_HOLDS
        free = now + max(gap, floor)
        return HostState(crawl, free, max(free, now + rest), self.alone, floor, holds)

    def left_alone(self, now: float, seconds: float) -> "HostState":
        """After an answer that asks for so many seconds."""
        return replace(self, alone=max(self.alone, now + min(seconds, LONGEST_ALONE)))


def read_state(text: bytes, boot: str, now: float) -> HostState:
    """What a file says, as far as it can be true: nothing that was written before this machine started, or is garbled.

    A moment further ahead than any that is ever written counts as past.
    """
    limits = {
        "free": now + _LONGEST_TURN,
        "free_for_others": now + _LONGEST_TURN,
        "alone": now + LONGEST_ALONE,
        "floor": _LONGEST_TURN,
        "floor_holds": now + FLOOR_HOLDS,
    }
    try:
        told = json.loads(text)
        moments = {name: float(told[name]) for name in limits}
        taker, written_in = str(told["taker"]), told["boot"]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return HostState()
    if written_in != boot:
        return HostState()
    return HostState(taker, **{name: at if 0 <= at <= limits[name] else 0.0 for name, at in moments.items()})


def write_state(state: HostState, boot: str) -> bytes:
    """As a file has it: one line of JSON."""
    return json.dumps({"boot": boot, **asdict(state)}).encode() + b"\n"


def file_name(host: str) -> str:
    """A file name of its own for each host, whatever stands in its name."""
    name = ascii_host(host.rstrip("."))
    return name if _FILE_NAME.fullmatch(name) else hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


# -- with effects -----------------------------------------------------------------------------------------------------


def since_start() -> float:
    """Seconds since this machine started: one clock for all processes, which nobody sets."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def boot_id() -> str:
    """Tells this run of the machine from all others; empty where the system has no such thing."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


class HostTurns:
    """The turns of one crawl. `folder` holds the files; None: every turn is free, and nobody else hears of it."""

    def __init__(self, folder: Path | None, clock: Callable[[], float] = since_start) -> None:
        self._folder = folder
        self._clock = clock
        self._crawl = uuid4().hex
        self._boot = boot_id()
        self._swept = False
        self._told = False

    def take(self, host: str, *, gap: float, rest: float = 0.0, asked: float = 0.0) -> Turn:
        """Take the next turn at a host, if it is free.

        `gap` is the time until anybody's next request, `rest` until another crawl's where that is longer, `asked` the
        gap that the host itself asked for, which others are to keep, too. When there is no gap (0), nothing is written
        down unless somebody else has done so.
        """
        try:
            file = self._open(host, create=gap > 0 or asked > 0)
            if file is None:
                return Turn()
            with file:
                now = self._clock()
                state = read_state(file.read(), self._boot, now)
                turn = state.turn(self._crawl, now)
                if not turn.wait:
                    taken = state.taken(self._crawl, now, gap=gap, rest=rest, asked=asked)
                    file.write(write_state(taken, self._boot))
                return turn
        except BlockingIOError:
            return Turn(_LOCK_AGAIN)
        except OSError as error:
            self._tell(error)
            return Turn()

    def leave_alone(self, host: str, seconds: float) -> None:
        """The host asked to be asked nothing for so long."""
        for _ in range(_LOCK_TRIES):
            try:
                self._leave_alone(host, seconds)
            except BlockingIOError:
                time.sleep(_LOCK_SECONDS)
            except OSError as error:
                self._tell(error)
                return
            else:
                return

    def _leave_alone(self, host: str, seconds: float) -> None:
        file = self._open(host, create=True)
        if file is not None:
            with file:
                now = self._clock()
                state = read_state(file.read(), self._boot, now).left_alone(now, seconds)
                file.write(write_state(state, self._boot))

    def _open(self, host: str, *, create: bool) -> "_HostFile | None":
        """The host's file, locked; None when there is none and none is wanted. Raises OSError."""
        if self._folder is None:
            return None
        path = self._folder / file_name(host)
        file = _HostFile.open(path, create=False)
        if file is None and create:
            self._folder.mkdir(exist_ok=True)  # in a data directory that is there: a probe makes none
            if not self._swept:
                self._swept = True
                _sweep(self._folder)
            file = _HostFile.open(path, create=True)
        return file

    def _tell(self, error: OSError) -> None:
        if not self._told:
            self._told = True
            words = "%s: %s; until it can be written, crawls that run side by side do not share the pace of a host"
            logger.warning(words, self._folder, error.strerror or error)


class _HostFile:
    """One host's file, open and locked until it is closed."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def open(cls, path: Path, *, create: bool) -> Self | None:
        """Raises BlockingIOError while another process holds the lock, and OSError; None when there is no such file."""
        while True:
            try:
                handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0), 0o644)
            except FileNotFoundError:
                if create:
                    raise
                return None
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(handle).st_nlink:
                    return cls(handle)
            except OSError:
                os.close(handle)
                raise
            os.close(handle)  # swept away between the two calls: whoever comes now would lock another file

    def read(self) -> bytes:
        """All that it says."""
        return os.pread(self._handle, _LARGEST, 0)

    def write(self, text: bytes) -> None:
        """Say something else. Whoever is killed half-way leaves something that is garbled, and so says nothing."""
        os.pwrite(self._handle, text, 0)
        os.ftruncate(self._handle, len(text))

    def written_at(self) -> float:
        """Seconds since 1970."""
        return os.fstat(self._handle).st_mtime

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        os.close(self._handle)


def _sweep(folder: Path) -> None:
    """Remove the files that say nothing any more; hosts come and go with the links of years."""
    for path in folder.iterdir():
        with contextlib.suppress(OSError):  # locked, or not ours
            file = _HostFile.open(path, create=False)
            if file is not None:
                with file:
                    if time.time() - file.written_at() > _KEPT:
                        path.unlink()
