"""Reads one page as a crawl would and says what it saw; from a file or standard input, or handed over by the spider.

It stores nothing. It imports no Scrapy, so that a file is read at once: `python -m crawler.probe FILE`.
"""

import argparse
import html
import io
import re
import sys
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit
from urllib.request import url2pathname
from zoneinfo import ZoneInfo

from crawler.extract import read_listing, read_post
from monitor.clock import Clock
from monitor.errors import ZhaoshangError
from monitor.pages import ListingPage, PageRequest, RawPage, Selection
from monitor.periods import parse_instant
from monitor.probes import ProbedEntry, ProbedListing, ProbedPost, to_json
from monitor.text import LabelPattern, clean, label_text

if TYPE_CHECKING:
    from monitor.config import SourceConfig
    from monitor.setup import Setup

USUAL_LABEL = "【…招商】"
EVERY_TITLE = "…"

_NOWHERE = "http://unknown.invalid/"  # RFC 2606: never anybody's
_ZONE = "Asia/Shanghai"
_HEAD = 200_000  # bytes in which a page's title and meta tags are looked for
_LONGEST_TITLE = 60
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,400})", re.IGNORECASE)
_META = re.compile(r"<meta\s[^>]{0,400}>", re.IGNORECASE)
_META_NAME = re.compile(r"""name\s*=\s*["']?(SiteName|ColumnName)\b""", re.IGNORECASE)
_META_CONTENT = re.compile(r"""content\s*=\s*["']([^"'<>]{1,200})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be probed, and how it is to be read. An empty label lets the titles decide."""

    target: str
    now: datetime
    post: bool = False
    base_url: str = ""
    content_type: str | None = None
    label: str = ""
    selection: Selection = field(default_factory=Selection)
    max_bytes: int = 8 * 1024 * 1024

    @property
    def is_address(self) -> bool:
        """Whether the target is to be fetched; else it is a file, or standard input."""
        return _ADDRESS.match(self.target) is not None


def probe_page(raw: RawPage, wish: Wish) -> ProbedListing | ProbedPost:
    """What a crawl would read on a page that stands by itself."""
    if wish.post:
        return probe_post(raw, wish)
    return told(read_listing(raw, wish.now, wish.selection), raw, wish)


def probe_post(raw: RawPage, wish: Wish) -> ProbedPost:
    """What a crawl would read on a post's own page."""
    reading = read_post(raw, wish.now, wish.selection)
    article = reading.article
    about = ProbedPost(raw.url, charset=reading.encoding, charset_note=reading.charset_note, blocked=reading.blocked)
    if article is None:
        return about
    return ProbedPost(
        url=raw.url,
        title=article.title,
        body=tuple(article.body.split("\n")) if article.body else (),
        published_on=article.published_on,
        origin=article.origin,
        attachments=article.attachments,
        warnings=article.warnings,
        charset=reading.encoding,
        charset_note=reading.charset_note,
        blocked=reading.blocked,
    )


def told(page: ListingPage, raw: RawPage, wish: Wish) -> ProbedListing:
    """A listing page with its entries sorted by the label pattern: the wished one, the usual one, or every title."""
    pattern, label_warnings = _pattern(wish.label, page)
    entries: list[ProbedEntry] = []
    skipped: list[ProbedEntry] = []
    for entry in page.entries:
        admitted = pattern.match(entry.title)
        label = (admitted.text if admitted else label_text(entry.title)) or None
        probed = ProbedEntry(entry.title, label, entry.url, entry.published_on, entry.summary, entry.body)
        (skipped if admitted is None else entries).append(probed)
    return ProbedListing(
        url=page.url,
        method=page.kind,
        charset=page.encoding,
        entries=tuple(entries),
        skipped=tuple(skipped),
        next_page=page.next_page or page.call,
        warnings=(*page.warnings, *label_warnings),
        score=page.score,
        signature=page.signature,
        charset_note=page.charset_note,
        blocked=page.blocked,
        call=page.call,
        label=pattern.written,
        page_title=page_title(raw.body, page.encoding),
    )


def page_title(body: bytes, encoding: str) -> str:
    """What a page calls itself: site and column where its content system names them, else its `<title>`."""
    try:
        head = body[:_HEAD].decode(encoding or "utf-8", "replace")
    except LookupError:
        return ""
    named: dict[str, str] = {}
    for tag in _META.findall(head):
        name, content = _META_NAME.search(tag), _META_CONTENT.search(tag)
        if name and content:
            named.setdefault(name[1].lower(), clean(html.unescape(content[1])))
    if len(named) == 2 and all(named.values()):  # noqa: PLR2004 - site and column
        return f"{named['sitename']} {named['columnname']}"[:_LONGEST_TITLE].strip()
    found = _TITLE.search(head)
    return clean(html.unescape(found[1]))[:_LONGEST_TITLE].strip() if found else ""


def _pattern(wished: str, page: ListingPage) -> tuple[LabelPattern, tuple[str, ...]]:
    titles = [entry.title for entry in page.entries]
    pattern = LabelPattern.parse(wished or USUAL_LABEL)
    if not titles or any(pattern.match(title) for title in titles):
        return pattern, ()
    if wished:
        return pattern, (f"no title fits the label pattern {wished}",)
    return LabelPattern.parse(EVERY_TITLE), (f"no title has a label like {USUAL_LABEL}: every title is admitted",)


# -- a file ------------------------------------------------------------------------------------------------------------


def standard_input() -> BinaryIO:
    """What is piped into this process; nothing, where somebody closed it."""
    return sys.stdin.buffer if sys.stdin is not None else io.BytesIO()


def probe_file(wish: Wish, standard_input: BinaryIO) -> ProbedListing | ProbedPost:
    """Read the file that is wished for, or standard input for `-`; what is wrong with it stands in `error`."""
    url = wish.base_url or "file:///dev/stdin"
    try:
        path = _path(wish.target)
        url = wish.base_url or (path.absolute().as_uri() if path else url)
        if path is None:
            body = standard_input.read(wish.max_bytes + 1)
        else:
            with path.open("rb") as file:
                body = file.read(wish.max_bytes + 1)
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name, ~nobody
        return failed(wish, url, _words(error))
    if len(body) > wish.max_bytes:
        return failed(wish, url, f"it is larger than {wish.max_bytes // 2**20} MB (max_response_mb)")
    # Relative links are links all the same: read under an address that nobody has, and told as leading nowhere.
    read_as = wish.base_url or _NOWHERE
    raw = RawPage(PageRequest(read_as), read_as, body, wish.now, content_type=wish.content_type)
    probed = probe_page(raw, wish)
    return probed if wish.base_url else _placeless(probed, url)


def _placeless(probed: ProbedListing | ProbedPost, url: str) -> ProbedListing | ProbedPost:
    """What was read under no address, without the links that need one."""
    if isinstance(probed, ProbedPost):
        whole = tuple(one for one in probed.attachments if not _is_nowhere(one.url))
        warnings = _unplaced(len(probed.attachments) - len(whole), "attachments")
        return replace(probed, url=url, attachments=whole, warnings=(*probed.warnings, *warnings))
    lost = sum(_is_nowhere(entry.url) for entry in (*probed.entries, *probed.skipped))
    return replace(
        probed,
        url=url,
        entries=tuple(_placed(entry) for entry in probed.entries),
        skipped=tuple(_placed(entry) for entry in probed.skipped),
        next_page=None if probed.next_page and _is_nowhere(probed.next_page.url) else probed.next_page,
        call=None if probed.call and _is_nowhere(probed.call.url) else probed.call,
        warnings=(*probed.warnings, *_unplaced(lost, "records")),
    )


def _placed(entry: ProbedEntry) -> ProbedEntry:
    return replace(entry, url=None) if _is_nowhere(entry.url) else entry


def _is_nowhere(url: str | None) -> bool:
    return url is not None and url.startswith(_NOWHERE.rstrip("/"))


def _unplaced(count: int, what: str) -> tuple[str, ...]:
    if not count:
        return ()
    return (f"{count} {what} have relative addresses: say with --base-url where the page comes from",)


def failed(wish: Wish, url: str, error: str) -> ProbedListing | ProbedPost:
    """A page that could not be read at all."""
    return ProbedPost(url, error=error) if wish.post else ProbedListing(url, error=error, label=wish.label)


def _path(target: str) -> Path | None:
    if target == "-":
        return None
    parts = urlsplit(target)
    return Path(url2pathname(parts.path)) if parts.scheme == "file" else Path(target).expanduser()


def _words(error: OSError | ValueError | RuntimeError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file; an address starts with http:// or https://"
    if isinstance(error, IsADirectoryError):
        return "it is a folder; name a file in it"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


# -- the command line, of this module and of `scrapy probe` ------------------------------------------------------------


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What a probe can be told."""
    parser.add_argument("--base-url", default="", metavar="URL", help="where the page of a FILE comes from")
    parser.add_argument("--content-type", metavar="TEXT", help="the Content-Type header to assume for a FILE")
    parser.add_argument("--now", default="", metavar="DATETIME", help="read it as if it were this time")
    parser.add_argument("--post", action="store_true", help="it is a post's own page, not a listing")
    parser.add_argument("--label", default="", metavar="PATTERN", help="admit these titles, such as 【…招商】")
    parser.add_argument("--source", default="", metavar="NAME", help="with the settings of this configured source")
    parser.add_argument("--config", default="", metavar="PATH", help="the zhaoshang.toml to use")
    parser.add_argument("--zone", default=_ZONE, metavar="NAME", help=f"the listing's time zone (default: {_ZONE})")
    parser.add_argument("--max-mb", type=int, default=8, metavar="N", help="refuse a larger FILE (default: 8)")


def settings_of(options: argparse.Namespace) -> tuple["Setup", "SourceConfig | None"]:
    """The configuration, and the source that is named. Raises ConfigError, SourceError."""
    from monitor.setup import load_setup  # noqa: PLC0415 - a file without a source needs none of it

    setup = load_setup(Path(options.config) if options.config else None)
    return setup, setup.source(options.source) if options.source else None


def wish_of(options: argparse.Namespace, target: str, source: "SourceConfig | None" = None) -> Wish:
    """The wish that the options spell; what they leave open, the source says.

    Raises ValueError for a time, zone or label that is none.
    """
    try:
        zone = ZoneInfo(options.zone)
    except (OSError, KeyError, ValueError) as error:
        raise ValueError(f"{options.zone!r} is no time zone") from error
    clock = Clock(parse_instant(options.now, zone) if options.now else None)
    if options.label:
        LabelPattern.parse(options.label)
    return Wish(
        target=target,
        now=clock.now().astimezone(zone),
        post=options.post,
        base_url=options.base_url or (source.url if source and not source.is_file else ""),
        content_type=options.content_type,
        label=options.label or (source.label if source else ""),
        selection=source.selection if source else Selection(),
        max_bytes=options.max_mb * 2**20,
    )


def print_probed(probed: ProbedListing | ProbedPost, target: str) -> int:
    """One JSON object on standard output, what is wrong as a line on standard error; returns the exit code."""
    sys.stdout.buffer.write(to_json(probed).encode() + b"\n")
    sys.stdout.flush()
    if probed.trouble:
        sys.stderr.write(f"probe: {target}: {probed.trouble}\n")
    return 1 if probed.trouble else 0


def main() -> int:
    """Probe one file. The exit code is 1 when nothing was found in it, 2 when the call is wrong."""
    parser = argparse.ArgumentParser("crawler.probe", description=__doc__)
    parser.add_argument("file", metavar="FILE", help="a saved page; - reads it from standard input")
    add_arguments(parser)
    options = parser.parse_args()
    try:
        wish = wish_of(options, options.file, settings_of(options)[1] if options.source else None)
    except (ValueError, ZhaoshangError) as error:
        parser.error(str(error))
    return print_probed(probe_file(wish, standard_input()), wish.target)


if __name__ == "__main__":
    sys.exit(main())
