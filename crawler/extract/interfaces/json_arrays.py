"""Finds the array of records in decoded JSON, wherever it is nested; what their fields say it does not read."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.extract.html.fragments import line_of
from crawler.extract.interfaces.field_names import name_bonus
from crawler.extract.interfaces.json_fields import Fields, Path, Record, chinese, find_fields, spread
from crawler.extract.interfaces.json_text import json_inside
from crawler.extract.interfaces.json_values import date_of, getter, text_of
from monitor.text import clean

_NODES = 400_000  # dicts and lists that are walked; 20,000 records stay far below
_AROUND = 6  # enclosing objects that are kept for their totals
_RECORDS = 30_000  # of one array
_MOST = 30  # arrays that are judged, the largest first
_DATED = 0.3  # share of records with a date from which a list of titles is a listing
_LINKED = 0.6  # the same for addresses, where there are no dates
_TITLE = 8  # Chinese characters; the names of columns and departments are shorter
_FULL = 20  # records from which a list is as good as longer ones
_ROW = 100  # cells
_PLACE, _KEY = 300, 80  # characters of `data.rows[]` and of a name in it; records stand less deep
_INSIDE = 3  # times that JSON is looked for in the texts of JSON


@dataclass(frozen=True, slots=True)
class RecordArray:
    """An array of records: its place (`data.rows[]`), the objects around it (nearest first), its fields, 0 to 1."""

    place: str
    records: tuple[Record, ...]
    around: tuple[Record, ...]
    fields: Fields
    score: float

    @property
    def signature(self) -> str:
        """What stays the same from page to page and from week to week."""
        fields = self.fields
        names = ",".join(".".join(paths[0]) for paths in (fields.title, fields.url, fields.date) if paths)
        return clean(f"{self.place} {names}")


def find_records(document: object, now: datetime) -> RecordArray | None:
    """The array that is most like a list of posts; None when none has titles with dates, or long titles with addresses.

    JSON that stands as a text inside the JSON (`"custom": "{…}"`) is looked into when there is nothing outside of it.
    """
    for _ in range(_INSIDE):
        if (best := _best(document, now)) is not None:
            return best
        document = _texts_opened(document)
        if document is None:
            return None
    return None


def arrays(document: object) -> list["Array"]:
    """Every array of objects, those at one place of several objects as one (`data[].list[]`); the largest first."""
    return sorted(_walk(document), key=lambda one: -len(one.records))


@dataclass(frozen=True, slots=True)
class Array:
    """Objects in one place, unjudged."""

    place: str
    records: tuple[Record, ...]
    around: tuple[Record, ...]


def _best(document: object, now: datetime) -> RecordArray | None:
    found: list[RecordArray] = []
    for array in arrays(document)[:_MOST]:
        fields = find_fields(array.records, now)
        score = score_of(array.records, fields, now)
        if score > 0:
            found.append(RecordArray(array.place, array.records, array.around, fields, score))
    # What a record holds (its attachments, say) is no list of its own.
    outer = [one for one in found if not any(one.place.startswith(other.place + ".") for other in found)]
    return max(outer, key=lambda one: (round(one.score, 1), len(one.records), one.score), default=None)


def score_of(records: Sequence[Record], fields: Fields, now: datetime) -> float:
    """How much these records are like a list of posts, 0 to 1; 0 for a list that is none."""
    if not fields.title or not records:
        return 0.0
    sample = spread(records)
    titles = [line_of(text_of(getter(fields.title[0])(record))[:400]) for record in sample]
    named = name_bonus(fields.title[0][-1], "title") > 0
    titled = sum(chinese(title) > 1 or (named and len(title) > _TITLE) for title in titles) / len(sample)
    dated = sum(_has(record, fields.date, now) for record in sample) / len(sample)
    linked = sum(_has(record, fields.url) for record in sample) / len(sample)
    long = sum(map(len, titles)) / len(titles) >= _TITLE
    if titled < _DATED or (dated < _DATED and not (linked >= _LINKED and long)):
        return 0.0
    size = min(1.0, math.log1p(len(records)) / math.log1p(_FULL))
    return round(0.2 * size + 0.3 * titled + 0.25 * dated + 0.15 * linked + 0.1 * named, 3)


def _has(record: Record, paths: tuple[Path, ...], now: datetime | None = None) -> bool:
    for path in paths:
        value = getter(path)(record)
        if date_of(value, now) is not None if now is not None else bool(text_of(value).strip()):
            return True
    return False


def _walk(document: object) -> Iterator[Array]:
    grouped: dict[str, tuple[list[Record], tuple[Record, ...]]] = {}
    stack: list[tuple[object, str, tuple[Record, ...]]] = [(document, "", ())]
    for _ in range(_NODES):
        if not stack:
            break
        value, place, around = stack.pop()
        here, rows, around = _rows(value, place, around)
        if rows:
            grouped.setdefault(here, ([], around))[0].extend(rows)
        stack += _inner(value, place, around)
    for place, (records, around) in grouped.items():
        yield Array(place, tuple(records[:_RECORDS]), around)


def _rows(value: object, place: str, around: tuple[Record, ...]) -> tuple[str, list[Record], tuple[Record, ...]]:
    if isinstance(value, dict):
        return f"{place}{{}}", _keyed_rows(value), (value, *around)[:_AROUND]
    if isinstance(value, list):
        rows = [row for row in value if isinstance(row, dict)] or _rows_of_lists(value)
        return f"{place}[]", rows if len(rows) * 2 > len(value) else [], around
    return place, [], around


def _inner(value: object, place: str, around: tuple[Record, ...]) -> list[tuple[object, str, tuple[Record, ...]]]:
    if len(place) > _PLACE:
        return []
    if isinstance(value, dict):
        start = f"{place}." if place else ""
        return [
            (v, f"{start}{k[:_KEY]}", around) for k, v in reversed(value.items()) if v and isinstance(v, dict | list)
        ]
    here = f"{place}[]"
    listed = value if isinstance(value, list) else []
    return [(item, here, around) for item in reversed(listed) if item and isinstance(item, dict | list)]


def _keyed_rows(value: Record) -> list[Record]:
    """Records that stand in an object under numbers or identifiers instead of in an array."""
    rows = [row for row in value.values() if isinstance(row, dict)]
    if len(rows) < 2 or len(rows) < len(value):  # noqa: PLR2004
        return []
    first = set(rows[0])
    return rows if len(first) > 1 and all(len(first & set(row)) * 2 > len(first) for row in rows[:5]) else []


def _rows_of_lists(value: list[object]) -> list[Record]:
    """Rows without names: a table as a list of lists."""
    rows = [row for row in value if isinstance(row, list)]
    if len(rows) < 2 or len({len(row) for row in rows}) != 1 or not 1 < len(rows[0]) < _ROW:  # noqa: PLR2004
        return []
    return [{str(number): cell for number, cell in enumerate(row)} for row in rows[:_RECORDS]]


def _texts_opened(document: object) -> object:
    """All JSON that stands in texts of the document, as one list; None when there is none."""
    opened: list[object] = []
    stack = [document]
    for _ in range(_NODES):
        if not stack:
            break
        value = stack.pop()
        if isinstance(value, dict):
            stack += value.values()
        elif isinstance(value, list):
            stack += value
        elif isinstance(value, str) and len(value) > _TITLE and (inner := json_inside(value)) is not None:
            opened.append(inner)
    return opened or None
