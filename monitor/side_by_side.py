"""Says in which facts the members of a story agree and in which they conflict; pure, and it moves nobody."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monitor.facts.findings import EventDate, Facts, PartyKind, Stage
from monitor.facts.money_words import in_yuan
from monitor.storied import Story


@dataclass(frozen=True, slots=True)
class Aspect:
    """One kind of fact: what its members say, each value with the posts that say it. Who says nothing is left out."""

    name: str
    values: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def agree(self) -> bool:
        """Whether all who say something say the same."""
        return len(self.values) == 1


def aspects(story: Story) -> tuple[Aspect, ...]:
    """What at least two members speak of."""
    return tuple(aspect for name, read in _ASPECTS.items() if (aspect := _aspect(story, name, read)) is not None)


def day_of(when: EventDate | None) -> str:
    """A date as far as it is known: 2023, 2023-07, 2023-07-17."""
    if when is None:
        return ""
    return "-".join(f"{part:02d}" for part in (when.year, when.month, when.day) if part is not None)


def money_of(facts: Facts) -> str:
    """The investments, as people write amounts."""
    return "、".join(map(in_yuan, facts.investments))


def flags_of(story: Story) -> tuple[str, ...]:
    """What a reader should know at a glance: 旧闻 when a member is of an earlier year, 年份矛盾 when years differ."""
    recycled = ("旧闻",) if any(one.facts.recycled for one in story.members) else ()
    return (*recycled, *(("年份矛盾",) if story.years_disagree else ()))


def place_of(story: Story) -> str:
    """The finest place that a member names; the earliest of several."""
    places = [one.facts.place for one in story.members if one.facts.place is not None]
    return min(places, key=lambda place: len(place.code) - len(place.code.rstrip("0"))).name if places else ""


def stage_of(story: Story) -> Stage:
    """The stage of the first member that tells one."""
    return next((one.facts.stage for one in story.members if one.facts.stage is not Stage.OTHER), Stage.OTHER)


def _aspect(story: Story, name: str, read: Callable[[Facts], str]) -> Aspect | None:
    said: dict[str, list[int]] = {}
    for member in story.members:
        if value := read(member.facts):
            said.setdefault(value, []).append(member.post.id)
    if sum(map(len, said.values())) < 2:  # noqa: PLR2004 - it takes two to agree
        return None
    return Aspect(name, tuple((value, tuple(posts)) for value, posts in said.items()))


def _companies(facts: Facts) -> Iterator[str]:
    return (one.name for one in facts.parties if one.kind is PartyKind.COMPANY)


_ASPECTS: dict[str, Callable[[Facts], str]] = {
    "地点": lambda facts: facts.place.name if facts.place else "",
    "阶段": lambda facts: facts.stage.value if facts.stage is not Stage.OTHER else "",
    "投资额": money_of,
    "企业": lambda facts: "、".join(list(_companies(facts))[:3]),
    "年份": lambda facts: str(facts.event_date.year) if facts.event_date else "",
    "日期": lambda facts: day_of(facts.event_date) if facts.event_date and facts.event_date.month else "",
    "届次": lambda facts: f"第{facts.edition}届" if facts.edition is not None else "",
}
