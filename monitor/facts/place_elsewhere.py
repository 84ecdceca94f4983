"""Says whether a text under the label of a host or a partner is about a county elsewhere; it looks for none inside.

【上海招商】 may stand over the fair that 宣汉县 held in Shanghai, the agent that 太和县 keeps there, the mill that a
Shanghai company builds in 库车市. What the two places agree on between them stays with the label, and so does a trip of
its officials.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.facts.findings import Level
from monitor.facts.place_divisions import Division
from monitor.facts.place_mentions import COMPANY, PARTNER, SITE, Mention
from monitor.facts.place_reading import LEAD, Reading
from monitor.facts.place_towns import town_mentions

_SHOW = re.compile(r"推介|说明会|恳谈会|路演|招商会|洽谈会")
_AID = re.compile(r"援(?:疆|藏|青)|对口(?:支援|帮扶|协作|合作)|东西部协作|山海协作|结对帮扶")
_LEARNS = re.compile(r"考察学习|学习考察|学习借鉴|取经|对标|观摩")
_TRIP = re.compile(r"(?:赴|前往)(?:中国)?$")  # of officials, who look for investors or come to learn
_INVESTORS = re.compile(r"企业家|客商|商会|侨商|投资商")
_STATIONED = re.compile(r"(?:派驻|驻|常驻|驻点)(?:在)?$")
# Before the label's own place: it is where guests go, not where the event is.
_HOST_BEFORE = re.compile(r"(?:在|于|赴|到|往|进|驻|抵|抵达|来自|从|和|与)$")
_SHOWN_AFTER = re.compile(r"[市县区]?(?:的?[一这那]场|专场|站)")  # not 南通家纺推介会, which is of its own
# Whose people or money it is: says nothing of where the event is.
_ORIGIN_BEFORE = re.compile(r"(?:老家|家|户籍|祖籍)(?:就)?(?:在|是)?$")
_ORIGIN_AFTER = re.compile(
    r"^[市县区旗]?(?:人(?![民才大力口工社均])|的?[^，。；、]{0,6}?(?:企业|客商|老板|商人|资本|朋友|市场|客户))"
)
_BETWEEN = frozenset({"与", "和", "同", "携手", "牵手"})
_AGREE = re.compile(r"[^，。；]{0,16}?(?:签|协议|共建|结对|合作)")
_BEFORE, _AFTER = 8, 20

_MUCH = 3.0  # what a county elsewhere must weigh: named after its province in the lead, or twice
_TIMES = 2.0  # how many times as much as any county of the label's, or any other
_OFTEN = 2  # mentions that speak for it where neither a fair nor an agent nor aid explains the label


@dataclass(slots=True)
class _Candidate:
    """What speaks for one county elsewhere."""

    weight: float = 0.0
    count: int = 0
    named: bool = False  # by its class or after the name of a division above, early
    titled: bool = False
    site: bool = False


def county_elsewhere(base: Division, reading: Reading) -> tuple[Division, Mention] | None:
    """The county outside `base` that the text is about, and the mention that says so; None when it may be in `base`."""
    outside = _outside(base, reading)
    if not outside or _LEARNS.search(reading.text, 0, reading.title_end + LEAD):
        return None
    ranked = sorted(outside.items(), key=lambda item: -item[1].weight)
    county, best = ranked[0]
    if best.weight < _MUCH or (len(ranked) > 1 and best.weight < _TIMES * ranked[1][1].weight):
        return None
    if not _explained(base, county, reading, best) or best.weight < _TIMES * _weight_of_label(base, reading):
        return None
    if _agree(base, county, reading) or (_trip(county, reading) and not _by_investors(reading)):
        return None
    return county, next(one for one in reading.mentions if one.divisions == (county,))


def hosts(base: Division, title: str) -> bool:
    """Whether a county's label may name no more than where a fair was: a district, and the title tells of a fair."""
    return base.name[-1] == "区" and _SHOW.search(title) is not None


def _outside(base: Division, reading: Reading) -> dict[Division, _Candidate]:
    """The counties elsewhere that something speaks for."""
    found: dict[Division, _Candidate] = defaultdict(_Candidate)
    for at, one in _counted(reading):
        county = one.divisions[0]
        if len(one.divisions) > 1 or county.level is not Level.COUNTY or county.within(base):
            continue
        if one.role in (COMPANY, PARTNER) or one.role == 0 or _is_origin(reading, at):
            continue
        candidate = found[county]
        candidate.weight += reading.weight(one)
        candidate.count += 1
        candidate.named |= (one.chained or one.form.full) and reading.early(one)
        candidate.titled |= reading.in_title(one)
        candidate.site |= one.role == SITE
    return found


def _explained(base: Division, county: Division, reading: Reading, best: _Candidate) -> bool:
    """Whether something says why the label is not the county's: a fair, aid, an agent, guests, or a site there."""
    hosted = best.named and _is_shown(base, reading)
    if hosted or base.level is Level.COUNTY:
        return hosted
    aided = _AID.search(reading.text, 0, reading.title_end + LEAD) is not None
    if not best.named:
        return aided and best.titled and best.count >= _OFTEN
    return (
        aided
        or (best.site and best.count >= _OFTEN)
        or (_by_investors(reading) and _trip(county, reading))
        or any(base in one.divisions and _STATIONED.search(_before(reading, at)) for at, one in _counted(reading))
    )


def _is_shown(base: Division, reading: Reading) -> bool:
    """Whether title or lead tells of a fair, and the label's place is where it is held."""
    return _shows(reading) and any(
        one.divisions[0].within(base) and _is_host(reading, at, base, show=True) for at, one in _counted(reading)
    )


def _shows(reading: Reading) -> bool:
    return _SHOW.search(reading.text, 0, reading.title_end + LEAD) is not None


def _weight_of_label(base: Division, reading: Reading) -> float:
    """What speaks for the label's own place, or for the county of it that most speaks for."""
    show = _shows(reading)
    found: dict[Division, float] = defaultdict(float)
    for at, one in _counted(reading):
        those = [division for division in one.divisions if division.within(base)]
        if those and not _is_origin(reading, at) and not _is_host(reading, at, base, show=show):
            found[those[0]] += reading.weight(one)
    for town in town_mentions(reading, base, ()):
        found[town.divisions[0]] += reading.weight(town)
    return max(found.values(), default=0.0)


def _is_host(reading: Reading, at: int, base: Division, *, show: bool) -> bool:
    """Whether the label's place is only where somebody is: in it itself, or at a fair in any district of it."""
    if not show and base not in reading.mentions[_last(reading, at)].divisions:
        return False
    after = reading.text[reading.mentions[at].end :][:_AFTER]
    return _HOST_BEFORE.search(_before(reading, at)) is not None or (show and _SHOWN_AFTER.match(after) is not None)


def _is_origin(reading: Reading, at: int) -> bool:
    """Whether somebody is from there: 宁波奉化人."""
    end = reading.mentions[_last(reading, at)].end
    return (
        _ORIGIN_AFTER.match(reading.text[end : end + _AFTER]) is not None
        or _ORIGIN_BEFORE.search(_before(reading, at)) is not None
    )


def _agree(base: Division, county: Division, reading: Reading) -> bool:
    """Whether the two places do something together: 宁波市与库车市签订协议."""
    for right, one in _counted(reading):
        left = _first(reading, right) - 1
        if left < 0:
            continue
        both = (one.divisions, reading.mentions[left].divisions)
        if not any(county in those for those in both) or not any(those[0].within(base) for those in both):
            continue
        joint = reading.text[reading.mentions[left].end : reading.mentions[left + 1].start].lstrip("市县区")
        if joint in _BETWEEN and _AGREE.match(reading.text, one.end):
            return True
    return False


def _trip(county: Division, reading: Reading) -> bool:
    """Whether somebody went to the county, says title or lead."""
    goes = (at for at, one in _counted(reading) if county in one.divisions and reading.early(one))
    return any(_TRIP.search(_before(reading, at)) for at in goes)


def _by_investors(reading: Reading) -> bool:
    """Whether those who went may be investors: where they went is where the event is. Officials look for them there."""
    return _INVESTORS.search(reading.text, 0, reading.title_end + LEAD) is not None


def _counted(reading: Reading) -> Iterator[tuple[int, Mention]]:
    return iter(enumerate(reading.mentions))


def _before(reading: Reading, at: int) -> str:
    """What stands before the chain of names that a mention is of."""
    start = reading.mentions[_first(reading, at)].start
    return reading.text[max(0, start - _BEFORE) : start]


def _first(reading: Reading, at: int) -> int:
    while at and reading.mentions[at].chained and reading.mentions[at - 1].end == reading.mentions[at].start:
        at -= 1
    return at


def _last(reading: Reading, at: int) -> int:
    those = reading.mentions
    while at + 1 < len(those) and those[at + 1].chained and those[at + 1].start == those[at].end:
        at += 1
    return at
