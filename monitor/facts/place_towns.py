"""Finds the towns that a text names (熊口镇) and tells whose they are; what they say for a place is not its matter."""

import re
from collections.abc import Sequence

from monitor.facts.findings import Level
from monitor.facts.place_divisions import Division, Form, counties_by_town, forms, towns
from monitor.facts.place_mentions import NOT_HERE, PLAIN, Mention, stands_elsewhere
from monitor.facts.place_reading import Reading

_CLASS = re.compile(r"镇(?![域区江海])|乡(?![村镇亲贤友土情愁音])|苏木")
_LEAST, _MOST = 3, 8  # characters of a town's name
_LIVES = r"(?:在|到|从|回)(?:老家)?"  # before a town that is named without 镇: in it somebody does something


def name_in(stem: str, text: str) -> bool:
    """Whether the short name of a town may be one in the text: 川姜, but no name of a division."""
    return len(stem) > 1 and stem not in forms() and stem in text


def town_mentions(reading: Reading, base: Division, inside: Sequence[Mention]) -> list[Mention]:
    """The towns of `base` that the text names, each as a mention of its county.

    Only a name that one county of `base` has counts, and beside a county that is named in full only its own towns:
    where a town belongs has changed more often than the text is wrong. The short name of a town (在万良) counts for
    a county that the text names as well, one of `inside`: alone it would be any word.
    """
    counties = {one.divisions[0]: None for one in inside if one.divisions[0].level is Level.COUNTY}
    sure = any((one.form.full or one.chained) and one.role for one in inside if one.divisions[0] in counties)
    ends = (ending.end() for ending in _CLASS.finditer(reading.text))
    found = [town for end in ends if (town := _town(reading, end, base))]
    if not found:
        return [one for county in counties for one in _short_named(reading, county)]
    return [one for one in found if not sure or one.divisions[0] in counties]


def _town(reading: Reading, end: int, base: Division) -> Mention | None:
    """The town of `base` whose name ends there, the longest."""
    for start in range(max(0, end - _MOST), end - _LEAST + 1):
        name = reading.text[start:end]
        counties = [one for one in counties_by_town().get(name, ()) if one.within(base)]
        if counties:
            before = [one for one in reading.mentions if one.end == start]
            those = [one for one in counties if all(_may_hold(mention, one) for mention in before)]
            return _mention(reading.text, start, name, those[0]) if len(those) == 1 else None
    return None


def _may_hold(before: Mention, county: Division) -> bool:
    """Whether the division named directly before a town can hold it: 东莞市 holds no 长安镇 of 海宁."""
    return any(county.within(one) for one in before.divisions)


def _short_named(reading: Reading, county: Division) -> list[Mention]:
    found = []
    for name in towns().get(county.code, ()):
        stem = name.removesuffix("镇")
        if stem != name and name_in(stem, reading.text) and (at := re.search(_LIVES + stem, reading.text)):
            found.append(_mention(reading.text, at.end() - len(stem), stem, county))
    return found


def _mention(text: str, start: int, name: str, county: Division) -> Mention:
    role = NOT_HERE if stands_elsewhere(text, start, start + len(name)) else PLAIN
    return Mention(start, start + len(name), Form(name, (county,), full=name[-1] in "镇乡木"), (county,), role=role)
