"""Looks whether there is room for what a year brings; what fills the disk, it does not know."""

import os
from dataclasses import dataclass
from pathlib import Path

from monitor.checkup.finding import Finding, advice, fine, wrong
from monitor.setup import DATABASE_NAME
from monitor.store.archive import ARCHIVE_NAME

SUBJECT = "disk"
SIZE = "data"
_LITTLE = 1_000_000_000
_TOO_LITTLE = 200_000_000
_FEW_FILES = 1000


@dataclass(frozen=True, slots=True)
class Room:
    """What is free for us on a file system. `files` is None where it makes as many as it has room for."""

    bytes: int
    files: int | None


def room_of(folder: Path) -> Room:
    """On the file system of a folder, or of the nearest one above that exists. Raises OSError."""
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    found = os.statvfs(nearest)
    return Room(found.f_bavail * found.f_frsize, found.f_favail if found.f_files else None)


def room(data_dir: Path, free: Room) -> Finding:
    """Below 200 MB, a thousand files, or a copy of the database it is too little; below 1 GB it is time to think."""
    database = _bytes(data_dir / DATABASE_NAME)
    words = f"{_size(free.bytes)} free for {data_dir}"
    if free.bytes < _TOO_LITTLE:
        return wrong(SUBJECT, words, "free some room, or nothing can be written soon")
    if free.bytes < database:
        todo = f"free some room: an upgrade first copies the database, which has {_size(database)}"
        return wrong(SUBJECT, words, todo)
    if free.files is not None and free.files < _FEW_FILES:
        return wrong(SUBJECT, f"{words}, but for {free.files} files only", "remove files (df -i shows how many)")
    if free.bytes < _LITTLE:
        return advice(SUBJECT, words, "free some room before long; keep_pages in [crawl] keeps fewer raw pages")
    return fine(SUBJECT, words)


def size(data_dir: Path) -> Finding:
    """How much there is, by kind."""
    parts = {
        "database": sum(_bytes(data_dir / f"{DATABASE_NAME}{end}") for end in ("", "-wal")),
        "archive": sum(_bytes(data_dir / f"{ARCHIVE_NAME}{end}") for end in ("", "-wal")),
        "digests": _tree(data_dir / "digests"),
        "logs": _tree(data_dir / "logs"),
    }
    told = ", ".join(f"{name} {_size(number)}" for name, number in parts.items())
    return fine(SIZE, f"{_size(_tree(data_dir))} in {data_dir}: {told}")


def _tree(folder: Path) -> int:
    return sum(_bytes(Path(parent, name)) for parent, _, files in os.walk(folder) for name in files)


def _bytes(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _size(number: int) -> str:
    return f"{number / 1e9:.1f} GB" if number >= _LITTLE else f"{number / 1e6:.1f} MB"
