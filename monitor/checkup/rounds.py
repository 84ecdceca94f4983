"""The checks of a deploy script and those of `zhaoshang doctor`, in order, each within its time; it judges nothing."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from monitor.checkup import browser, channels, clock, configuration, daemon, database, disk, folders, place, templates
from monitor.checkup.finding import Finding, advice, failed, wrong
from monitor.clock import Clock
from monitor.errors import ZhaoshangError
from monitor.setup import Setup
from monitor.store.archive import ARCHIVE_NAME
from monitor.store.examined import sqlite_version

_SECONDS = 30.0
_DATABASE_SECONDS = 600.0  # every page of it is read, and it may lie on a slow disk


@dataclass(frozen=True, slots=True)
class Check:
    """One look that is still to be had, and how long it may take."""

    subject: str
    look: Callable[[], Finding]
    seconds: float = _SECONDS

    def finding(self) -> Finding:
        """What came of it; whatever it waits for, and whatever the system refuses, the answer is a finding.

        It runs in a thread of its own, which is left behind when it does not end: a name server that does not answer
        cannot be interrupted.
        """
        answers: list[Finding] = []
        looking = threading.Thread(target=lambda: answers.append(self._answer()), name=self.subject, daemon=True)
        looking.start()
        looking.join(self.seconds)
        if answers:
            return answers[0]
        if looking.is_alive():
            return wrong(self.subject, f"no answer within {self.seconds:g} s", "try again, and see what it waits for")
        raise RuntimeError(f"the look at {self.subject} failed")  # a mistake of ours: the thread has shown which

    def _answer(self) -> Finding:
        try:
            return self.look()
        except (ZhaoshangError, OSError) as error:
            return failed(self.subject, error)


def quick(setup: Setup, *, offline: bool) -> Iterator[Check]:
    """What `check-config` looks at: all that is said in the file, and that the database opens."""
    yield from _named_in_the_file(setup, offline=offline)
    yield Check(folders.SUBJECT, partial(folders.writable, setup.data_dir))
    yield Check(database.SUBJECT, partial(database.database, setup.database), _DATABASE_SECONDS)
    yield Check(database.ARCHIVE, partial(database.archive, setup.data_dir / ARCHIVE_NAME), _DATABASE_SECONDS)


def whole(setup: Setup, now: Clock, *, offline: bool) -> Iterator[Check]:
    """What `doctor` looks at, the configuration itself left out: it has been read by now."""
    yield Check(place.VERSIONS, lambda: place.versions(sqlite_version()))
    yield Check(place.ZONE, lambda: place.time_zone(setup.config.timezone, now.now()))
    yield Check(
        place.ENCODING, lambda: place.encoding(getattr(sys.stdout, "encoding", None), sys.getfilesystemencoding())
    )
    yield from _of_the_data(setup)
    yield from _of_the_clock(setup, now, offline=offline)
    yield Check(daemon.SUBJECT, lambda: daemon.daemon(setup, now.now()))
    yield Check(daemon.HEALTHZ, partial(daemon.healthz, setup))
    yield from _named_in_the_file(setup, offline=offline)
    yield Check("operator", partial(channels.operator, setup.config.operator))
    yield from _of_the_browser(setup)


def _named_in_the_file(setup: Setup, *, offline: bool) -> Iterator[Check]:
    for name, config in setup.config.channels.items():
        look = partial(channels.channel, name, config, setup.digests_dir, offline=offline)
        yield Check(f"channel {name}", look, channels.seconds(config))
    for audience in setup.config.audience:
        directory = setup.config.templates.get(audience.name)
        if directory is not None:
            look = partial(templates.template, audience.name, audience.language, directory)
            yield Check(f"templates of {audience.name}", look)
    for source in setup.config.source:
        if source.is_file:
            yield Check(f"source {source.name}", partial(configuration.source_file, source))
        if setup.config.crawl.max_requests <= source.max_pages:
            yield Check(f"source {source.name}", partial(configuration.reach, source, setup.config.crawl.max_requests))
        if source.proxy.startswith("env:"):
            yield Check(f"source {source.name}", partial(configuration.source_proxy, source))
    if not setup.config.source:
        yield Check(configuration.SOURCES, configuration.no_source)


def _of_the_data(setup: Setup) -> Iterator[Check]:
    data_dir = setup.data_dir
    yield Check(folders.SUBJECT, partial(folders.writable, data_dir))
    if data_dir.is_dir():
        yield Check(folders.OWNERS, lambda: folders.owners(data_dir, os.geteuid()))
        yield Check(disk.SIZE, partial(disk.size, data_dir))
    yield Check(disk.SUBJECT, lambda: disk.room(data_dir, disk.room_of(data_dir)))
    yield Check(database.SUBJECT, partial(database.database, setup.database, thorough=True), _DATABASE_SECONDS)
    yield Check(database.FACTS, partial(database.facts, setup.database))
    yield Check(database.ARCHIVE, partial(database.archive, data_dir / ARCHIVE_NAME), _DATABASE_SECONDS)


def _of_the_clock(setup: Setup, now: Clock, *, offline: bool) -> Iterator[Check]:
    if now.is_set:
        yield Check(clock.SUBJECT, lambda: advice(clock.SUBJECT, "not looked at: the time was given with --now"))
        return
    yield Check(clock.SUBJECT, lambda: clock.past(setup, now.now()))
    if not offline:
        yield Check(clock.SUBJECT, lambda: clock.agreed(setup.config.source, now.now), 60.0)


def _of_the_browser(setup: Setup) -> Iterator[Check]:
    names = [source.name for source in setup.config.source if source.render]
    if names:
        yield Check(browser.SUBJECT, partial(browser.browser, names), 90.0)
