"""Looks whether the data directory can be written by those who have to; it leaves nothing behind."""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from pwd import getpwuid
from tempfile import TemporaryFile

from monitor.checkup.finding import Finding, advice, fine, wrong

SUBJECT = "folders"
OWNERS = "owners"
_PARTS = ("logs", "locks", "digests")
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def unwritable(subject: str, folder: Path) -> Finding | None:
    """What keeps us from writing into a folder, or from making it where it is not there yet; None when nothing does.

    It is tried, and what was made is removed again: what the mode says is nothing to root, and not everything on a
    read-only disk or in a file system that takes no folders.
    """
    nearest = next(one for one in (folder, *folder.parents) if one.exists() or one.is_symlink())
    todo = f"check data_dir and the rights of {nearest}"
    if not nearest.is_dir():
        return wrong(subject, f"{folder} cannot be made: {nearest} is no folder", todo)
    try:
        with ExitStack() as made:
            for missing in reversed([one for one in (folder, *folder.parents) if nearest in one.parents]):
                with suppress(FileExistsError):  # somebody else made it just now, and it is theirs
                    missing.mkdir()
                    made.callback(_removed, missing)
            with TemporaryFile(dir=folder):
                return None
    except OSError as error:
        how = "written" if nearest == folder else "made"
        return wrong(subject, f"{folder} cannot be {how}: {error.strerror or error}", todo)


def _removed(folder: Path) -> None:
    with suppress(OSError):  # somebody else has written into it by now
        folder.rmdir()


def writable(data_dir: Path) -> Finding:
    """The data directory and the folders in it."""
    for folder in (data_dir, *(data_dir / part for part in _PARTS)):
        if (found := unwritable(SUBJECT, folder)) is not None:
            return found
    return fine(SUBJECT, f"{data_dir} can be written" if data_dir.exists() else f"{data_dir} can be made")


def owners(data_dir: Path, uid: int) -> Finding:
    """Whether everything belongs to the owner of the data directory, and whether that is us (`uid`).

    A daemon that ran once as root leaves files behind that the daemon of every other day cannot write.
    """
    owner = data_dir.stat().st_uid
    strangers = [(path, there.st_uid) for path, there in _all(data_dir) if _is_strange(there, owner)]
    if strangers:
        path, whose = strangers[0]
        return wrong(
            OWNERS,
            f"{len(strangers)} files in {data_dir} belong to others than {_name(owner)}, such as {path} to"
            f" {_name(whose)}: a command was run as another user",
            f"run: chown -R {_name(owner)} {data_dir}",
        )
    if owner != uid:
        return advice(
            OWNERS,
            f"{data_dir} belongs to {_name(owner)}, and this is {_name(uid)}",
            f"run commands as its owner: sudo -u {_name(owner)} zhaoshang …",
        )
    return fine(OWNERS, f"all of {data_dir} belongs to {_name(owner)}")


def _is_strange(there: os.stat_result, owner: int) -> bool:
    return there.st_uid != owner and not there.st_mode & _OTHERS_MAY_WRITE


def _all(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent, name)
            try:
                yield path, path.lstat()
            except FileNotFoundError:  # a log that was turned over just now
                continue


def _name(uid: int) -> str:
    try:
        return getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
