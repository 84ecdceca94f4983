"""Changes zhaoshang.toml on disk: one process at a time, checked whole before it is written, never half written.

What is changed in it, it does not know: it is handed a function from the old text to the new one.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from monitor.errors import ConfigError, ZhaoshangError
from monitor.locks import FileLock
from monitor.setup import Setup, load_setup

_PATIENCE = 10.0  # seconds that another edit may take
_PAUSE = 0.05


def config_path(setup: Setup) -> Path:
    """The file that commands edit. Raises ConfigError where there is none yet."""
    if setup.config_path is None:
        raise ConfigError("there is no zhaoshang.toml yet", todo="run `zhaoshang init` first")
    return setup.config_path


def edit(setup: Setup, change: Callable[[str], str]) -> Setup:
    """Change the file and return what it says now. A `change` that returns the same text writes nothing.

    Raises ConfigError for a file or a change that is not valid, whatever `change` raises, and OSError.
    """
    path = config_path(setup)
    # A link stays a link, and the file behind it is replaced.
    target = path.resolve()
    with _lock(setup.data_dir):
        before = _bytes(path)
        text = _text(path, before)
        changed = _change(path, change, text)
        if changed != text:
            with _checked_copy(path, target, changed) as written:
                if _bytes(path) != before:
                    raise ConfigError("was changed by another program just now", where=str(path), todo="try again")
                written.replace(target)
                _sync_folder(target.parent)
        return load_setup(path)


def check(setup: Setup, change: Callable[[str], str]) -> None:
    """Whether `edit` would take the change, without writing it. Raises as `edit`."""
    path = config_path(setup)
    changed = _change(path, change, _text(path, _bytes(path)))
    with _checked_copy(path, path.resolve(), changed):
        pass


@contextlib.contextmanager
def _lock(data_dir: Path) -> Iterator[None]:
    lock = FileLock(data_dir / "locks" / "config.lock")
    deadline = time.monotonic() + _PATIENCE
    while (holder := lock.acquire()) is not None:
        if time.monotonic() > deadline:
            raise ConfigError(f"process {holder or 'unknown'} is changing the configuration", todo="try again later")
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        lock.close()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"cannot be read: {error.strerror}", where=str(path), todo="check the file and its rights"
        ) from error


def _text(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8", where=str(path), todo="save it as UTF-8") from error


def _change(path: Path, change: Callable[[str], str], text: str) -> str:
    try:
        return change(text)
    except ZhaoshangError as error:
        raise type(error)(error.what, where=error.where or str(path), todo=error.todo) from error


@contextlib.contextmanager
def _checked_copy(path: Path, target: Path, text: str) -> Iterator[Path]:
    """The new text in a file beside the old one, with its rights and owner, read as configuration; gone at the end."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    copy = Path(name)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - it is a descriptor
            file.write(text.encode("utf-8"))
            file.flush()
            old = target.stat()
            os.fchmod(file.fileno(), old.st_mode & 0o7777)
            with contextlib.suppress(PermissionError):  # only root can give a file away
                os.fchown(file.fileno(), old.st_uid, old.st_gid)
            os.fsync(file.fileno())
        try:
            load_setup(copy)
        except ConfigError as error:
            where = error.where.replace(str(copy), str(path))
            raise ConfigError(error.what, where=where, todo=error.todo) from error
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
