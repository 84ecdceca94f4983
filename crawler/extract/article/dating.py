"""Finds a post's publication date: declared, printed beside the title, linked, in the address, guessed last of all.

It takes no date out of the body, and none that is not said to be the post's own.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, takewhile

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.extract.article.around import Around
from crawler.extract.article.blocks import Block
from crawler.extract.article.meta import Meta
from crawler.extract.article.noise import without_site_address
from crawler.extract.article.words import BLANK, COLON, NAMED_DAY, WEEKDAY, spaced, words
from crawler.extract.dates import date_in_url, is_future, iso_date, read_date, unix_date
from monitor.text import clean, title_key

_DATE_TAGS = words(
    "pubdate publishdate article:published_time publish_date publishtime publish-time pub_date"
    " og:published_time datepublished dc.date.issued dc.date dcterms.created weibo:article:create_at"
    " maketime createdate release_date og:release_date og:time firstpublishedtime"
    " bytedance:published_time apub:time"
)
_FIRST = 1990  # no site is older; 1970-01-01 is an empty field of a database
_VALUE = r"(?P<value>[^\n]{4,40}|\n[^\n]{4,40})"
_PUBLISHED = spaced(
    "发布时间 发布日期 发表时间 发表日期 发文时间 信息时间 公开时间 公开日期 上传时间 录入时间 添加时间 刊发时间"
    " 推送时间 发布于 发表于 提交于 发布 發佈日期 發佈時間 發布日期 發布時間 刊登日期 提交时间"
)
_BY = r"(?:(?:\sby\s[^\n]{1,30}?)?\s(?:on|at))?"  # Submitted by admin on …
# Most telling first: 发布时间, then a bare 时间 or 日期 with its colon, then 创建时间, then 更新时间.
_LABELLED = (
    re.compile(rf"(?:{_PUBLISHED}|\b(?:[Pp]ublished|[Pp]osted|[Ss]ubmitted){_BY}){BLANK}[:：]?{BLANK}{_VALUE}"),
    re.compile(rf"(?<![一-龥]){BLANK}(?:{spaced('时间 日期')}){COLON}{_VALUE}"),
    re.compile(rf"(?:{spaced('创建时间 创建日期 创建于')}|\b[Cc]reated{_BY}){BLANK}[:：]?{BLANK}{_VALUE}"),
    re.compile(
        rf"(?:{spaced('更新时间 更新日期 修改时间 更新于 生成日期')}|\b[Uu]pdated{_BY}){BLANK}[:：]?{BLANK}{_VALUE}"
    ),
)
_STARTS = re.compile(rf"^[\s\[【(（]*{WEEKDAY}(?:\d|[今昨前]天|[今昨]日|刚刚|{NAMED_DAY})")
_FULL = re.compile(rf"(?:19|20)\d{{2}}\s*[-/.年]\s*\d{{1,2}}\s*[-/.月]\s*\d{{1,2}}|{NAMED_DAY}")
_BARE = re.compile(rf"\s*(?:{_FULL.pattern})\s*日?\s*(?:\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?\s*")
# A line with a date that is not the post's: the clock of the page, a period, an event, a sentence.
_NOT_ITS_OWN = re.compile(
    r"今天|星期|农历|截[至止]|有效期|[。，；！？]|至(?:今|\d)|会议|活动|成文|施行|实施|copyright|©|版权|备案",
    re.IGNORECASE,
)
_SCRIPT = 100_000  # characters of a script that are looked at
_NEXT = re.compile(r"更新|修改|来源|浏览|点击|阅读|作者|编辑")
_GLUED = re.compile(r"(\d{1,2}-\d{2})(?=\d{2}:\d{2})")  # 07-1710:21: two elements side by side
# Dates without a year that are a line of their own: 07-17 10:21, 昨天, 3小时前.
_LOOSE = re.compile(
    r"\d{1,2}[-月]\d{1,2}日?\s+\d{1,2}:\d{2}(?::\d{2})?|(?:昨天|前天|今天)(?:\s*\d{1,2}:\d{2})?"
    r"|\d{1,2}\s*(?:分钟|小时|天)前"
)
# Day, month and year in blocks of their own beside the title: 06 / 2026-11, 2026年11月 / 06, 06 / Nov / 2026.
_PART = re.compile(
    r"\d{1,2}日?|(?:\d{1,2}|[一二三四五六七八九十]{1,2})月|[A-Z][a-z]{2,8}\.?|(?:19|20)\d{2}年?"
    r"|(?:19|20)\d{2}\s?[-/.年]\s?\d{1,2}月?|\d{1,2}[-/.]\d{1,2}"
)
_RUN_TOGETHER = re.compile(r"\d{2}(?:19|20)\d{2}[-/.年]\d{2}月?|(?:19|20)\d{2}[-/.]\d{4}")  # 062026-11: one line
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_PARTS = 3
_LINE = 70  # characters of a line in which a bare date is that of the post
_NEAR = 10  # blocks before the body in which one may stand
_SHORT_TEXTS = XPath(
    "//text()[string-length() < 60 and contains(., $year)][not(parent::script or parent::style or parent::a)]",
    smart_strings=False,
)
_IN_WECHAT = XPath("boolean(//*[@id='js_content'])")
_WECHAT = re.compile(r"""\b(?:ct|createTimestamp|publish_time)\s*=\s*["'](\d{10})["']""")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date, and what was wrong with others that came before it."""

    day: date | None = None
    warnings: tuple[str, ...] = ()


class DateFinder:
    """Looks for the date of one post; the later ways are only tried where the earlier ones found nothing that holds."""

    def __init__(self, root: HtmlElement, meta: Meta, url: str, now: datetime) -> None:
        self._root = root
        self._meta = meta
        self._url = url
        self._now = now
        self._zone = now.tzinfo or UTC
        self._warnings: list[str] = []
        self._future: date | None = None

    def find(
        self,
        around: Around,
        about: Sequence[Block],
        guess: Callable[[], date | None],
        said: str = "",
        title: str = "",
    ) -> Dated:
        """The date: as `said` by the user's selector, declared, printed `about` or `around` the body, from `guess`.

        One that stands in the `title` is an event's.

        A future date (after tomorrow) is only taken where there is no other, and warned of; an impossible one never.
        """
        for text in chain((said,), self._texts(around, about, title)):
            day = self._judged(text)
            if day is not None:
                return Dated(day, tuple(self._warnings))
            if said and text is said and not self._warnings:  # else the warning says why it is none
                self._warn("select.post_date found no date on this page")
        day = date_in_url(self._url)
        if day is None or not self._holds(day):
            day = self._future or guess()
        return Dated(day, tuple(self._warnings))

    def _texts(self, around: Around, about: Sequence[Block], title: str) -> Iterator[str]:
        yield from (value for name in _DATE_TAGS if (value := self._meta.first((name,))))
        yield from printed_dates(about, around, title)
        yield from self._timed()
        yield self._meta.linked_data("datePublished")
        yield from self._scripted()

    def _timed(self) -> Iterator[str]:
        """<time> elements that say that they date the publication, or the only one of the page."""
        times = [time for time in self._root.iter("time") if time.get("datetime")]
        for time in times:
            if len(times) == 1 or time.get("pubdate") is not None or time.get("itemprop") == "datePublished":
                yield time.get("datetime")

    def _scripted(self) -> Iterator[str]:
        """The time that WeChat writes into the page by script."""
        if _IN_WECHAT(self._root):
            for script in self._root.iter("script"):
                if found := _WECHAT.search((script.text or "")[:_SCRIPT]):
                    yield found[1]
                    return

    def _judged(self, text: str) -> date | None:
        """The date in a text, if it holds; what is wrong with it is noted."""
        day = iso_date(text, self._zone) or unix_date(text, self._zone) if text else None
        found = read_date(text, self._now) if text and day is None else None
        if found is not None:
            day = found.day
        if day is None or day.year < _FIRST:
            words = found.words.strip() if found else str(day or "")
            self._warn(f"date {words} is impossible" if words else "")
            return None
        if is_future(day, self._now):
            self._future = self._future or day
            self._warn(f"date {day} is in the future")
            return None
        return day

    def _holds(self, day: date) -> bool:
        return day.year >= _FIRST and not is_future(day, self._now)

    def _warn(self, words: str) -> None:
        if words and words not in self._warnings:
            self._warnings.append(words)


def printed_dates(about: Sequence[Block], around: Around, title: str = "") -> Iterator[str]:
    """The texts beside the body that date the post, most telling first; what is its `title` dates nothing."""
    head = [block.text for block in (*around.before[-_NEAR:], *about)]
    lines = "\n".join([*head, *(block.text for block in around.after)])
    for label in _LABELLED:
        for found in label.finditer(lines):
            if _STARTS.match(found["value"]):
                yield _NEXT.split(_GLUED.sub(r"\1 ", found["value"]), maxsplit=1)[0]
    for text in (_beside_title(without_site_address(line), title) for line in reversed(head)):
        if len(text) <= _LINE and _FULL.search(text) and not _NOT_ITS_OWN.search(text):
            yield _GLUED.sub(r"\1 ", text)
        elif _LOOSE.fullmatch(text):
            yield text
    yield from _in_parts(head, title)


def _in_parts(head: Sequence[str], title: str) -> Iterator[str]:
    """Dates that are laid out in blocks of their own: those that end right above the title, or stand below it."""
    key = title_key(title)
    place = next((number for number in range(len(head) - 1, -1, -1) if key and title_key(head[number]) == key), None)
    above, below = (head[:place], head[place + 1 :]) if place is not None else (head, [])
    for run in (_last_parts(above), _last_parts(below)):
        whole = " ".join(run)
        if (1 < len(run) <= _PARTS and _YEAR.search(whole)) or (len(run) == 1 and _RUN_TOGETHER.fullmatch(whole)):
            yield whole


def _last_parts(lines: Sequence[str]) -> list[str]:
    """The parts of a date at the end of some lines."""
    parts = list(takewhile(lambda line: _PART.fullmatch(line) or _RUN_TOGETHER.fullmatch(line), reversed(lines)))
    return parts[::-1]


def _beside_title(text: str, title: str) -> str:
    """A line without the title in it; nothing of one that is a part of the title and more than a date."""
    if not title or _BARE.fullmatch(text):
        return text
    return "" if title_key(text) in title_key(title) else text.replace(title, " ").strip()


def guess_date(root: HtmlElement, body: str, now: datetime, title: str = "") -> date | None:
    """The date that htmldate finds, if the page prints it in a short text outside the body.

    Others it takes from when a page was generated, and from the names of pictures and scripts; what only the body
    or the `title` prints is an event's.
    """
    import htmldate  # noqa: PLC0415 - takes 0.2 s to start, and most pages never need it

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    found = htmldate.find_date(root, extensive_search=False, original_date=True, max_date=now.replace(tzinfo=None))
    if not found:
        return None
    day = date.fromisoformat(found)
    printed = re.compile(rf"{day.year}\s*[-/.年]\s*0?{day.month}\s*[-/.月]\s*0?{day.day}(?!\d)")
    texts = _SHORT_TEXTS(root, year=str(day.year))
    lines = (_beside_title(clean(text), title) for text in texts)
    shown = any(printed.search(line) and not _NOT_ITS_OWN.search(line) for line in lines)
    return day if shown and not printed.search(body) else None
