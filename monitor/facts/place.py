"""Says where the event of a post is: the division that label and text support, as fine as they do; it fetches nothing.

The label comes first. Where it names a county, that is the place. Where it names several (朝阳), the text tells them
apart, or what they share is the answer. Where it names a city or a province, the county of it that the text speaks of
as the site is the place, unless the label is only that of a host or a partner of a county elsewhere. Where it names
none, the text alone is asked.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.facts.findings import Level, Place
from monitor.facts.place_divisions import Division, shared, towns
from monitor.facts.place_elsewhere import county_elsewhere, hosts
from monitor.facts.place_label import Named, read_label, read_town
from monitor.facts.place_mentions import SITE, Mention
from monitor.facts.place_reading import Reading, read
from monitor.facts.place_script import simplified
from monitor.facts.place_towns import name_in, town_mentions
from monitor.text import label_text

_CLEAR = 2.0  # how many times more than the next one a county must weigh
_CLEARER = 1.4  # and one of several places of one name, or a city among those of a province
_ENOUGH = {Level.PROVINCE: 0.75, Level.CITY: 0.7}  # what a county must weigh below a label of that level
_PASSING = 0.12  # of the mentions of the label's own place: a county named less than that is named in passing
_LEAST_EVIDENCE = {False: 0.1, True: 1.0}  # for one of several of a name; for a name that may be a word
_TOWN, _TOWN_STEM = 1.5, 0.6  # what a town of a county says for it, by its name in full or without 镇
_OWN_CLASS = 0.4  # what 全县 says for a county, against a district of the same short name
_OWN = {kind: re.compile(f"[全我本该]{kind}|{kind}(?:里|委|长|政府|城(?!市))|小{kind}") for kind in "县市区旗"}
_REPORT = re.compile(r"政府工作报告|统计公报|发展规划|规划纲要|五年规划")  # of a whole division, whatever else it names

_Inside = tuple[Mention, Division]  # a mention, and what it means inside the label's division


def read_place(title: str, body: str, label: str | None = None) -> Place | None:
    """The place of a post's event; None when nothing is certain.

    `label` is the bracketed head of the title, with or without 招商; it is read from the title when it is not given.
    """
    label = simplified(label if label is not None else label_text(title) or "")
    named = read_label(label)
    if named and len(named.divisions) == 1 and not named.word and _settled(named.divisions[0], title):
        return _place(named.divisions[0], label)
    reading = read(title, body)
    base = _meant(named, reading) if named else None
    if named and base is None and not named.word:
        return None  # a label that names one of several places, and nothing says which
    if base is None and (town := read_town(label)) and _speaks_of(town, reading):
        return _place(town, label)
    if base is None:
        base, label = _from_text(reading), ""
        if base is None:
            return None
    elsewhere = county_elsewhere(base, reading) if label and not _settled(base, title) else None
    site, words = (elsewhere[0], _words(reading, elsewhere[1])) if elsewhere else _site(base, reading)
    return _place(site, " … ".join(part for part in (label, words) if part) or base.name)


def _speaks_of(county: Division, reading: Reading) -> bool:
    """Whether the text names the county or its city: a town alone may be any word (黄金投资)."""
    return any(one in county.line[1:] for mention in reading.mentions for one in mention.divisions)


def _settled(one: Division, title: str) -> bool:
    """Whether the label alone says the place, whatever the text names."""
    return one.level is Level.COUNTY and not hosts(one, title)


def _place(one: Division, words: str) -> Place:
    return Place(one.code, one.full, one.level, words)


# Which of several places of one name


def _meant(named: Named, reading: Reading) -> Division | None:
    """The one that the label means, by what the text names; else what all that are left share."""
    if len(named.divisions) == 1 and not named.word:
        return named.divisions[0]
    scores = {one: _evidence(one, reading) for one in named.divisions}
    best = max(scores.values())
    if best < _LEAST_EVIDENCE[named.word]:
        return named.alone or (None if named.word else shared(named.divisions))
    left = tuple(one for one, score in scores.items() if score * _CLEARER > best)
    return left[0] if len(left) == 1 else shared(left)


def _evidence(one: Division, reading: Reading) -> float:
    """What the text says for one of several divisions of a name: places around it, its towns, 全县 or 全市 or 全区."""
    score = sum(_speaks_for(one, mention, reading) for mention in reading.mentions)
    score += sum(_town(town, reading.text) for town in towns().get(one.code, ()))
    own = len(_OWN[one.name[-1]].findall(reading.text)) if one.name[-1] in _OWN else 0
    return score + _OWN_CLASS * min(own, 2)


def _town(name: str, text: str) -> float:
    """What a town of it says for a division: 川姜镇, and less 川姜, which may be a piece of other words."""
    if name in text:
        return _TOWN
    return _TOWN_STEM if name_in(name.removesuffix("镇"), text) else 0.0


def _speaks_for(one: Division, mention: Mention, reading: Reading) -> float:
    """How much a mention says for one of several divisions of a name."""
    score = 0.0
    for named in mention.divisions:
        if named is one:
            score += 3.0 if mention.chained or (mention.form.full and len(mention.divisions) == 1) else 0.0
        elif one.within(named):
            score += 2.0 if named.level is Level.CITY else 1.0
        elif named.within(one):
            score += 1.5
        elif named.above and one.above and named.above[0] is one.above[0]:
            score += 1.0 if named.above[-1] is one.above[-1] and len(one.above) > 1 else 0.5
    return score * reading.weight(mention) / len(mention.divisions)


# A post whose label names no place


def _from_text(reading: Reading) -> Division | None:
    """The province, or the finest division above it, that a text without a label is about."""
    scores: dict[Division, float] = defaultdict(float)
    for mention in reading.mentions:
        if not _certain(mention):
            continue
        scores[mention.divisions[0].line[0]] += reading.weight(mention)
    return _clearest(scores, _CLEAR, 1.5)


def _certain(mention: Mention) -> bool:
    """Whether it means one division wherever it stands: in full, after its city, or a province's or city's own name."""
    if len(mention.divisions) != 1:
        return False
    return mention.chained or mention.form.full or mention.divisions[0].level is not Level.COUNTY


# Which county of the label's division


def _site(base: Division, reading: Reading) -> tuple[Division, str]:
    """The finest division in `base` that the text speaks of as the site, and its words; `base` itself when unsure."""
    if base.level is Level.COUNTY:
        return base, ""
    inside = [(one, division) for one in reading.mentions if (division := _inside(one, base)) is not None]
    named = [replace(one, divisions=(division,)) for one, division in inside]
    inside += [(one, one.divisions[0]) for one in town_mentions(reading, base, named)]
    if _REPORT.search(reading.text, 0, reading.title_end):
        inside = [(one, division) for one, division in inside if one.end <= reading.title_end]
    city = base
    if base.level is Level.PROVINCE:
        city = _clearest(_by(inside, reading, _city), _CLEARER, _ENOUGH[base.level]) or base
        if city is base:
            return base, ""
    counties = [(one, division) for one, division in inside if division.level is Level.COUNTY and division.within(city)]
    site = _clearest(_by(counties, reading, _itself), _CLEAR, _ENOUGH[base.level])
    if site is None or _in_passing([one for one, division in counties if division is site], base, reading):
        site = city
    words = next((_words(reading, one) for one, division in inside if division is site), "")
    return site, words


def _inside(mention: Mention, base: Division) -> Division | None:
    """What a mention means inside `base`, if that is one division below it."""
    if base in mention.divisions:  # a name that `base` shares with a division of it is its own: 湘潭 is not 湘潭县
        return None
    those = [one for one in mention.divisions if one.within(base)]
    return next((one for one in those if all(other.within(one) for other in those)), None)  # 恩施: the wider one


def _by(mentions: Iterable[_Inside], reading: Reading, key: Callable[[Division], Division]) -> dict[Division, float]:
    scores: dict[Division, float] = defaultdict(float)
    for mention, division in mentions:
        scores[key(division)] += reading.weight(mention)
    return scores


def _city(one: Division) -> Division:
    """The city of a division, or what stands directly below the province: 仙桃市, a district of a municipality."""
    return one.line[1]


def _itself(one: Division) -> Division:
    return one


def _clearest(scores: Mapping[Division, float], times: float, least: float) -> Division | None:
    """The one that weighs at least `least`, and `times` as much as the next."""
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < least:
        return None
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] >= times * ranked[1][1] else None


def _in_passing(mentions: Sequence[Mention], base: Division, reading: Reading) -> bool:
    """Whether a county is named so rarely, late and loosely that the post is still about the whole of `base`."""
    if any(one.chained or (one.role >= SITE and one.form.full) or reading.early(one) for one in mentions):
        return False
    return len(mentions) < _PASSING * sum(base in one.divisions for one in reading.mentions)


def _words(reading: Reading, one: Mention) -> str:
    """The mention with the names directly before it: 湛江市徐闻县."""
    start = one.start
    for before in reversed(reading.mentions):
        if one.chained and before.end == start:
            start = before.start
    return reading.text[start : one.end]
