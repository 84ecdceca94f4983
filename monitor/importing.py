"""Stores posts from elsewhere as a crawl stores those of a listing; whose lines they are, and how told, others know."""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from monitor.identity import url_identity
from monitor.imported import BadLine, ImportedPost, read_line
from monitor.locks import lock_crawl
from monitor.models import CrawlCounts, Source, SourceSpec
from monitor.pages import Entry, ListingPage
from monitor.setup import Setup
from monitor.store import Store
from monitor.text import LabelPattern

_BATCH = 100  # posts a transaction, as many as on a long listing page
_EVERYTHING = LabelPattern.parse("…")
_SCHEME = "import:"  # of the address that a source has in place of a listing's
DEFAULT_SOURCE = "import"


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was left out, by its number from 1, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class _Run:
    """The ledger row of one source during an import, and what waits to be recorded."""

    source: Source
    crawl_id: int
    waiting: list[Entry] = field(default_factory=list)


class Import:
    """One file of posts. `lines` may be read once; what became of them is known afterwards."""

    def __init__(self, store: Store, setup: Setup, now: datetime, source: str | None = None) -> None:
        """`source` is the name for posts that give none of their own. It must not be one that is configured."""
        self.refused: list[Refused] = []
        self.counts: dict[str, CrawlCounts] = {}
        self._store = store
        self._setup = setup
        self._now = now
        self._default = source or DEFAULT_SOURCE
        self._configured = {one.name for one in setup.config.source}
        self._runs: dict[str, _Run] = {}
        self._addresses: dict[str, int] = {}

    def run(self, lines: Iterable[bytes]) -> None:
        """Store the posts of the lines. Raises StoreError, CrawlRunning; then what was stored stays stored."""
        with ExitStack() as stack:
            for number, post in self._posts(lines):
                name = post.source or self._default
                if self._is_crawled(name):
                    self._refuse(number, f"has source {name!r}, which is crawled; leave it out, or give another name")
                elif (first := self._first_with(post, number)) is not None:
                    self._refuse(number, f"has the same url as line {first}")
                else:
                    self._add(self._run_of(name, stack), post.entry)
            for run in self._runs.values():
                self._flush(run)
                done = self._store.finish_crawl(
                    run.crawl_id, "end of the file", completed=True, now=self._now, zone=self._setup.config.zone
                )
                self.counts[run.source.name] = done.counts

    def _posts(self, lines: Iterable[bytes]) -> Iterator[tuple[int, ImportedPost]]:
        for number, raw in enumerate(lines, 1):
            try:
                post = read_line(raw)
            except BadLine as error:
                self._refuse(number, str(error))
                continue
            if post is not None:
                yield number, post

    def _refuse(self, number: int, reason: str) -> None:
        self.refused.append(Refused(number, reason))

    def _first_with(self, post: ImportedPost, number: int) -> int | None:
        """The earlier line of the same address: which of two is the post, nobody could tell."""
        if post.entry.url is None:
            return None
        first = self._addresses.setdefault(url_identity(post.entry.url), number)
        return None if first == number else first

    def _is_crawled(self, name: str) -> bool:
        """Whether the name is that of a listing, configured today or once."""
        known = self._store.source(name) if name not in self._runs else None
        return name in self._configured or (known is not None and not known.url.startswith(_SCHEME))

    def _run_of(self, name: str, stack: ExitStack) -> _Run:
        if name not in self._runs:
            spec = SourceSpec(name, _SCHEME + quote(name, safe=""), name)
            config = self._setup.config
            self._store.sync([*(one.spec for one in config.source), *self._specs(), spec], (), self._now)
            source = self._store.source(name)
            if source is None:
                raise RuntimeError(f"{name} was made known and is not there")
            lock = lock_crawl(self._setup.data_dir, source.id, name)
            stack.callback(lock.close)
            self._runs[name] = _Run(source, self._store.start_crawl(name, os.getpid(), self._now))
        return self._runs[name]

    def _specs(self) -> Iterator[SourceSpec]:
        return (SourceSpec(name, run.source.url, run.source.title) for name, run in self._runs.items())

    def _add(self, run: _Run, entry: Entry) -> None:
        run.waiting.append(entry)
        if len(run.waiting) >= _BATCH:
            self._flush(run)

    def _flush(self, run: _Run) -> None:
        if run.waiting:
            page = ListingPage(run.source.url, "jsonl", tuple(run.waiting))
            zone, rules = self._setup.config.zone, self._setup.config.changes.rules
            self._store.record_listing(run.crawl_id, page, _EVERYTHING, self._now, zone, rules=rules)
            run.waiting.clear()
