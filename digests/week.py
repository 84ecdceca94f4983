"""Finds what kind of period it was, from counts and stated amounts alone; pure, and the wording says it."""

from collections import Counter
from collections.abc import Sequence

from digests.content import Item
from digests.ranking import largest_investment
from digests.selection import Selection
from digests.wording import CHINESE, WeekFacts, Words
from monitor.facts.findings import Stage

_SEVERAL = 2
_STAGES = [stage.value for stage in Stage]


def sentence(selection: Selection, new: Sequence[Item], cities: Sequence[str], words: Words = CHINESE) -> str:
    """What prevailed among the new events `new` in `cities`, or what there was in their place."""
    places = Counter(city for city in cities if city)
    stages = Counter(item.stage for item in new if item.stage)
    stated = (largest_investment(told) for told in selection.new)
    return words.sentence(
        WeekFacts(
            new=len(new),
            recycled=len(selection.recycled),
            told_before=len(selection.told_before),
            late=len(selection.late),
            only_place=cities[0] if len(places) == 1 and all(cities) else "",
            top_place=_prevailing(places),
            places=len(places),
            stages=tuple(sorted(stages.items(), key=lambda pair: (-pair[1], _STAGES.index(pair[0])))),
            top_industry=_prevailing(Counter(item.industries[0] for item in new if item.industries)),
            stated=tuple(amount for amount in stated if amount),
        )
    )


def _prevailing(counts: Counter[str]) -> tuple[str, int] | None:
    """What is more frequent than anything else, and not there only once."""
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < _SEVERAL or (len(ranked) > 1 and ranked[1][1] == ranked[0][1]):
        return None
    return ranked[0]
