"""The data of stories as they are stored and told: members, ties and links; it decides nothing.

Evidence -> Assignment (monitor.stories) -> Story, as the store has it
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.facts.findings import EventDate, Facts
from monitor.models import Post


class Tie(StrEnum):
    """What connects a post with another."""

    COPY = "copy"  # the same text up to small edits
    SAME = "same"  # the same event in other words
    RELATED = "related"  # 可能相关: too near to leave unsaid, too far to fold
    STEP = "step"  # 项目进展: another stage of the same project
    HAND = "hand"  # somebody said so


@dataclass(frozen=True, slots=True)
class Member:
    """A post of a story, with its facts, and why it is one: `with_post` is the member it was matched with.

    The post that founded the story has no tie, and a score of 1.
    """

    post: Post
    facts: Facts
    tie: Tie | None = None
    with_post: int | None = None
    score: float = 1.0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryLink:
    """A tie (RELATED or STEP) to another story, by the post of each that are nearest. `title` is the other post's."""

    story: int
    post_id: int
    other_post_id: int
    tie: Tie
    score: float
    reasons: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Story:
    """The posts that report one event, oldest first by effective date, and what the story is tied to."""

    id: int
    founded_at: datetime
    members: tuple[Member, ...]
    links: tuple[StoryLink, ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        """The event years that its members state, each once, in order."""
        return tuple(sorted({date.year for date in self._dates()}))

    @property
    def years_disagree(self) -> bool:
        """Whether its members state different years: 年份矛盾."""
        return len(self.years) > 1

    def _dates(self) -> Iterator[EventDate]:
        return (one.facts.event_date for one in self.members if one.facts.event_date is not None)


@dataclass(frozen=True, slots=True)
class FiledPost:
    """A post with what was read of it; `story` and `facts` are None as long as nothing was."""

    post: Post
    story: int | None
    facts: Facts | None


@dataclass(frozen=True, slots=True)
class StoryChange:
    """What a new grouping did to stories. Merged: `others` went into `story`; split: they came out of it.

    `members` are the posts of `story` before and after, each with its title and the story that it is in now.
    """

    merged: bool
    story: int
    others: tuple[int, ...]
    members: tuple[tuple[int, str, int], ...]  # post, title, story
