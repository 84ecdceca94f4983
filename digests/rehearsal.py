"""Works out what each audience and alert rule would have sent over past weeks with the filters that they have now.

It sends nothing and changes nothing. A digest is built as a preview of the week; alerts are counted by the day on which
the first post of a story was seen.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digests.bulletin import FRESH
from digests.freeze import interest_of
from digests.ranking import score
from digests.selection import Selection, Told, select_all
from monitor.announcing import DigestMaterial, Period
from monitor.config import AudienceConfig, Config, RuleConfig
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
    sent: dict[str, list[WeekSent]] = defaultdict(list)
    for back in range(weeks):
        period = week_of(today - timedelta(days=7 * back))
        material = store.preview_material("", period, now, [], config.zone)
        for audience in config.audience:
            sent[audience.name].append(_digest(material, audience))
        for rule in config.rule:
            sent[rule.name].append(_alerts(material, rule, config))
    named = [(audience.name, False) for audience in config.audience] + [(rule.name, True) for rule in config.rule]
    return tuple(Rehearsal(name, is_rule, tuple(sent[name])) for name, is_rule in named)


def _digest(material: DigestMaterial, audience: AudienceConfig) -> WeekSent:
    selection = select_all(material, audience.filter)
    return _week(material.period, selection, _ranked(selection.new, audience))


def _alerts(material: DigestMaterial, rule: RuleConfig, config: Config) -> WeekSent:
    selection = select_all(material, rule.filter)
    days: dict[date, list[Told]] = defaultdict(list)
    for told in _ranked([one for one in selection.new if _could_alert(one, config.zone)], config.audience_of(rule)):
        days[local_date(_first_seen(told), config.zone)].append(told)
    alerted = [told for day in sorted(days) for told in days[day][: rule.at_most]]
    overflow = sum(len(found) for found in days.values()) - len(alerted)
    return replace(_week(material.period, selection, alerted), recycled=0, overflow=overflow)


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
