"""Tells the fields of records apart, by their names and by their values; where the records stand it does not know."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.extract.html.fragments import has_markup
from crawler.extract.interfaces.field_names import Role, name_bonus
from crawler.extract.interfaces.json_values import getter, is_dateish, text_of
from monitor.text import clean

_SAMPLE = 40  # records that are looked at
_HEAD = 400  # characters of a value that are looked at
_NESTED = 3  # levels of objects inside a record whose fields count as its own: `_source.title`
_MOST = 120  # fields of a record
_USUAL = 0.3  # share of records that have a date, an address, a summary
_VARIED = 0.4  # share of different values; a column's name or an author repeats
_LONG = 80  # characters; titles are shorter
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LETTER = re.compile("[A-Za-z\u3400-\u4dbf\u4e00-\u9fff]")
_ADDRESS = re.compile(
    r"(?:https?:)?//\S+|\.{0,2}/\S*|[^\s?#]{1,300}\.(?:s?html?|jspx?|aspx?|php|do|action)(?:[?#]\S*)?|[\w./-]{0,200}\?\S*=\S*"
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|ico|bmp|css|js|mp[34])(?:[?#]|$)", re.IGNORECASE)
_TAGS = re.compile(r"<[a-zA-Z/!][^>]*>?")
_LABEL = re.compile(r"\s*[【［〖]")
_SENTENCE = re.compile(r"[。；;]")

Path = tuple[str, ...]
Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class Fields:
    """Where the fields of a record stand, the likeliest place first; an empty tuple where there is none."""

    title: tuple[Path, ...] = ()
    url: tuple[Path, ...] = ()
    date: tuple[Path, ...] = ()
    summary: tuple[Path, ...] = ()
    body: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    """One field over the sample: the values, their texts without markup (cut), and the share that is HTML."""

    path: Path
    values: list[object]
    texts: list[str]
    marked: float

    @property
    def filled(self) -> list[str]:
        return [text for text in self.texts if text]

    @property
    def varied(self) -> float:
        texts = self.filled
        return len(set(texts)) / len(texts) if texts else 0.0

    def share(self, count: int) -> float:
        return count / len(self.values)

    def mean(self, measure: Callable[[str], float]) -> float:
        texts = self.filled
        return sum(map(measure, texts)) / len(texts) if texts else 0.0


def find_fields(records: Sequence[Record], now: datetime) -> Fields:
    """Which fields of these records are title, address, date, summary and body."""
    columns = _columns(spread(records))
    dates = _ranked(columns, "date", lambda column: _date_worth(column, now))
    columns = [column for column in columns if column.path not in dates]
    addresses = _ranked(columns, "url", _url_worth)
    columns = [column for column in columns if column.path not in addresses]
    titles = _ranked(columns, "title", _title_worth)[:4]
    columns = [column for column in columns if column.path not in titles[:1]]
    return Fields(
        title=tuple(titles),
        url=tuple(addresses[:4]),
        date=tuple(dates[:6]),
        summary=tuple(_ranked(columns, "summary", _summary_worth)[:2]),
        body=tuple(_ranked(columns, "body", _body_worth)[:2]),
    )


def spread(records: Sequence[Record]) -> list[Record]:
    """A sample from all over the list: pinned records stand first and are not like the others."""
    step = max(1, len(records) // _SAMPLE)
    return list(records[::step][:_SAMPLE])


def chinese(text: str) -> int:
    """The number of Chinese characters."""
    return len(_CHINESE.findall(text))


def _columns(sample: list[Record]) -> list[_Column]:
    paths: dict[Path, None] = {}
    for record in sample:
        for path in _paths(record):
            if len(paths) < _MOST:
                paths.setdefault(path)
    return [_column(path, sample) for path in paths]


def _column(path: Path, sample: list[Record]) -> _Column:
    get = getter(path)
    values = [get(record) for record in sample]
    texts = [text_of(value)[:_HEAD] for value in values]
    marked = sum(has_markup(text) for text in texts) / len(sample)
    return _Column(path, values, [_plain(text) for text in texts], marked)


def _plain(text: str) -> str:
    """About what a reader sees; exact enough to tell a title from a body."""
    return clean(_TAGS.sub("", text) if "<" in text else text)


def _paths(record: Record) -> Iterator[Path]:
    stack: list[tuple[Path, object]] = [((name,), value) for name, value in reversed(record.items())]
    while stack:
        path, value = stack.pop()
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            yield path
        elif len(path) < _NESTED:
            stack += [((*path, name), inner) for name, inner in reversed(value.items())]


def _ranked(columns: Sequence[_Column], role: Role, worth: Callable[[_Column], float]) -> list[Path]:
    """The columns that may play a role, the likeliest first. Opaque names are judged by the values alone."""
    ranked: list[tuple[float, Path]] = []
    for column in columns:
        value = worth(column)
        total = value + name_bonus(column.path[-1], role)
        if value > 0 and total > 0:
            ranked.append((total, column.path))
    return [path for _, path in sorted(ranked, key=lambda pair: -pair[0])]


def _date_worth(column: _Column, now: datetime) -> float:
    share = column.share(sum(is_dateish(value, now) for value in column.values))
    return 4 * share if share >= _USUAL else 0.0


def _url_worth(column: _Column) -> float:
    texts = [text for value in column.values if (text := text_of(value).strip())]
    linked = [
        text for text in texts if len(text) < 2 * _HEAD and _ADDRESS.fullmatch(text) and not _PICTURE.search(text)
    ]
    share = column.share(len(linked))
    if share < _USUAL or len(linked) * 2 < len(texts):
        return 0.0
    return 4 * share * (1.0 if len(set(linked)) >= _VARIED * len(linked) else 0.2)


def _title_worth(column: _Column) -> float:
    texts = column.filled
    share = column.share(len(texts))
    if share < _USUAL or not column.mean(lambda text: _LETTER.search(text) is not None) >= _USUAL:
        return 0.0
    if column.mean(lambda text: _ADDRESS.fullmatch(text) is not None) > _USUAL:
        return 0.0
    worth = share + min(column.mean(chinese), 20) / 20 * 3 + 2 * column.varied
    worth += 2 * column.mean(lambda text: _LABEL.match(text) is not None)
    worth -= 3 * column.mean(lambda text: _SENTENCE.search(text) is not None) + 2 * (column.mean(len) > _LONG)
    return worth if column.varied >= _VARIED or len(texts) < 4 else worth - 4  # noqa: PLR2004 - chance in a short list


def _summary_worth(column: _Column) -> float:
    if column.share(len(column.filled)) < _USUAL or column.varied < _VARIED:
        return 0.0
    named = name_bonus(column.path[-1], "summary") > 0
    return 1.0 if named or column.mean(chinese) >= 20 else 0.0  # noqa: PLR2004 - characters of a sentence


def _body_worth(column: _Column) -> float:
    if column.share(len(column.filled)) < _USUAL:
        return 0.0
    named = name_bonus(column.path[-1], "body") > 0
    return 1 + column.marked if named or (column.marked >= _USUAL and column.mean(len) > 2 * _LONG) else 0.0
