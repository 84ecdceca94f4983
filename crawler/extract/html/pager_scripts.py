"""Reads the scripts that write a page's pager, `createPageHTML` and its like; it runs nothing and follows nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.extract.html.tree import Page

_CREATE_PAGE = re.compile(r"create\w*Page\w*\s*\((?P<arguments>[^()]{3,300})\)", re.IGNORECASE)
_ARGUMENT = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|(-?\d+)|([A-Za-z_$][\w$.]*))\s*(?:,|$)""")
_VARIABLE = re.compile(
    r"(?<![\w$.])(?P<name>[A-Za-z_$][\w$]{0,60})\s*=(?!=)\s*(?:\"([^\"\n]{0,200})\"|'([^'\n]{0,200})'|(-?\d{1,9})\b)"
)
_SCRIPT = 200_000  # characters of a script that are looked at
_MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class WrittenPager:
    """What such a script says: how many pages there are, and where the one after this one is, if there is one."""

    pages: int
    next_address: str | None


def written_pagers(page: Page) -> Iterator[WrittenPager]:
    """The pagers that a page's scripts write, in page order.

    `createPageHTML(5, 0, "index", "html")`: page two is index_1.html; with an id before them the count is from one.
    TRS WCM writes both (field notes, 1). An argument may be a variable that the same script sets.
    """
    for script in page.root.iter("script"):
        text = (script.text or "")[:_SCRIPT]
        for call in _CREATE_PAGE.finditer(text):
            pager = _pager(_arguments(call["arguments"], text[: call.start()]))
            if pager is not None:
                yield pager


def _arguments(written: str, before: str) -> list[str]:
    """The arguments of a call; those that are variables by what was last written into them, or else empty."""
    values: dict[str, str] | None = None
    arguments: list[str] = []
    for found in _ARGUMENT.finditer(written):
        value = next((group for group in found.groups()[:3] if group is not None), "")
        if found[4]:
            values = _variables(before) if values is None else values
            value = values.get(found[4], "")
        arguments.append(value)
    return arguments


def _variables(script: str) -> dict[str, str]:
    return {
        found["name"]: next(group for group in found.groups()[1:] if group is not None)
        for found in _VARIABLE.finditer(script)
    }


def _pager(arguments: list[str]) -> WrittenPager | None:
    numbers = [number for number, value in enumerate(arguments) if _is_whole(value)]
    if len(numbers) < 2 or numbers[1] != numbers[0] + 1:  # noqa: PLR2004 - total and current stand together
        return None
    total, current = int(arguments[numbers[0]]), int(arguments[numbers[1]])
    if total > _MOST_PAGES:
        return None
    rest = [value for value in arguments[numbers[1] + 1 :] if value and not value.isdigit()]
    from_one = numbers[0] > 0 and current >= 1
    last = total if from_one else total - 1
    if current >= last or len(rest) < 2:  # noqa: PLR2004
        return WrittenPager(total, None)
    name, ending = rest[0], rest[1].lstrip(".")
    return WrittenPager(total, f"{name}_{current + 1}.{ending}")


def _is_whole(value: str) -> bool:
    return value.isascii() and value.lstrip("-").isdigit()
