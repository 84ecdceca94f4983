"""The head of a digest in Chinese (heading, subject, counts, sentence), and how Chinese counts; no other words."""

from digests.content import ChangeKind, Digest
from digests.wording.words import Count, WeekFacts
from monitor.announcing import Period
from monitor.facts.money_words import in_yuan
from monitor.text import clean

TEST_MARK = "【测试】"
CHANGES = {ChangeKind.REVISED: "修改", ChangeKind.WITHDRAWN: "撤稿", ChangeKind.RESTORED: "恢复"}
_NAMES = {"week": "招商周报", "day": "招商日报", "days": "招商日报", "month": "招商月报", "alert": "招商快讯"}
_LONGER, _WEEK = "招商简报", 7  # what a digest of several days is called from so many on
_MANY = 8  # places in a subject; the rest is 等


def heading(d: Digest) -> str:
    """`招商周报 2025-W29（2025-07-14 至 2025-07-20）：新事件 9 件`, `招商快讯 2025-07-17 18:05：2 件`"""
    if d.is_alert:
        return f"{_mark(d)}{_NAMES['alert']} {d.built_here:%Y-%m-%d %H:%M}：{len(d.stories)} 件"
    span = "" if d.period.kind in ("day", "days") else f"（{d.period.start} 至 {d.last_day}）"
    return f"{_mark(d)}{_named(d.period)}{span}：{_new(d)}"


def _named(period: Period) -> str:
    """`招商周报 2025-W29`, `招商日报 2025-07-18 至 2025-07-20`; more days than a week has are no daily digest's."""
    many = period.kind == "days" and (period.end - period.start).days >= _WEEK
    return f"{_LONGER if many else _NAMES[period.kind]} {period.key.replace('_', ' 至 ')}"


def _mark(d: Digest) -> str:
    return TEST_MARK if d.test else ""


def _new(d: Digest) -> str:
    if not d.by_story:
        return f"{d.count} 篇" if d.count else "没有新帖子"
    return f"新事件 {d.count} 件" if d.count else "没有新事件"


def subject(d: Digest) -> str:
    if d.is_alert:
        first, more = clean(d.stories[0].title) if d.stories else "", len(d.stories) - 1
        told = first + (f" 等 {more + 1} 件" if more > 0 else "")
        return f"{_mark(d)}{_NAMES['alert']} {d.built_here:%m-%d %H:%M}：{told}"
    tops = [group for group in d.places if not group.depth]
    places = "、".join(f"{group.place} {group.count}" for group in tops[:_MANY])
    more_places = " 等" if len(tops) > _MANY else ""
    told = _new(d) + (f"（{places}{more_places}）" if places else "")
    told += f"，旧闻重发 {len(d.recycled)} 件" if d.recycled else ""
    told += f"，补报 {len(d.late)} {unit(d)}" if d.late else ""
    told += f"，另有 {len(d.missed)} 期错过未发" if d.missed else ""
    told += f"，{d.troubled} 个来源异常" if d.troubled else ""
    return f"{_mark(d)}{_named(d.period)}：{told}"


def head(d: Digest) -> tuple[Count, ...]:
    """What is counted of every digest: new events, old news, edits, withdrawals."""
    revised, gone = (Count(CHANGES[kind], d.changed(kind), "篇") for kind in (ChangeKind.REVISED, ChangeKind.WITHDRAWN))
    if not d.by_story:
        posts = Count("新帖", d.count, "篇") if d.count else Count("本期没有新帖子", 0)
        return (posts, *(one for one in (revised, gone) if one.number))
    return Count("新事件", d.count, "件"), Count("旧闻重发", len(d.recycled), "件"), revised, gone


def counted(count: Count) -> str:
    return f"{count.name} {count.number} {count.unit}" if count.unit else count.name


def rest(d: Digest) -> tuple[str, ...]:
    off_label, restored = len(d.off_label) + d.off_label_older, d.changed(ChangeKind.RESTORED)
    watched = len(d.sources) - d.paused
    found = (
        (len(d.places) and d.place_count, "{} 个地区"),
        (len(d.told_before), "已报 {} 件"),
        (len(d.late), "补报 {} " + unit(d)),
        (restored, "恢复 {} 篇"),
        (d.backfilled, "补录 {} 篇"),
        (off_label, "未收录 {} 条"),
    )
    told = tuple(words.format(number) for number, words in found if number)
    return (*told, healthy(watched - d.troubled, watched, d.paused))


def healthy(well: int, watched: int, paused: int) -> str:
    return f"来源 {well}/{watched} 正常" + (f" · 已暂停 {paused} 个来源" if paused else "")


def unit(d: Digest) -> str:
    """Stories are counted in 件; digests from before there were any told posts."""
    return "件" if d.by_story else "篇"


def sentence(week: WeekFacts) -> str:
    if not week.new:
        counted = (("旧闻重发", week.recycled), ("此前已报", week.told_before), ("补报", week.late))
        told = "、".join(f"{word} {number} 件" for word, number in counted if number)
        return "本期没有新事件" + (f"，只有{told}。" if told else "。")
    parts = [
        f"本期有 {week.new} 件新事件",
        _where(week),
        "、".join(f"{stage} {count} 件" for stage, count in week.stages),
        "行业以{}最多（{} 件）".format(*week.top_industry) if week.top_industry else "",
    ]
    return "，".join(part for part in parts if part) + "。" + _money(week.stated) + _old_news(week)


def _where(week: WeekFacts) -> str:
    if week.only_place:
        return f"{'都' if week.new > 1 else ''}在{week.only_place}"
    if week.top_place:
        return "以{}最多（{} 件）".format(*week.top_place)
    return f"分布在 {week.places} 个地区" if week.places > 1 else ""


def _money(stated: tuple[int, ...]) -> str:
    if not stated:
        return ""
    if len(stated) == 1:
        return f"写明投资的有 1 件，{in_yuan(stated[0], ' ')}。"
    return f"写明投资的有 {len(stated)} 件，各取最大一笔，合计 {in_yuan(sum(stated), ' ')}。"


def _old_news(week: WeekFacts) -> str:
    """Said where most of what came was no news."""
    both = week.new + week.recycled
    return f"所见 {both} 件中，{week.recycled} 件是旧闻重发。" if week.recycled > week.new else ""
