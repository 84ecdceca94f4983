"""Finds the number of the page in a request, wherever it is written, and builds the request for another number.

It stands in the query or in the body (a form or JSON), and there also as JSON inside a parameter:
`params={"siteGuid":"…","pageIndex":0}`. What else a request says is left as it was written.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qsl, quote_plus, unquote_plus

from crawler.extract.interfaces.field_names import folded, words
from monitor.pages import PageRequest

PAGE_NAMES = words(
    "pageno pagenum pagenumber pageindex pageidx currentpage currpage curpage currentpageno nowpage cpage thispage "
    "current page paged pg p pn"
)
SIZE_NAMES = words(
    "pagesize size perpage rows limit rn pagerows numperpage pagelimit prepage ps idisplaylength length take max count "
    "num"
)
OFFSET_NAMES = words(
    "startrecord offset start startindex startrow startnum startpos begin from skip first idisplaystart"
)
_ENDS = {
    "startrecord": "endrecord",
    "start": "end",
    "begin": "end",
    "startindex": "endindex",
    "startrow": "endrow",
    "startnum": "endnum",
}
_DIGITS = 7
_NESTED = 4  # objects in JSON in a parameter
_ROUND = 5  # page sizes are multiples of it, nearly always
_UNIT = "/front/page/build/unit"
_UNIT_NUMBER = re.compile(r"[&?]pageNo=\d*")
_GKMLPT = "/gkmlpt/api/"
_GKMLPT_SIZE = 100  # fixed, and no parameter

Params = dict[str, object]
Kind = Literal["page", "offset"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A page's number in a request: that of the page, or of its first record. `size` is None where none is said."""

    number: int
    kind: Kind
    size: int | None
    build: Callable[[int], PageRequest]


@dataclass(frozen=True, slots=True)
class _Found:
    """`also` are parameters that go up with the number, each with its step: endrecord by one, start by a page."""

    path: tuple[str, ...]
    number: int
    kind: Kind
    size: int | None
    also: tuple[tuple[str, int], ...] = ()


def find_slot(request: PageRequest, size: int | None = None) -> Slot | None:
    """Where a request carries its page's number; None when it carries none.

    `size` is that of the page which came: jpaas wants it said with the number.
    """
    if _UNIT in request.url.partition("?")[0]:
        return _unit_slot(request, size)
    body, is_json = _body_params(request)
    if (found := _find(body)) is not None:
        return Slot(found.number, found.kind, found.size, lambda to: _with_body(request, found, to, is_json=is_json))
    query = request.url.partition("#")[0].partition("?")[2]
    if (asked := _find(dict(parse_qsl(query, keep_blank_values=True)))) is not None:
        fixed = _GKMLPT_SIZE if _GKMLPT in request.url else asked.size
        return Slot(
            asked.number, asked.kind, fixed, lambda to: replace(request, url=_with_query(request.url, asked, to))
        )
    return None


# -- finding ----------------------------------------------------------------------------------------------------------


def _find(params: Params, depth: int = 0) -> _Found | None:
    plain = {folded(name): name for name in reversed(params)}
    numbers = {name: number for name, written in plain.items() if (number := _int(params[written])) is not None}
    size = next((numbers[name] for name in SIZE_NAMES if numbers.get(name)), None)
    named = next((name for name in PAGE_NAMES if name in numbers), "")
    first = next((name for name in OFFSET_NAMES if name in numbers), "")
    if named == "pn" and "rn" in numbers:  # Epoint's full-text list: the first record, not the page
        return _Found((plain[named],), numbers[named], "offset", size)
    if named:
        # Some send the number of the page and of its first record; both go up where they agree.
        agree = bool(first and size) and numbers[first] - (numbers[named] - 1) * (size or 0) in (0, 1)
        also = [name for name in (first, _ENDS.get(first, "")) if agree and name in numbers]
        return _Found((plain[named],), numbers[named], "page", size, tuple((plain[name], size or 0) for name in also))
    if not first:
        return _find_inside(params, depth)
    end = _ENDS.get(first, "")
    if end in numbers and numbers[end] > numbers[first]:
        span = _span(numbers[first], numbers[end])
        return _Found((plain[first],), numbers[first], "offset", span, ((plain[end], 1),))
    if size is not None or first == "offset":
        return _Found((plain[first],), numbers[first], "offset", size)
    return _find_inside(params, depth)


def _find_inside(params: Params, depth: int) -> _Found | None:
    for name, value in params.items() if depth < _NESTED else ():
        inner = _opened(value)
        if inner is not None and (found := _find(inner, depth + 1)) is not None:
            return replace(found, path=(name, *found.path))
    return None


def _span(first: int, last: int) -> int:
    """How many records lie between two numbers: 1 to 15 are fifteen, and so are 0 to 15."""
    exclusive = (last - first) % _ROUND == 0 and first % _ROUND == 0
    return last - first if exclusive else last - first + 1


def _int(value: object) -> int | None:
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) <= _DIGITS else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < 10**_DIGITS else None
    return None


def _opened(value: object) -> Params | None:
    if isinstance(value, dict):
        return value
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            inner = json.loads(value)
        except (ValueError, RecursionError):
            return None
        return inner if isinstance(inner, dict) else None
    return None


# -- building ---------------------------------------------------------------------------------------------------------


def _assigned(params: Params, found: _Found, to: int) -> Params:
    """A copy of `params` with the number set, each value in the kind (text, number, JSON text) that it had."""
    changed = dict(params)
    name, rest = found.path[0], found.path[1:]
    if rest:
        inner = _assigned(_opened(params[name]) or {}, replace(found, path=rest), to)
        changed[name] = _json(inner) if isinstance(params[name], str) else inner
        return changed
    changed[name] = str(to) if isinstance(params[name], str) else to
    for other, step in found.also:
        raised = (_int(params[other]) or 0) + step * (to - found.number)
        changed[other] = str(raised) if isinstance(params[other], str) else raised
    return changed


def _with_query(url: str, found: _Found, to: int) -> str:
    """An address with only the changed parameters written anew: some sites sign or encrypt the others."""
    address, mark, fragment = url.partition("#")
    start, _, query = address.partition("?")
    before = dict(parse_qsl(query, keep_blank_values=True))
    after = _assigned(dict(before), found, to)
    parts: list[str] = []
    for part in query.split("&"):
        name, _, written = part.partition("=")
        plain = unquote_plus(name)
        if plain in before and before[plain] != after[plain]:
            value = str(after[plain])
            # JSON that stands there unquoted is left so.
            part = f"{name}={value if written == before[plain] else quote_plus(value, errors='replace')}"  # noqa: PLW2901
        parts.append(part)
    return f"{start}?{'&'.join(parts)}{mark}{fragment}"


def _body_params(request: PageRequest) -> tuple[Params, bool]:
    if not request.body:
        return {}, False
    if (inner := _opened(request.body)) is not None:
        return inner, True
    return dict(parse_qsl(request.body, keep_blank_values=True)), False


def _with_body(request: PageRequest, found: _Found, to: int, *, is_json: bool) -> PageRequest:
    params, _ = _body_params(request)
    if is_json:
        return replace(request, body=_json(_assigned(params, found, to)))
    return replace(request, body=_with_query(f"?{request.body}", found, to)[1:])


def _json(params: Params) -> str:
    return json.dumps(params, ensure_ascii=False, separators=(",", ":"))


# -- jpaas ------------------------------------------------------------------------------------------------------------


def _unit_slot(request: PageRequest, size: int | None) -> Slot:
    """jpaas takes the number in `paramJson` only; with a bare `pageNo` it answers page one for ever."""
    query = dict(parse_qsl(request.url.partition("?")[2], keep_blank_values=True))
    params = _opened(query.get("paramJson", "")) or {}
    size = _int(params.get("pageSize")) or size
    return Slot(_int(params.get("pageNo")) or 1, "page", size, lambda to: unit_page(request, to, size))


def unit_page(request: PageRequest, number: int, size: int | None) -> PageRequest:
    """The request for a page of a jpaas unit."""
    address = _UNIT_NUMBER.sub("", re.sub(r"[&?]paramJson=[^&#]*", "", request.url))
    params = _json({"pageNo": number, **({"pageSize": size} if size else {})})
    mark = "&" if "?" in address else "?"
    return replace(request, url=f"{address}{mark}paramJson={quote_plus(params, errors='replace')}")
