"""Reads the fields of records that were found in JSON or XML; where they stand was decided before."""

from collections.abc import Iterable
from datetime import datetime

from crawler.extract.dates import PrintedDate
from crawler.extract.html.addresses import resolve
from crawler.extract.html.fields import Reading
from crawler.extract.html.fragments import first_link, has_markup, line_of, paragraphs_of
from crawler.extract.interfaces.json_arrays import RecordArray
from crawler.extract.interfaces.json_fields import Path, Record
from crawler.extract.interfaces.json_selected import Chosen
from crawler.extract.interfaces.json_values import Getter, date_of, getter, text_of
from monitor.text import continues, is_cut, title_key

_TEASER = 120  # characters; a content field that is shorter, or cut, is a teaser where there is a page to read


def read_records(array: RecordArray, base: str, now: datetime, chosen: Chosen) -> tuple[list[Reading], tuple[str, ...]]:
    """A reading for every record with a title, in order, and what is to be said about the others.

    `chosen` are the fields that the user's expressions name: they win. Addresses are relative to `base`.
    """
    reader = _Reader(array, base, now, chosen)
    readings: list[Reading] = []
    titled: list[Record] = []
    seen: set[tuple[str, str]] = set()
    untitled = 0
    for record in array.records:
        reading = reader.reading(record)
        if not title_key(reading.title):
            untitled += 1
            continue
        titled.append(record)
        key = (reading.title, reading.url or "")
        if reading.url is None or key not in seen:
            readings.append(reading)
        seen.add(key)
    return readings, (*chosen.missed(titled), *_warnings(readings, untitled))


def _warnings(readings: list[Reading], untitled: int) -> Iterable[str]:
    if untitled:
        yield f"{untitled} records without a title left out"
    lost = sum(reading.url is None for reading in readings)
    if lost:
        yield f"no address for {lost} of {len(readings)} records: the answer names none"
    if readings and all(reading.printed is None for reading in readings):
        yield "no record has a date"


class _Reader:
    """The fields of one array, looked up record by record."""

    def __init__(self, array: RecordArray, base: str, now: datetime, chosen: Chosen) -> None:
        fields = array.fields
        self._base, self._now, self._chosen = base, now, chosen
        self._title, self._url, self._date = map(_getters, (fields.title, fields.url, fields.date))
        self._summary, self._body = map(_getters, (fields.summary, fields.body))

    def reading(self, record: Record) -> Reading:
        title, href = self._titled(record)
        url = self._address(record, href)
        summary, body = self._texts(record, title, url)
        return Reading(title, url, self._printed(record), summary, body)

    def _titled(self, record: Record) -> tuple[str, str]:
        """The title as a reader sees it, and the address of a link that it is wrapped in."""
        chosen = self._chosen.value("title", record)
        texts = [text_of(chosen)] if chosen is not None else [text_of(get(record)) for get in self._title]
        written = next((text for text in texts if text.strip()), "")
        title, href = line_of(written), ""
        if has_markup(written) and "href" in written.lower():
            href, whole = first_link(written)
            title = whole if whole and (not title or continues(title, whole)) else title
        if is_cut(title):
            whole = next((line for text in texts if continues(title, line := line_of(text)) and not is_cut(line)), "")
            title = whole or title
        return title, href

    def _address(self, record: Record, href: str) -> str | None:
        chosen = self._chosen.value("url", record)
        values = [chosen] if chosen is not None else [*(get(record) for get in self._url), href]
        for value in values:
            text = text_of(value)
            if has_markup(text):
                text = first_link(text)[0]
            if text and (url := resolve(text, self._base)) is not None:
                return url
        return None

    def _printed(self, record: Record) -> PrintedDate | None:
        chosen = self._chosen.value("date", record)
        values = [chosen] if chosen is not None else [get(record) for get in self._date]
        impossible: PrintedDate | None = None
        for value in values:
            found = date_of(value, self._now)
            if found is not None and found.day is not None:
                return found
            impossible = impossible or found
        return impossible

    def _texts(self, record: Record, title: str, url: str | None) -> tuple[str | None, str | None]:
        """Summary and body. A content that is cut or short is a summary, where there is a page to read."""
        summary = self._text("summary", self._summary, record)
        body = self._text("body", self._body, record)
        teaser = is_cut(body) or len(body) < _TEASER
        if teaser and url is not None and self._chosen.value("body", record) is None:
            summary, body = summary or body, ""
        summary = " ".join(summary.split("\n"))
        if title_key(summary) in (title_key(title), title_key(body)):
            summary = ""
        return summary or None, body or None

    def _text(self, name: str, getters: list[Getter], record: Record) -> str:
        chosen = self._chosen.value(name, record)
        values = [chosen] if chosen is not None else [get(record) for get in getters]
        return next((text for value in values if (text := paragraphs_of(text_of(value)))), "")


def _getters(paths: tuple[Path, ...]) -> list[Getter]:
    return [getter(path) for path in paths]
