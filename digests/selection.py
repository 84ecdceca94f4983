"""Decides which posts a digest tells, as which stories, and how each is recorded; pure, and blind to how they look."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digests.recycling import is_recycled
from monitor.announcing import AnnounceRules, DigestMaterial, EntryKind, EntryRecord
from monitor.facts.findings import Facts, Stage
from monitor.facts.place import read_place
from monitor.facts.reading import read_facts
from monitor.filters import EVERYTHING, Filter
from monitor.models import OffLabelEntry, Post, PostStatus
from monitor.periods import local_date
from monitor.storied import Member, Story, Tie


@dataclass(frozen=True, slots=True)
class Told:
    """A story as one digest tells it: by the post that leads, with the others that this digest records."""

    story: Story  # whole; its id is below 1 when it is not stored
    lead: Member
    copies: tuple[Member, ...]

    @property
    def posts(self) -> tuple[Post, ...]:
        """The posts that this digest records."""
        return (self.lead.post, *(one.post for one in self.copies))

    @property
    def others(self) -> tuple[Member, ...]:
        """The members that this digest does not record."""
        mine = {post.id for post in self.posts}
        return tuple(one for one in self.story.members if one.post.id not in mine)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which stories a digest tells, and how: the answer to "what has this audience not been told"."""

    new: tuple[Told, ...]
    late: tuple[Told, ...]
    recycled: tuple[Told, ...]  # of whatever date
    told_before: tuple[Told, ...]  # of stories that an earlier digest told
    unmentioned: tuple[Post, ...]  # of such stories, and too old to be told of
    backfilled: tuple[Post, ...]
    passed_over: tuple[Post, ...] = ()  # of stories that the audience does not want
    passed_off_label: tuple[OffLabelEntry, ...] = ()

    def records(self, off_label: Iterable[OffLabelEntry]) -> tuple[EntryRecord, ...]:
        """Every post and off-label entry of the selection as a digest entry."""
        kinds = [(EntryKind.NEW, self.new), (EntryKind.LATE, self.late), (EntryKind.RECYCLED, self.recycled)]
        told = [EntryRecord(kind, post_id=one.lead.post.id) for kind, stories in kinds for one in stories]
        told += [EntryRecord(EntryKind.BACKFILLED, post_id=post.id) for post in self.backfilled]
        copies = [one.post for _, stories in kinds for story in stories for one in story.copies]
        copies += [post for story in self.told_before for post in story.posts]
        told += [EntryRecord(EntryKind.COPY, post_id=post.id) for post in (*copies, *self.unmentioned)]
        told += [EntryRecord(EntryKind.FILTERED, post_id=post.id) for post in self.passed_over]
        passed = set(self.passed_off_label)
        kinds_of = ((EntryKind.FILTERED if entry in passed else EntryKind.OFF_LABEL, entry) for entry in off_label)
        return tuple(told + [EntryRecord(kind, off_label_id=entry.id) for kind, entry in kinds_of])


def select(material: DigestMaterial, rules: AnnounceRules, zone: ZoneInfo, wanted: Filter = EVERYTHING) -> Selection:
    """Sort what an audience has not been told into stories: new, late (补报), old news (旧闻重发), told before (已报).

    Posts that are too old at first sight are only counted (补录), unless another of their story may be told. Stories
    that are not wanted are passed over, for good: a filter that changes brings nothing old back. Told are all the same
    those that an alert rule had no room for, and further posts of a story that was told.
    """
    known = {story.id: story for story in material.stories}
    stories: list[Told] = []
    told_before: list[Told] = []
    unmentioned: list[Post] = []
    backfilled: list[Post] = []
    passed_over: list[Post] = []
    for key, offered in _gathered(material).items():
        named = _named_before(key, offered, material)
        passed_over += named
        posts = [post for post in offered if post not in named]
        tellable = [post for post in posts if not _only_counted(post, rules, zone)]
        if _was_told(key, offered, material):
            unmentioned += [post for post in posts if post not in tellable]
            if tellable:
                told_before.append(_told(known.get(key), tellable, tellable))
        else:
            within = [post for post in tellable if post.effective_on >= material.period.start]
            story = _told(known.get(key), within or tellable or posts, posts)
            if not (_is_wanted(story, posts, wanted, material) or _overflowed(key, material)):
                passed_over += posts
            elif tellable:
                stories.append(story)
            else:
                backfilled += posts
    selection = _sorted(material, stories, told_before, unmentioned, backfilled)
    passed_off_label = tuple(entry for entry in material.off_label if not wanted.admits_off_label(entry))
    return replace(selection, passed_over=tuple(passed_over), passed_off_label=passed_off_label)


def select_all(material: DigestMaterial, wanted: Filter = EVERYTHING) -> Selection:
    """All posts of the material as stories, told or not, and whatever their age: what a preview shows."""
    known = {story.id: story for story in material.stories}
    stories = [_told(known.get(key), posts, posts) for key, posts in _gathered(material).items()]
    admitted: list[Told] = []
    passed_over: list[Post] = []
    for one in stories:
        if wanted.admits(one.story.members) or _overflowed(one.story.id, material):
            admitted.append(one)
        else:
            passed_over += one.posts
    passed_off_label = tuple(entry for entry in material.off_label if not wanted.admits_off_label(entry))
    selection = _sorted(material, admitted, (), (), ())
    return replace(selection, passed_over=tuple(passed_over), passed_off_label=passed_off_label)


def future(post: Post) -> date | None:
    """The date that a post gives itself, when it lies ahead and cannot be meant."""
    return post.published_on if post.published_on is not None and post.published_on > post.effective_on else None


def is_old(first_seen_at: datetime, effective_on: date, rules: AnnounceRules, zone: ZoneInfo) -> bool:
    """Whether something was too old at first sight to be announced."""
    return local_date(first_seen_at, zone) - effective_on > timedelta(days=rules.backfill_days)


def _sorted(
    material: DigestMaterial,
    stories: Sequence[Told],
    told_before: Iterable[Told],
    unmentioned: Iterable[Post],
    backfilled: Iterable[Post],
) -> Selection:
    old_news = {id(one) for one in stories if is_recycled(one.story, one.lead)}
    fresh = sorted((one for one in stories if id(one) not in old_news), key=_newest_first)
    return Selection(
        new=tuple(one for one in fresh if one.lead.post.effective_on >= material.period.start),
        late=tuple(one for one in fresh if one.lead.post.effective_on < material.period.start),
        recycled=tuple(sorted((one for one in stories if id(one) in old_news), key=_newest_first)),
        told_before=tuple(sorted(told_before, key=_newest_first)),
        unmentioned=tuple(unmentioned),
        backfilled=tuple(backfilled),
    )


def _gathered(material: DigestMaterial) -> Mapping[int, Sequence[Post]]:
    """The posts of one story under its id; copies that are not grouped yet under the negative id of the first."""
    by_post = {one.post.id: story.id for story in material.stories for one in story.members}
    by_group = {_group(one.post): story.id for story in material.stories for one in story.members}
    found: dict[int, list[Post]] = defaultdict(list)
    for post in sorted(material.posts, key=lambda post: post.id):
        key = by_post.get(post.id) or by_group.get(_group(post)) or -_group(post)
        found[key].append(post)
    return found


def _group(post: Post) -> int:
    return post.copy_of or post.id


def _was_told(key: int, posts: Sequence[Post], material: DigestMaterial) -> bool:
    return key in material.told_stories or any(_group(post) in material.announced_groups for post in posts)


def _named_before(key: int, posts: Sequence[Post], material: DigestMaterial) -> list[Post]:
    """Of the posts of a story that was told, those that were passed over: they have stood under it as links."""
    if not _was_told(key, posts, material) or _overflowed(key, material):
        return []
    return [post for post in posts if post.id in material.passed_over]


def _is_wanted(told: Told, posts: Sequence[Post], wanted: Filter, material: DigestMaterial) -> bool:
    """Whether a story is wanted for what it says now, and not because the filter changed since it was passed over."""
    members = told.story.members
    if not wanted.admits(members):
        return False
    before = material.passed_over
    if not all(post.id in before for post in posts):
        return True
    return not wanted.admits([_alone(before[one.post.id]) if one.post.id in before else one for one in members])


def _overflowed(key: int, material: DigestMaterial) -> bool:
    return any(one.overflow for one in material.alerts.get(key, ()))


def _only_counted(post: Post, rules: AnnounceRules, zone: ZoneInfo) -> bool:
    """Too old at first sight, or without a date in a source's baseline: a backfill must not flood."""
    if not post.dated:
        return post.baseline and post.published_on is None
    return is_old(post.first_seen_at, post.effective_on, rules, zone)


def _told(story: Story | None, leading: Sequence[Post], posts: Sequence[Post]) -> Told:
    """The story of these posts, led by the best of `leading`. A post that it does not hold yet counts as a copy."""
    members = {one.post.id: one for one in story.members} if story else {}
    mine = {post.id: replace(members[post.id], post=post) if post.id in members else _alone(post) for post in posts}
    if story is None:
        story = Story(-posts[0].id, posts[0].first_seen_at, ())
    whole = sorted((members | mine).values(), key=lambda one: (one.post.effective_on, one.post.id))
    lead = min((mine[post.id] for post in leading), key=_rank)
    return Told(
        replace(story, members=tuple(whole)), lead, tuple(one for one in mine.values() if one.post.id != lead.post.id)
    )


def _alone(post: Post) -> Member:
    """A post that nobody has compared with others yet, its facts read here."""
    text = post.body or post.summary or ""
    place = read_place(post.title, text, post.label)
    facts = read_facts(post.title, text, post.effective_on if post.dated else None, place=place)
    return Member(post, facts, Tie.COPY if post.copy_of else None, post.copy_of)


def _rank(member: Member) -> tuple[bool, bool, bool, int, date, int]:
    """The most complete first: one that can be read, whose date can be meant, that states most; then the earliest."""
    post = member.post
    return (
        post.status is PostStatus.PENDING,
        post.withdrawn_at is not None,
        future(post) is not None,
        -_stated(member.facts),
        post.effective_on,
        post.id,
    )


def _stated(facts: Facts) -> int:
    known = (facts.place, facts.stage is not Stage.OTHER, facts.investments, facts.parties, facts.event_date)
    return sum(map(bool, known))


def _newest_first(told: Told) -> tuple[bool, int, int]:
    """By date; a post that dates itself into the future comes last, whenever it was first seen."""
    post = told.lead.post
    return (future(post) is not None, -post.effective_on.toordinal(), post.id)
