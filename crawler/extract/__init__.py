"""Finds posts in pages. Pure: bytes, address and the present time in, dataclasses out; no network, database or clock.

Which extractor reads a page is decided by its content, never by its file name.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.extract.article.reader import read_article
from crawler.extract.article.recipe import Recipe
from crawler.extract.dump import is_dump, read_dump
from crawler.extract.ending import end_of_listing
from crawler.extract.html.listing import read_html
from crawler.extract.interfaces.calls import find_call, next_call
from crawler.extract.interfaces.json_list import read_json
from crawler.extract.interfaces.script_lists import read_script_list
from crawler.extract.raw.blocked import binary_sign, block_of, is_truncated
from crawler.extract.raw.charset import decode
from crawler.extract.xml.feeds import read_feed
from crawler.extract.xml.recordset import read_recordset
from monitor.pages import Article, Block, BlockKind, Entry, ListingPage, RawPage, Selection

__all__ = ["VERSION", "PostReading", "Recipe", "end_of_listing", "read_listing", "read_post"]

VERSION = 2  # raised whenever pages are read differently: what was stored of unchanged listings is then read anew

_EMPTY_LIST = re.compile(r"\[\s*\]|<recordset\s*/>|<recordset>\s*</recordset>")  # and not a message of failure
_WEAK = 0.5  # score under which a block has neither dates nor labels
_TAIL = 2000  # characters at the end of a page that was cut short
_SURE = 0.75  # score from which a block has dates or labels: a site under repair does not show one
_ASKED = frozenset({"json", "json+html", "recordset", "json+recordset"})  # kinds that selectors may be about
_NOT_FOLLOWED = "the page has a link {} that cannot be followed"
_TRUNCATED = "the page is cut short; its whole records were read"


@dataclass(frozen=True, slots=True)
class PostReading:
    """What came of a post's own page. No article and no block: the page has no body worth the name.

    `truncated`: the page was cut short, and the article, which says so in a warning, may lack its end.
    """

    article: Article | None
    blocked: Block | None
    encoding: str
    charset_note: str
    recipe: Recipe
    truncated: bool = False


def read_listing(
    raw: RawPage,
    now: datetime,
    select: Selection = Selection(),  # noqa: B008 - frozen
    known: Collection[str] = (),
) -> ListingPage:
    """The entries of one listing page, in page order, and where the reading goes on.

    `now` is in the zone of the source; it completes dates without a year and dates the words 今天 and 3小时前. `known`
    are the signatures of the blocks that records stood in before: a page of few is then told from one of none. A page
    without entries says why in `blocked`, where that is known. Never raises for what a page contains.
    """
    if sign := binary_sign(raw):
        return ListingPage(raw.url, "binary", (), blocked=Block(BlockKind.BINARY, sign))
    decoded = decode(raw.body, raw.content_type)
    page = _read(raw, decoded.text, now, select, known)
    blocked = block_of(raw, decoded.text)
    if blocked is not None and (blocked.kind is not BlockKind.EMPTY or page.score < _SURE):
        # Beside the message of a soft 404 there may be a list of hot news, which is not what was asked for.
        page = replace(page, entries=(), next_page=None, call=None, blocked=blocked, pages=None, ahead=0, unfollowed="")
    if page.entries and is_truncated(raw, decoded.text):
        whole = _whole(page.entries, decoded.text)
        page = replace(page, entries=whole, warnings=(*page.warnings, _TRUNCATED), truncated=True)
    if page.entries and page.unfollowed:
        page = replace(page, warnings=(*page.warnings, _NOT_FOLLOWED.format(page.unfollowed)))
    return replace(page, encoding=decoded.encoding, charset_note=decoded.note)


def _read(raw: RawPage, text: str, now: datetime, select: Selection, known: Collection[str]) -> ListingPage:
    if is_dump(text):
        return _unasked(read_dump(text, raw.url), select)
    page = read_json(text, raw, now, select) or read_feed(text, raw, now) or read_recordset(text, raw, now, select)
    if page is not None:
        page = _unasked(page, select)
        return replace(page, ended=not page.entries and _EMPTY_LIST.search(text) is not None)
    page = read_html(text, raw.url, now, select, known)
    # A page whose list is behind a call may hold a side column that looks like one, by want of a better.
    if page.score < _WEAK and page.signature not in known and (call := find_call(text, raw.url)) is not None:
        return replace(page, entries=(), next_page=None, warnings=(), signature="", score=0.0, call=call)
    if not page.entries and select == Selection() and (listed := read_script_list(text, raw, now)) is not None:
        return replace(listed, next_page=page.next_page)
    if page.next_page is None and (following := next_call(text, raw.url, len(page.entries))) is not None:
        return replace(page, next_page=following, unfollowed="")
    return page


def _unasked(page: ListingPage, select: Selection) -> ListingPage:
    """A page of a kind that selectors are not for (a feed, an XML list, the dump) says so where there are some."""
    if page.kind in _ASKED or replace(select, post_title="", post_body="", post_date="", post_origin="") == Selection():
        return page
    return replace(page, warnings=(*page.warnings, f"select is for HTML and JSON; this listing is {page.kind}"))


def _whole(entries: tuple[Entry, ...], text: str) -> tuple[Entry, ...]:
    """The entries of a page that was cut short, without the last one where the cut goes through it."""
    *others, last = entries
    tail = text[-_TAIL:]
    start = tail.rfind(last.title.rstrip("\ufffd")[:12])
    cut = start >= 0 and "</" not in tail[start:]
    undated = bool(others) and last.published_on is None and all(entry.published_on for entry in others)
    return tuple(others) if cut or undated else entries


def read_post(
    raw: RawPage,
    now: datetime,
    select: Selection = Selection(),  # noqa: B008 - frozen
    recipe: Recipe | None = None,
) -> PostReading:
    """A post's own page. `recipe` is what was learned from earlier pages of the source; hand the new one on."""
    known = recipe or Recipe()
    if sign := binary_sign(raw):
        return PostReading(None, Block(BlockKind.BINARY, sign), "", "", known)
    decoded = decode(raw.body, raw.content_type)
    blocked = block_of(raw, decoded.text)
    if blocked is not None:
        return PostReading(None, blocked, decoded.encoding, decoded.note, known)
    reading = read_article(decoded.text, raw.url, now, select, known)
    article, truncated = reading.article, is_truncated(raw, decoded.text)
    if article is not None and truncated:
        article = replace(article, warnings=(*article.warnings, "the page is cut short"))
    return PostReading(article, None, decoded.encoding, decoded.note, reading.recipe, truncated)
