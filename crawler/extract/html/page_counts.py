"""Finds how far a listing goes by what the pager of one of its pages says; which page is next, it is told."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.extract.html.pager import link_address, link_words, numbered_rows
from crawler.extract.html.pager_scripts import written_pagers
from crawler.extract.html.tree import Page, whole_text
from monitor.pages import PageRequest

_PAGES = re.compile(r"(?:共|/)\s*(\d{1,5})\s*页|总页数\s*[:：]?\s*(\d{1,5})(?!\d)")
_RECORDS = re.compile(r"(?:共有?|总共|共计|合计|总数\s*[:：]?|记录数?\s*[:：])\s*(\d{1,6})\s*(?:条|篇|个?记录)")
_LAST_WORDS = frozenset({"尾页", "末页", "最后一页", "最末页", "最后页", "last", "末頁", "尾頁"})
_PAGER, _BESIDE = 400, 200  # characters of a pager, and of what stands beside it
_MOST_PAGES = 100_000
_DIGITS = re.compile(r"\d{1,7}")


def count_pages(page: Page, following: PageRequest, records: int) -> tuple[int | None, int]:
    """How many pages there are by a page with a `following` one, None where it does not say; and how many follow, or 0.

    Both are what the page says at least. `records` is how many this page lists: a full one, since another follows.
    """
    said = [pager.pages for pager in written_pagers(page)]
    if (text := _pager_text(page, following)) is not None:
        said += [int(found[1] or found[2]) for found in _PAGES.finditer(text)]
        if records:
            said += [-(-int(found[1]) // records) for found in _RECORDS.finditer(text)]
    said = [number for number in said if number <= _MOST_PAGES]
    ahead = max((*_by_numbers(page, following), *_by_last(page, following)), default=0)
    return max(said, default=None), ahead


def _pager_text(page: Page, following: PageRequest) -> str | None:
    """What is written in the part of the page that the link to the next one stands in, and on either side of it."""
    node = next(
        (node for node in page.root.iter("a", "button", "span", "li") if _leads_to(node, page, following)), None
    )
    if node is None:
        return None
    while (above := node.getparent()) is not None and len(whole_text(above)) <= _PAGER:
        node = above
    others = [other for other in (node.getprevious(), node.getnext()) if other is not None]
    texts = [(node.tail or "")[:_BESIDE], *(f"{whole_text(other)} {other.tail or ''}" for other in others)]
    beside = [text for text in texts if len(text) <= _BESIDE]
    return " ".join((whole_text(node), *beside))


def _leads_to(node: HtmlElement, page: Page, following: PageRequest) -> bool:
    if following.method == "GET":
        return link_address(node, page) == following.url
    return "dopostback" in f"{node.get('href') or ''}{node.get('onclick') or ''}".lower()


def _by_numbers(page: Page, following: PageRequest) -> Iterator[int]:
    """In a row of numbers that leads to the next page: how far the largest is from the present one."""
    for current, links in numbered_rows(page):
        if any(number == current + 1 and _leads_to(node, page, following) for number, node in links):
            yield max(number for number, _ in links) - current


def _by_last(page: Page, following: PageRequest) -> Iterator[int]:
    """By a link to the last page whose address differs from the next one's in a number alone."""
    for node in page.root.iter("a", "button", "span", "li"):
        if link_words(node) & _LAST_WORDS and (last := link_address(node, page)) is not None:
            if last == following.url:
                yield 1
                continue
            first = _difference(page.url, following.url)
            step = first[1] - first[0] if first else 1
            numbers = _difference(following.url, last)
            if numbers and (first or numbers[0] in (1, 2)) and 0 < step <= numbers[1] - numbers[0] + step:
                yield min((numbers[1] - numbers[0]) // step + 1, _MOST_PAGES)


def _difference(one: str, other: str) -> tuple[int, int] | None:
    """The number in which two addresses differ, in each of them; None when they differ otherwise."""
    paths = [f"{urlsplit(url).path}?{urlsplit(url).query}" for url in (one, other)]
    if _DIGITS.sub("0", paths[0]) != _DIGITS.sub("0", paths[1]):
        return None
    pairs = zip(_DIGITS.findall(paths[0]), _DIGITS.findall(paths[1]), strict=True)
    differing = [(int(mine), int(theirs)) for mine, theirs in pairs if mine != theirs]
    return differing[0] if len(differing) == 1 else None
