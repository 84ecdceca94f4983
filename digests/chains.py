"""Follows the projects that moved (项目进展): stories tied as steps, in the order of time; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from digests.content import NO_PLACE, Chain, Step
from digests.recycling import published_on
from digests.selection import Told
from monitor.facts.findings import Stage
from monitor.storied import Story, StoryLink, Tie
from monitor.text import without_label

_ORDER = {stage.value: place for place, stage in enumerate(Stage)}


def chains(told: Sequence[Told], stories: Mapping[int, Story]) -> tuple[Chain, ...]:
    """One chain for each project of which this digest tells a step, with every step that its links lead to.

    `stories` are those of which more is known than the title in the link.
    """
    leads = {one.story.id: one for one in told}
    known = {**stories, **{one.story.id: one.story for one in told}}
    seen: set[int] = set()
    found: list[Chain] = []
    for one in told:
        if one.story.id in seen:
            continue
        project = _reachable(one.story.id, known)
        seen |= project.keys()
        if len(project) > 1:
            found.append(_chain(project, known, leads))
    return tuple(found)


def _reachable(start: int, known: Mapping[int, Story]) -> dict[int, StoryLink | None]:
    """The stories of a project, each with a link that led to it."""
    project: dict[int, StoryLink | None] = {start: None}
    waiting = [start]
    while waiting:
        for link in _steps(known.get(waiting.pop())):
            if link.story not in project:
                project[link.story] = link
                waiting.append(link.story)
    return project


def _steps(story: Story | None) -> Iterator[StoryLink]:
    return (link for link in (story.links if story else ()) if link.tie is Tie.STEP)


def _chain(project: Mapping[int, StoryLink | None], known: Mapping[int, Story], leads: Mapping[int, Told]) -> Chain:
    steps = [_step(known.get(number), link, leads.get(number)) for number, link in project.items()]
    steps.sort(key=lambda pair: (pair[0] or date.min, _ORDER.get(pair[1].stage, len(_ORDER)), pair[1].title))
    return Chain(_place(known[number] for number in project if number in known), tuple(step for _, step in steps))


def _step(story: Story | None, link: StoryLink | None, told: Told | None) -> tuple[date | None, Step]:
    """The step, and the day by which it is ordered: its event's, else that on which it was published."""
    members = (told.lead,) if told else story.members if story else ()
    if not members:
        return None, Step("", "", without_label(link.title) if link else "", None, here=False)
    post, stage, event = members[0].post, members[0].facts.stage, members[0].facts.event_date
    words, title = stage.value if stage is not Stage.OTHER else "", without_label(post.title)
    if event is not None and event.month:
        on = f"{event.year}-{event.month:02}" + (f"-{event.day:02}" if event.day else "")
        return date(event.year, event.month, event.day or 1), Step(words, on, title, post.url, here=told is not None)
    day = published_on(members[0])
    return day, Step(words, day.isoformat(), title, post.url, here=told is not None, published=True)


def _place(stories: Iterable[Story]) -> str:
    """The finest place that the posts of the project name."""
    places = [one.facts.place for story in stories for one in story.members if one.facts.place is not None]
    return max((place.name for place in places), key=len, default=NO_PLACE)
