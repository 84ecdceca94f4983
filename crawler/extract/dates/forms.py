"""Knows how dates are written: every form that listings and post pages print, and where in a text it stands.

It never guesses a date that is not there, and judges no date: whether one is late, early or out of order is not asked.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from unicodedata import normalize

from crawler.extract.dates.calendar_days import day_in_zone, day_of, latest


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as it stands on a page.

    `day` is None where the words name a day that does not exist (2025-02-30, 13-45). `year_printed` is False where
    the year was supplied: the latest that makes the day no later than tomorrow. `words` are the characters it was
    read from, with a time of day that belongs to them.
    """

    day: date | None
    year_printed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text, from `start` to `end`. It is `plain` when its form means a date wherever it stands."""

    start: int
    end: int
    printed: PrintedDate
    plain: bool  # not 昨天, not a cell that holds only 7-17


@dataclass(frozen=True, slots=True)
class _Form:
    """A way to write a date. One that is `sure` is a date even when no calendar has its day."""

    pattern: re.Pattern[str]
    sure: bool = False
    plain: bool = True


LONG = 4_000  # characters; what stands further on in a text is not looked at: dates stand in short ones

# Full-width forms, old radicals (copied out of PDFs), odd spaces and dashes, one character each: places stay the same.
_FOLDED = {
    code: folded
    for low, high in ((0x2F00, 0x2FD5), (0xFF01, 0xFF5E), (0x2000, 0x200A), (0x1D7CE, 0x1D7FF))
    for code in range(low, high + 1)
    if len(folded := normalize("NFKC", chr(code))) == 1
}
_FOLDED |= dict.fromkeys((0xA0, 0x202F, 0x3000), " ") | dict.fromkeys((*range(0x2010, 0x2015), 0x2212), "-")

_YEAR = r"(?P<y>(?:19|20)[0-9]{2})"
_MONTH = r"(?P<m>[0-9]{1,2})"
_DAY = r"(?P<d>[0-9]{1,2})"
_HAN = r"\u3400-\u9fff"
_NUMERALS = "〇○零一二三四五六七八九"
_CLOCK = r"(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
_TAIL = (  # a time of day, which belongs to the date before it
    r"(?:\s{0,2}\(?(?:星期|周)[一二三四五六日天]\)?)?"
    rf"(?P<time>\s{{0,3}}T?\s{{0,3}}(?:[上下]午|凌晨|晚上)?\s?(?:{_CLOCK}(?:\s?(?:Z|[+-][01][0-9]:?[0-5][0-9]))?"
    r"|(?:[01]?[0-9]|2[0-3])[时点][0-5][0-9]分?))?(?![0-9])"
)
# What makes 05-10 or 7月 15 a quantity or a number: 05-10亿元, 第03-04期, 7月 15家.
_NO_UNIT = (
    r"(?![亿万元人号期页届章条岁个家项名批次件位户台套处座亩倍米吨度级层栋室%℃°]"
    r"|\s{1,2}(?:亿|万[元人吨]|个|%|℃|期\b|家\s?企业))"
)
_GAP = r"(?:\s{1,3}[/|-]?\s{0,3}|[/|])"  # between a day and a month that stand in blocks of their own
_OPEN = rf"(?:(?<![0-9A-Za-z./~%{_HAN}-])|(?<=[于期间布新在]))"  # nothing before it but 发布于, 日期, 更新 or the like
_CLOSED = rf"(?=发布|更新|发表|来源|浏览|阅读|[^{_HAN}A-Za-z0-9，,、。]|\Z)"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HAN_MONTH = r"(?P<m>十[一二]?|[一二三四五六七八九])月"
_MONTH_NAME = rf"(?P<m>{'|'.join(MONTHS)})[a-z]{{0,6}}\.?"


def _form(*parts: str, sure: bool = False, plain: bool = True) -> _Form:
    return _Form(re.compile("".join((*parts, _TAIL)), re.IGNORECASE), sure, plain)


# By what they begin with; of several that begin at one place the first that fits is taken.
_YEAR_FIRST = (
    _form(  # 2025-07-17, 2025/7/17, 2025-07-1710:30
        rf"{_YEAR}\s{{0,3}}(?:年\s{{0,2}}[-/.]?|[-/.·])\s{{0,3}}{_MONTH}\s{{0,3}}[-/.·]\s{{0,3}}{_DAY}",
        r"(?:(?![0-9])|(?=[0-9]{2}:[0-9]{2}))(?!:[0-9])(?:\s{0,2}日)?",
        sure=True,
    ),
    _form(  # 2025年7月17日, 2025年07月 17
        rf"{_YEAR}\s{{0,3}}(?:年\s{{0,2}}[-/.]?|[-/.·])\s{{0,3}}{_MONTH}\s{{0,3}}月\s{{0,3}}[-/.]?\s{{0,3}}{_DAY}",
        rf"(?![0-9]|:[0-9])(?:\s{{0,2}}日|{_NO_UNIT})",
        sure=True,
    ),
    _form(  # 20250717, 202507171030
        r"(?P<y>20[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])",
        r"(?:(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?)?(?![0-9])",
    ),
    _form(  # 2025-07 17, 2025.07 / 17
        rf"{_YEAR}\s?[-/.]\s?{_MONTH}\s{{1,3}}[/|-]?\s{{0,3}}{_DAY}日?+(?![0-9年月:]|\s?[-/.][0-9]){_NO_UNIT}"
    ),
    _form(  # 2025 07-17, 2025年 / 07.17
        rf"{_YEAR}年?\s{{1,3}}[/|]?\s{{0,3}}{_MONTH}[-/.]{_DAY}(?![0-9]|[-/.][0-9]){_NO_UNIT}"
    ),
)
_NUMERAL_FIRST = (
    _form(  # 二〇二五年七月十七日
        rf"(?P<y>[一二][Oo0{_NUMERALS}]{{3}})\s?年\s?(?P<m>[0-9十{_NUMERALS}]{{1,3}})\s?月"
        rf"\s?(?P<d>[0-9十廿卅{_NUMERALS}]{{1,4}})\s?日",
        sure=True,
    ),
)
_NUMBER_FIRST = (
    _form(  # 17 2025-07, 17 / 2025.07; but not 10 2025-07-17, which is ten of something
        rf"(?<![^\s\[(【|]){_DAY}日?{_GAP}{_YEAR}\s?(?:年\s?|[-/.]\s?){_MONTH}月?+",
        r"(?![0-9]|\s?[-/.]\s?[0-9]|\s{0,2}[0-9]{1,2}\s?日)",
    ),
    _form(  # 07-17 2025, 7月17日 2025年
        rf"(?<![./-]){_MONTH}[-/.月]\s?{_DAY}日?\s{{1,3}}[/|,]?\s{{0,3}}{_YEAR}年?+(?![0-9]|\s?[-/.月]\s?[0-9]|\s?[0-9])"
    ),
    _form(rf"(?<![./-]){_DAY}{_GAP}{_MONTH}月\s{{0,3}}[/,]?\s{{0,3}}{_YEAR}年?+(?![0-9])"),  # 17 07月 2025
    _form(  # 07/17/2025, 17.07.2025; which is the month shows only when the other is no month
        rf"(?<![./-])(?P<a>[0-9]{{1,2}})(?P<s>[-/.])(?P<b>[0-9]{{1,2}})(?P=s){_YEAR}(?![0-9./-])"
    ),
    _form(rf"{_DAY}(?:st|nd|rd|th)?[\s-]{{1,2}}{_MONTH_NAME},?[\s-]{{1,2}}{_YEAR}(?![0-9])"),  # 17 July 2025
    _form(rf"{_DAY}\s{{1,3}}{_HAN_MONTH},?\s{{1,3}}{_YEAR}(?![0-9])"),  # 14 五月 2025, as Drupal prints it
    _form(  # 0000-00-00, which content systems print for no date
        r"(?<![0-9./-])(?P<y>0000)[-/.年](?P<m>00)[-/.月](?P<d>00)日?(?![0-9./-])",
        sure=True,
    ),
    _form(  # 日期: 25.7.18, but not a version, a number of a chapter or an amount
        r"(?:(?<=[期间布于新]:)|(?<=[期间布于新]:\s))(?P<y>[12][0-9])\.(?P<m>[0-9]{1,2})\.(?P<d>[0-9]{1,2})(?![0-9./-])",
        _NO_UNIT,
        plain=False,
    ),
    _form(  # 25-07-17, ’25.07.17
        r"(?<![A-Za-z./-])['’‘]?(?P<y>[0-9]{2})(?P<s>[-/.])(?P<m>[0-9]{2})(?P=s)(?P<d>[0-9]{2})(?![0-9./-])"
    ),
    _form(rf"(?<![A-Za-z./-])['’‘]?(?P<y>[0-9]{{2}})年{_MONTH}月{_DAY}日"),  # 25年7月17日
    _form(  # 7月17日, but not 7月17日至20日, which is about an event
        rf"(?<![./-]){_MONTH}\s{{0,3}}月\s{{0,3}}{_DAY}\s{{0,2}}日(?![0-9]|\s{{0,2}}[-~/至到]\s{{0,2}}[0-9])", sure=True
    ),
    _form(  # 07-17, [07-17], (07/17): two digits each, so that 3-4 is none
        rf"{_OPEN}(?P<m>[0-9]{{2}})[-/](?P<d>[0-9]{{2}})(?=[星周]|[^0-9A-Za-z./~%{_HAN}-]|\Z){_NO_UNIT}"
    ),
    _form(rf"(?<!\S){_DAY}{_GAP}{_MONTH}月(?!\S)", _NO_UNIT),  # 17 07月
    _form(rf"(?<!\S){_MONTH}月\s{{0,3}}[/|]?\s{{0,3}}{_DAY}(?!\S)", _NO_UNIT),  # 07月 17
)
_WORD_FIRST = (
    _form(rf"(?<![A-Za-z]){_MONTH_NAME}\s?{_DAY}(?:st|nd|rd|th)?,?\s{{1,2}}{_YEAR}(?![0-9])"),  # July 17, 2025
)
_HAN_FIRST = (
    _form(rf"{_HAN_MONTH}\s{{1,3}}{_DAY}(?:,\s{{0,3}}|\s{{1,3}}){_YEAR}(?![0-9])"),  # 五月 14, 2025
)
_NEAR = re.compile(rf"{_OPEN}(?:(?P<back>今|昨|前)[天日]|刚[刚才]){_TAIL}{_CLOSED}")
_AGO = re.compile(
    rf"{_OPEN}(?P<n>[0-9]{{1,4}}|[半一二两三四五六七八九十])\s{{0,2}}个?"
    rf"(?P<unit>秒钟?|分钟?|小时|钟头|[天日周月年]|星期|礼拜)[之以]?前{_CLOSED}"
)
_START = re.compile(
    r"(?P<year>(?<![0-9])(?:19|20)[0-9]{2})|(?P<number>(?<![0-9])['’‘]?[0-9]{1,4}(?![0-9]))"
    rf"|(?P<numeral>[一二][Oo0{_NUMERALS}]{{3}})|(?P<word>(?<![A-Za-z])(?:{'|'.join(MONTHS)}))"
    rf"|(?P<han>(?<![{_NUMERALS}十])(?:十[一二]?|[一二三四五六七八九])月(?=\s{{1,3}}[0-9]))"
    r"|(?P<near>[今昨前][天日]|刚[刚才])|(?P<ago>[半一二两三四五六七八九十](?=\s{0,2}个?[秒分小钟天日周月年星礼]))",
    re.IGNORECASE,
)
_FORMS = {
    "year": _YEAR_FIRST,
    "number": _NUMBER_FIRST,
    "numeral": _NUMERAL_FIRST,
    "word": _WORD_FIRST,
    "han": _HAN_FIRST,
}

# Dates only where a cell holds nothing else, brackets aside: [7-17], 07.17, 25/7/17, blocks run together.
_FRAME = " \t\r\n[](){}【】〔〕|"
_CELL = 12  # characters that such a cell has at most
_ALONE = tuple(
    _Form(re.compile(pattern), sure, plain=False)
    for pattern, sure in (
        (r"(?P<m>[0-9]{2})-(?P<d>[0-9]{2})", True),
        (r"(?=.{4})(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})", False),  # 7-17, but not 3-4
        (r"(?P<m>[0-9]{2})[./](?P<d>[0-9]{2})", False),
        (r"(?P<y>[0-9]{2})(?P<s>[-/])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})", False),
        (r"(?P<y>[12][0-9])\.(?P<m>[0-9]{1,2})\.(?P<d>[0-9]{1,2})", False),  # 25.7.18; a year since 2010
        (rf"{_DAY}{_YEAR}[-/.年](?P<m>[0-9]{{2}})月?", False),
        (rf"{_YEAR}[-/.](?P<m>[0-9]{{2}})(?P<d>[0-9]{{2}})", False),
        (rf"{_YEAR}\s{{1,3}}(?P<m>[0-9]{{2}})\s{{1,3}}(?P<d>[0-9]{{2}})", False),
        (rf"(?P<d>[0-9]{{2}})\s{{1,3}}(?P<m>[0-9]{{2}})\s{{1,3}}{_YEAR}", False),
        (rf"(?P<d>[0-9]{{2}}){_MONTH}月", False),
        (rf"{_MONTH}月{_DAY}", False),
    )
)
_OFFSET = re.compile(r"(?:T\s{0,3}[0-9]{1,2}:[0-9]{2}|:[0-9]{2}:[0-9]{2}).*?(Z|[+-][0-9]{2}:?[0-9]{2})$", re.IGNORECASE)
_BRACKETS = {"[": "]", "(": ")", "【": "】", "〔": "〕"}
_FIRST_YEAR = 1990  # nothing here is older
_BACK = {"昨": 1, "前": 2}
_DAYS = {"天": 1, "日": 1, "周": 7, "星": 7, "礼": 7}
_SECONDS = {"秒": 1, "分": 60, "小": 3600, "钟": 3600}


def find_dates(text: str, now: datetime) -> list[Found]:
    """All dates in the first `LONG` characters of a text, in their order, not overlapping.

    A day that does not exist is among them only where the form leaves no doubt that a date was meant. `now` completes
    dates without a year and counts 昨天 and 3小时前 back; an instant with an offset (…T20:00:00Z) is read in its zone.
    """
    folded = text[:LONG].translate(_FOLDED)
    found: list[Found] = []
    end = 0
    for start in _START.finditer(folded):
        if start.start() >= end and (one := _read_at(folded, start, now)) is not None:
            found.append(one)
            end = one.end
    if not found and (one := _read_alone(folded, now)) is not None:
        found.append(one)
    return [_in_text(one, text, folded) for one in found]


def _in_text(found: Found, text: str, folded: str) -> Found:
    """The same with the words as printed, and brackets that enclose nothing else taken in."""
    words = text[found.start : found.end]
    before, after = folded[: found.start].rstrip(), folded[found.end :].lstrip()
    start, end = found.start, found.end
    if before and after and _BRACKETS.get(before[-1]) == after[0]:
        start, end = len(before) - 1, len(folded) - len(after) + 1
    printed = PrintedDate(found.printed.day, found.printed.year_printed, words)
    return Found(start, end, printed, found.plain)


def _read_at(text: str, start: re.Match[str], now: datetime) -> Found | None:
    for form in _FORMS.get(start.lastgroup or "", ()):
        match = form.pattern.match(text, start.start())
        if match is not None and (one := _read(match, form, now)) is not None:
            return one
    return _relative(text, start, now)


def _read_alone(text: str, now: datetime) -> Found | None:
    cell = text.strip(_FRAME)
    if not cell or len(cell) > _CELL:
        return None
    begin = text.index(cell)
    for form in _ALONE:
        match = form.pattern.fullmatch(text, begin, begin + len(cell))
        if match is not None and (one := _read(match, form, now)) is not None:
            return one
    return None


def _read(match: re.Match[str], form: _Form, now: datetime) -> Found | None:
    parts = match.groupdict()
    month, day = _month_and_day(parts)
    if month is None or day is None:
        return None
    year = _year(parts["y"], now) if "y" in parts else None
    if "y" in parts and year is None:
        return None
    read = day_of(year, month, day) if year is not None else latest(month, day, now.date() + timedelta(days=1))
    if read is None and not form.sure:
        return None
    if read is not None and parts.get("time"):
        read = _in_zone(read, parts["time"], now)
    return Found(match.start(), match.end(), PrintedDate(read, "y" in parts, match[0]), form.plain)


def _month_and_day(parts: dict[str, str | None]) -> tuple[int | None, int | None]:
    """Month and day. With slashes the month is first, as content systems left in English print it (Drupal: 05/12/2025).

    With points and hyphens 07.08.2025 may be either, and is none.
    """
    if (first := parts.get("a")) and (second := parts.get("b")):
        one, other = int(first), int(second)
        if one == other or other > 12 >= one:  # noqa: PLR2004 - months
            return one, other
        if one > 12 >= other:  # noqa: PLR2004
            return other, one
        return (one, other) if parts.get("s") == "/" and one <= 12 else (None, None)  # noqa: PLR2004
    return _number(parts["m"] or ""), _number(parts["d"] or "")


def _number(words: str) -> int | None:
    """17, 七, 十七, 二十七, 廿七, jul as a number."""
    if words.isdecimal():
        return int(words)
    if words.lower() in MONTHS:
        return MONTHS.index(words.lower()) + 1
    tens, ten, ones = words.replace("廿", "二十").replace("卅", "三十").rpartition("十")
    high = _digits(tens) if tens else 1
    low = _digits(ones) if ones else 0
    if not ten:
        return low if words else None
    return None if high is None or low is None else 10 * high + low


def _digits(words: str) -> int | None:
    digits = "".join(str(max(_NUMERALS.index(char) - 2, 0)) if char in _NUMERALS else char for char in words)
    return int(digits) if digits.isdecimal() else None


def _year(words: str | None, now: datetime) -> int | None:
    """A year; one of two digits is the last before the end of next year, and none before 1990."""
    year = _digits((words or "").replace("O", "0").replace("o", "0"))
    if year is None or year >= 100:  # noqa: PLR2004 - four digits
        return year
    century = now.year // 100 * 100
    if century + year <= now.year + 1:
        return century + year
    return century - 100 + year if century - 100 + year >= _FIRST_YEAR else None


def _in_zone(day: date, time: str, now: datetime) -> date:
    offset = _OFFSET.search(time)
    if offset is None or now.tzinfo is None:
        return day
    hour, minute = (int(part) for part in re.findall(r"[0-9]+", time)[:2])
    return day_in_zone(day, (hour, minute), offset[1], now.tzinfo)


def _relative(text: str, start: re.Match[str], now: datetime) -> Found | None:
    """昨天 10:30, 刚刚, 3小时前, 2个月前: exact for days, near enough for weeks, months and years."""
    if (near := _NEAR.match(text, start.start())) is not None:
        day = now.date() - timedelta(days=_BACK.get(near["back"] or "", 0))
        return Found(near.start(), near.end(), PrintedDate(day, True, near[0]), plain=False)
    if (ago := _AGO.match(text, start.start())) is None:
        return None
    past = _ago(0.5 if ago["n"] == "半" else _number(ago["n"].replace("两", "二")) or 0, ago["unit"][0], now)
    return Found(ago.start(), ago.end(), PrintedDate(past, True, ago[0]), plain=False) if past else None


def _ago(number: float, unit: str, now: datetime) -> date | None:
    if unit in _SECONDS:
        return (now - timedelta(seconds=number * _SECONDS[unit])).date()
    if unit in _DAYS:
        past = now.date() - timedelta(days=int(number * _DAYS[unit]))
        return past if past.year >= _FIRST_YEAR else None
    year, month = divmod(now.year * 12 + now.month - 1 - int(number * (12 if unit == "年" else 1)), 12)
    if year < _FIRST_YEAR:
        return None
    return date(year, month + 1, min(now.day, monthrange(year, month + 1)[1]))
