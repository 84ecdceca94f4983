"""What an audience or an alert rule wants to hear of, and whether a story is of that; pure, it reads no settings."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from monitor.facts.findings import Place, Stage
from monitor.facts.place_divisions import divisions
from monitor.models import OffLabelEntry
from monitor.storied import Member


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that all must be met; an empty one admits everything.

    A story is admitted when each condition is met by one of its posts, not necessarily by the same: one may name the
    place, another the amount. A post with a word of `exclude`, or of another source than `sources`, counts for nothing.
    """

    places: tuple[str, ...] = ()  # codes (GB/T 2260): each with everything below it
    industries: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    min_investment: int = 0  # yuan
    keywords: tuple[str, ...] = ()  # one of them, in the title or the text
    exclude: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()  # by name

    def admits(self, members: Iterable[Member]) -> bool:
        """Whether a story with these members is wanted."""
        if self == EVERYTHING:
            return True
        counted = [one for one in members if self._counts(one)]
        return bool(counted) and all(any(map(is_met, counted)) for is_met in self._conditions())

    def admits_off_label(self, entry: OffLabelEntry) -> bool:
        """Whether an off-label entry is wanted: of it no more is known than its source and its title."""
        return self._of_sources(entry.source_name) and not any(mentioned(self.exclude, entry.title))

    def _of_sources(self, name: str) -> bool:
        return not self.sources or name in self.sources

    def _counts(self, member: Member) -> bool:
        return self._of_sources(member.post.source_name) and not any(mentioned(self.exclude, *_texts(member)))

    def _conditions(self) -> Sequence[Callable[[Member], bool]]:
        """Those that are set."""
        found: list[Callable[[Member], bool]] = []
        if self.places:
            found.append(lambda one: _lies_in(one.facts.place, self.places))
        if self.industries:
            found.append(lambda one: any(name in self.industries for name in one.facts.industries))
        if self.stages:
            found.append(lambda one: one.facts.stage in self.stages)
        if self.min_investment:
            found.append(lambda one: max(one.facts.investments, default=0) >= self.min_investment)
        if self.keywords:
            found.append(lambda one: any(mentioned(self.keywords, *_texts(one))))
        return found


EVERYTHING = Filter()
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")


def mentioned(words: Iterable[str], *texts: str) -> list[str]:
    """Those of the words that stand in one of the texts, whatever their width and case, and where lines are broken."""
    sought = {word: _folded(word) for word in words}
    if not sought:
        return []
    folded = [_folded(text) for text in texts]
    return [word for word, plain in sought.items() if any(plain in text for text in folded)]


def _texts(member: Member) -> tuple[str, str]:
    return member.post.title, member.post.body or member.post.summary or ""


def _lies_in(place: Place | None, codes: Iterable[str]) -> bool:
    if place is None:
        return False
    division = divisions().get(place.code)
    return any(code in codes for code in (place.code, *(one.code for one in (division.line if division else ()))))


def _folded(text: str) -> str:
    """Chinese characters next to each other have no space between them, other words one."""
    one_spaced = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _BETWEEN_CHINESE.sub("", one_spaced)
