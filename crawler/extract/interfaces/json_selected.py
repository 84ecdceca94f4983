"""Applies a user's JMESPath expressions to JSON; what they leave out is found by others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import jmespath  # type: ignore[import-untyped]
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]
from jmespath.parser import ParsedResult  # type: ignore[import-untyped]

from crawler.extract.html.addresses import resolve, same_site, shown_on
from crawler.extract.html.fragments import first_link, has_markup, line_of
from crawler.extract.html.selected import no_next_page, nothing_found
from crawler.extract.interfaces.json_arrays import RecordArray, score_of
from crawler.extract.interfaces.json_fields import Record, find_fields
from crawler.extract.interfaces.json_values import date_of, text_of
from crawler.extract.interfaces.paging import numbered_request
from monitor.pages import PageRequest, RawPage, Selection

_NAMES = ("title", "url", "date", "summary", "body")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The fields of a record that a user names; None for a selector that is no JMESPath, which finds nothing here."""

    expressions: dict[str, ParsedResult | None]
    base: str = ""  # what addresses are relative to
    now: datetime | None = None

    def value(self, name: str, record: Record) -> object:
        """What the expression finds; None where there is no expression, or where it finds nothing of use."""
        expression = self.expressions.get(name)
        value = _found(expression, record) if expression is not None else None
        return value if value is not None and self._is_of_use(name, value) else None

    def missed(self, records: Sequence[Record]) -> tuple[str, ...]:
        """The expressions that found nothing in some of the records, in words."""
        counts = {name: sum(self.value(name, record) is None for record in records) for name in self.expressions}
        return tuple(nothing_found(name, count, len(records)) for name, count in counts.items() if count)

    def _is_of_use(self, name: str, value: object) -> bool:
        text = text_of(value)
        match name:
            case "url":
                return resolve(first_link(text)[0] if has_markup(text) else text, self.base) is not None
            case "date":
                return self.now is not None and date_of(value, self.now) is not None
        return bool(line_of(text))


def chosen_fields(select: Selection, base: str, now: datetime) -> Chosen:
    """The expressions of the fields that a user names."""
    written = {name: getattr(select, name) for name in _NAMES}
    return Chosen({name: _compiled(one) for name, one in written.items() if one}, base, now)


def selected_records(document: object, select: Selection, now: datetime) -> tuple[RecordArray | None, tuple[str, ...]]:
    """The records that `select.records` names, or None with a warning where it names none."""
    if not select.records:
        return None, ()
    expression = _compiled(select.records)
    found = _found(expression, document) if expression is not None else None
    records = tuple(one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()
    if not records:
        return None, (nothing_found("records"),)
    fields = find_fields(records, now)
    around = (document,) if isinstance(document, dict) else ()
    score = max(score_of(records, fields, now), 0.5)
    return RecordArray(f"select {select.records}", records, around, fields, score), ()


def selected_next(document: object, raw: RawPage, select: Selection) -> tuple[PageRequest | None, tuple[str, ...]]:
    """The next page as `select.next_page` names it (an address, or a number); and a word if it names none."""
    if not select.next_page:
        return None, ()
    expression = _compiled(select.next_page)
    found = _found(expression, document) if expression is not None else None
    if found is None or found in ("", False):
        return None, (no_next_page(),)
    return _next(found, raw), ()


def _next(found: object, raw: RawPage) -> PageRequest | None:
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
    except (JMESPathError, TypeError, ValueError, OverflowError):  # a function that was given what it does not take
        return None
