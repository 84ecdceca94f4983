"""The words in English; texts of posts, places, parties and the names of sources stay as they are."""

import re
from datetime import date
from zoneinfo import ZoneInfo

from digests.content import (
    Amount,
    ChangeLine,
    Copy,
    Digest,
    Item,
    PlaceGroup,
    SourceLine,
    ToldLine,
)
from digests.wording import english_head
from digests.wording.english_head import TEST_MARK, counted
from digests.wording.english_names import INDUSTRIES, MAKERS, REST, STAGES, chart
from digests.wording.words import Count, Words
from monitor.comparison import Phrases
from monitor.health.conditions import Health, State
from monitor.health.words import in_english
from monitor.periods import local_text

_STATES = {
    State.HEALTHY: "well",
    State.QUIET: "quiet",
    State.SUSPICIOUS: "suspicious",
    State.BROKEN: "broken",
    State.BLOCKED: "blocked",
    State.UNREACHABLE: "unreachable",
    State.PAUSED: "paused",
}
_DAY = re.compile(r"(\d+)年(?:(\d+)月)?(?:(\d+)日)?")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


# -- names and stories -----------------------------------------------------------------------------------------------


def _bar(name: str) -> str:
    return REST if name == "其余" else STAGES.get(name) or INDUSTRIES.get(name) or english_head.place(name)


# -- stories -----------------------------------------------------------------------------------------------------------


def _group(group: PlaceGroup, d: Digest) -> str:
    del d
    return f"{english_head.place(group.place)} ({group.count})"


def _future(on: date, still: bool) -> str:
    return f" (first seen; dated {on}, which {'is' if still else 'was'} still to come)"


def _posts(i: Item) -> str:
    return counted(i.posts, "post") + (f", first seen {i.first_on}" if i.first_on else "")


def _amount(amount: Amount) -> str:
    return f"{english_head.yuan(amount.yuan)} ({amount.words})"


def _happened(day: str) -> str:
    """`10 July 2025`, as precise as it is stated."""
    found = _DAY.fullmatch(day)
    if found is None or int(found[2] or 1) not in range(1, 13):
        return day
    return " ".join(part for part in (found[3], found[2] and _MONTHS[int(found[2]) - 1], found[1]) if part)


def _conflict(years: tuple[int, ...]) -> str:
    return f"The posts disagree on the year ({', '.join(map(str, years))})" if years else ""


def _called(copy: Copy, one: Item | ToldLine | ChangeLine) -> str:
    if copy.title == one.title:
        return copy.source
    return copy.title if copy.source == one.source else f"{copy.title} ({copy.source})"


def _called_as(copy: Copy, title: str) -> str:
    """A post beside a title that is not of its own digest: always with its source."""
    return copy.source if copy.title == title else f"{copy.title} ({copy.source})"


def _told_in(t: ToldLine) -> str:
    return f"first seen {t.first_on}, told " + (f"in {t.told_in}" if t.told_in else "before")


def _alerted(when: str) -> str:
    day, hour, rule = (*when.split(" ", 2), "", "")[:3]
    return f"alerted {day} {hour}".rstrip() + (f" · {rule}" if rule else "")


# -- changes, what is only counted, sources ----------------------------------------------------------------------------


def _absence(reason: str) -> str:
    if re.fullmatch(r"HTTP \d+", reason):
        return f"its page answers {reason}"
    return (
        "its address leads to a front page or a list" if reason.startswith("leads to ") else "its page says it is gone"
    )


def _gone(c: ChangeLine) -> str:
    return f"{_absence(c.reason)}; the text as it was: zhaoshang history {c.post_id}"


def _backfilled(d: Digest) -> str:
    return (
        f"{counted(d.backfilled, 'post')} backfilled: older than {d.backfill_days} days at first sight, or without a"
        " date; counted, not told one by one."
    )


def _off_label_short(d: Digest) -> str:
    return f"{counted(len(d.off_label) + d.off_label_older, 'entry', 'entries')} not taken in"


def _off_label_older(d: Digest) -> str:
    return f"{'and ' if d.off_label else ''}{d.off_label_older} older than {d.backfill_days} days"


def _missed(d: Digest) -> str:
    more = f" and {len(d.missed) - _MOST_MISSED} before them" if len(d.missed) > _MOST_MISSED else ""
    return f"Issues that were missed and not sent by themselves: {', '.join(d.missed[-_MOST_MISSED:])}{more}"


def _trouble(health: Health, zone: ZoneInfo) -> str:
    told = in_english(health, zone)
    for chinese, latin in MAKERS.items():
        told = told.replace(chinese, latin)
    return told


def _state(s: SourceLine) -> str:
    if s.state:
        return _STATES[s.state]
    return "paused" if s.paused else "well" if s.ok else "in trouble"


def _reason(s: SourceLine) -> str:
    return s.trouble or "" if s.state or not (s.ok or s.paused) else ""


def _crawled(s: SourceLine, zone: ZoneInfo) -> str:
    if s.last_good_at:
        last = f", last crawled whole {local_text(s.last_good_at, zone)}, {counted(s.last_good_seen, 'post')} seen"
    else:
        last = ", not crawled whole yet"
    told = f"{last}; {counted(s.told, 'post')} here, {s.posts} in all"
    return told + (f", {s.pending} still to be read" if s.pending else "")


_PHRASES = Phrases(
    title=lambda before, after: f"the title was “{before}” and is “{after}”",
    date_gained=lambda after: f"the date is given now: {after}",
    date_changed=lambda before, after: f"the date was {before} and is {after}",
    date_lost=lambda before: f"the date is gone, it was {before}",
    body_gained="the text was added",
    body_lost="the text was removed",
    rewritten="the text was rewritten",
    places=lambda count: f"{counted(count, 'change')} in the text",
    marks_only="only punctuation, blanks or forms of characters differ in the text",
    moved=lambda count: f"{counted(count, 'sentence')} of the text moved",
)

_MOST_MISSED = 12  # as in Chinese
_SECTIONS = {
    "highlights": "Highlights",
    "places": "By place",
    "chains": "Projects",
    "late": "Late",
    "recycled": "Old news",
    "told_before": "Told before",
    "changes": "Changes",
    "off_label": "Off-label",
    "charts": "Charts",
    "sources": "Sources",
}


def _shortened(omitted: tuple[Count, ...]) -> str:
    if not omitted:
        return "Shortened to fit a mail"
    told = ", ".join(f"{one.name} {one.number}" for one in omitted)
    return f"Shortened to fit a mail: {sum(one.number for one in omitted)} entries left out ({told})"


def _alert_sentence(rule: str, told: int, at_most: int, overflow: int) -> str:
    sentence = f"Rule {rule}: {counted(told, 'event')}."
    if not overflow:
        return sentence
    return f"{sentence} That is all of today's {at_most}; {overflow} more will be in the next issue."


ENGLISH = Words(
    tag="en",
    colon=": ",
    comma=", ",
    semicolon="; ",
    brackets=" ({})",
    highlights="Highlights",
    places="By place",
    chains="Projects that moved",
    late="Late",
    late_intro="Posts from before this period that were not told yet:",
    recycled="Old news",
    recycled_intro="What they report happened in a year before that of their publication:",
    told_before="Told before",
    told_before_intro="Events of earlier issues, seen again:",
    changes="Revised and withdrawn",
    charts="Trends",
    sources="Sources",
    test="Test",
    test_mark=TEST_MARK,
    test_note="Test: a sample and no new issue; nothing in it counts as told because of it.",
    test_intro=": a sample and no new issue; nothing in it counts as told because of it.",
    preview="Preview",
    preview_note="Preview: this issue is not final yet; reading it changes nothing.",
    preview_intro=": this issue is not final yet. These are all posts of its days; reading it changes nothing.",
    unread="(the text could not be read; title only)",
    withdrawn="withdrawn since",
    undated=" (first seen; no date given)",
    undated_short="no date",
    see_highlights=" (see highlights)",
    also="also: ",
    related="Perhaps related: ",
    here="here",
    overflow="the day's alerts were full, so it is told here first",
    place_column="Place",
    title_column="Title",
    happened_column="Happened",
    published_column="Published",
    posts_column="Posts",
    restored_alike="its page opens again, unchanged",
    layout_changed="the page was rebuilt",
    please_check=", please check",
    no_sources="No sources yet",
    resent="(resent) ",
    number=lambda number: f"No. {number}" if number else "Test",
    part=lambda number, count: f" ({number}/{count})",
    heading=english_head.heading,
    subject=english_head.subject,
    head=english_head.head,
    counted=lambda count: f"{count.name} {count.number}",
    rest=english_head.rest,
    sentence=english_head.sentence,
    place=english_head.place,
    stage=english_head.stage,
    industry=english_head.industry,
    chart=chart,
    bar=_bar,
    change=lambda kind: english_head.CHANGES[kind],
    group=_group,
    future=_future,
    posts=_posts,
    amount=_amount,
    investment=lambda amounts: f"investment {amounts}",
    happened=_happened,
    event_date=lambda day: f"event {_happened(day)}",
    conflict=_conflict,
    alerted=_alerted,
    step_day=lambda step: ("published " if step.published else "") + step.on,
    called=_called,
    called_as=_called_as,
    told_in=_told_in,
    statements=_PHRASES,
    gone=_gone,
    absence=_absence,
    backfilled=_backfilled,
    off_label=lambda d: f"{_off_label_short(d)} (other labels): ",
    off_label_short=_off_label_short,
    off_label_older=_off_label_older,
    missed=_missed,
    where_missed=lambda d: f" (in digests/{d.audience}/, or with zhaoshang digest)",
    trouble=_trouble,
    state=_state,
    reason=_reason,
    crawled=_crawled,
    healthy=english_head.healthy,
    of_section=lambda field, number, d: Count(_SECTIONS[field], number),  # noqa: ARG005 - what Words wants
    unlisted=lambda count: f"{count.number} more not listed",
    shortened=_shortened,
    whole_page="the whole on the web",
    whole_attached="the whole is attached",
    alert_sentence=_alert_sentence,
)
