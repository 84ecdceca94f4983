"""Finds a post's publication date: declared, printed beside the title, linked, in the address, guessed last of all.

It takes no date out of the body, and none that is not said to be the post's own.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.extract.article.around import Around
from crawler.extract.article.blocks import Block
from crawler.extract.article.meta import Meta
from crawler.extract.article.noise import without_site_address
from crawler.extract.article.words import BLANK, COLON, ENGLISH_DAY, WEEKDAY, spaced, words
from crawler.extract.dates import date_in_url, is_future, iso_date, read_date, unix_date

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
_STARTS = re.compile(rf"^[\s\[【(（]*{WEEKDAY}(?:\d|[今昨前]天|[今昨]日|刚刚|{ENGLISH_DAY})")
_FULL = re.compile(rf"(?:19|20)\d{{2}}\s*[-/.年]\s*\d{{1,2}}\s*[-/.月]\s*\d{{1,2}}|{ENGLISH_DAY}")
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

    def find(self, around: Around, about: Sequence[Block], guess: Callable[[], date | None], said: str = "") -> Dated:
        """The date: as `said` by the user's selector, declared, printed `about` or `around` the body, from `guess`.

        A future date (after tomorrow) is only taken where there is no other, and warned of; an impossible one never.
        """
        for text in chain((said,), self._texts(around, about)):
            day = self._judged(text)
            if day is not None:
                return Dated(day, tuple(self._warnings))
        day = date_in_url(self._url)
        if day is None or not self._holds(day):
            day = self._future or guess()
        return Dated(day, tuple(self._warnings))

    def _texts(self, around: Around, about: Sequence[Block]) -> Iterator[str]:
        yield from (value for name in _DATE_TAGS if (value := self._meta.first((name,))))
        yield from printed_dates(about, around)
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


def printed_dates(about: Sequence[Block], around: Around) -> Iterator[str]:
    """The texts beside the body that date the post, most telling first."""
    head = [block.text for block in (*around.before[-_NEAR:], *about)]
    lines = "\n".join([*head, *(block.text for block in around.after)])
    for label in _LABELLED:
        for found in label.finditer(lines):
            if _STARTS.match(found["value"]):
                yield _NEXT.split(_GLUED.sub(r"\1 ", found["value"]), maxsplit=1)[0]
    for text in map(without_site_address, reversed(head)):
        if len(text) <= _LINE and _FULL.search(text) and not _NOT_ITS_OWN.search(text):
            yield _GLUED.sub(r"\1 ", text)
        elif _LOOSE.fullmatch(text):
            yield text


def guess_date(root: HtmlElement, body: str, now: datetime) -> date | None:
    """The date that htmldate finds, if the page prints it in a short text outside the body.

    Others it takes from when a page was generated, and from the names of pictures and scripts; what only the body
    prints is an event's.
    """
    import htmldate  # noqa: PLC0415 - takes 0.2 s to start, and most pages never need it

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    found = htmldate.find_date(root, extensive_search=False, original_date=True, max_date=now.replace(tzinfo=None))
    if not found:
        return None
    day = date.fromisoformat(found)
    printed = re.compile(rf"{day.year}\s*[-/.年]\s*0?{day.month}\s*[-/.月]\s*0?{day.day}(?!\d)")
    texts = _SHORT_TEXTS(root, year=str(day.year))
    shown = any(printed.search(text) and not _NOT_ITS_OWN.search(text) for text in texts)
    return day if shown and not printed.search(body) else None
