"""Decides what a digest tells and in which order; pure, from material to content, and blind to formats and channels."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digests.changes import change_lines
from digests.content import NO_PLACE, Copy, Digest, Item, OffLabelLine, PlaceGroup, SourceLine
from digests.reasons import in_words
from monitor.announcing import AnnounceRules, DigestMaterial, EntryKind, EntryRecord
from monitor.health.conditions import Health, State, Symptom
from monitor.models import OffLabelEntry, Post, PostStatus, SourceState
from monitor.periods import local_date
from monitor.text import summarise, without_label

HIGHLIGHTS = 3
_HEALTHY = Health(State.HEALTHY)
_ENOUGH = 2  # points
_EVENT = re.compile(r"签约|签订|签署|开工|奠基|动工|投产|竣工|启用|落户|落地|揭牌|并网|中标")
_PROJECT = re.compile(r"项目|基地|产业园|生产线|工程")
_AMOUNT = re.compile(r"\d(?:\.\d+)?\s*(?:余|多)?(?:万|百|千)?亿(?:美)?元|[一二三四五六七八九十百千]+亿元")
_LINE_LENGTH = 96  # characters of a summary: two lines on a page, four on a phone


@dataclass(frozen=True, slots=True)
class Selection:
    """Which posts a digest tells, and how: the answer to "what has this audience not been told"."""

    new: tuple[Post, ...]
    late: tuple[Post, ...]
    copies: dict[int, tuple[Post, ...]]  # by the id of the post they are told with
    told_before: tuple[Post, ...]  # copies of what an earlier digest told
    backfilled: tuple[Post, ...]

    def records(self, off_label: Iterable[OffLabelEntry]) -> tuple[EntryRecord, ...]:
        """Every post and off-label entry of the selection as a digest entry."""
        kinds = [(EntryKind.NEW, self.new), (EntryKind.LATE, self.late), (EntryKind.BACKFILLED, self.backfilled)]
        told = [EntryRecord(kind, post_id=post.id) for kind, posts in kinds for post in posts]
        copies = [post for group in self.copies.values() for post in group] + list(self.told_before)
        told += [EntryRecord(EntryKind.COPY, post_id=post.id) for post in copies]
        return tuple(told + [EntryRecord(EntryKind.OFF_LABEL, off_label_id=entry.id) for entry in off_label])


def select(material: DigestMaterial, rules: AnnounceRules, zone: ZoneInfo) -> Selection:
    """Sort the posts that an audience has not been told into new, late (补报), copies and backfilled (补录)."""
    groups: dict[int, list[Post]] = defaultdict(list)
    told_before: list[Post] = []
    for post in material.posts:
        group = post.copy_of or post.id
        if group in material.announced_groups:
            told_before.append(post)
        else:
            groups[group].append(post)
    firsts: list[Post] = []
    copies: dict[int, tuple[Post, ...]] = {}
    backfilled: list[Post] = []
    for gathered in groups.values():
        members = sorted(gathered, key=lambda post: post.id)
        tellable = [post for post in members if not _only_counted(post, rules, zone)]
        if not tellable:
            backfilled += members
            continue
        firsts.append(tellable[0])
        others = tuple(post for post in members if post is not tellable[0])
        if others:
            copies[tellable[0].id] = others
    firsts.sort(key=_newest_first)
    return Selection(
        new=tuple(post for post in firsts if post.effective_on >= material.period.start),
        late=tuple(post for post in firsts if post.effective_on < material.period.start),
        copies=copies,
        told_before=tuple(told_before),
        backfilled=tuple(backfilled),
    )


def _only_counted(post: Post, rules: AnnounceRules, zone: ZoneInfo) -> bool:
    """Too old at first sight, or without a date in a source's baseline: a backfill must not flood."""
    if not post.dated:
        return post.baseline and post.published_on is None
    return _is_old(post.first_seen_at, post.effective_on, rules, zone)


def _is_old(first_seen_at: datetime, effective_on: date, rules: AnnounceRules, zone: ZoneInfo) -> bool:
    return local_date(first_seen_at, zone) - effective_on > timedelta(days=rules.backfill_days)


def build(
    material: DigestMaterial,
    selection: Selection,
    healths: Mapping[str, Health],
    *,
    rules: AnnounceRules,
    preview: bool,
    now: datetime,
    zone: ZoneInfo,
) -> Digest:
    """The content of a digest from what was selected for it; `healths` says by name how each source is."""
    told = Counter(post.source_name for post in (*selection.new, *selection.late))
    titles = {state.source.name: state.source.title for state in material.sources}
    new = [_item(post, selection.copies.get(post.id, ()), titles) for post in selection.new]
    late = [_item(post, selection.copies.get(post.id, ()), titles) for post in selection.late]
    recent = [e for e in material.off_label if preview or not _is_old(e.first_seen_at, e.effective_on, rules, zone)]
    return Digest(
        audience=material.audience.name,
        period=material.period,
        preview=preview,
        built_at=now.replace(microsecond=0),
        timezone=zone.key,
        highlights=_highlights(new),
        places=_by_place(new),
        late=tuple(late),
        backfilled=len(selection.backfilled),
        backfill_days=rules.backfill_days,
        off_label=tuple(OffLabelLine(e.id, e.title, e.url, titles.get(e.source_name, e.source_name)) for e in recent),
        off_label_older=len(material.off_label) - len(recent),
        sources=tuple(
            _source_line(state, healths.get(state.source.name, _HEALTHY), told[state.source.name], zone)
            for state in material.sources
        ),
        changes=change_lines(material.changed, titles, zone),
        missed=tuple(key for key in material.missed if key != material.period.key),
    )


def build_preview(
    material: DigestMaterial,
    healths: Mapping[str, Health],
    rules: AnnounceRules,
    now: datetime,
    zone: ZoneInfo,
) -> Digest:
    """A period that was never frozen: every post dated in it, baseline or not; copies still told once."""
    groups: dict[int, list[Post]] = defaultdict(list)
    for post in material.posts:
        groups[post.copy_of or post.id].append(post)
    firsts = {members[0].id: members for members in (sorted(g, key=lambda p: p.id) for g in groups.values())}
    selection = Selection(
        new=tuple(sorted((members[0] for members in firsts.values()), key=_newest_first)),
        late=(),
        copies={first: tuple(members[1:]) for first, members in firsts.items()},
        told_before=(),
        backfilled=(),
    )
    return build(material, selection, healths, rules=rules, preview=True, now=now, zone=zone)


def _newest_first(post: Post) -> tuple[bool, int, int]:
    """By date; a post that dates itself into the future comes last, whenever it was first seen."""
    return (_future(post) is not None, -post.effective_on.toordinal(), post.id)


def _future(post: Post) -> date | None:
    return post.published_on if post.published_on is not None and post.published_on > post.effective_on else None


def _item(post: Post, copies: Sequence[Post], titles: Mapping[str, str]) -> Item:
    text = post.body or post.summary
    return Item(
        post_id=post.id,
        title=without_label(post.title),
        label=post.label,
        place=post.place or NO_PLACE,
        effective_on=post.effective_on,
        future_on=_future(post),
        withdrawn=post.withdrawn_at is not None,
        dated=post.dated,
        summary=summarise(text, _LINE_LENGTH) if text and post.status is PostStatus.COMPLETE else None,
        url=post.url,
        source=titles.get(post.source_name, post.source_name),
        copies=tuple(
            Copy(copy.id, without_label(copy.title), copy.url, titles.get(copy.source_name, copy.source_name))
            for copy in copies
        ),
    )


def _by_place(items: Sequence[Item]) -> tuple[PlaceGroup, ...]:
    """Places with most posts first; places with nothing but dates from the future, and posts without a place, last."""
    counts = Counter(item.place for item in items)
    present = {item.place for item in items if item.future_on is None}
    order = sorted(counts, key=lambda place: (place not in present, place == NO_PLACE, -counts[place], place))
    return tuple(PlaceGroup(place, tuple(item for item in items if item.place == place)) for place in order)


def _highlights(items: Sequence[Item]) -> tuple[Item, ...]:
    """The few posts to read first.

    Ranked by what their own words say: an event (签约, 开工, 投产 …) 4 points in the title and 2 in the lead, an amount
    of 亿元 in either 2, a project in the title 1; then by date. Less than 2 points is no highlight, and of a week with
    no more posts than there is room for none are: the list itself is short enough.
    """
    if len(items) <= HIGHLIGHTS:
        return ()
    scored = [(_points(item), item) for item in items if item.future_on is None]
    ranked = sorted(
        (pair for pair in scored if pair[0] >= _ENOUGH), key=lambda pair: (-pair[0], -pair[1].effective_on.toordinal())
    )
    return tuple(item for _, item in ranked[:HIGHLIGHTS])


def _points(item: Item) -> int:
    lead = item.summary or ""
    event = 4 if _EVENT.search(item.title) else 2 if _EVENT.search(lead) else 0
    amount = 2 if _AMOUNT.search(f"{item.title} {lead}") else 0
    return event + amount + (1 if _PROJECT.search(item.title) else 0)


def _source_line(state: SourceState, health: Health, told: int, zone: ZoneInfo) -> SourceLine:
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
        trouble=in_words(health, zone) or None,
        layout_changed=state.layout_changed and not (health.trouble and health.trouble.symptom is Symptom.LAYOUT),
        paused=health.state is State.PAUSED,
        state=health.state,
    )
