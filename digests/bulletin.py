"""Freezes what an alert rule has to say (快讯): of new stories those that it wants, each once; it sends nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.content import Digest, to_json
from digests.freeze import interest_of
from digests.items import Names, item_of, with_extract
from digests.places import Placed, by_place, path_of
from digests.ranking import score
from digests.selection import Selection, Told, select
from digests.targets import targets_of
from digests.wording import words_of
from monitor.announcing import Composition, DigestMaterial, EntryKind, EntryRecord, FrozenDigest
from monitor.config import Config, RuleConfig
from monitor.periods import local_date
from monitor.setup import Setup
from monitor.store import Store
from monitor.store.bulletins import Window

FRESH = timedelta(days=7)  # an event that was reported longer ago is no alarm; it stands in the digest


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule makes of the stories that it has not judged yet. What is in neither tuple is passed over."""

    selection: Selection
    alerted: tuple[Told, ...]  # the most important first
    overflow: tuple[Told, ...]  # wanted, and too much for today

    def records(self) -> tuple[EntryRecord, ...]:
        """Every post that was judged, as an entry of the rule's stream."""
        entries = self.selection.records(())
        kinds = {entry.post_id: EntryKind.FILTERED for entry in entries if entry.post_id is not None}
        for one in (*self.alerted, *self.overflow, *self.selection.told_before):
            kinds |= dict.fromkeys((post.id for post in one.posts), EntryKind.COPY)
        kinds |= {one.lead.post.id: EntryKind.NEW for one in self.alerted}
        kinds |= {one.lead.post.id: EntryKind.OVERFLOW for one in self.overflow}
        return tuple(EntryRecord(kind, post_id) for post_id, kind in kinds.items())


def freeze_bulletin(store: Store, setup: Setup, rule: RuleConfig, now: datetime) -> FrozenDigest | None:
    """Freeze an alert of what the rule has not judged yet, or None where there is nothing to alert, or it is quiet.

    One without a channel judges nothing: it would use up its number a day for nobody.
    """
    config = setup.config
    if not config.channels_of(rule):
        return None
    if rule.quiet_hours is not None and rule.quiet_hours.cover(now, config.zone):
        return None
    database_id = store.database_id()

    def compose(material: DigestMaterial, alerted_today: int) -> Composition:
        judgement = judge(material, rule, config, room=max(0, rule.at_most - alerted_today))
        content = to_json(bulletin_of(material, judgement, rule, config, now))
        if not judgement.alerted:
            return Composition(content, judgement.records(), (), held_back=None)
        targets = targets_of(config.channels_of(rule), config, database_id, rule.name, material.period.key)
        return Composition(content, judgement.records(), tuple(targets))

    return store.freeze_bulletin(
        rule.name,
        now=now,
        zone=config.zone,
        window=Window(local_date(now, config.zone) - FRESH, now - config.crawl.timeout),
        compose=compose,
    )


def judge(material: DigestMaterial, rule: RuleConfig, config: Config, *, room: int) -> Judgement:
    """Sort what the rule has not judged. There is `room` for so many stories today.

    Alerted are new stories alone: not old news, not what was reported more than a week ago, and no further posts of a
    story that it told.
    """
    selection = select(material, config.rules, config.zone, rule.filter)
    interest = interest_of(config.audience_of(rule))
    fresh = [one for one in (*selection.new, *selection.late) if _is_fresh(one, material)]
    fresh.sort(key=lambda one: (-score(one, interest), -one.lead.post.effective_on.toordinal(), one.lead.post.id))
    return Judgement(selection, tuple(fresh[:room]), tuple(fresh[room:]))


def bulletin_of(
    material: DigestMaterial, judgement: Judgement, rule: RuleConfig, config: Config, now: datetime
) -> Digest:
    """The alert as it is sent: every story with its extract, and nothing of sources, changes or weeks."""
    language = config.audience_of(rule).language
    known = {story.id: story for story in (*material.linked, *material.stories)}
    titles = {source.name: source.title or source.name for source in config.source}
    names = Names(titles, known, told_in={}, told_as={}, zone=config.zone)
    items = tuple(with_extract(item_of(one, names), one) for one in judgement.alerted)
    paths = [path_of(one.lead.facts.place, one.lead.post) for one in judgement.alerted]
    return Digest(
        audience=rule.name,
        period=material.period,
        preview=False,
        built_at=now.replace(microsecond=0),
        timezone=config.zone.key,
        highlights=items,
        places=by_place([Placed(item, path) for item, path in zip(items, paths, strict=True)]),
        late=(),
        backfilled=0,
        backfill_days=config.digest.backfill_days,
        off_label=(),
        sources=(),
        sentence=words_of(language).alert_sentence(
            rule.name, len(judgement.alerted), rule.at_most, len(judgement.overflow)
        ),
        language=language,
    )


def _is_fresh(told: Told, material: DigestMaterial) -> bool:
    """Whether no post of the story is older than what may be alerted at all."""
    return all(one.post.effective_on >= material.period.start for one in told.story.members)
