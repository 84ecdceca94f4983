"""The words in Chinese; that a story is one, and how many there are, it is told."""

from datetime import date
from zoneinfo import ZoneInfo

from digests.content import ChangeKind, ChangeLine, Copy, Digest, Item, PlaceGroup, SourceLine, ToldLine
from digests.reasons import STATES, absence_in_chinese, in_chinese, in_words
from digests.wording.words import Count, WeekFacts, Words
from monitor.comparison.phrases import CHINESE as _PHRASES
from monitor.periods import local_text
from monitor.text import clean

CHANGES = {ChangeKind.REVISED: "修改", ChangeKind.WITHDRAWN: "撤稿", ChangeKind.RESTORED: "恢复"}
_NAMES = {"week": "招商周报", "day": "招商日报", "days": "招商日报", "month": "招商月报", "alert": "招商快讯"}
_MANY = 8  # places in a subject; the rest is 等
_YI, _WAN = 100_000_000, 10_000


def yuan(amount: int) -> str:
    """An amount as people write it, to two places: 12.5 亿元."""
    value, unit = (amount / _YI, "亿元") if amount >= _YI else (amount / _WAN, "万元")
    return f"{value:.2f}".rstrip("0").rstrip(".") + f" {unit}"


# -- the head ----------------------------------------------------------------------------------------------------------


def _heading(d: Digest) -> str:
    """`招商周报 2025-W29（2025-07-14 至 2025-07-20）：新事件 9 件`, `招商快讯 2025-07-17 18:05：2 件`"""
    if d.is_alert:
        return f"{_NAMES['alert']} {d.built_here:%Y-%m-%d %H:%M}：{len(d.stories)} 件"
    span = "" if d.period.kind == "day" else f"（{d.period.start} 至 {d.last_day}）"
    return f"{_NAMES[d.period.kind]} {d.period.key}{span}：{_new(d)}"


def _new(d: Digest) -> str:
    if not d.by_story:
        return f"{d.count} 篇" if d.count else "没有新帖子"
    return f"新事件 {d.count} 件" if d.count else "没有新事件"


def _subject(d: Digest) -> str:
    if d.is_alert:
        first, more = clean(d.stories[0].title) if d.stories else "", len(d.stories) - 1
        return f"{_NAMES['alert']} {d.built_here:%m-%d %H:%M}：{first}" + (f" 等 {more + 1} 件" if more > 0 else "")
    tops = [group for group in d.places if not group.depth]
    places = "、".join(f"{group.place} {group.count}" for group in tops[:_MANY])
    more_places = " 等" if len(tops) > _MANY else ""
    told = _new(d) + (f"（{places}{more_places}）" if places else "")
    told += f"，旧闻重发 {len(d.recycled)} 件" if d.recycled else ""
    told += f"，补报 {len(d.late)} {_unit(d)}" if d.late else ""
    told += f"，另有 {len(d.missed)} 期错过未发" if d.missed else ""
    told += f"，{d.troubled} 个来源异常" if d.troubled else ""
    return f"{_NAMES[d.period.kind]} {d.period.key}：{told}"


def _head(d: Digest) -> tuple[Count, ...]:
    """What is counted of every digest: new events, old news, edits, withdrawals."""
    revised, gone = (Count(CHANGES[kind], d.changed(kind), "篇") for kind in (ChangeKind.REVISED, ChangeKind.WITHDRAWN))
    if not d.by_story:
        posts = Count("新帖", d.count, "篇") if d.count else Count("本期没有新帖子", 0)
        return (posts, *(one for one in (revised, gone) if one.number))
    return Count("新事件", d.count, "件"), Count("旧闻重发", len(d.recycled), "件"), revised, gone


def _counted(count: Count) -> str:
    return f"{count.name} {count.number} {count.unit}" if count.unit else count.name


def _rest(d: Digest) -> tuple[str, ...]:
    off_label, restored = len(d.off_label) + d.off_label_older, d.changed(ChangeKind.RESTORED)
    watched = len(d.sources) - d.paused
    found = (
        (len(d.places) and d.place_count, "{} 个地区"),
        (len(d.told_before), "已报 {} 件"),
        (len(d.late), "补报 {} " + _unit(d)),
        (restored, "恢复 {} 篇"),
        (d.backfilled, "补录 {} 篇"),
        (off_label, "未收录 {} 条"),
    )
    told = tuple(words.format(number) for number, words in found if number)
    return (*told, _healthy(watched - d.troubled, watched, d.paused))


def _healthy(well: int, watched: int, paused: int) -> str:
    return f"来源 {well}/{watched} 正常" + (f" · 已暂停 {paused} 个来源" if paused else "")


def _unit(d: Digest) -> str:
    """Stories are counted in 件; digests from before there were any told posts."""
    return "件" if d.by_story else "篇"


def _sentence(week: WeekFacts) -> str:
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
        return f"写明投资的有 1 件，{yuan(stated[0])}。"
    return f"写明投资的有 {len(stated)} 件，各取最大一笔，合计 {yuan(sum(stated))}。"


def _old_news(week: WeekFacts) -> str:
    """Said where most of what came was no news."""
    both = week.new + week.recycled
    return f"所见 {both} 件中，{week.recycled} 件是旧闻重发。" if week.recycled > week.new else ""


# -- stories -----------------------------------------------------------------------------------------------------------


def _group(group: PlaceGroup, d: Digest) -> str:
    return f"{group.place}（{group.count} {_unit(d)}）"


def _future(on: date, still: bool) -> str:
    return f"（所标日期 {on} {'尚未到' if still else '当时尚未到'}，此为首次见到）"


def _posts(i: Item) -> str:
    return f"共 {i.posts} 篇" + (f"，首见 {i.first_on}" if i.first_on else "")


def _conflict(years: tuple[int, ...]) -> str:
    return f"年份矛盾（各稿所称年份：{'、'.join(map(str, years))}）" if years else ""


def _called(copy: Copy, one: Item | ToldLine | ChangeLine) -> str:
    """Another post of a story: by its source, and by its title where that is another one."""
    if copy.title == one.title:
        return copy.source
    return copy.title if copy.source == one.source else f"{copy.title}（{copy.source}）"


def _alerted(when: str) -> str:
    day, hour, rule = (*when.split(" ", 2), "", "")[:3]
    return f"已发快讯 {day} {hour}".rstrip() + (f" · {rule}" if rule else "")


def _called_as(copy: Copy, title: str) -> str:
    """A post beside a title that is not of its own digest: always with its source."""
    return copy.source if copy.title == title else f"{copy.title}（{copy.source}）"


def _told_in(t: ToldLine) -> str:
    return f"首见 {t.first_on}，" + (f"已报于 {t.told_in}" if t.told_in else "已报")


# -- changes, what is only counted, sources ----------------------------------------------------------------------------


def _gone(c: ChangeLine) -> str:
    return f"{absence_in_chinese(c.reason)}，此前所存全文见 zhaoshang history {c.post_id}"


def _backfilled(d: Digest) -> str:
    return f"补录 {d.backfilled} 篇：首次见到时已超过 {d.backfill_days} 天或没有日期，只计数，不逐篇通知。"


def _off_label_short(d: Digest) -> str:
    return f"未收录 {len(d.off_label) + d.off_label_older} 条"


def _off_label_older(d: Digest) -> str:
    return f"{'另有' if d.off_label else ''}早于 {d.backfill_days} 天的 {d.off_label_older} 条"


def _missed(d: Digest) -> str:
    return f"此前错过、未单独发送的各期：{'、'.join(d.missed)}"


def _state(s: SourceLine) -> str:
    if s.state:
        return STATES[s.state]
    return "已暂停" if s.paused else "正常" if s.ok else "异常"


def _reason(s: SourceLine) -> str:
    """Digests from before sources had a state hold the ledger's English words."""
    if s.state:
        return s.trouble or ""
    return "" if s.ok or s.paused else in_chinese(s.trouble or "")


def _crawled(s: SourceLine, zone: ZoneInfo) -> str:
    if s.last_good_at:
        last = f"，最近一次完整抓取 {local_text(s.last_good_at, zone)}，见到 {s.last_good_seen} 篇"
    else:
        last = "，尚无完整抓取"
    return f"{last}；本期 {s.told} 篇，累计 {s.posts} 篇" + (f"，待读 {s.pending} 篇" if s.pending else "")


CHINESE = Words(
    tag="zh-CN",
    colon="：",
    comma="、",
    semicolon="；",
    brackets="（{}）",
    highlights="要点",
    places="按地区",
    chains="项目进展",
    late="补报",
    late_intro="早于本期、此前未通知的帖子：",
    recycled="旧闻重发",
    recycled_intro="所述事件发生在发布之前的年份：",
    told_before="已报",
    told_before_intro="此前各期已报的事件，本期又见：",
    changes="修改与撤稿",
    charts="走势",
    sources="来源状态",
    preview="预览",
    preview_note="预览：本期尚未定稿，查看不影响今后的通知。",
    preview_intro="：本期尚未定稿，以下为该期间内的全部帖子，查看不影响今后的通知。",
    unread="（正文未能读到，仅列标题）",
    withdrawn="原文已撤下",
    undated="（日期不详，首次见到）",
    undated_short="日期不详",
    see_highlights="（见要点）",
    also="又见：",
    related="可能相关：",
    here="本期",
    overflow="快讯当日已满，并入本期",
    place_column="地区",
    title_column="标题",
    happened_column="事件时间",
    published_column="发布日期",
    posts_column="篇数",
    restored_alike="原网页又可打开，内容未变",
    layout_changed="页面版式有变",
    please_check="，请核对",
    no_sources="尚未配置来源",
    resent="（重发）",
    number=lambda number: f"编号 {number}",
    part=lambda number, count: f"（{number}/{count}）",
    heading=_heading,
    subject=_subject,
    head=_head,
    counted=_counted,
    rest=_rest,
    sentence=_sentence,
    place=lambda name: name,
    stage=lambda name: name,
    industry=lambda name: name,
    chart=lambda title: title,
    bar=lambda name: name,
    change=lambda kind: CHANGES[kind],
    group=_group,
    future=_future,
    posts=_posts,
    amount=lambda amount: amount.words,
    investment=lambda amounts: f"投资 {amounts}",
    happened=lambda day: day,
    event_date=lambda day: f"事件时间 {day}",
    conflict=_conflict,
    alerted=_alerted,
    called=_called,
    called_as=_called_as,
    told_in=_told_in,
    statements=_PHRASES,
    gone=_gone,
    absence=absence_in_chinese,
    backfilled=_backfilled,
    off_label=lambda d: f"{_off_label_short(d)}（标签不符）：",
    off_label_short=_off_label_short,
    off_label_older=_off_label_older,
    missed=_missed,
    where_missed=lambda d: f"（存于 digests/{d.audience}/，或用 zhaoshang digest 查看）",
    trouble=in_words,
    state=_state,
    reason=_reason,
    crawled=_crawled,
    healthy=_healthy,
)
