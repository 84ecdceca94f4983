"""Applies a user's JMESPath expressions to JSON; what they leave out is found by others."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import jmespath  # type: ignore[import-untyped]
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]
from jmespath.parser import ParsedResult  # type: ignore[import-untyped]

from crawler.extract.html.addresses import resolve, same_site, shown_on
from crawler.extract.interfaces.json_arrays import RecordArray, score_of
from crawler.extract.interfaces.json_fields import Record, find_fields
from crawler.extract.interfaces.paging import numbered_request
from monitor.pages import PageRequest, RawPage, Selection

_NAMES = ("title", "url", "date", "summary", "body")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The fields of a record that a user's expressions name."""

    expressions: dict[str, ParsedResult]

    def value(self, name: str, record: Record) -> object:
        """What the expression finds; None where there is no expression, or where it finds nothing."""
        expression = self.expressions.get(name)
        return _found(expression, record) if expression is not None else None


def chosen_fields(select: Selection) -> Chosen:
    """The expressions of the fields that are JMESPath; others are selectors for HTML."""
    written = {name: getattr(select, name) for name in _NAMES}
    compiled = {name: _compiled(expression) for name, expression in written.items() if expression}
    return Chosen({name: expression for name, expression in compiled.items() if expression is not None})


def selected_records(document: object, select: Selection, now: datetime) -> tuple[RecordArray | None, tuple[str, ...]]:
    """The records that `select.records` names, or None with a warning where it names none."""
    if not select.records:
        return None, ()
    expression = _compiled(select.records)
    found = _found(expression, document) if expression is not None else None
    records = tuple(one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()
    if not records:
        return None, (f"records = {select.records!r} finds no records in this JSON",)
    fields = find_fields(records, now)
    around = (document,) if isinstance(document, dict) else ()
    score = max(score_of(records, fields, now), 0.5)
    return RecordArray(f"select {select.records}", records, around, fields, score), ()


def selected_next(document: object, raw: RawPage, select: Selection) -> PageRequest | None:
    """The next page as `select.next_page` names it: an address, or the number to ask for."""
    expression = _compiled(select.next_page) if select.next_page else None
    found = _found(expression, document) if expression is not None else None
    if isinstance(found, int) and not isinstance(found, bool):
        return numbered_request(raw.request, found)
    url = resolve(found, shown_on(raw.request, raw.url)) if isinstance(found, str) else None
    if url is None or not same_site(url, raw.url) or url == raw.request.url:
        return None
    return replace(raw.request, url=url, method="GET", body="")


@lru_cache(maxsize=64)
def _compiled(expression: str) -> ParsedResult | None:
    try:
        return jmespath.compile(expression)
    except JMESPathError:
        return None  # a selector for HTML


def _found(expression: ParsedResult, value: object) -> object:
    try:
        return expression.search(value)
    except JMESPathError:  # a function that was given what it does not take
        return None
