"""Knows how jpaas asks for the pages of a column: a unit that answers with HTML in JSON, and wants its Referer.

The page names the unit on an element: `url` (or `unitUrl`) and `queryData="{'webId':'…','pageId':'…',…}"`. The page's
number goes into `paramJson`; with a bare `pageNo` the unit answers page one for ever (field notes, 3).
"""

import re
from urllib.parse import urlencode

from lxml.html import HtmlElement

from crawler.extract.html.addresses import resolve, same_site
from crawler.extract.html.tree import parse
from crawler.extract.interfaces.expressions import read_literal
from crawler.extract.interfaces.request_numbers import unit_page
from monitor.pages import PageRequest

_UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_LIST = re.compile(r"列表|分页|内容|信息|list|page|news|content", re.IGNORECASE)
_NOT_LIST = re.compile(r"导航|位置|头|尾|底|友情|链接|轮播|图片|banner|nav|head|foot|link|menu|logo", re.IGNORECASE)
_NEEDED = ("webId", "pageId")


def first_page(text: str, url: str) -> PageRequest | None:
    """The unit that holds a column's list; None when the page names none."""
    units = _units(text, url)
    return max(units, key=lambda unit: unit[0])[1] if units else None


def page_after(text: str, url: str, have: int) -> PageRequest | None:
    """The call for page two of a page that holds its first `have` records; None when its pager says that is all."""
    for element in _elements(text, url):
        total, rows = _number(element.get("count")), _number(element.get("rows"))
        unit = _unit(element, url)
        if unit is not None and total is not None:
            size = rows or have
            return (
                unit_page(unit, 2, size)
                if size and total > size and _number(element.get("pageno")) in (None, 1)
                else None
            )
    return None


def _units(text: str, url: str) -> list[tuple[int, PageRequest]]:
    """Every unit that the page names, each with how much it looks like a list."""
    found: list[tuple[int, PageRequest]] = []
    for element in _elements(text, url):
        unit = _unit(element, url)
        if unit is not None:
            said = f"{_query(element).get('tagId', '')} {element.get('id') or ''}"
            worth = 2 * bool(_LIST.search(said)) - 3 * bool(_NOT_LIST.search(said)) + (element.get("count") is not None)
            found.append((worth, unit))
    return found


def _elements(text: str, url: str) -> list[HtmlElement]:
    if "querydata" not in text.lower():
        return []
    return list(parse(text, url).root.xpath("//*[@querydata]"))


def _unit(element: HtmlElement, url: str) -> PageRequest | None:
    query = _query(element)
    address = resolve(element.get("url") or element.get("uniturl") or _UNIT, url)
    if address is None or not same_site(address, url) or not all(query.get(name) for name in _NEEDED):
        return None
    joint = "&" if "?" in address else "?"
    return PageRequest(f"{address}{joint}{urlencode(query, errors='replace')}", headers=(("Referer", url),))


def _query(element: HtmlElement) -> dict[str, str]:
    try:
        value = read_literal(element.get("querydata") or "")
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    return {name: str(item) for name, item in value.items() if isinstance(item, str | int) and name != "paramJson"}


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else None  # noqa: PLR2004
