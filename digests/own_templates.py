"""Fills the templates of a user's own directory, in the sandbox; which directory that is and with what, others know."""

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, PackageLoader, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError

from digests.sandbox import BUILT_IN, Sandbox
from monitor.errors import TemplateError

NAMES = ("digest.md.j2", "digest.html.j2", "mail.html.j2")
_LARGEST = 200_000  # bytes of a template
_TODO = "correct the template, see docs/digests.md"


class _Directory(BaseLoader):
    """The files of one directory and, under `builtin/`, ours."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ours = PackageLoader("digests")

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        if template.startswith(BUILT_IN):
            return self._ours.get_source(environment, template.removeprefix(BUILT_IN))
        path = self._directory / template
        if not path.resolve().is_relative_to(self._directory.resolve()):
            raise SecurityError(f"{template!r} leads out of the directory of templates")
        try:
            if path.stat().st_size > _LARGEST:
                raise SecurityError(f"{template!r} is longer than {_LARGEST} bytes")
            return path.read_text(encoding="utf-8-sig"), str(path), None
        except FileNotFoundError:
            raise TemplateNotFound(template) from None
        except UnicodeDecodeError as error:
            raise SecurityError(f"{template!r} is not UTF-8") from error


def names_in(directory: Path) -> tuple[str, ...]:
    """The outputs that the directory has a template for. Raises TemplateError when it is none."""
    if not directory.is_dir():
        raise TemplateError("there is no such directory", where=str(directory), todo="correct `template`, or create it")
    return tuple(name for name in NAMES if (directory / name).is_file())


def fill(
    directory: Path,
    name: str,
    filters: Mapping[str, Callable[..., Any]],
    values: Mapping[str, object],
    *,
    escaping: bool,
) -> str:
    """The template of that name, filled. Raises TemplateError, one line that names file and line."""
    environment = Sandbox(_Directory(directory), filters, escaping=escaping)
    pieces: list[str] = []
    try:
        for piece in environment.get_template(name).generate(**values):
            environment.charge(len(piece))
            pieces.append(piece)
    except TemplateSyntaxError as error:
        where = f"{error.filename or error.name}, line {error.lineno}"
        raise TemplateError(error.message or "is no template", where=where, todo=_TODO) from error
    except Exception as error:  # a template is a program, and can fail in any way that one can
        raise _failed(error, directory / name) from error
    return "".join(pieces)


def _failed(error: Exception, path: Path) -> TemplateError:
    """The last line of the user's own that was at work tells where; else the last of ours."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    own = [frame for frame in frames if frame.filename.startswith(f"{path.parent}/")]
    at = (own or frames)[-1:]
    where = f"{at[0].filename}, line {at[0].lineno}" if at else str(path)
    match error:
        case TemplateNotFound():
            what = f"there is no template {error.name!r}"
        case RecursionError():
            what = "it calls itself without end"
        case _:
            what = str(error) or type(error).__name__
    return TemplateError(what, where=where, todo=_TODO)
