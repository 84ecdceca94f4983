"""The process in which WeasyPrint runs: a page on standard input, a PDF on standard output; it opens no address.

An exit code says why there is none, and the last line on standard error what was missing.
"""

import contextlib
import hashlib
import logging
import resource
import shutil
import signal
import subprocess
import sys
from types import ModuleType

from digests.pdf import End

_ROOM = 2 << 30  # bytes of address space; a week of 2,000 posts takes a quarter of it
_CHINESE = ":lang=zh-cn"
# Of the page's own looks only what paper wants otherwise: 10.5 pt (五号), as offices print, and dates in one piece.
_PAPER = """
@page {
  size: A4; margin: 16mm 16mm 18mm;
  @bottom-center { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #56616e; }
}
body { font-size: 14px !important; }
h1, h2, h3, h4, h5 { break-after: avoid; }
td + td, th { overflow-wrap: break-word; }
"""


def main(arguments: list[str]) -> int:
    """`arguments`: the seconds after which it ends in any case, and when the digest was built.

    Without the latter it only says what it would work with.
    """
    seconds, created = arguments
    signal.alarm(int(seconds))  # whoever started it may be gone by then
    with contextlib.suppress(OSError, ValueError):  # not every system limits it
        resource.setrlimit(resource.RLIMIT_AS, (_ROOM, resource.getrlimit(resource.RLIMIT_AS)[1]))
    try:
        return _answer(created)
    except MemoryError:
        return End.NO_ROOM


def _answer(created: str) -> int:
    try:
        with contextlib.redirect_stdout(sys.stderr):  # it says there that a library is missing
            import weasyprint  # noqa: PLC0415 - the extra may be missing, and that is an answer
    except ImportError:
        return End.NOT_INSTALLED
    except OSError as error:
        print(str(error).partition(":")[0], file=sys.stderr)
        return End.NO_LIBRARY
    font = _chinese_font()
    if not font:
        return End.NO_FONT
    made = _pdf(weasyprint, created) if created else f"WeasyPrint {weasyprint.__version__}, {font}".encode()
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


def _chinese_font() -> str:
    """A font for simplified Chinese; empty when there is none, and then every character would be an empty box.

    fc-list comes with fontconfig, by which Pango finds its fonts.
    """
    program = shutil.which("fc-list")
    if program is None:
        return ""
    found = subprocess.run(  # noqa: S603 - fontconfig's own
        [program, _CHINESE, "family"], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    names = sorted(line.split(",")[0] for line in found.stdout.decode("utf-8", "replace").splitlines() if line)
    return names[0] if names else ""


def _pdf(weasyprint: ModuleType, created: str) -> bytes:
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # looks that only browsers know

    class Nothing(weasyprint.URLFetcher):  # type: ignore[misc, name-defined] # the extra has no types
        """Fetches nothing: what a digest shows stands in its page."""

        def fetch(self, url: str, headers: object = None) -> object:  # noqa: ARG002 - WeasyPrint's
            """Refuse. WeasyPrint leaves out what it could not have."""
            raise ValueError(f"{url} is not fetched")

    page = sys.stdin.buffer.read()
    fetcher = Nothing()
    document = weasyprint.HTML(string=page.decode(), url_fetcher=fetcher).render(
        stylesheets=[weasyprint.CSS(string=_PAPER, url_fetcher=fetcher)]
    )
    document.metadata.created = created
    made: bytes = document.write_pdf(pdf_identifier=hashlib.sha256(page).digest()[:16])
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
