"""Turns a story that was selected into what a digest says of it; pure, and blind to formats."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from digests.content import NO_PLACE, Amount, Copy, Item, Link, ToldLine
from digests.extracts import extract
from digests.selection import Told, future
from monitor.announcing import Alerted
from monitor.facts.findings import EventDate, MoneyKind, Stage
from monitor.models import Post, PostStatus
from monitor.storied import Member, Story, Tie
from monitor.text import summarise, without_label

_LINE_LENGTH = 96  # characters of a summary: two lines on a page, four on a phone
_AMOUNTS, _PARTIES, _RELATED = 3, 3, 2


@dataclass(frozen=True, slots=True)
class Names:
    """What else the words of an item are taken from: titles of sources, stories that links lead to, and periods."""

    sources: Mapping[str, str]
    stories: Mapping[int, Story]
    told_in: Mapping[int, str]
    told_as: Mapping[int, int]
    alerts: Mapping[int, Sequence[Alerted]] = field(default_factory=dict)
    zone: ZoneInfo = ZoneInfo("Asia/Shanghai")  # noqa: RUF009 - the setting's own default

    def source(self, post: Post) -> str:
        """The source as the readers know it."""
        return self.sources.get(post.source_name, post.source_name)


def item_of(told: Told, names: Names) -> Item:
    """A story as its item."""
    post, facts = told.lead.post, told.lead.facts
    text = post.body or post.summary
    return Item(
        post_id=post.id,
        title=without_label(post.title),
        label=post.label,
        place=facts.place.name if facts.place else post.place or NO_PLACE,
        effective_on=post.effective_on,
        future_on=future(post),
        withdrawn=post.withdrawn_at is not None,
        dated=post.dated,
        summary=summarise(text, _LINE_LENGTH) if text and post.status is PostStatus.COMPLETE else None,
        url=post.url,
        source=names.source(post),
        copies=_copies(told.copies, names),
        story=_stored(told.story),
        others=_copies(told.others, names),
        first_on=told.story.members[0].post.effective_on,
        stage=facts.stage.value if facts.stage is not Stage.OTHER else "",
        amounts=_amounts(told),
        parties=tuple(party.name for party in facts.parties[:_PARTIES]),
        happened=in_chinese(facts.event_date),
        industries=facts.industries,
        years=told.story.years if told.story.years_disagree else (),
        related=tuple(_related(told.story, names.stories))[:_RELATED],
        alerted=tuple(
            f"{one.at.astimezone(names.zone):%m-%d %H:%M} {one.rule}"
            for one in names.alerts.get(told.story.id, ())
            if not one.overflow
        ),
        overflow=any(one.overflow for one in names.alerts.get(told.story.id, ())),
    )


def with_extract(item: Item, told: Told) -> Item:
    """The item as a highlight has it."""
    text = told.lead.post.body or told.lead.post.summary or ""
    return replace(item, extract=extract(text, [amount.words for amount in item.amounts]) or None)


def told_line(told: Told, names: Names) -> ToldLine:
    """Posts of a story that was told before as their line."""
    post = told.lead.post
    led = names.told_as.get(told.story.id)
    as_told = next((one.post for one in told.story.members if one.post.id == led), None)
    return ToldLine(
        post_id=post.id,
        title=without_label(post.title),
        url=post.url,
        source=names.source(post),
        effective_on=post.effective_on,
        first_on=told.story.members[0].post.effective_on,
        story=_stored(told.story),
        told_in=names.told_in.get(told.story.id, ""),
        copies=_copies(told.copies, names),
        years=told.story.years if told.story.years_disagree else (),
        told_title=without_label(as_told.title) if as_told else "",
        told_url=as_told.url if as_told else None,
    )


def in_chinese(event: EventDate | None) -> str:
    """A date as precise as it is: 2023年7月."""
    if event is None:
        return ""
    month = "" if event.month is None else f"{event.month}月"
    return f"{event.year}年{month}" + (f"{event.day}日" if month and event.day else "")


def _stored(story: Story) -> int | None:
    return story.id if story.id > 0 else None


def _copies(members: Iterable[Member], names: Names) -> tuple[Copy, ...]:
    posts = (one.post for one in members)
    return tuple(Copy(post.id, without_label(post.title), post.url, names.source(post)) for post in posts)


def _amounts(told: Told) -> tuple[Amount, ...]:
    """The investments that the leading post states; where it states none, those of the first that does."""
    for member in (told.lead, *told.copies, *told.others):
        stated = {one.yuan: one for one in reversed(member.facts.money) if one.kind is MoneyKind.INVESTMENT}
        if stated:
            found = [stated[yuan] for yuan in member.facts.investments]
            return tuple(Amount(one.yuan, one.words, member.post.id) for one in found[:_AMOUNTS])
    return ()


def _related(story: Story, stories: Mapping[int, Story]) -> Iterable[Link]:
    seen: set[int] = set()
    for link in sorted(story.links, key=lambda link: -link.score):
        if link.tie is Tie.RELATED and link.story not in seen:
            seen.add(link.story)
            yield Link(without_label(link.title), url_of(stories.get(link.story), link.other_post_id))


def url_of(story: Story | None, post_id: int) -> str | None:
    """The address of a member of a story, where that is known."""
    members = story.members if story else ()
    return next((one.post.url for one in members if one.post.id == post_id), None)
