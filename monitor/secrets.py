"""Reads passwords from the environment or from files that only their owner can read; it never shows or keeps one."""

import os
import stat
from pathlib import Path

from monitor.errors import SecretError


def secret_from_environment(name: str) -> str:
    """The value of an environment variable. Raises SecretError when it is missing or empty."""
    value = os.environ.get(name)
    if not value:
        raise SecretError(
            f"the environment variable {name} is not set",
            where="password_env",
            todo="set it, or name a file in password_file",
        )
    return value


def secret_from_file(path: Path) -> str:
    """The content of a file. Raises SecretError when it is missing or empty, or when others can read it."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SecretError(
                "others than its owner can read the password file",
                where=str(path),
                todo=f"run: chmod 600 {path}",
            )
        value = path.read_text(encoding="utf-8").strip("\r\n")
    except OSError as error:
        raise SecretError(
            f"the password file cannot be read: {error.strerror}", where=str(path), todo="check password_file"
        ) from error
    except UnicodeDecodeError as error:
        raise SecretError("the password file is not UTF-8", where=str(path), todo="save it as UTF-8") from error
    if not value:
        raise SecretError("the password file is empty", where=str(path), todo="write the password into it")
    return value
