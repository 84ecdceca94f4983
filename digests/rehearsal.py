"""Works out what each audience and alert rule would have sent over past weeks with the filters that they have now.

It sends nothing and changes nothing. A digest is built as a preview of the week; alerts are counted by the day on which
the first post of a story was seen.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digests.bulletin import FRESH
from digests.freeze import interest_of
from digests.ranking import score
from digests.selection import Selection, Told, select_all
from monitor.announcing import DigestMaterial, Period
from monitor.config import AudienceConfig, Config, RuleConfig
from monitor.filters import Filter
from monitor.periods import local_date, week_of
from monitor.setup import Setup
from monitor.store import Store
from monitor.text import without_label

SHOWN = 3  # titles of a week


@dataclass(frozen=True, slots=True)
class WeekSent:
    """What would have been sent in a week. `overflow`: of a rule, what would have been too much for a day."""

    period: str
    new: int
    recycled: int
    passed_over: int
    titles: tuple[str, ...]
    overflow: int = 0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One audience or rule, with the weeks that were looked at, the latest first."""

    name: str
    is_rule: bool
    weeks: tuple[WeekSent, ...]


def rehearse(store: Store, setup: Setup, weeks: int, now: datetime) -> tuple[Rehearsal, ...]:
    """What every audience and rule would have sent in the last `weeks` ISO weeks, the present one included."""
    config = setup.config
    today = local_date(now, config.zone)
    # One week more: what is dated in it may have been found, and alerted, in the next.
    periods = [week_of(today - timedelta(days=7 * back)) for back in range(weeks + 1)]
    materials = [store.preview_material("", period, now, [], config.zone) for period in periods]
    told = [
        Rehearsal(one.name, False, tuple(_digest(material, one, config.zone) for material in materials[:-1]))
        for one in config.audience
    ]
    return (*told, *(Rehearsal(rule.name, True, _alerts(materials, rule, config)) for rule in config.rule))


def _digest(material: DigestMaterial, audience: AudienceConfig, zone: ZoneInfo) -> WeekSent:
    selection = select_all(material, audience.filter)
    told = [one for one in selection.new if not _told_before(one, material.period, audience.filter, zone)]
    recycled = [one for one in selection.recycled if not _told_before(one, material.period, audience.filter, zone)]
    return _week(material.period, replace(selection, recycled=tuple(recycled)), _ranked(told, audience))


def _told_before(told: Told, period: Period, wanted: Filter, zone: ZoneInfo) -> bool:
    """Whether the digest before has had the story: by posts that are dated, and were seen, before the period."""
    start = period.start
    members = [one for one in told.story.members if one.post.effective_on < start]
    earlier = [one for one in members if local_date(one.post.first_seen_at, zone) < start]
    return bool(earlier) and wanted.admits(earlier)


def _alerts(materials: Sequence[DigestMaterial], rule: RuleConfig, config: Config) -> tuple[WeekSent, ...]:
    """The weeks of a rule, without the oldest of the materials. A story counts on the day it was first seen on."""
    selections = [select_all(material, rule.filter) for material in materials]
    stories: dict[int, Told] = {}
    for selection in selections:  # the latest week first, so that the week in which it began has the last word
        stories |= {min(one.post.id for one in told.story.members): told for told in selection.new}
    days: dict[date, list[Told]] = defaultdict(list)
    for told in _ranked([one for one in stories.values() if _could_alert(one, config.zone)], config.audience_of(rule)):
        days[local_date(_first_seen(told), config.zone)].append(told)
    return tuple(
        _alert_week(material.period, selection, days, rule)
        for material, selection in zip(materials[:-1], selections[:-1], strict=True)
    )


def _alert_week(period: Period, selection: Selection, days: Mapping[date, list[Told]], rule: RuleConfig) -> WeekSent:
    within = [days[day] for day in sorted(days) if period.start <= day < period.end]
    alerted = [told for found in within for told in found[: rule.at_most]]
    overflow = sum(map(len, within)) - len(alerted)
    return replace(_week(period, selection, alerted), recycled=0, overflow=overflow)


def _ranked(new: Sequence[Told], audience: AudienceConfig) -> list[Told]:
    interest = interest_of(audience)
    return sorted(new, key=lambda one: (-score(one, interest), -one.lead.post.effective_on.toordinal()))


def _week(period: Period, selection: Selection, told: Sequence[Told]) -> WeekSent:
    titles = tuple(without_label(one.lead.post.title) for one in told[:SHOWN])
    return WeekSent(period.key, len(told), len(selection.recycled), len(selection.passed_over), titles)


def _could_alert(told: Told, zone: ZoneInfo) -> bool:
    """Whether it was found by a crawl, not with a source's baseline, while it was fresh."""
    oldest = min(one.post.effective_on for one in told.story.members)
    found = any(not (one.post.baseline or one.post.replayed) for one in told.story.members)
    return found and local_date(_first_seen(told), zone) - oldest <= FRESH


def _first_seen(told: Told) -> datetime:
    return min(one.post.first_seen_at for one in told.story.members)
