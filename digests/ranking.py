"""Ranks the new events of a digest, and picks those to be read first; pure, by facts and not by words of titles.

docs/how-it-decides.md says the same to readers.
"""

from collections.abc import Callable, Sequence

from digests.selection import Told, future
from monitor.facts.findings import Stage
from monitor.filters import mentioned
from monitor.models import PostStatus

LEAST, MOST = 3, 7  # highlights
ENOUGH = 24  # points that make a highlight of a fourth story and those after it

Interest = Callable[[Told], int]  # points for what an audience asked for; MOST_INTEREST at most count

POINTS = {
    Stage.SIGNING: 30,
    Stage.GROUNDBREAKING: 30,
    Stage.PRODUCTION: 30,
    Stage.PROMOTION: 12,
    Stage.POLICY: 12,
    Stage.VISIT: 6,
    Stage.OTHER: 0,
}
AMOUNTS = ((10_000_000_000, 30), (1_000_000_000, 24), (100_000_000, 16), (1, 8))  # from so many yuan on
FURTHER_SOURCE, ALL_SOURCES = 6, 24
INTEREST, MOST_INTEREST = 20, 40  # for each word that the audience named; at most


def interest_in(words: Sequence[str]) -> Interest:
    """Of an audience that named words: points for each of them that one of the story's posts has."""

    def points(told: Told) -> int:
        texts = [text for one in told.story.members for text in (one.post.title, one.post.body or "")]
        return INTEREST * len(mentioned(words, *texts))

    return points


def no_interest(told: Told) -> int:  # noqa: ARG001 - what an Interest is
    """Of an audience that asked for nothing in particular."""
    return 0


def score(told: Told, interest: Interest = no_interest) -> int:
    """How much a new event matters: its stage, its investment, its further sources, and what the audience asked for."""
    largest = largest_investment(told)
    money = next((points for least, points in AMOUNTS if largest >= least), 0)
    further = len({one.post.source_name for one in told.story.members}) - 1
    wanted = max(0, min(interest(told), MOST_INTEREST))
    return POINTS[told.lead.facts.stage] + money + min(further * FURTHER_SOURCE, ALL_SOURCES) + wanted


def largest_investment(told: Told) -> int:
    """The largest investment that the leading post states, else the first of the others that states one; in yuan.

    Of several amounts in one post one is often the sum of the rest, so they are not added up.
    """
    for member in (told.lead, *told.copies, *told.others):
        if member.facts.investments:
            return max(member.facts.investments)
    return 0


def highlights(new: Sequence[Told], interest: Interest = no_interest) -> tuple[Told, ...]:
    """The stories to read first: the three that matter most, and up to seven of those that matter enough.

    What cannot be read, or is dated ahead, is none of them. The more recent comes first where points are equal.
    """
    readable = [one for one in new if one.lead.post.status is PostStatus.COMPLETE and future(one.lead.post) is None]
    scored = [(score(one, interest), one) for one in readable]
    scored.sort(key=lambda pair: (-pair[0], -pair[1].lead.post.effective_on.toordinal(), pair[1].lead.post.id))
    return tuple(one for place, (points, one) in enumerate(scored[:MOST]) if place < LEAST or points >= ENOUGH)
