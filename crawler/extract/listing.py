"""Reads a plain HTML listing: lists whose items hold a link and, most of them, a date. Selectors are not needed.

The general extractor for tables, cards and scripts will stand beside it; this one knows `li` only.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

from parsel import Selector

from crawler.extract.dates import find_date
from monitor.pages import Entry, ListingPage, PageRequest
from monitor.text import clean, is_cut, title_key

_NEXT_WORDS = {"下一页", "下页", "后一页", "后页", "下一頁", "next", "nextpage"}
_NEXT_SIGNS = {">", ">>", "›", "»"}  # second choice: carousels use them too
_PAGER_WORDS = _NEXT_WORDS | {
    "上一页",
    "上页",
    "前一页",
    "首页",
    "第一页",
    "尾页",
    "末页",
    "最后一页",
    "上一頁",
    "prev",
    "last",
}
_FRAME = "[]【】()<>›»‹«|… "  # what pagers put around their words
# A date at one end of a link that wraps title and date, alone or with a time of day.
_END_DATE = (
    r"[\[(（]?(?:(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?|(?<!\S)\d{2}-\d{2}|(?<=[\[(（])\d{2}-\d{2})"
    r"[\])）]?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
)
_DATE_LAST = re.compile(rf"(?P<title>.*?\S)\s*(?P<date>{_END_DATE})")
_DATE_FIRST = re.compile(rf"(?P<date>{_END_DATE})\s*(?P<title>\S.*)")
_DATE_CELL = 24  # characters; text beside the link that is longer is a summary, whose dates are about something else
_DATED_SHARE = 0.5  # a list is a listing when at least half of its linked items are dated; navigation has no dates


def read_list(text: str, url: str, today: date) -> ListingPage:
    """The items of every dated list of the page, in page order."""
    page = Selector(text=text or "<html></html>", type="html")
    base = _base(page, url)
    entries = [entry for items in _lists(page) for entry in _entries(items, base, today)]
    return ListingPage(url=url, kind="html", entries=tuple(entries), next_page=_next_page(page, base, url))


def _lists(page: Selector) -> Iterator[list[Selector]]:
    for parent in page.xpath("//*[li[.//a]]"):
        items = list(parent.xpath("./li[.//a][not(.//li)]"))
        if items:
            yield items


def _entries(items: list[Selector], base: str, today: date) -> Iterator[Entry]:
    read = [_entry(item, base, today) for item in items]
    dated = sum(entry.published_on is not None for entry in read)
    if dated and dated >= _DATED_SHARE * len(read):
        yield from (entry for entry in read if not _is_pager(entry.title))


def _is_pager(title: str) -> bool:
    word = title_key(title).strip(_FRAME)
    return word in _PAGER_WORDS or (word.isdigit() and len(word) < 4) or (not word and title in _NEXT_SIGNS)  # noqa: PLR2004


def _entry(item: Selector, base: str, today: date) -> Entry:
    links = item.xpath(".//a")
    texts = [clean(link.xpath("string(.)").get() or "") for link in links]
    # The title is the longest link text: an item may also link its column or its picture.
    best = max(range(len(links)), key=lambda number: len(texts[number]))
    link = links[best]
    title, published_on = _titled(item, texts[best], today)
    # Read a year and more earlier, a date that prints its year is the same.
    year_printed = published_on == _titled(item, texts[best], today - timedelta(days=500))[1]
    whole = clean(link.xpath("string(@title)").get() or "")
    if whole and (not title or (is_cut(title) and not is_cut(whole))):
        title = whole
    url = _address(link.xpath("string(@href)").get() or "", base)
    return Entry(title=title, url=url, published_on=published_on, year_printed=year_printed)


def _titled(item: Selector, text: str, today: date) -> tuple[str, date | None]:
    return _without_date(text, _date_beside(item, text, today), today)


def _date_beside(item: Selector, title: str, today: date) -> date | None:
    """The date of an item: from the shortest text of its own, and only then from whatever stands beside the title."""
    cells = [clean(text) for text in item.xpath(".//text()[not(ancestor::a)]").getall()]
    for cell in sorted(cells, key=len):
        if len(cell) <= _DATE_CELL and (day := find_date(cell, today)) is not None:
            return day
    everything = clean(item.xpath("string(.)").get() or "")
    return find_date(everything.replace(title, " ") if title else everything, today)


def _without_date(text: str, dated: date | None, today: date) -> tuple[str, date | None]:
    """A link that wraps title and date: the date at its end, or its beginning, is not part of the title."""
    if dated is not None:
        return text, dated
    for pattern in (_DATE_LAST, _DATE_FIRST):
        found = pattern.fullmatch(text)
        day = find_date(found["date"], today) if found else None
        if found and day is not None:
            return found["title"].strip(), day
    return text, None


def _base(page: Selector, url: str) -> str:
    try:
        return urljoin(url, page.xpath("string(//base/@href)").get() or "")
    except ValueError:
        return url


def _address(href: str, base: str) -> str | None:
    if not href.strip() or (href.strip().startswith("#") and "=" not in href and "/" not in href):
        return None
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _next_page(page: Selector, base: str, here: str) -> PageRequest | None:
    links = page.xpath("//a[@href]")
    said = [link for link in links if _words(link) & _NEXT_WORDS]
    signs = [link for link in links if clean(link.xpath("string(.)").get() or "") in _NEXT_SIGNS]
    for link in [*page.xpath("//link[@rel='next'] | //a[@rel='next']"), *said, *signs]:
        url = _address(link.xpath("string(@href)").get() or "", base)
        if url is not None and url != here and urlsplit(url).hostname == urlsplit(here).hostname:
            return PageRequest(url)
    return None


def _words(link: Selector) -> set[str]:
    texts = (link.xpath("string(.)").get() or "", link.xpath("string(@title)").get() or "")
    return {title_key(text).strip(_FRAME) for text in texts}
