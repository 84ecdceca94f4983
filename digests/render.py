"""Renders a digest as Markdown, HTML or JSON, and a notice as one of the first two; what it tells is given."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from digests import markdown
from digests.bars import lengths, text_bars
from digests.content import ChangeKind, ChangeLine, Copy, Digest, Item, ToldLine, to_json
from digests.notice import Notice
from digests.reasons import STATES, absence_in_chinese, in_chinese
from monitor.announcing import Period
from monitor.periods import local_text

CHANGES = {ChangeKind.REVISED: "修改", ChangeKind.WITHDRAWN: "撤稿", ChangeKind.RESTORED: "恢复"}
FORMATS = ("md", "html", "json")
_NAMES = {"week": "招商周报", "day": "招商日报", "days": "招商日报", "month": "招商月报", "alert": "招商快讯"}
_LONGER, _WEEK = "招商简报", 7  # what a digest of several days is called from so many on
_MANY = 8  # places in a subject; the rest is 等


def render(digest: Digest, form: str) -> str:
    """The digest as `md`, `html` or `json`, ending in a newline. The same content always gives the same text."""
    if form == "json":
        return to_json(digest, indent=2) + "\n"
    template = environment().get_template(f"digest.{form}.j2")
    zone = ZoneInfo(digest.timezone)
    built_on = digest.built_at.astimezone(zone).date()
    return template.render(
        d=digest,
        heading=heading(digest),
        counts=counts(digest),
        unit=unit_of(digest),
        zone=zone,
        built_on=built_on,
    )


def render_notice(notice: Notice, form: str) -> str:
    """The notice as `md` or `html`, ending in a newline."""
    return environment().get_template(f"notice.{form}.j2").render(n=notice)


def heading(digest: Digest) -> str:
    """`招商周报 2025-W29（2025-07-14 至 2025-07-20）：新事件 9 件`"""
    period = digest.period
    last = date.fromordinal(period.end.toordinal() - 1)
    span = "" if period.kind in ("day", "days", "alert") else f"（{period.start} 至 {last}）"
    return f"{_mark(digest)}{named(period)}{span}：{_new(digest)}"


def counts(digest: Digest) -> str:
    """The numbers of the period in one line."""
    off_label = len(digest.off_label) + digest.off_label_older
    what, unit = "新事件" if digest.by_story else "新帖", unit_of(digest)
    parts = [f"{what} {digest.count} {unit}" if digest.count or digest.by_story else "本期没有新帖子"]
    parts += [f"{digest.place_count} 个地区"] if digest.places else []
    parts += [f"旧闻重发 {len(digest.recycled)} 件"] if digest.recycled else []
    parts += [f"已报 {len(digest.told_before)} 件"] if digest.told_before else []
    parts += [f"补报 {len(digest.late)} {unit}"] if digest.late else []
    parts += [f"{word} {n} 篇" for kind, word in CHANGES.items() if (n := digest.changed(kind))]
    parts += [f"补录 {digest.backfilled} 篇"] if digest.backfilled else []
    parts += [f"未收录 {off_label} 条"] if off_label else []
    watched = len(digest.sources) - digest.paused
    parts.append(f"来源 {watched - digest.troubled}/{watched} 正常")
    parts += [f"已暂停 {digest.paused} 个来源"] if digest.paused else []
    return " · ".join(parts)


def subject(digest: Digest) -> str:
    """The subject line of a mail: period, count, where, and whether sources are not well."""
    tops = [group for group in digest.places if not group.depth]
    places = "、".join(f"{group.place} {group.count}" for group in tops[:_MANY])
    more = " 等" if len(tops) > _MANY else ""
    told = _new(digest) + (f"（{places}{more}）" if places else "")
    told += f"，旧闻重发 {len(digest.recycled)} 件" if digest.recycled else ""
    told += f"，补报 {len(digest.late)} {unit_of(digest)}" if digest.late else ""
    told += f"，另有 {len(digest.missed)} 期错过未发" if digest.missed else ""
    told += f"，{digest.troubled} 个来源异常" if digest.troubled else ""
    return f"{_mark(digest)}{named(digest.period)}：{told}"


def named(period: Period) -> str:
    """`招商周报 2025-W29`, `招商日报 2025-07-18 至 2025-07-20`; more days than a week has are no daily digest's."""
    many = period.kind == "days" and (period.end - period.start).days >= _WEEK
    return f"{_LONGER if many else _NAMES[period.kind]} {period.key.replace('_', ' 至 ')}"


def _mark(digest: Digest) -> str:
    return "【测试】" if digest.test else ""


def _new(digest: Digest) -> str:
    if not digest.by_story:
        return f"{digest.count} 篇" if digest.count else "没有新帖子"
    return f"新事件 {digest.count} 件" if digest.count else "没有新事件"


def unit_of(digest: Digest) -> str:
    """Stories are counted in 件; digests from before there were any told posts."""
    return "件" if digest.by_story else "篇"


def facts(item: Item) -> list[str]:
    """What an item states, a piece each: stage, amounts in the words that they were read from, who, and when."""
    pieces = [*brief_facts(item), "、".join(item.parties), f"事件时间 {item.happened}" if item.happened else ""]
    return [piece for piece in pieces if piece]


def brief_facts(item: Item) -> list[str]:
    """Of what an item states, the stage and the amounts."""
    amounts = "、".join(one.words for one in item.amounts)
    return [piece for piece in (item.stage, f"投资 {amounts}" if amounts else "") if piece]


def also(copy: Copy, one: Item | ToldLine | ChangeLine) -> str:
    """How another post of a story is called: by its source, and by its title where that is another one."""
    if copy.title == one.title:
        return copy.source
    return copy.title if copy.source == one.source else f"{copy.title}（{copy.source}）"


def conflict(one: Item | ToldLine) -> str:
    """The years on which the posts of a story do not agree, in words; nothing where they do."""
    return f"年份矛盾（各稿所称年份：{'、'.join(map(str, one.years))}）" if one.years else ""


@cache
def environment() -> Environment:
    """The templates with their filters; those that end in `.html.j2` escape whatever they are given."""
    environment = Environment(
        loader=PackageLoader("digests"),
        # Named by its whole ending: select_autoescape() looks at the last suffix and would leave .html.j2 unescaped.
        autoescape=lambda name: bool(name and name.endswith(".html.j2")),  # noqa: S701 - Markdown is escaped by filters
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        md=markdown.escape,
        mdlink=markdown.link,
        marked=markdown.marked,
        safe_url=markdown.safe_url,
        in_chinese=in_chinese,
        change_name=CHANGES.__getitem__,
        absence=absence_in_chinese,
        state_name=STATES.__getitem__,
        local=_local,
        facts=facts,
        brief_facts=brief_facts,
        also=also,
        conflict=conflict,
        text_bars=text_bars,
        lengths=lengths,
    )
    return environment


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return local_text(instant, zone)
