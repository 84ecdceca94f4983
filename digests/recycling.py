"""Judges whether a story is old news that was published again (旧闻重发); pure, from facts that are given."""

import re
from calendar import monthrange
from datetime import date, timedelta

from monitor.facts.findings import EventDate
from monitor.storied import Member, Story

FRESH = timedelta(days=60)
_YEARS_END = re.compile(r"年[底末终]|岁末|岁尾")  # 去年底


def is_recycled(story: Story, lead: Member) -> bool:
    """Whether the event's year, as its posts state it, is before that in which the leading post was published.

    Where they disagree, the least of their years counts. A year in which some post dates the event to a day or month
    that was less than 60 days ago is no old news: only the new year lies between.
    """
    years, told = story.years, lead.facts.event_date
    if not story.years_disagree:
        if told is None or not lead.facts.recycled:
            return False
        years = (told.year,)
    return years[0] < published_on(lead).year and years[0] not in _fresh_years(story, published_on(lead))


def published_on(member: Member) -> date:
    """The day of publication, or of first sight where the source gives none that can be meant."""
    return min(member.facts.published or member.post.effective_on, member.post.effective_on)


def _fresh_years(story: Story, published: date) -> frozenset[int]:
    dates = (one.facts.event_date for one in story.members)
    return frozenset(one.year for one in dates if one is not None and _is_fresh(one, published))


def _is_fresh(event: EventDate, published: date) -> bool:
    """Whether even the latest day that is meant leaves less than 60; what is known by its year alone is not fresh."""
    month = event.month or (12 if _YEARS_END.search(event.words) else None)
    if month is None:
        return False
    last = monthrange(event.year, month)[1]
    return published - date(event.year, month, min(event.day or last, last)) < FRESH
