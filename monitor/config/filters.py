"""The keys by which `[[audience]]` and `[[rule]]` say what they want to hear of; it judges no story."""

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, field_validator, model_validator

from monitor.config.fields import Name, Table, nearest
from monitor.facts.amounts import amounts_in
from monitor.facts.findings import Level, Stage
from monitor.facts.industry import INDUSTRIES
from monitor.facts.place_divisions import Division, divisions, forms
from monitor.filters import Filter, mentioned

_SHOWN = 6  # divisions named in an error


def _yuan(value: object) -> int:
    """`1亿元`, `5000万元`, or a number of yuan."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str):
        found = amounts_in(value.strip())
        if len(found) == 1 and (found[0].start, found[0].end) == (0, len(value.strip())):
            return found[0].yuan
    raise ValueError(f'{value!r} is no amount; write one such as "1亿元" or "5000万元", or a number of yuan')


def _some_word(text: str) -> str:
    if not text.strip():
        raise ValueError(f"{text!r} is no word, and would be found nowhere or everywhere; write one")
    return text.strip()


Word = Annotated[str, AfterValidator(_some_word)]


class FilterTable(Table):
    """What has a name and wants to hear of certain things only."""

    name: Name
    places: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    min_investment: Annotated[int, BeforeValidator(_yuan)] = 0
    keywords: tuple[Word, ...] = ()
    exclude: tuple[Word, ...] = ()
    sources: tuple[str, ...] = ()

    @field_validator("places")
    @classmethod
    def _places_exist(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            _code(name)
        return value

    @field_validator("industries")
    @classmethod
    def _industries_exist(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _of_list(value, list(INDUSTRIES), "industry")

    @field_validator("stages")
    @classmethod
    def _stages_exist(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _of_list(value, [stage.value for stage in Stage], "stage")

    @model_validator(mode="after")
    def _not_at_odds(self) -> Self:
        for word in self.keywords:
            # Whatever holds the one holds the other, so nothing could ever be told for it.
            if mentioned(self.exclude, word):
                raise ValueError(f"{word!r} of keywords holds a word of exclude; keep one")
        return self

    @property
    def filter(self) -> Filter:
        """What the keys say."""
        return Filter(
            places=tuple(dict.fromkeys(map(_code, self.places))),
            industries=self.industries,
            stages=tuple(map(Stage, self.stages)),
            min_investment=self.min_investment,
            keywords=self.keywords,
            exclude=self.exclude,
            sources=self.sources,
        )


def _of_list(value: tuple[str, ...], known: list[str], what: str) -> tuple[str, ...]:
    for name in value:
        if name not in known:
            raise ValueError(f"{name!r} is no {what}{nearest(name, known)}; there are: {'、'.join(known)}")
    return value


def _code(text: str) -> str:
    """The code of a place that is given by code, by its name, or by its name after the names above it."""
    name = text.strip()
    if name in divisions():
        return name
    found = _called(name)
    if len(found) == 1:
        return found[0].code
    if not found:
        raise ValueError(f"{text!r} is no place of the table; write 湛江市, 广东省湛江市 or its code 440800")
    shown = "、".join(f"{one.full} {one.code}" for one in found[:_SHOWN])
    raise ValueError(f"{text!r} is the name of {len(found)} places ({shown}); write one in full, or its code")


def _called(name: str) -> list[Division]:
    """The divisions of that name; of several the province, or the one that holds the others: 长沙 is the city."""
    form = forms().get(name)
    found = list(form.divisions) if form else [one for one in divisions().values() if name in _long_names(one)]
    meant = [one for one in found if one.level is Level.PROVINCE] or [
        one for one in found if all(other.within(one) for other in found)
    ]
    return meant if len(meant) == 1 else found


def _long_names(one: Division) -> set[str]:
    """Its name after those above, all of them or the one right above, each in full or short."""
    above = one.above[-1] if one.above else None
    beside = {f"{head}{own}" for head in ((above.name, above.stem) if above else ()) for own in (one.name, one.stem)}
    return {one.full, *beside}
