"""Says what a chat tells of a digest or a notice, entry by entry; how long messages may be, it does not know."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from digests.content import Chain, ChangeLine, Digest, Item, ToldLine
from digests.notice import Notice
from digests.render import alerts, brief_facts, head, heading, rest, subject
from digests.wording import words_of

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
    """What stands above every part of it; of an alert its subject, for a locked phone shows no more."""
    if isinstance(message, Notice):
        return message.subject
    return subject(message) if message.is_alert else heading(message)


def entries_of(message: Digest | Notice) -> tuple[Entry, ...]:
    """All that is told, in order."""
    if isinstance(message, Notice):
        return tuple(_notice(message))
    told = _Told(message)
    return tuple(told.alert() if message.is_alert else told.digest())


class _Told:
    """What is told of one digest, in its own language."""

    def __init__(self, digest: Digest) -> None:
        self._d = digest
        self._w = words_of(digest.language)
        self._several = digest.is_of_several

    def alert(self) -> Iterator[Entry]:
        """Its stories and nothing else."""
        if self._d.test:
            yield Entry(text=self._w.test_note)
        yield Entry(text=self._d.sentence)
        yield from (self._item(item, whole=True) for item in self._d.stories)

    def digest(self) -> Iterator[Entry]:
        d, w = self._d, self._w
        if d.test:
            yield Entry(text=w.test_note)
        if d.preview:
            yield Entry(text=w.preview_note)
        yield Entry(text=head(d))
        yield Entry(text=rest(d))
        if d.sentence:
            yield Entry(text=d.sentence)
        yield from _section(w.highlights, (self._item(item, whole=True) for item in d.highlights))
        for group in d.places:
            remaining = tuple(item for item in group.items if item.post_id not in d.highlighted)
            name = w.group(replace(group, items=remaining, total=None), d)
            yield from _section(name, map(self._item, remaining))
        yield from _section(w.chains, map(self._chain, d.chains))
        yield from _section(w.late, (self._item(item, whole=True) for item in d.late))
        yield from _section(w.recycled, (self._item(item, old=True) for item in d.recycled))
        yield from _section(w.told_before, map(self._told_before, d.told_before))
        yield from _section(w.changes, map(self._change, d.changes))
        if d.backfilled:
            yield Entry(text=w.backfilled(d))
        yield from _section(w.off_label_short(d), (Entry(line.title, line.url) for line in d.off_label))
        if d.missed:
            yield Entry(text=w.missed(d))
        yield from _section(w.sources, self._sources())

    def _item(self, item: Item, *, whole: bool = False, old: bool = False) -> Entry:
        """`whole`: with its place, and what its text says; `old`: with its event's date in place of the rest."""
        w = self._w
        told = [f"{item.effective_on:%m-%d}" if item.dated else w.undated_short]
        told += [item.source] if self._several else []
        told += [w.happened(item.happened)] if old and item.happened else brief_facts(item, w)
        told += [w.withdrawn] if item.withdrawn else []
        told += [w.posts(replace(item, first_on=None))] if item.posts > 1 else []
        told += [w.conflict(item.years)] if item.years else []
        told += alerts(item, w)
        text = (item.extract or item.summary or "") if whole else ""
        lead = w.place(item.place) + w.colon if whole or old else ""
        return Entry(item.title, item.url, lead, " · ".join(told), text, bold=whole)

    def _chain(self, chain: Chain) -> Entry:
        """The path, with a link to the latest step that this digest does not link to elsewhere."""
        w = self._w
        days = (w.brackets.format(w.step_day(step)) if step.on else "" for step in chain.steps)
        path = " → ".join(
            (w.stage(step.stage) or step.title) + day for step, day in zip(chain.steps, days, strict=True)
        )
        earlier = [step for step in chain.steps if not step.here] or list(chain.steps)
        return Entry(earlier[-1].title, earlier[-1].url, f"{w.place(chain.place)}{w.colon}{path}{w.colon}")

    def _told_before(self, line: ToldLine) -> Entry:
        """The post that came later, under the name by which its story was told."""
        w = self._w
        told = [_day(line.effective_on), line.source, w.told_in(line)]
        told += [w.conflict(line.years)] if line.years else []
        lead = f"{line.told_title}{w.semicolon}{w.also}" if line.told_title else ""
        return Entry(line.title, line.url, lead, " · ".join(told))

    def _change(self, change: ChangeLine) -> Entry:
        w = self._w
        told = w.semicolon.join(change.statements)
        if change.kind == "withdrawn":
            told = w.absence(change.reason)
        return Entry(change.title, change.url, w.change(change.kind) + w.colon, _day(change.changed_on), told)

    def _sources(self) -> Iterator[Entry]:
        """Those that are not well one by one; of the others the number."""
        d, w = self._d, self._w
        watched = len(d.sources) - d.paused
        yield Entry(text=w.healthy(watched - d.troubled, watched, d.paused))
        for source in d.sources:
            if not source.ok and not source.paused:
                reason = w.reason(source)
                told = f"{source.title}{w.colon}{w.state(source)}"
                yield Entry(text=told + (w.brackets.format(reason) if reason else ""))


def _section(name: str, entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries with the name above the first; no name where there are none."""
    for number, entry in enumerate(entries):
        yield replace(entry, section=name) if not number else entry


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
