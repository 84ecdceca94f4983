"""Reads secrets from the environment or from files that only their owner can read; it never shows or keeps one."""

import os
import stat
from pathlib import Path

from monitor.errors import SecretError


def secret_from_environment(name: str, what: str = "password") -> str:
    """The value of an environment variable. `what` is the start of its key. Raises SecretError: missing or empty."""
    value = os.environ.get(name)
    if not value:
        raise SecretError(
            f"the environment variable {name} is not set",
            where=f"{what}_env",
            todo=f"set it, or name a file in {what}_file",
        )
    return value


def secret_from_file(path: Path, what: str = "password") -> str:
    """The content of a file. Raises SecretError when it is missing or empty, or when others can read it."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SecretError(
                f"others than its owner can read the {what} file",
                where=str(path),
                todo=f"run: chmod 600 {path}",
            )
        value = path.read_text(encoding="utf-8").strip("\r\n")
    except OSError as error:
        raise SecretError(
            f"the {what} file cannot be read: {error.strerror}", where=str(path), todo=f"check {what}_file"
        ) from error
    except UnicodeDecodeError:
        # Not "from error": it holds the bytes.
        raise SecretError(f"the {what} file is not UTF-8", where=str(path), todo="save it as UTF-8") from None
    if not value:
        raise SecretError(f"the {what} file is empty", where=str(path), todo=f"write the {what} into it")
    return value
