"""Reads a plain HTML listing: lists whose items hold a link and, most of them, a date. Selectors are not needed.

The general extractor for tables, cards and scripts will stand beside it; this one knows `li` only.
"""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urljoin, urlsplit

from parsel import Selector

from crawler.extract.dates import find_date
from monitor.models import Entry, ListingPage
from monitor.text import clean, is_cut, title_key

_NEXT_WORDS = {"下一页", "下页", "后一页", "下一頁", "next", "nextpage", "next›", "next»", ">", ">>", "›", "»", "后页"}
_DATED_SHARE = 0.5  # a list is a listing when at least half of its linked items are dated; navigation has no dates


def read_list(text: str, url: str, today: date) -> ListingPage:
    """The items of every dated list of the page, in page order."""
    page = Selector(text=text or "<html></html>", type="html")
    base = urljoin(url, page.xpath("string(//base/@href)").get() or "")
    entries = [entry for items in _lists(page) for entry in _entries(items, base, today)]
    return ListingPage(url=url, kind="html", entries=tuple(entries), next_url=_next_url(page, base, url))


def _lists(page: Selector) -> Iterator[list[Selector]]:
    for parent in page.xpath("//*[li[.//a]]"):
        items = list(parent.xpath("./li[.//a][not(.//li)]"))
        if items:
            yield items


def _entries(items: list[Selector], base: str, today: date) -> Iterator[Entry]:
    read = [_entry(item, base, today) for item in items]
    dated = sum(entry.published_on is not None for entry in read)
    if dated and dated >= _DATED_SHARE * len(read):
        yield from read


def _entry(item: Selector, base: str, today: date) -> Entry:
    links = item.xpath(".//a")
    texts = [clean(link.xpath("string(.)").get() or "") for link in links]
    # The title is the longest link text: an item may also link its column or its picture.
    best = max(range(len(links)), key=lambda number: len(texts[number]))
    link = links[best]
    dated = find_date(clean(item.xpath("string(.)").get() or "").replace(texts[best], " "), today)
    title, published_on = _without_date(texts[best], dated, today)
    whole = clean(link.xpath("string(@title)").get() or "")
    if whole and (not title or (is_cut(title) and len(whole) > len(title))):
        title = whole
    return Entry(title=title, url=_address(link.xpath("string(@href)").get() or "", base), published_on=published_on)


def _without_date(text: str, dated: date | None, today: date) -> tuple[str, date | None]:
    """A link that wraps title and date: the date at its end is not part of the title."""
    if dated is not None:
        return text, dated
    head, _, tail = text.rpartition(" ")
    day = find_date(tail, today) if len(tail) <= 14 else None  # noqa: PLR2004 - the length of [2025年07月17日]
    return (head, day) if day is not None and head else (text, None)


def _address(href: str, base: str) -> str | None:
    if not href.strip() or (href.strip().startswith("#") and "=" not in href and "/" not in href):
        return None
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _next_url(page: Selector, base: str, here: str) -> str | None:
    links = [*page.xpath("//link[@rel='next'] | //a[@rel='next']"), *page.xpath("//a[@href]")]
    for link in links:
        words = {clean(link.xpath("string(.)").get() or ""), link.xpath("string(@title)").get() or ""}
        if link.xpath("self::*[@rel='next']") or any(title_key(word) in _NEXT_WORDS for word in words if word):
            url = _address(link.xpath("string(@href)").get() or "", base)
            if url is not None and url != here and urlsplit(url).hostname == urlsplit(here).hostname:
                return url
    return None
