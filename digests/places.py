"""Puts the new events of a digest under their places, province before city before county; pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from digests.content import NO_PLACE, Item, PlaceGroup
from monitor.facts.findings import Place
from monitor.facts.place import read_place
from monitor.facts.place_divisions import divisions
from monitor.models import Post

Path = tuple[str, ...]

_CITY = 2  # levels, the province's included


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with where it belongs, the largest division first."""

    item: Item
    path: Path


def path_of(place: Place | None, post: Post) -> Path:
    """The names of the divisions that hold a place, and its own; of a place that is not known, what the label says."""
    if place is None:  # of a pending post nothing was read yet but its label
        place = read_place("", "", post.label or "")
    if place is None:
        return (post.place or NO_PLACE,)
    division = divisions().get(place.code)
    return tuple(one.name for one in division.line) if division else (place.name,)


def city_of(code: str) -> str:
    """The city that a place lies in, after its province: 广东省湛江市; of a larger place its own name."""
    division = divisions().get(code)
    return "".join(one.name for one in division.line[:_CITY]) if division else ""


def province_of(city: str) -> str:
    """The province that a city lies in, by its name after that of the province; what lies in none stays what it is."""
    return next((name for name in _provinces() if city.startswith(name)), city)


@cache
def _provinces() -> tuple[str, ...]:
    return tuple(division.name for division in divisions().values() if not division.above)


def by_place(placed: Sequence[Placed]) -> tuple[PlaceGroup, ...]:
    """The groups in the order of reading. A level has headings only where there are several of it.

    Places with most stories first; places with nothing but dates from the future, and what has no place, last.
    """
    return tuple(_roots(placed, 0, ""))


def _roots(placed: Sequence[Placed], level: int, prefix: str) -> Iterator[PlaceGroup]:
    """As long as a level has one division only, it is no heading: its parts stand beside what is its own."""
    parts = _parts(placed, level)
    if len(parts) > 1:
        for name, inside in parts:
            yield from _group(name, inside, level, "", 0)
        return
    for name, inside in parts:
        own, below = _split(inside, level + 1)
        if own:
            yield PlaceGroup(prefix + name, own)
        yield from _roots(below, level + 1, "" if own else prefix + name)


def _group(name: str, inside: Sequence[Placed], level: int, prefix: str, depth: int) -> Iterator[PlaceGroup]:
    own, below = _split(inside, level + 1)
    parts = _parts(below, level + 1)
    if not own and len(parts) == 1:
        yield from _group(*parts[0], level + 1, prefix + name, depth)
        return
    yield PlaceGroup(prefix + name, own, depth, len(inside) if below else None)
    for part, within in parts:
        yield from _group(part, within, level + 1, "", depth + 1)


def _parts(placed: Sequence[Placed], level: int) -> list[tuple[str, Sequence[Placed]]]:
    found: dict[str, list[Placed]] = defaultdict(list)
    for one in placed:
        found[one.path[level]].append(one)

    def order(name: str) -> tuple[bool, bool, int, str]:
        present = any(one.item.future_on is None for one in found[name])
        return (not present, name == NO_PLACE, -len(found[name]), name)

    return [(name, found[name]) for name in sorted(found, key=order)]


def _split(placed: Sequence[Placed], level: int) -> tuple[tuple[Item, ...], list[Placed]]:
    own = tuple(one.item for one in placed if len(one.path) == level)
    return own, [one for one in placed if len(one.path) > level]
