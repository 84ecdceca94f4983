"""Reads the division that the label of a title names, 【湛江招商】 【投资廉江市】; the body is not its matter."""

import re
from dataclasses import dataclass

from monitor.facts.findings import Level
from monitor.facts.place_divisions import CLASSES, Division, Form, counties_of_town, heads
from monitor.facts.place_words import PHRASES

_TRADE = re.compile(
    r"招商引资|招商|投资促进|投资|引资|投促|合作交流|促进局|促进|产业|资讯|信息|动态|快讯|要闻|发布|网|局|走进|聚焦|魅力|活力|选择|落户|中国|全国"
)
_LAND = re.compile(r"平原|盆地|高原|走廊")  # after a county's name: a land that many divisions lie in (江汉平原)
_SPACE = re.compile(r"[\s·•|:：\-—_]+")


@dataclass(frozen=True, slots=True)
class Named:
    """What a label names: the divisions it can mean, and whether by a name in full."""

    divisions: tuple[Division, ...]
    full: bool
    word: bool  # with 招商 it is a phrase: 合作招商 may be of no place at all

    @property
    def alone(self) -> Division | None:
        """The one that it means without any help.

        A name that only one province or city has is its own, though districts elsewhere have it too (西安, 大同);
        unless one of those is a municipality's, which is as large and as well known as a city (朝阳, 长宁).
        """
        if self.word:
            return None
        if len(self.divisions) == 1:
            return self.divisions[0]
        for level in (Level.PROVINCE, Level.CITY):
            those = [one for one in self.divisions if one.level is level]
            if those:
                rivals = level is Level.CITY and any(one.municipal for one in self.divisions)
                return those[0] if len(those) == 1 and not rivals else None
        return None


def read_label(label: str) -> Named | None:
    """The divisions that a label can mean; None where it names none."""
    text = _SPACE.sub("", label)
    for piece in _TRADE.split(text):  # 投资廉江市, 湛江招商, 徐闻经济开发区招商
        if named := _chain(piece):
            return named
    return _chain(text)  # a trade word may be part of the name


def read_town(label: str) -> Division | None:
    """The county of the town that a label names, with or without 镇 (博鳌), where only one county has such a town."""
    for piece in _TRADE.split(_SPACE.sub("", label)):
        those = counties_of_town(piece) if len(piece) > 1 else ()
        if len(those) == 1:
            return those[0]
    return None


def _chain(text: str) -> Named | None:
    """What the names in a row mean, the last inside those before it: 广东湛江, 湛江市徐闻县."""
    found: Named | None = None
    at = 0
    while at < len(text) - 1:
        form = _form_at(text, at)
        if form is None:
            if found is not None:
                break
            at += 1
            continue
        if land := _land(text, at, form):
            at += land
            continue
        at += len(form.text)
        suffix = text[at : at + 1] if not form.full and text[at : at + 1] in CLASSES else ""
        at += len(suffix)
        those = _of_class(form.divisions, suffix)
        if found is not None:
            those = tuple(one for one in those if any(one.within(above) for above in found.divisions))
            if not those:
                break
        found = Named(_outermost(those), form.full or bool(suffix), found is None and _phrase(form, suffix))
    return found


def _form_at(text: str, at: int) -> Form | None:
    known = heads().get((text[at], text[at + 1]), ()) if at + 1 < len(text) else ()
    return next((form for form in known if text.startswith(form.text, at)), None)


def _land(text: str, at: int, form: Form) -> int:
    """How long the name of a land is that begins with that of a county; 0 where none does."""
    land = _LAND.match(text, at + len(form.text))
    if land is None or form.full or any(one.level is not Level.COUNTY for one in form.divisions):
        return 0
    return len(form.text) + len(land[0])


def _phrase(form: Form, suffix: str) -> bool:
    return form.text in PHRASES and not form.full and not suffix


def _of_class(those: tuple[Division, ...], suffix: str) -> tuple[Division, ...]:
    """Those that may have been of that class before: 长垣县 is 长垣市 today; no province or city ever was a county."""
    if suffix in ("", "州"):
        return those
    return tuple(one for one in those if one.level is Level.COUNTY) or those


def _outermost(those: tuple[Division, ...]) -> tuple[Division, ...]:
    """Without those that lie in another of them: 湘潭 is 湘潭市 while nothing says 湘潭县."""
    return tuple(one for one in those if not any(above is not one and one.within(above) for above in those))
