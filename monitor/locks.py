"""File locks that end with their process, however it ends: one crawl per source, one daemon per data directory."""

import contextlib
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from monitor.errors import CrawlRunning, DaemonRunning, ZhaoshangError


class FileLock:
    """An exclusive lock on a file that holds the owner's process id. Released by close() or by the kernel."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> int | None:
        """Take the lock and return None, or return the process id of its holder (0 when that is not known)."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 20).decode("ascii", "replace").strip()
            os.close(handle)
            return int(holder) if holder.isdigit() else 0
        with contextlib.suppress(OSError):  # on a full disk the lock holds all the same, only its owner is not named
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        self._handle = handle
        return None

    def close(self) -> None:
        """Release the lock. The file stays: removing it would let two processes lock two files of one name."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def lock_crawl(data_dir: Path, source_id: int, source_name: str) -> FileLock:
    """The lock of one source's crawl. Raises CrawlRunning naming the process that holds it."""
    lock = FileLock(data_dir / "locks" / f"source-{source_id}.lock")
    _acquire(
        lock,
        lambda pid: CrawlRunning(
            f"{source_name} is being crawled by process {pid or 'unknown'} already", todo="wait for it to end"
        ),
    )
    return lock


def lock_daemon(data_dir: Path) -> FileLock:
    """The lock of the one daemon of a data directory. Raises DaemonRunning naming the process that holds it."""
    lock = FileLock(daemon_lock(data_dir))
    _acquire(
        lock,
        lambda pid: DaemonRunning(
            f"a daemon is running here already, process {pid or 'unknown'}",
            where=str(data_dir),
            todo="stop it first, or use another data_dir",
        ),
    )
    return lock


def daemon_lock(data_dir: Path) -> Path:
    """The file behind `lock_daemon`; last written when a daemon last started."""
    return data_dir / "locks" / "daemon.lock"


def holder_of(path: Path) -> int | None:
    """The process id of whoever holds the lock at `path` (0: not known), or None. Keeps no lock. Raises OSError.

    The kernel is asked, not the number in the file: the holder may run in a container, and count its processes apart.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 20).decode("ascii", "replace").strip()
        return int(holder) if holder.isdigit() else 0
    finally:
        os.close(handle)
    return None


def is_alive(pid: int) -> bool:
    """Whether a process of that number exists on this machine (it may be another one by now)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _acquire(lock: FileLock, refused: Callable[[int], ZhaoshangError]) -> None:
    holder = lock.acquire()
    if holder is not None:
        raise refused(holder)
