"""Makes a PDF of a digest's HTML page; it starts the process that does (digests.pdf_process), and writes no file.

In a process of its own: a page that takes for ever or eats the memory must not take the daemon with it.
"""

import os
import subprocess
import sys
from datetime import UTC
from enum import IntEnum

from digests.content import Digest
from digests.render import render
from monitor.errors import PdfError

SECONDS = 120.0  # a week of 2,000 posts took 15 s on a small machine
_TOLD = 200  # characters of what it says last
_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_WHERE = "PDF"


class End(IntEnum):
    """The exit codes of the process."""

    NOT_INSTALLED = 3
    NO_LIBRARY = 4
    NO_FONT = 5
    NO_ROOM = 6


def pdf_of(digest: Digest, page: str | None = None, *, seconds: float = SECONDS) -> bytes:
    """The digest as a PDF; of the same page, the same WeasyPrint and fonts always make the same bytes.

    `page` is its HTML page where that is not the one of `render`. Nothing that it names is fetched. Raises PdfError.
    """
    html = page if page is not None else render(digest, "html")
    created = digest.built_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _run(created, html.encode(), seconds)


def check(*, seconds: float = SECONDS) -> str:
    """What PDFs are made with: WeasyPrint's version, and a font that holds Chinese. Raises PdfError."""
    return _run("", b"", seconds).decode("utf-8", "replace")


def _run(created: str, html: bytes, seconds: float) -> bytes:
    """`created` is empty where nothing is to be made, only looked whether that could be."""
    # -P: a file in the current folder that is named like a module must not be imported in its place.
    command = [sys.executable, "-P", "-m", "digests.pdf_process", str(int(seconds) + 1), created]
    try:
        ended = subprocess.run(  # noqa: S603 - our own module
            command, input=html, capture_output=True, timeout=seconds, env=os.environ, check=False
        )
    except subprocess.TimeoutExpired:
        raise PdfError(
            f"took longer than {seconds:g} s and was given up", where=_WHERE, todo="see whether the machine is busy"
        ) from None
    except OSError as error:
        raise PdfError(
            f"cannot be started: {error.strerror or error}", where=_WHERE, todo="check the machine's memory"
        ) from error
    if ended.returncode:
        raise _error(ended.returncode, ended.stderr.decode("utf-8", "replace"))
    return ended.stdout


def _error(code: int, said: str) -> PdfError:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = lines[-1][:_TOLD] if lines else f"exit code {code}"
    match code:
        case End.NOT_INSTALLED:
            return PdfError("WeasyPrint is not installed", where=_WHERE, todo="run: pip install 'zhaoshang[pdf]'")
        case End.NO_LIBRARY:
            todo = f"install it (Debian, Ubuntu: apt install {_PACKAGES})"
            return PdfError(f"WeasyPrint lacks a system library: {last}", where=_WHERE, todo=todo)
        case End.NO_FONT:
            todo = "install one (Debian, Ubuntu: apt install fontconfig fonts-noto-cjk)"
            return PdfError("there is no font that holds Chinese", where=_WHERE, todo=todo)
        case End.NO_ROOM:
            return PdfError("takes more memory than a PDF may", where=_WHERE, todo="leave this digest without a PDF")
    return PdfError(f"WeasyPrint failed: {last}", where=_WHERE, todo="update WeasyPrint, or leave out the PDF")
