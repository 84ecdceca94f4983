"""The words in Chinese; that a story is one, and how many there are, it is told."""

from datetime import date
from zoneinfo import ZoneInfo

from digests.content import ChangeLine, Copy, Digest, Item, PlaceGroup, SourceLine, ToldLine
from digests.reasons import STATES, absence_in_chinese, in_chinese, in_words
from digests.wording.chinese_head import (
    CHANGES,
    TEST_MARK,
    counted,
    head,
    heading,
    healthy,
    rest,
    sentence,
    subject,
    unit,
)
from digests.wording.words import Count, Words
from monitor.comparison.phrases import CHINESE as _PHRASES
from monitor.periods import local_text

_MOST_MISSED = 12  # keys of periods that are named; there can be hundreds after a long downtime


# -- stories -----------------------------------------------------------------------------------------------------------


def _group(group: PlaceGroup, d: Digest) -> str:
    return f"{group.place}（{group.count} {unit(d)}）"


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
    many = f" 等 {len(d.missed)} 期" if len(d.missed) > _MOST_MISSED else ""
    return f"此前错过、未单独发送的各期：{'、'.join(d.missed[-_MOST_MISSED:])}{many}"


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


# -- mails that do not show all, and alerts ----------------------------------------------------------------------------

_SECTIONS = {
    "highlights": ("要点", ""),
    "places": ("按地区", ""),
    "chains": ("项目进展", "项"),
    "late": ("补报", ""),
    "recycled": ("旧闻重发", "件"),
    "told_before": ("已报", "件"),
    "changes": ("修改与撤稿", "篇"),
    "off_label": ("未收录", "条"),
    "charts": ("走势", "图"),
    "sources": ("来源状态", "个"),
}


def _of_section(field: str, number: int, d: Digest) -> Count:
    name, its_unit = _SECTIONS[field]
    return Count(name, number, its_unit or unit(d))


def _shortened(omitted: tuple[Count, ...]) -> str:
    if not omitted:
        return "篇幅所限，本邮件有删节"
    told = "、".join(f"{one.name} {one.number} {one.unit}" for one in omitted)
    return f"篇幅所限，本邮件省略 {sum(one.number for one in omitted)} 条（{told}）"


def _alert_sentence(rule: str, told: int, at_most: int, overflow: int) -> str:
    sentence = f"规则「{rule}」：{told} 件。"
    return sentence + (f"今日已达上限 {at_most} 件，另有 {overflow} 件并入下一期。" if overflow else "")


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
    test="测试",
    test_mark=TEST_MARK,
    test_note="测试：本件是试发的样本，不是新的一期，所列内容不因此算作已通知。",
    test_intro="：本件是试发的样本，不是新的一期，所列内容不因此算作已通知。",
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
    number=lambda number: f"编号 {number or '测试'}",
    part=lambda number, count: f"（{number}/{count}）",
    heading=heading,
    subject=subject,
    head=head,
    counted=counted,
    rest=rest,
    sentence=sentence,
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
    step_day=lambda step: step.on + (" 发布" if step.published else ""),
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
    healthy=healthy,
    of_section=_of_section,
    unlisted=lambda count: f"另有 {count.number} {count.unit}未列出",
    shortened=_shortened,
    whole_page="全文见网页",
    whole_attached="全文见本邮件附件",
    alert_sentence=_alert_sentence,
)
