"""Chooses the record block of a page among its lists, and says how sure it is; lists of one look become one block."""

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.extract.dates import date_in_url
from crawler.extract.html.addresses import same_site
from crawler.extract.html.candidates import label_of, weight
from crawler.extract.html.fields import Reading, read_record
from crawler.extract.html.headings import column_heads, dated_by_headings, dates_stand_before
from crawler.extract.html.records import Record, RecordList, find_lists, narrowed
from crawler.extract.html.standing import Standing, named_against, named_alike, names_outside
from crawler.extract.html.tree import Page, pieces, shape, step
from monitor.text import title_key

_ACCEPTED = 0.38  # score from which a list is taken for the listing; navigation and friend links stay under 0.33
_FULL = 12  # records from which a list is as good as longer ones
_LONGEST_LOOKED_AT = 60  # lists of a page that are read to choose among them, the largest first
_USUAL = 0.6  # share of records that look alike, from which others are strangers
_CLEARLY = 0.15  # of the score, by which a block is better than the one that is known
_SHORT = 3  # records of a listing that is hardly one
_TITLE = 10  # weight of a title that is no menu's
_ALIKE = 0.5  # shares of dates and labels that two lists of one block may differ by
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Block:
    """The chosen records as they read, the signature of their shape, and the score of the choice (0 to 1)."""

    readings: tuple[Reading, ...]
    signature: str
    score: float
    records: tuple[Record, ...] = ()  # the elements behind the readings
    doubtful: bool = False  # nothing speaks for it but that nothing else on the page could be it


@dataclass(slots=True, eq=False)
class _Weighed:
    found: RecordList
    look: str  # what another list must have to be of the same block
    lines: list[tuple[Reading, Record]]
    readings: list[Reading]
    dated: float
    labelled: float
    score: float
    rank: float = 0.0  # the score with what its place on the page says: by this one is chosen


def find_block(page: Page, now: datetime, known: Collection[str] = ()) -> Block | None:
    """The page's record block; None when no list on it looks like a listing of posts.

    `known` are the signatures of blocks that this listing's records stood in: one of those needs neither many records
    nor dates, and gives way only to a block that is clearly better. Where nothing is known, the one list of a page
    that may be a short listing is taken with a doubt.
    """
    lists = [_without_strangers(one) for one in find_lists(page, now)]
    largest = sorted(lists, key=lambda one: (one.look(4) not in known, -len(one.records)))[:_LONGEST_LOOKED_AT]
    lists = [one for one in lists if one in largest]
    weighed = [_weigh(narrowed(one) if len(one.records) == 1 else one, page, now) for one in lists]
    weighed = [one for one in weighed if one.readings]
    if not weighed:
        return None
    standing = Standing(page, [one.found for one in weighed])
    for one in weighed:
        one.rank = one.score + standing.voice(one.found)
    best = max(weighed, key=lambda one: one.rank)
    told = _known_one(weighed, best, known)
    best = told or best
    members = [
        one for one in weighed if one is best or (_belongs(one, best) and not standing.apart(one.found, best.found))
    ]
    block = _as_block(members, best, page)
    if told is not None or (block.score >= _ACCEPTED and _is_listing(block.readings)):
        return block
    short = None if known else _short_one(weighed, page)
    return replace(_as_block([short], short, page), doubtful=True) if short is not None else None


def _as_block(members: Sequence[_Weighed], best: _Weighed, page: Page) -> Block:
    lines = _distinct([pair for one in _in_page_order(members, page) for pair in one.lines])
    lines = _without_headlines(lines)
    readings = tuple(reading for reading, _ in lines)
    score = max(_score(readings, best.found.around), best.score)
    return Block(readings, best.found.look(4), round(min(score, 1.0), 3), tuple(record for _, record in lines))


def _known_one(weighed: Sequence[_Weighed], best: _Weighed, known: Collection[str]) -> _Weighed | None:
    """The best list of a known signature, unless another one on the page is convincing and clearly better."""
    alike = [one for one in weighed if one.found.look(4) in known]
    if not alike or best in alike:
        return best if alike else None
    told = max(alike, key=lambda one: one.rank)
    named_worse = named_against(told.found.around) > named_against(best.found.around)
    clearly = best.rank - told.rank > _CLEARLY or named_worse
    return None if best.score >= _ACCEPTED and _is_listing(best.readings) and clearly else told


def _short_one(weighed: Sequence[_Weighed], page: Page) -> _Weighed | None:
    """The one list that holds one to three links of a title's length to numbered pages of the site, if there is one."""
    found = [one for one in weighed if len(one.readings) <= _SHORT and all(_is_post(r, page) for r in one.readings)]
    others = [one for one in weighed if one not in found and _title_length(one.readings) == 1]
    if len(found) != 1 or others or named_against(found[0].found.around):
        return None
    return found[0]


def _is_post(reading: Reading, page: Page) -> bool:
    """Whether a line is as long as a title and leads to a page of the same site that a number names."""
    if reading.url is None or weight(reading.title) < _TITLE or not same_site(reading.url, page.url):
        return False
    parts = urlsplit(reading.url)
    return _DIGITS.search(f"{parts.path}?{parts.query}") is not None


def _without_strangers(one: RecordList) -> RecordList:
    """Beside its records a list's parent may hold the friend links or the menu, which have one long title as well."""
    steps = [step(record.root) for record in one.records]
    usual, count = Counter(steps).most_common(1)[0]
    if count < _USUAL * len(steps):
        return one
    kept = [r for r, named in zip(one.records, steps, strict=True) if named == usual or not names_outside(r.root)]
    return RecordList(one.parent, kept)


def _weigh(one: RecordList, page: Page, now: datetime) -> _Weighed:
    after = not dates_stand_before(one, now)
    heads = column_heads(one)
    for record in one.records:
        record.heads = heads if len(record.root) == len(heads) else ()
    readings = [read_record(record, page, now, after=after) for record in one.records]
    readings = dated_by_headings(one, readings, now)
    lines = [pair for pair in zip(readings, one.records, strict=True) if title_key(pair[0].title)]
    readings = [reading for reading, _ in lines]
    dated = _share([reading.printed is not None or _dated_by_url(reading) for reading in readings])
    labelled = _share([label_of(reading.title) is not None for reading in readings])
    return _Weighed(one, one.look(5), lines, readings, dated, labelled, _score(readings, one.around))


def _without_headlines(lines: Sequence[tuple[Reading, Record]]) -> list[tuple[Reading, Record]]:
    """One without link, date, label and text among others that have some is the list's own headline."""
    kept = [(r, record) for r, record in lines if r.url or r.printed or r.body or label_of(r.title)]
    return kept if 2 * len(kept) >= len(lines) else list(lines)


def _in_page_order(members: Sequence[_Weighed], page: Page) -> list[_Weighed]:
    if len(members) < 2:  # noqa: PLR2004 - nothing to order
        return list(members)
    first = {one.found.records[0].root: one for one in members}
    return [first[node] for node in page.root.iter() if node in first]


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0


def _dated_by_url(reading: Reading) -> bool:
    return reading.url is not None and date_in_url(reading.url) is not None


def _score(readings: Sequence[Reading], around: HtmlElement) -> float:
    """How much a list looks like a listing of posts.

    Shares of dates and of bracket labels, number, title length, likeness of the links, and distinct titles, weighted;
    less where ids and classes around it name navigation, side columns or footers. Weights by hand, held by the
    fixtures.
    """
    if not readings:
        return 0.0
    dated = _share([reading.printed is not None for reading in readings])
    by_url = _share([_dated_by_url(reading) for reading in readings])
    labels = [label_of(reading.title) for reading in readings]
    labelled = _share([label is not None for label in labels])
    called = _share([label is not None and "招商" in label for label in labels])
    size = min(1.0, math.log2(1 + len(readings)) / math.log2(1 + _FULL))
    distinct = len({title_key(reading.title) for reading in readings}) / len(readings)
    score = (
        0.26 * max(dated, 0.6 * by_url)
        + 0.12 * labelled
        + 0.16 * called
        + 0.18 * size
        + 0.16 * _title_length(readings)
        + 0.07 * _likeness(readings)
        + 0.05 * distinct
    )
    return score - named_against(around)


def _title_length(readings: Sequence[Reading]) -> float:
    """1 for titles of 10 to 45 characters, falling to 0 at 4 (navigation) and to a half at 90 (excerpts)."""
    middle = median(weight(reading.title) for reading in readings)
    if middle < 10:  # noqa: PLR2004
        return max(0.0, (middle - 4) / 6)
    return 1.0 if middle <= 45 else max(0.5, 1 - (middle - 45) / 90)  # noqa: PLR2004


def _likeness(readings: Sequence[Reading]) -> float:
    """The share of the links that have the most common form: host, folders without digits, ending."""
    forms = Counter(_form(reading.url) for reading in readings)
    form, count = forms.most_common(1)[0]
    return count / len(readings) if form else 0.5


def _form(url: str | None) -> str:
    if url is None:
        return ""
    parts = urlsplit(url)
    folders, _, name = parts.path.rpartition("/")
    keys = "&".join(pair.split("=")[0] for pair in parts.query.split("&"))
    return f"{parts.hostname}{_DIGITS.sub('0', folders)}/{name.rpartition('.')[2] if '.' in name else ''}?{keys}"


def _is_listing(readings: Sequence[Reading]) -> bool:
    """A lone short line is no listing, whatever its score."""
    if len(readings) > 1:
        return True
    (only,) = readings
    return label_of(only.title) is not None or (only.printed is not None and weight(only.title) >= 6)  # noqa: PLR2004


def _belongs(other: _Weighed, best: _Weighed) -> bool:
    """Whether a list is another part of the chosen block: same shape of titles, same kind of lines."""
    if not other.readings or not (other.look == best.look or _is_column(other.found, best.found)):
        return False
    if abs(named_against(other.found.around) - named_against(best.found.around)) > 0.05:  # noqa: PLR2004
        return False
    if len(other.readings) > 2 and abs(other.labelled - best.labelled) > _ALIKE:  # noqa: PLR2004
        return False
    return abs(other.dated - best.dated) <= _ALIKE and _near(other.found.parent, best.found.parent)


def _is_column(one: RecordList, other: RecordList) -> bool:
    """Whether two lists are columns of one: wrappers side by side that hold nothing but their records."""
    for levels in (0, 1, 2):
        mine, theirs = _above(one.parent, levels), _above(other.parent, levels)
        if mine is None or theirs is None or mine is theirs:
            return False
        if mine.getparent() is theirs.getparent():
            same = named_alike(mine, theirs) and [one.records[0].root.tag, one.parent.tag] == [
                other.records[0].root.tag,
                other.parent.tag,
            ]
            return same and all(_holds_only(*pair) for pair in ((mine, one), (theirs, other)))
    return False


def _above(node: HtmlElement, levels: int) -> HtmlElement | None:
    for _ in range(levels):
        node = node.getparent() if node is not None else None
    return node


def _holds_only(wrapper: HtmlElement, found: RecordList) -> bool:
    return next(pieces(wrapper, [element for record in found.records for element in record.segment]), None) is None


def _near(one: HtmlElement, other: HtmlElement) -> bool:
    """Whether two elements are of one part of the page: cousins at most, or of one named shape."""
    if "." in shape(one, 2) or "#" in shape(one, 2):
        return True
    above = {one, *list(one.iterancestors())[:3]}
    return any(parent in above for parent in [other, *list(other.iterancestors())[:3]])


def _distinct(lines: Sequence[tuple[Reading, Record]]) -> list[tuple[Reading, Record]]:
    """Each line once: a title that a page shows twice under one address counts once."""
    seen: set[tuple[str, str | None]] = set()
    kept: list[tuple[Reading, Record]] = []
    for reading, record in lines:
        key = (title_key(reading.title), reading.url)
        if key not in seen or reading.url is None:
            kept.append((reading, record))
        seen.add(key)
    return kept
