"""Compares the evidence of two posts: numbers for the scorer, and what agrees and conflicts for people."""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from monitor.facts.findings import Stage
from monitor.stories import figures, names
from monitor.stories.evidence import Evidence, place_names
from monitor.stories.words import Rarity, learned

STEPS = (Stage.SIGNING, Stage.GROUNDBREAKING, Stage.PRODUCTION)  # of one project, in this order
_GUESTS = (Stage.VISIT, Stage.PROMOTION)  # at these, another place named early is who came, or where it was
_UNSURE = 0.4
_CLOSE, _CLOSER = 0.4, 0.2
_LITTLE = 2.0  # weights of words: less is chance, in the shortest of posts as well
_TELLS = 1.5  # weight of figures: two precise ones in common are more than a word for a guest or a phase
_WORDED = 0.35  # cosine: as close as rewrites
_FRAME = 0.6  # cosine: the same sentences, as in a copy or a template; rewrites stay below 0.7
_WHOLE, _PART = 0.95, 0.9  # share of a text that another has as well; and what is left of one that was cut
_MEASURED, _FEW_ALIKE = 1.2, 0.4  # weight of figures that both have at least, and the share of them that is alike
_TOLD = 0.5  # weight of figures: less is one round number
_ENOUGH = 30.0  # weights of words: a text of two hundred characters has about as many
# Of two posts of one genre on different events, about so much of the product of their rare words' weights is common to
# both: measured on the nine posts of the saved dump, all of one city, which no table of common words knows.
_CHANCE = 0.0007
_SOME, _MUCH = 8.0, 25.0  # weights of words
_TELLING = 0.4  # weight of a figure whose absence in the other post says something
_NEAR = 0.06  # amounts within this share of one another are rounded ones of the same: 近9亿, 8.8亿


class Nearness(StrEnum):
    """How the places of two posts stand to one another."""

    SAME = "same"  # the same county
    NEAR = "near"
    FAR = "far"
    UNKNOWN = "unknown"


class Features(NamedTuple):
    """What the scorer weighs, each 0 to 1. Their weights are in weights.json, learned by tools/train_stories.py.

    A tuple, since a dozen are made and weighed for each post.
    """

    words: float  # cosine of the rare words
    close: float  # a cosine that is met in close rewrites only: 0 at 0.4, 1 at 0.6; less of a short text
    some: float  # any rare wording beyond chance, whatever the lengths
    much: float  # much of it
    title: float  # share of one title's rare words that the other post uses
    figures: float  # how telling the figures are that both have
    figures_held: float  # as a share of those of the one with fewer; less when they tell little
    figures_clash: float  # measures of the same kind (亩, 吨) with other numbers, and none alike
    money: float  # the same investment
    money_clash: float  # both state investments, none alike
    company: float  # a company in common
    company_clash: float  # both name companies, none in common
    county: float  # the same county
    near: float  # one's place holds the other's, or each names the other's
    far: float  # places that exclude one another
    stage: float  # the same stage
    stage_clash: float
    step: float  # another stage of what the same company does, or of what costs the same
    edition: float  # the same edition
    edition_clash: float
    phase_clash: float  # 二期 against none
    day: float  # the same day of a month
    day_clash: float
    guest: float  # the same delegation's home, or the same stop of a fair
    guest_clash: float
    report_clash: float  # a work report against another's, or against none
    template: float  # the same wording with other numbers, another company, guest, phase or subject filled in
    bare: float  # nothing in common but general wording: no company, amount, figure or day


FEATURES = Features._fields
_STRANGERS = Features(**(dict.fromkeys(FEATURES, 0.0) | {"bare": 1.0}))  # nothing clashes: that was not looked at


def compare(a: Evidence, b: Evidence, rarity: Rarity | None = None) -> Features:
    """Compare two posts; the order does not matter."""
    rarity = rarity or learned()
    common = rarity.mass(a.words & b.words)
    told = sum(map(figures.weight, a.figures & b.figures))
    company = shared_company(a, b, rarity) is not None
    both_money = bool(a.investments and b.investments)
    money = both_money and same_money(a.investments, b.investments)
    if common < _LITTLE and told < _TOLD and not company and not money:
        return _STRANGERS  # as most of those are that share a key of the index: no more need be known
    masses = rarity.whole_mass(a.words), rarity.whole_mass(b.words)
    product = masses[0] * masses[1]
    mass = product**0.5
    cosine = common / mass if mass else 0.0
    beyond = max(0.0, common - _CHANCE * product)
    total = min(a.figures_mass, b.figures_mass)
    cut = _is_cut(common, masses) and told >= _WHOLE * total
    relation = _nearness(a, b, cosine)
    company_clash = bool(a.companies and b.companies) and not company
    clash = 0.0 if cut else _stage_clash(a, b)
    same_day = a.day is not None and (a.month, a.day) == (b.month, b.day)
    guests = a.stage in _GUESTS and b.stage in _GUESTS
    guest = guests and (bool(a.outside & b.outside) or _host_and_guest(a, b))
    guest_clash = guests and bool(a.outside and b.outside) and not (guest or cut)
    phase_clash = a.phase != b.phase and not cut
    other_occasion = guest_clash or phase_clash
    return Features(
        words=cosine,
        close=min(1.0, max(0.0, (cosine - _CLOSE) / _CLOSER)) * min(1.0, mass / _ENOUGH),
        some=min(1.0, beyond / _SOME),
        much=min(1.0, beyond / _MUCH),
        title=max(_used(a.title, b.words, rarity), _used(b.title, a.words, rarity)),
        figures=min(1.0, told / 3),
        figures_held=min(1.0, told / total) * min(1.0, told) if total else 0.0,
        figures_clash=_clash(a.figures, b.figures),
        money=float(money),
        money_clash=float(both_money and not money),
        company=float(company),
        company_clash=float(company_clash),
        county=float(relation is Nearness.SAME),
        near=float(relation is Nearness.NEAR),
        far=float(relation is Nearness.FAR),
        stage=float(a.stage is b.stage),
        stage_clash=clash,
        step=clash * float(_are_steps(a, b) and (company or money)),
        edition=float(a.edition is not None and a.edition == b.edition),
        edition_clash=float(None not in (a.edition, b.edition) and a.edition != b.edition),
        phase_clash=float(phase_clash),
        day=float(same_day),
        day_clash=float(None not in (a.day, b.day) and (a.month, a.day) != (b.month, b.day)),
        guest=float(guest),
        guest_clash=float(guest_clash),
        report_clash=float(a.report != b.report),
        template=float(
            _is_template(cosine, told, total, clashes=told < _TELLS and (company_clash or other_occasion))
            or (cosine >= _FRAME and not cut and (_other_products(a, b) or _other_total(a, b)))
            or _other_policy(a, b)
        ),
        bare=float(not (company or told > _TOLD or cosine > _CLOSE or money or same_day)),
    )


def _is_cut(common: float, masses: tuple[float, float]) -> bool:
    """Whether one text is a good part of the other and no more: what it does not say was cut out of it."""
    part, whole = sorted(masses)
    return part >= _ENOUGH and common >= _WHOLE * part and _PART * whole >= part


def _nearness(a: Evidence, b: Evidence, cosine: float) -> Nearness:
    """How two places stand, where one text may have been copied under a label of elsewhere: then it names the other."""
    found = nearness(a, b)
    if found is Nearness.FAR and a.place and b.place and cosine >= _FRAME:
        return Nearness.NEAR if _names(a, b.place) or _names(b, a.place) else found
    return found


def _is_template(cosine: float, told: float, total: float, *, clashes: bool) -> bool:
    """Whether close wording tells of something else. No two of 411 labelled pairs of one event look like that."""
    others = total >= _MEASURED and told < _FEW_ALIKE * total
    return cosine >= _WORDED and (clashes or others)


def _other_products(a: Evidence, b: Evidence) -> bool:
    """Whether each calls its project by words that the other has not: what is left out of a text makes no other one."""
    return not (_has_all(b.words, a.products) or _has_all(a.words, b.products))


def _has_all(words: frozenset[str], names: frozenset[str]) -> bool:
    """Whether every name is among the words, or a piece of one: 主轴 is of 电主轴, as the tokeniser cuts it."""
    return all(any(name in word for word in words) for name in names - words)


def _other_policy(a: Evidence, b: Evidence) -> bool:
    """Whether two policies are of subjects of which neither says a word of the other's: a county has many a year."""
    both = a.stage is b.stage is Stage.POLICY and bool(a.products and b.products)
    return both and not (_has_any(b.words, a.products) or _has_any(a.words, b.products))


def _has_any(words: frozenset[str], names: frozenset[str]) -> bool:
    return any(name in word for name in names for word in words)


def _other_total(a: Evidence, b: Evidence) -> bool:
    """Whether both state investments, and the greatest differ: 其中设备1.8亿 may well be alike."""
    return bool(a.investments and b.investments) and not same_money([max(a.investments)], [max(b.investments)])


def _host_and_guest(a: Evidence, b: Evidence) -> bool:
    """Whether each names the other's place early: a fair of one county in a city, told under the label of either."""
    if a.place is None or b.place is None:
        return False
    return not a.outside.isdisjoint(place_names(b.place)) and not b.outside.isdisjoint(place_names(a.place))


def shared_company(a: Evidence, b: Evidence, rarity: Rarity) -> str | None:
    """What both have of a company's name; a name that is unlike any word may also stand in the other's text alone."""
    told = names.shared(a.companies, b.companies)
    if told is not None:
        return told
    for one, other in ((a, b), (b, a)):
        if not other.companies:
            for core in one.companies:
                if core[: names.CORE] in other.words and rarity(core[: names.CORE]) == 1:
                    return core[: names.CORE]
    return None


def _stage_clash(a: Evidence, b: Evidence) -> float:
    """1 when both are sure of their stages, and less with each that is not."""
    if a.stage is b.stage or Stage.OTHER in (a.stage, b.stage):
        return 0.0
    unsure = (not a.stage_sure) + (not b.stage_sure) + (not _are_steps(a, b))
    return _UNSURE**unsure


def _are_steps(a: Evidence, b: Evidence) -> bool:
    """Whether both report stages of a project. A fair at which contracts are signed is told as either."""
    return a.stage in STEPS and b.stage in STEPS


def nearness(a: Evidence, b: Evidence) -> Nearness:
    """How two places stand. A county that names the other, and is named by it, has an agreement with it."""
    if a.place is None or b.place is None:
        return Nearness.UNKNOWN
    if a.place == b.place:
        return Nearness.NEAR if a.place.endswith("00") else Nearness.SAME
    short, long = sorted((place_stem(a.place), place_stem(b.place)), key=len)
    if long.startswith(short):
        return Nearness.NEAR
    return Nearness.NEAR if _names(a, b.place) and _names(b, a.place) else Nearness.FAR


def place_stem(code: str) -> str:
    """The digits of a division code that its counties share: 44 of 440000, 4408 of 440800."""
    return code[:2] if code[2:] == "0000" else code[:4] if code[4:] == "00" else code


def _names(post: Evidence, code: str) -> bool:
    return not post.words.isdisjoint(place_names(code))


def _used(title: frozenset[str], other: frozenset[str], rarity: Rarity) -> float:
    used = rarity.mass(title & other)
    return used / rarity.whole_mass(title) if used else 0.0


def same_money(a: Iterable[int], b: Iterable[int]) -> bool:
    """Whether an amount of one is an amount of the other, rounded or not."""
    return any(abs(one - other) <= _NEAR * max(one, other) for one in a for other in b)


def _clash(a: frozenset[str], b: frozenset[str]) -> float:
    """Units that both measure in with no number alike, less those with one alike; telling numbers only."""
    kinds = _by_unit(a)
    if not kinds:
        return 0.0
    alike: dict[str, bool] = {}
    for figure in b:
        digits, unit = figures.split(figure)
        if unit in kinds and figures.weight(figure) > _TELLING:
            alike[unit] = alike.get(unit, False) or digits in kinds[unit]
    same = sum(alike.values())
    other = len(alike) - same
    return other / (other + 2 * same + 1)


@lru_cache(maxsize=256)  # a new post's are asked for with each candidate
def _by_unit(those: frozenset[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for figure in those:
        if figures.weight(figure) > _TELLING:
            digits, unit = figures.split(figure)
            found.setdefault(unit, set()).add(digits)
    return found
