"""Says in one sentence what kind of period it was, from counts and stated amounts alone; pure."""

from collections import Counter
from collections.abc import Sequence

from digests.content import Item
from digests.ranking import largest_investment
from digests.selection import Selection
from monitor.facts.money_words import in_yuan

_SEVERAL = 2


def sentence(selection: Selection, new: Sequence[Item], cities: Sequence[str]) -> str:
    """What prevailed among the new events `new` in `cities`, or what there was in their place."""
    if not new:
        return _nothing_new(selection)
    stages = Counter(item.stage for item in new if item.stage)
    industries = Counter(item.industries[0] for item in new if item.industries)
    parts = [
        f"本期有 {len(new)} 件新事件",
        _where(cities),
        "、".join(f"{stage} {count} 件" for stage, count in stages.most_common(3)),
        _prevailing(industries, "行业以{}最多（{} 件）"),
    ]
    return "，".join(part for part in parts if part) + "。" + _money(selection) + _old_news(selection, len(new))


def _nothing_new(selection: Selection) -> str:
    counted = (("旧闻重发", selection.recycled), ("此前已报", selection.told_before), ("补报", selection.late))
    told = "、".join(f"{word} {len(stories)} 件" for word, stories in counted if stories)
    return "本期没有新事件" + (f"，只有{told}。" if told else "。")


def _where(cities: Sequence[str]) -> str:
    places = Counter(city for city in cities if city)
    if len(places) == 1 and all(cities):
        return f"{'都' if len(cities) > 1 else ''}在{cities[0]}"
    several = f"分布在 {len(places)} 个地区" if len(places) > 1 else ""
    return _prevailing(places, "以{}最多（{} 件）") or several


def _prevailing(counts: Counter[str], words: str) -> str:
    """What is more frequent than anything else, and not there only once."""
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < _SEVERAL or (len(ranked) > 1 and ranked[1][1] == ranked[0][1]):
        return ""
    return words.format(*ranked[0])


def _money(selection: Selection) -> str:
    """The sum of what the posts state, the largest amount of each event: others are often parts of it."""
    stated = [amount for told in selection.new if (amount := largest_investment(told))]
    if not stated:
        return ""
    if len(stated) == 1:
        return f"写明投资的有 1 件，{in_yuan(stated[0], ' ')}。"
    return f"写明投资的有 {len(stated)} 件，各取最大一笔，合计 {in_yuan(sum(stated), ' ')}。"


def _old_news(selection: Selection, new: int) -> str:
    """Said where most of what came was no news."""
    old = len(selection.recycled)
    return f"所见 {new + old} 件中，{old} 件是旧闻重发。" if old > new else ""
