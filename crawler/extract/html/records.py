"""Finds the repeated record block of a page: which elements are one record each; what they say it leaves to others.

A record's root is the largest element around its title that holds no other title. Records whose roots have one parent
are a list; lists of the same look are one block (two columns, one `ul` per record, a group for each month).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.dates import read_date
from crawler.extract.html.buttons import titles_of_buttons
from crawler.extract.html.candidates import HEADINGS, Candidate, find_candidates, is_button, label_of
from crawler.extract.html.printed import date_only, may_date
from crawler.extract.html.tree import MAX_DEPTH, Page, depth, is_hidden, pieces, shape, whole_text
from monitor.text import is_cut, title_key

_DATE_PIECE = 30  # characters; a longer text with a date in it is a sentence about something
_MOST_PIECES = 40  # of a line's text; tags that are never closed make one element of half a page
_NEAR = 4  # levels above a short title within which a date makes it a record
_PLACE = 4  # levels of the tag path that say where in its row a link stands
_LEAST_ALIKE, _MOSTLY = 3, 0.75  # titles at one place, and their share, by which a short link there is one too
_SHORT_TITLE = 4  # weight; 后一页 in the last row is less
_SAMPLE = 50  # records that say what a list looks like
_PARTS = frozenset({"td", "th", "span", "em", "b", "i", "font", "small"})
_EXCERPT = 45  # weight from which a text is rather an excerpt than a title
_WIDEST_ROW = 4  # links of a title's length that one row may hold
_ALONE = 8  # siblings that follow a lone record at most
_LONE = 2  # levels above a lone title without a row that are its record
_TEMPLATES = 2  # hidden rows of a list at most
_MANY = object()


@dataclass(slots=True, eq=False)
class Record:
    """One record. `segment` is its root and what follows it before the next one: dt with its dd, a row with its row."""

    title: Candidate
    root: HtmlElement
    segment: list[HtmlElement]
    heads: Sequence[str] = ()  # what a table says over the cells of this row


@dataclass(slots=True, eq=False)
class RecordList:
    """The records whose roots have one parent, in page order."""

    parent: HtmlElement
    records: list[Record]

    @property
    def around(self) -> HtmlElement:
        """The smallest element that holds the list: of a lone record, its root may be the list itself."""
        return self.records[0].root if len(self.records) == 1 else self.parent

    def look(self, levels: int) -> str:
        """The tag path of so many levels, with names, that most of its titles share."""
        return Counter(shape(record.title.node, levels) for record in self.records[:_SAMPLE]).most_common(1)[0][0]


def find_lists(page: Page, now: datetime) -> list[RecordList]:
    """All lists of records of a page, in page order; each candidate title in one of them."""
    found = find_candidates(page)
    _promote_alike(found)
    found += titles_of_buttons(found, now)
    candidates = [c for c in found if not date_only(c.text, now)]
    _promote_dated(candidates, _owners(found), now)
    strong = [c for c in candidates if c.strong and depth(c.node) < MAX_DEPTH]
    _tell_apart(strong)
    owners = _owners(strong)
    roots: dict[HtmlElement, list[Candidate]] = defaultdict(list)
    for candidate in strong:
        roots[_root(candidate, owners)].append(candidate)
    by_parent: dict[HtmlElement, list[Record]] = defaultdict(list)
    for root, titles in roots.items():
        parent = root.getparent()
        if parent is not None:
            by_parent[parent].append(Record(_best_title(titles), root, [root]))
    lists = _fold_rows({parent: RecordList(parent, records) for parent, records in by_parent.items()}, now)
    for one in lists:
        _lay_out(one, owners)
        _leave_templates(one)
    return lists


def _leave_templates(one: RecordList) -> None:
    """Rows that a reader never sees among others: one or two are templates, more are turned over by a script."""
    shown = [record for record in one.records if not (is_hidden(record.root) or is_hidden(record.title.node))]
    if shown and 0 < len(one.records) - len(shown) <= _TEMPLATES:
        one.records = shown


def _promote_alike(found: Sequence[Candidate]) -> None:
    """A short link (招商快讯) that stands where other rows have their titles is the title of its row."""
    places: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in found:
        if candidate.linked and candidate.url is not None:
            places[shape(candidate.node, _PLACE)].append(candidate)
    for alike in places.values():
        strong = sum(one.strong for one in alike)
        if strong < _LEAST_ALIKE or strong < _MOSTLY * len(alike):
            continue
        for one in alike:
            one.strong = one.strong or (one.weight >= _SHORT_TITLE and not is_button(one.text))


def _promote_dated(candidates: Sequence[Candidate], keys: dict[HtmlElement, object], now: datetime) -> None:
    """A short link that stands alone with a date (公告 2025-07-17) is a title too; beside a linked date it is not."""
    for candidate in candidates:
        if candidate.strong or not candidate.linked or is_button(candidate.text):
            continue
        node = candidate.node.getparent()
        for _ in range(_NEAR):
            if node is None or keys.get(node) is _MANY:
                break
            # A cell or a span is part of a line: who wrote it stands beside a date as well.
            if node.tag not in _PARTS and dates_below(node, [candidate.node], now):
                candidate.strong = True
                break
            node = node.getparent()


def dates_below(node: HtmlElement, without: Sequence[HtmlElement], now: datetime) -> int:
    """How many pieces of text below `node`, those of `without` left out, are dates; of a line, its first forty."""
    return sum(
        len(piece.text) <= _DATE_PIECE and may_date(piece.text) and read_date(piece.text, now) is not None
        for piece in islice(pieces(node, without), _MOST_PIECES)
    )


def _tell_apart(strong: Sequence[Candidate]) -> None:
    """Lines that lead to one address are one record when one of them is the other's picture or excerpt, else several.

    Some sites put many notices on one page and list each of them (field notes, 12).
    """
    by_url: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in strong:
        if candidate.url is not None and candidate.linked:
            by_url[candidate.url].append(candidate)
    for url, group in by_url.items():
        current = group[0]
        for number, other in enumerate(group[1:], 1):
            if not _same_record(current, other):
                other.key = (url, number)
                current = other
            else:
                other.key = current.key


def _same_record(one: Candidate, other: Candidate) -> bool:
    a, b = (title_key(c.text).rstrip(".") if is_cut(c.text) else title_key(c.text) for c in (one, other))
    if a.startswith(b) or b.startswith(a):
        return True
    if label_of(one.text) and label_of(other.text):
        return False
    row = _row_around(one.node)
    if row is not None and row is _row_around(other.node):
        return True
    return (
        max(one.weight, other.weight) >= _EXCERPT
        and max(one.weight, other.weight) > min(one.weight, other.weight) * 1.5
    )


def _row_around(node: HtmlElement) -> HtmlElement | None:
    return next((parent for parent in node.iterancestors("li", "tr", "article", "dl")), None)


def narrowed(one: RecordList) -> RecordList:
    """A list of one record with the row around its title for a root: without a second one, half the page would be."""
    (record,) = one.records
    node = record.title.node
    row = _row_around(node)
    row = next(islice(node.iterancestors(), _LONE - 1, None), None) if row is None else row
    if not record.title.linked or row is None or row.getparent() is None:
        return one
    if not any(parent is record.root for parent in row.iterancestors()):
        return one
    return RecordList(row.getparent(), [Record(record.title, row, [row])])


def _owners(candidates: Iterable[Candidate]) -> dict[HtmlElement, object]:
    """For every element above a candidate: the one key below it, or _MANY."""
    owners: dict[HtmlElement, object] = {}
    for candidate in candidates:
        node: HtmlElement | None = candidate.node
        steps = 0
        while node is not None and steps < MAX_DEPTH:
            known = owners.get(node)
            if known is _MANY:
                break
            owners[node] = candidate.key if known is None or known == candidate.key else _MANY
            node, steps = node.getparent(), steps + 1
    return owners


def _root(candidate: Candidate, owners: dict[HtmlElement, object]) -> HtmlElement:
    """The largest element around a title that holds no other title; the body is nobody's."""
    node = candidate.node
    parent = node.getparent()
    while parent is not None and parent.tag not in ("body", "html") and owners.get(parent) == candidate.key:
        node, parent = parent, parent.getparent()
    return node


def _best_title(titles: Sequence[Candidate]) -> Candidate:
    """Of several links to one page in one record: the labelled one, a heading, the one of a title's length."""

    def rank(candidate: Candidate) -> tuple[object, ...]:
        return (
            label_of(candidate.text) is not None,
            not is_cut(candidate.text),
            candidate.node.tag in HEADINGS or any(parent.tag in HEADINGS for parent in candidate.node.iterancestors()),
            candidate.weight < _EXCERPT,
            bool(whole_text(candidate.node)),  # not a picture's alternative text
        )

    return max(titles, key=rank)


def _fold_rows(lists: dict[HtmlElement, RecordList], now: datetime) -> list[RecordList]:
    """Rows in which more than the title looks like one (who published it, a column) are one record each, not several.

    A row is recognised by its one date: in two columns of records each has its own.
    """
    rows = [one for one in lists.values() if 1 < len(one.records) <= _WIDEST_ROW and _is_row(one, now)]
    by_parent: dict[HtmlElement, list[RecordList]] = defaultdict(list)
    for one in rows:
        parent = one.parent.getparent()
        if parent is not None and parent.tag != "html":
            by_parent[parent].append(one)
    for parent, group in by_parent.items():
        whole = lists.get(parent)
        if len(group) < 2 and (whole is None or group[0].parent.tag not in {r.root.tag for r in whole.records}):  # noqa: PLR2004
            continue
        folded = [Record(_row_title(one), one.parent, [one.parent]) for one in group]
        for one in group:
            del lists[one.parent]
        lists[parent] = RecordList(parent, [*(whole.records if whole else []), *folded])
    return list(lists.values())


def _is_row(one: RecordList, now: datetime) -> bool:
    return dates_below(one.parent, [record.title.node for record in one.records], now) == 1


def _row_title(row: RecordList) -> Candidate:
    return max((r.title for r in row.records), key=lambda c: (label_of(c.text) is not None, min(c.weight, _EXCERPT)))


def _lay_out(one: RecordList, owners: dict[HtmlElement, object]) -> None:
    """Put the records in page order, and give each the siblings that follow it and belong to no other."""
    roots = {record.root: record for record in one.records}
    ordered: list[Record] = []
    longest = 1
    for child in one.parent:
        if child in roots:
            if ordered:
                longest = max(longest, len(ordered[-1].segment))
            ordered.append(roots[child])
        elif ordered and isinstance(child.tag, str) and child not in owners:
            ordered[-1].segment.append(child)
    if ordered:  # what follows the last record may be the pager and the footer: it is as long as the others
        del ordered[-1].segment[longest if len(ordered) > 1 else _ALONE :]
    one.records = ordered
