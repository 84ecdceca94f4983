"""Puts a digest together from what was selected for it; pure, from material to content, and blind to formats."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from digests.chains import chains
from digests.changes import change_lines
from digests.content import Digest, Item, OffLabelLine, SourceLine
from digests.items import Names, item_of, told_line, with_extract
from digests.picture import charts
from digests.places import Placed, by_place, path_of
from digests.ranking import Interest, highlights, no_interest
from digests.selection import Selection, Told, is_old, select_all
from digests.week import sentence
from digests.wording import Language, Words, words_of
from monitor.announcing import AnnounceRules, DigestMaterial
from monitor.filters import EVERYTHING, Filter
from monitor.health.conditions import Health, State, Symptom
from monitor.models import SourceState

_HEALTHY = Health(State.HEALTHY)


def build(
    material: DigestMaterial,
    selection: Selection,
    healths: Mapping[str, Health],
    *,
    rules: AnnounceRules,
    preview: bool,
    now: datetime,
    zone: ZoneInfo,
    interest: Interest = no_interest,
    language: Language = "zh",
) -> Digest:
    """The content of a digest from what was selected for it; `healths` says by name how each source is."""
    words = words_of(language)
    stories = (*selection.new, *selection.late, *selection.recycled)
    told = Counter(one.lead.post.source_name for one in stories)
    titles = {state.source.name: state.source.title for state in material.sources}
    known = {story.id: story for story in (*material.linked, *material.stories)}
    names = Names(titles, known, material.told_in, material.told_as, material.alerts, zone)
    new = [item_of(one, names) for one in selection.new]
    paths = [path_of(one.lead.facts.place, one.lead.post) for one in selection.new]
    cities = ["".join(path[:2]) if one.lead.facts.place else "" for one, path in zip(selection.new, paths, strict=True)]
    passed = set(selection.passed_off_label)
    off_label = [e for e in material.off_label if e not in passed]
    recent = [e for e in off_label if preview or not is_old(e.first_seen_at, e.effective_on, rules, zone)]
    return Digest(
        audience=material.audience.name,
        period=material.period,
        preview=preview,
        built_at=now.replace(microsecond=0),
        timezone=zone.key,
        highlights=_highlights(selection.new, new, interest),
        places=by_place([Placed(item, path) for item, path in zip(new, paths, strict=True)]),
        late=tuple(item_of(one, names) for one in selection.late),
        backfilled=len(selection.backfilled),
        backfill_days=rules.backfill_days,
        off_label=tuple(OffLabelLine(e.id, e.title, e.url, titles.get(e.source_name, e.source_name)) for e in recent),
        off_label_older=len(off_label) - len(recent),
        sources=tuple(
            _source_line(state, healths.get(state.source.name, _HEALTHY), told[state.source.name], zone, words)
            for state in material.sources
        ),
        changes=change_lines(material.changed, titles, zone, words),
        missed=tuple(key for key in material.missed if key != material.period.key),
        sentence=sentence(selection, new, cities, words),
        recycled=tuple(item_of(one, names) for one in selection.recycled),
        told_before=tuple(told_line(one, names) for one in selection.told_before),
        chains=chains((*selection.new, *selection.late), known),
        charts=charts(material.history, material.period, new, [city for city in cities if city]),
        language=language,
    )


def build_preview(
    material: DigestMaterial,
    healths: Mapping[str, Health],
    rules: AnnounceRules,
    now: datetime,
    zone: ZoneInfo,
    wanted: Filter = EVERYTHING,
    interest: Interest = no_interest,
    language: Language = "zh",
) -> Digest:
    """A period that was never frozen: every wanted post dated in it, baseline or not; each story still told once."""
    selection = select_all(material, wanted)
    members = {one.post.id: story.members for story in material.stories for one in story.members}
    changed = tuple(one for one in material.changed if wanted.admits(members.get(one.post.id, ())))
    return build(
        replace(material, changed=changed),
        selection,
        healths,
        rules=rules,
        preview=True,
        now=now,
        zone=zone,
        interest=interest,
        language=language,
    )


def _highlights(new: Sequence[Told], items: Sequence[Item], interest: Interest) -> tuple[Item, ...]:
    of_post = {item.post_id: item for item in items}
    return tuple(with_extract(of_post[one.lead.post.id], one) for one in highlights(new, interest))


def _source_line(state: SourceState, health: Health, told: int, zone: ZoneInfo, words: Words) -> SourceLine:
    last, good = state.last, state.last_good
    seen = good.counts.new + good.counts.revised + good.counts.unchanged + good.counts.moved if good else 0
    return SourceLine(
        name=state.source.name,
        title=state.source.title,
        ok=health.is_well,
        posts=state.posts,
        pending=state.pending,
        told=told,
        last_good_at=good.started_at if good else None,
        last_good_seen=seen,
        last_at=last.started_at if last else None,
        trouble=words.trouble(health, zone) or None,
        layout_changed=state.layout_changed and not (health.trouble and health.trouble.symptom is Symptom.LAYOUT),
        paused=health.state is State.PAUSED,
        state=health.state,
    )
