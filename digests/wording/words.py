"""Which words there are: one field for each thing that is said, so that no language can lack one; it says nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from digests.content import Amount, ChangeKind, ChangeLine, Copy, Digest, Item, PlaceGroup, SourceLine, Step, ToldLine
from monitor.comparison import Phrases
from monitor.health.conditions import Health

Language = Literal["zh", "en"]


class Count(NamedTuple):
    """A number with what it counts."""

    name: str
    number: int
    unit: str = ""


class WeekFacts(NamedTuple):
    """What the sentence of a digest is made of. Names are those of the facts."""

    new: int
    recycled: int
    told_before: int
    late: int
    only_place: str  # where all new events are, if it is one place
    top_place: tuple[str, int] | None  # what is more frequent than anything else
    places: int
    stages: tuple[tuple[str, int], ...]
    top_industry: tuple[str, int] | None
    stated: tuple[int, ...]  # the largest amount of each new event that states one, in yuan


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All words of a language. What takes a part of a digest says it; what is a text says itself."""

    tag: str  # of HTML's lang

    # marks between words
    colon: str
    comma: str  # between the members of a list
    semicolon: str
    brackets: str  # "（{}）"

    # sections, and what stands below their names
    highlights: str
    places: str
    chains: str
    late: str
    late_intro: str
    recycled: str
    recycled_intro: str
    told_before: str
    told_before_intro: str
    changes: str
    charts: str
    sources: str
    test: str
    test_mark: str  # before a heading
    test_note: str  # in a chat
    test_intro: str  # on a page
    preview: str
    preview_note: str  # in a chat
    preview_intro: str  # on a page

    # of stories
    unread: str
    withdrawn: str
    undated: str
    undated_short: str
    see_highlights: str
    also: str
    related: str
    here: str
    overflow: str
    place_column: str
    title_column: str
    happened_column: str
    published_column: str
    posts_column: str

    # of changes and sources
    restored_alike: str
    layout_changed: str
    please_check: str
    no_sources: str

    # of deliveries
    resent: str  # before the subject of one that is sent again on purpose
    number: Callable[[int], str]
    part: Callable[[int, int], str]

    # the head of a digest
    heading: Callable[[Digest], str]
    subject: Callable[[Digest], str]
    head: Callable[[Digest], tuple[Count, ...]]
    counted: Callable[[Count], str]
    rest: Callable[[Digest], tuple[str, ...]]
    sentence: Callable[[WeekFacts], str]

    # names
    place: Callable[[str], str]
    stage: Callable[[str], str]
    industry: Callable[[str], str]
    chart: Callable[[str], str]
    bar: Callable[[str], str]
    change: Callable[[ChangeKind], str]

    # of stories
    group: Callable[[PlaceGroup, Digest], str]
    future: Callable[[date, bool], str]
    posts: Callable[[Item], str]
    amount: Callable[[Amount], str]
    investment: Callable[[str], str]
    happened: Callable[[str], str]  # the date alone
    event_date: Callable[[str], str]
    conflict: Callable[[tuple[int, ...]], str]
    alerted: Callable[[str], str]
    step_day: Callable[[Step], str]  # of a project: that of the event, or of the publication
    called: Callable[[Copy, Item | ToldLine | ChangeLine], str]
    called_as: Callable[[Copy, str], str]
    told_in: Callable[[ToldLine], str]

    # of changes, of what is only counted, of sources
    statements: Phrases
    gone: Callable[[ChangeLine], str]
    absence: Callable[[str], str]
    backfilled: Callable[[Digest], str]
    off_label: Callable[[Digest], str]
    off_label_short: Callable[[Digest], str]
    off_label_older: Callable[[Digest], str]
    missed: Callable[[Digest], str]
    where_missed: Callable[[Digest], str]
    trouble: Callable[[Health, ZoneInfo], str]
    state: Callable[[SourceLine], str]
    reason: Callable[[SourceLine], str]  # empty where there is nothing to say
    crawled: Callable[[SourceLine, ZoneInfo], str]
    healthy: Callable[[int, int, int], str]  # well, watched, paused

    # of mails that do not show all, and of alerts
    of_section: Callable[[str, int, Digest], Count]  # entries of a field of a digest
    unlisted: Callable[[Count], str]
    shortened: Callable[[tuple[Count, ...]], str]
    whole_page: str
    whole_attached: str
    alert_sentence: Callable[[str, int, int, int], str]  # rule, its events, how many a day, how many too many
