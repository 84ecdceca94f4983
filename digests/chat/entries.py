"""Says what a chat tells of a digest or a notice, entry by entry; how long messages may be, it does not know."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from digests.content import Chain, ChangeLine, Digest, Item, OffLabelLine, SourceLine, ToldLine
from digests.notice import Notice
from digests.reasons import STATES, absence_in_chinese, in_chinese
from digests.render import CHANGES, brief_facts, conflict, counts, heading, unit_of

_STEP = 40  # characters of a long title that are left in the end


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that is told as a whole: `lead` `[title](url)` `after`, and `text` on a line of its own.

    All of it is plain; whoever writes it escapes it. `section` opens a section.
    """

    title: str = ""
    url: str | None = None
    lead: str = ""
    after: str = ""
    text: str = ""
    section: str = ""
    bold: bool = False

    def shorter(self) -> Iterator["Entry"]:
        """The entry itself, and then with ever less: its text, the ends of its names, and at last a link, never cut."""
        yield self
        text = self.text
        while len(text) > _STEP:
            text = text[: len(text) // 2].rstrip()
            yield replace(self, text=text + "…")
        bare = replace(self, text="") if self.title else replace(self, text=_cut(self.text))
        yield bare
        bare = replace(
            bare, title=_cut(self.title), lead=_cut(self.lead), after=_cut(self.after), section=_cut(self.section)
        )
        yield bare
        yield replace(bare, url=None)


def _cut(text: str) -> str:
    return text if len(text) <= _STEP else text[: _STEP - 1].rstrip() + "…"


def title_of(message: Digest | Notice) -> str:
    """What stands above every part of it."""
    return message.subject if isinstance(message, Notice) else heading(message)


def entries_of(message: Digest | Notice) -> tuple[Entry, ...]:
    """All that is told, in order."""
    return tuple(_notice(message) if isinstance(message, Notice) else _digest(message))


def _digest(d: Digest) -> Iterator[Entry]:
    if d.test:
        yield Entry(text="测试：本件是试发的样本，不是新的一期，所列内容不因此算作已通知。")
    if d.preview:
        yield Entry(text="预览：本期尚未定稿，查看不影响今后的通知。")
    yield Entry(text=counts(d))
    if d.sentence:
        yield Entry(text=d.sentence)
    several = len(d.sources) > 1
    yield from _section("要点", (_item(item, several=several, placed=True) for item in d.highlights))
    for group in d.places:
        rest = [item for item in group.items if item.post_id not in d.highlighted]
        name = f"{group.place}（{len(rest)} {unit_of(d)}）"
        yield from _section(name, (_item(item, several=several) for item in rest))
    yield from _section("项目进展", map(_chain, d.chains))
    yield from _section("补报", (_item(item, several=several, placed=True) for item in d.late))
    yield from _section("旧闻重发", (_item(item, several=several, old=True) for item in d.recycled))
    yield from _section("已报", (_told(line) for line in d.told_before))
    yield from _section("修改与撤稿", map(_change, d.changes))
    if d.backfilled:
        yield Entry(
            text=f"补录 {d.backfilled} 篇：首次见到时已超过 {d.backfill_days} 天或没有日期，只计数，不逐篇通知。"
        )
    yield from _section(f"未收录 {len(d.off_label) + d.off_label_older} 条", _off_label(d.off_label))
    if d.missed:
        yield Entry(text=f"此前错过、未单独发送的各期：{'、'.join(d.missed)}")
    yield from _section("来源状态", _sources(d.sources))


def _section(name: str, entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries with the name above the first; no name where there are none."""
    for number, entry in enumerate(entries):
        yield replace(entry, section=name) if not number else entry


def _item(item: Item, *, several: bool, placed: bool = False, old: bool = False) -> Entry:
    day = f"{item.effective_on:%m-%d}" if item.dated else "日期不详"
    told = [
        day,
        *([item.source] if several else []),
        *([item.happened] if old and item.happened else brief_facts(item)),
    ]
    told += ["原文已撤下"] if item.withdrawn else []
    told += [f"共 {item.posts} 篇"] if item.posts > 1 else []
    told += [conflict(item)] if item.years else []
    text = (item.extract or item.summary or "") if placed else ""
    lead = f"{item.place}：" if placed or old else ""
    return Entry(item.title, item.url, lead, " · ".join(told), text, bold=placed)


def _chain(chain: Chain) -> Entry:
    """The path, with a link to the latest step that this digest does not link to elsewhere."""
    path = " → ".join(f"{step.stage or step.title}{f'（{step.on}）' if step.on else ''}" for step in chain.steps)
    earlier = [step for step in chain.steps if not step.here] or list(chain.steps)
    return Entry(earlier[-1].title, earlier[-1].url, f"{chain.place}：{path}：")


def _told(line: ToldLine) -> Entry:
    told = [_day(line.effective_on), line.source, f"已报于 {line.told_in}" if line.told_in else "已报"]
    return Entry(line.title, line.url, "", " · ".join(told + ([conflict(line)] if line.years else [])))


def _change(change: ChangeLine) -> Entry:
    told = "；".join(change.statements)
    if change.kind == "withdrawn":
        told = absence_in_chinese(change.reason)
    return Entry(change.title, change.url, f"{CHANGES[change.kind]}：", _day(change.changed_on), told)


def _off_label(lines: Iterable[OffLabelLine]) -> Iterator[Entry]:
    return (Entry(line.title, line.url) for line in lines)


def _sources(sources: tuple[SourceLine, ...]) -> Iterator[Entry]:
    """Those that are not well one by one; of the others the number."""
    watched = [source for source in sources if not source.paused]
    troubled = [source for source in watched if not source.ok]
    paused = len(sources) - len(watched)
    told = f"{len(watched) - len(troubled)}/{len(watched)} 正常" + (f"，已暂停 {paused} 个" if paused else "")
    yield Entry(text=told)
    for source in troubled:
        state = STATES[source.state] if source.state else "异常"
        reason = (source.trouble or "") if source.state else in_chinese(source.trouble or "")
        yield Entry(text=f"{source.title}：{state}" + (f"（{reason}）" if reason else ""))


def _day(day: date) -> str:
    return f"{day:%m-%d}"


def _notice(n: Notice) -> Iterator[Entry]:
    for fact in n.facts:
        yield Entry(text=f"{fact.name}：{fact.text}")
    if n.address:
        yield Entry(n.address, n.address, "列表地址：")
    yield Entry(text=n.advice)
    for command in n.commands:
        yield Entry(text=command)
