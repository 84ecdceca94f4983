"""The head of a digest in English (heading, subject, counts, sentence), and how English counts; no other words."""

from digests.content import NO_PLACE, ChangeKind, Digest
from digests.wording.english_names import INDUSTRIES, STAGES, STAGES_COUNTED
from digests.wording.words import Count, WeekFacts
from monitor.announcing import Period
from monitor.text import clean

_NAMES = {
    "week": "Investment Weekly",
    "day": "Investment Daily",
    "days": "Investment Daily",
    "month": "Investment Monthly",
    "alert": "Investment Alert",
}
CHANGES = {ChangeKind.REVISED: "Revised", ChangeKind.WITHDRAWN: "Withdrawn", ChangeKind.RESTORED: "Restored"}
_LONGER, _WEEK = "Investment Report", 7  # what a digest of several days is called from so many on
_MANY = 8
TEST_MARK = "[Test] "
_BILLION, _MILLION = 1_000_000_000, 1_000_000


def counted(number: int, one: str, many: str = "") -> str:
    """`1 post`, `2 posts`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def yuan(amount: int) -> str:
    """`CNY 1.25 billion`"""
    value, unit = (amount / _BILLION, "billion") if amount >= _BILLION else (amount / _MILLION, "million")
    return f"CNY {value:.2f}".rstrip("0").rstrip(".") + f" {unit}"


def heading(d: Digest) -> str:
    if d.is_alert:
        return f"{_mark(d)}{_NAMES['alert']} {d.built_here:%Y-%m-%d %H:%M}: {counted(len(d.stories), 'event')}"
    span = "" if d.period.kind in ("day", "days") else f" ({d.period.start} to {d.last_day})"
    return f"{_mark(d)}{_named(d.period)}{span}: {_new(d)}"


def _named(period: Period) -> str:
    """More days than a week has are no daily digest's."""
    many = period.kind == "days" and (period.end - period.start).days >= _WEEK
    return f"{_LONGER if many else _NAMES[period.kind]} {period.key.replace('_', ' to ')}"


def _mark(d: Digest) -> str:
    return TEST_MARK if d.test else ""


def _new(d: Digest) -> str:
    what = "new event" if d.by_story else "post"
    return counted(d.count, what) if d.count else f"no {what if d.by_story else 'new post'}s"


def subject(d: Digest) -> str:
    if d.is_alert:
        first, more = clean(d.stories[0].title) if d.stories else "", len(d.stories) - 1
        told = first + (f" and {more} more" if more > 0 else "")
        return f"{_mark(d)}{_NAMES['alert']} {d.built_here:%m-%d %H:%M}: {told}"
    tops = [group for group in d.places if not group.depth]
    places = ", ".join(f"{place(group.place)} {group.count}" for group in tops[:_MANY])
    told = _new(d) + (f" ({places}{', …' if len(tops) > _MANY else ''})" if places else "")
    told += f", {len(d.recycled)} old news" if d.recycled else ""
    told += f", {len(d.late)} late" if d.late else ""
    told += f", {counted(len(d.missed), 'issue')} missed" if d.missed else ""
    told += f", {counted(d.troubled, 'source')} in trouble" if d.troubled else ""
    return f"{_mark(d)}{_named(d.period)}: {told}"


def head(d: Digest) -> tuple[Count, ...]:
    revised, gone = (Count(CHANGES[kind], d.changed(kind)) for kind in (ChangeKind.REVISED, ChangeKind.WITHDRAWN))
    if not d.by_story:
        return (Count("New posts", d.count), *(one for one in (revised, gone) if one.number))
    return Count("New events", d.count), Count("Old news", len(d.recycled)), revised, gone


def rest(d: Digest) -> tuple[str, ...]:
    off_label, restored = len(d.off_label) + d.off_label_older, d.changed(ChangeKind.RESTORED)
    watched = len(d.sources) - d.paused
    found = (
        (d.place_count, counted(d.place_count, "place")),
        (len(d.told_before), f"{len(d.told_before)} told before"),
        (len(d.late), f"{len(d.late)} late"),
        (restored, f"{restored} restored"),
        (d.backfilled, f"{d.backfilled} backfilled"),
        (off_label, f"{off_label} off-label"),
    )
    return (*(words for number, words in found if number), healthy(watched - d.troubled, watched, d.paused))


def healthy(well: int, watched: int, paused: int) -> str:
    return f"{well} of {counted(watched, 'source')} well" + (f" · {paused} paused" if paused else "")


def sentence(week: WeekFacts) -> str:
    if not week.new:
        found = (
            (week.recycled, counted(week.recycled, "piece of old news", "pieces of old news")),
            (week.told_before, f"{week.told_before} told before"),
            (week.late, f"{week.late} late"),
        )
        told = ", ".join(words for number, words in found if number)
        return "No new events" + (f", only {told}." if told else ".")
    stages = ", ".join(counted(count, *STAGES_COUNTED.get(stage, (stage,))) for stage, count in week.stages)
    parts = [
        counted(week.new, "new event") + _where(week),
        stages,
        f"most are of {industry(week.top_industry[0])} ({week.top_industry[1]})" if week.top_industry else "",
    ]
    return "; ".join(part for part in parts if part) + "." + _money(week.stated) + _old_news(week)


def _where(week: WeekFacts) -> str:
    if week.only_place:
        return f", {'all ' if week.new > 1 else ''}in {week.only_place}"
    if week.top_place:
        return ", most of them in {} ({})".format(*week.top_place)
    return f" in {week.places} places" if week.places > 1 else ""


def _money(stated: tuple[int, ...]) -> str:
    if not stated:
        return ""
    if len(stated) == 1:
        return f" 1 event states an investment: {yuan(stated[0])}."
    return f" {len(stated)} events state an investment: {yuan(sum(stated))} together, the largest amount of each."


def _old_news(week: WeekFacts) -> str:
    both = week.new + week.recycled
    return f" Of {both} events seen, {week.recycled} are old news." if week.recycled > week.new else ""


def place(name: str) -> str:
    return "Elsewhere" if name == NO_PLACE else name


def stage(name: str) -> str:
    return STAGES.get(name, name)


def industry(name: str) -> str:
    return INDUSTRIES.get(name, name)
