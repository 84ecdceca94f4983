"""Reads the address that a click would lead to from a page's own scripts; it runs nothing."""

import re
from functools import lru_cache

from crawler.extract.html.tree import Page, address

_QUOTED = r"""(?:"(?P<d>[^"\\]{0,500})"|'(?P<s>[^'\\]{0,500})')"""
_OPENS = re.compile(
    rf"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\s*\(|(?:window\.)?open\s*\()\s*{_QUOTED}"
)
_CALL = re.compile(
    r"(?:javascript:)?\s*(?:return\s+)?(?P<name>[A-Za-z_$][\w$]{0,60})\s*\((?P<arguments>[^()]{0,300})\)"
)
_ARGUMENT = re.compile(rf"\s*(?:{_QUOTED}|(?P<bare>-?\d+|this))\s*(?:,|$)")
_ADDRESS_LIKE = re.compile(r"(?:https?:)?//\S+|[./]*[\w%./-]+\.(?:s?html?|jspx?|aspx?|php|do)(?:\?\S*)?|/\S+")
_SPLIT = re.compile(r"\s*\+\s*")


def address_of_script(written: str, page: Page) -> str | None:
    """The address behind `location.href='…'`, `window.open('…')`, or a function whose body on the page says how.

    `show(123)` is resolved when the page holds `function show(id){ location.href = '/detail/' + id + '.html' }`; an
    argument that is an address itself needs no such function. None when the page does not show it.
    """
    opened = _OPENS.search(written)
    if opened:
        return address(opened["d"] if opened["d"] is not None else opened["s"], page.base)
    call = _CALL.search(written)
    if call is None:
        return None
    values = _arguments(call["arguments"])
    body = _functions(page).get(call["name"])
    if body is not None:
        names, expression = body
        return _built(expression, dict(zip(names, values, strict=False)), page)
    said = next((value for value in values if _ADDRESS_LIKE.fullmatch(value)), None)
    return address(said, page.base) if said else None


def _arguments(written: str) -> list[str]:
    return [next(group for group in found.group("d", "s", "bare") if group is not None)
            for found in _ARGUMENT.finditer(written)]  # fmt: skip


_FUNCTION = re.compile(
    r"(?:function\s+(?P<name>[\w$]{1,60})\s*|(?P<other>[\w$]{1,60})\s*[=:]\s*function\s*)\((?P<names>[\w$,\s]{0,200})\)\s*\{"
    r"(?P<body>[^{}]{0,1000})"
)
_GOES = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\s*\(|(?:window\.)?open\s*\()\s*(?P<expression>[^;,)\n]{1,400})"
)


@lru_cache(maxsize=1)  # one page is read at a time, and asks for every line
def _functions(page: Page) -> dict[str, tuple[tuple[str, ...], str]]:
    """The page's functions that lead somewhere: name to parameter names and the expression of the address."""
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for script in page.root.iter("script"):
        for function in _FUNCTION.finditer((script.text or "")[:200_000]):
            names = tuple(name.strip() for name in function["names"].split(",") if name.strip())
            ways = [goes["expression"] for goes in _GOES.finditer(function["body"])]
            if ways:  # of several, the one that makes use of what the function is told
                told = [way for way in ways if any(part in names for part in _SPLIT.split(way.strip().rstrip(")")))]
                found[function["name"] or function["other"]] = (names, (told or ways)[0])
    return found


def _built(expression: str, values: dict[str, str], page: Page) -> str | None:
    parts: list[str] = []
    for part in _SPLIT.split(expression.strip().rstrip(")")):
        quoted = re.fullmatch(_QUOTED, part)
        if quoted:
            parts.append(quoted["d"] if quoted["d"] is not None else quoted["s"])
        elif part in values:
            parts.append(values[part])
        else:
            return None
    return address("".join(parts), page.base)
