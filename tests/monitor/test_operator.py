"""How the operator hears of a source: in the log in any case, in the outbox where channels are named, each word once."""

import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import jobs
from monitor.config import Config
from monitor.health.conditions import Alert, AlertKind, Health, State, Symptom, Trouble
from monitor.operator import alert_operator, reason_of
from monitor.setup import Setup
from monitor.source_health import healths_of
from monitor.store import Store

HOUR = timedelta(hours=1)
MAIL = {"type": "email", "host": "127.0.0.1", "sender": "z@example.cn", "recipients": ["a@example.cn", "b@example.cn"]}


class Watch:
    """A set-up with two sources, whose crawls end as they are told to."""

    def __init__(self, folder: Path, now: datetime, **operator: Any) -> None:
        self.now = now
        self.tables: dict[str, Any] = {
            "source": [
                {"name": "zj", "url": "http://zj.example/", "title": "湛江", "every": "1h"},
                {"name": "gd", "url": "http://gd.example/", "title": "广东", "every": "1h"},
            ],
            "channel": {"mail": MAIL},
            "operator": operator,
        }
        self.folder = folder
        self.store = Store(folder / "zhaoshang.db")
        jobs.sync(self.store, self.setup, now)

    @property
    def setup(self) -> Setup:
        return Setup(Config.model_validate(self.tables), None, self.folder)

    def crawl(self, reason: str = "HTTP 503", *, completed: bool = False, source: str = "zj") -> tuple[Alert, ...]:
        """A crawl an hour later, and what is then told."""
        self.now += HOUR
        crawl = self.store.start_crawl(source, 1, self.now)
        self.store.finish_crawl(crawl, reason, completed=completed, now=self.now)
        return self.tell()

    def tell(self) -> tuple[Alert, ...]:
        return alert_operator(self.setup, healths_of(self.store, self.setup.config, self.now), self.store, self.now)


@pytest.fixture
def watch(tmp_path: Path, now: datetime) -> Iterator[Callable[..., Watch]]:
    opened: list[Watch] = []

    def open_one(**operator: Any) -> Watch:
        opened.append(Watch(tmp_path, now, **operator))
        return opened[-1]

    yield open_one
    for one in opened:
        one.store.close()


def kinds(told: tuple[Alert, ...]) -> list[tuple[str, str]]:
    return [(alert.source, alert.kind.value) for alert in told]


def test_trouble_is_told_after_so_many_crawls_and_then_once_and_its_end(watch: Callable[..., Watch]) -> None:
    one = watch(channels=["mail", "file", "mail"])
    told = [kinds(one.crawl()) for _ in range(6)]
    assert told == [[], [], [("zj", "trouble")], [], [], []]
    assert kinds(one.crawl("end of the listing", completed=True)) == [("zj", "recovery")]
    assert one.crawl("end of the listing", completed=True) == ()
    trouble, recovery = reversed(one.store.alerts())
    assert (trouble.reason, recovery.reason) == ("HTTP 503", "HTTP 503")
    assert trouble.health.crawls == 3
    found = [(one.period_key, one.channel, one.recipient) for one in reversed(one.store.deliveries())]
    assert found == [
        (f"alert-{alert.id}", *where)
        for alert in (trouble, recovery)
        for where in (("mail", "a@example.cn"), ("mail", "b@example.cn"), ("file", ""))
    ]
    assert len({one.message_id for one in one.store.deliveries()}) == 4 + 1  # files have none


def test_the_log_has_it_with_and_without_channels(
    watch: Callable[..., Watch], caplog: pytest.LogCaptureFixture
) -> None:
    one = watch(alert_after=2)
    for _ in range(3):
        one.crawl("http://user:geheim@proxy.example:3128 refused")
    one.crawl("end of the listing", completed=True)
    lines = [(record.levelno, record.getMessage()) for record in caplog.records]
    assert lines == [
        (
            logging.ERROR,
            "source zj: broken since 2025-07-21 09:00, 2 crawls in a row: http://proxy.example:3128 refused",
        ),
        (logging.WARNING, "source zj is well again: healthy since 2025-07-21 12:00"),
    ]
    assert one.store.deliveries() == ()
    assert len(one.store.alerts()) == 2


def test_a_paused_source_is_not_told_of_until_it_is_resumed(watch: Callable[..., Watch]) -> None:
    one = watch(alert_after=1)
    assert kinds(one.crawl()) == [("zj", "trouble")]
    one.tables["source"][0]["paused"] = True
    assert one.crawl("end of the listing", completed=True) == ()
    one.tables["source"][0]["paused"] = False
    assert kinds(one.tell()) == [("zj", "recovery")]


def test_a_source_that_is_not_configured_any_more_is_not_told_of(watch: Callable[..., Watch]) -> None:
    one = watch(alert_after=1)
    del one.tables["source"][0]
    assert one.crawl() == ()


def test_sources_are_told_of_apart(watch: Callable[..., Watch]) -> None:
    one = watch(alert_after=1)
    assert kinds(one.crawl()) == [("zj", "trouble")]
    assert kinds(one.crawl(source="gd")) == [("gd", "trouble")]
    assert kinds(one.crawl("end of the listing", completed=True)) == [("zj", "recovery")]


def test_of_a_source_that_is_just_being_crawled_nothing_new_is_concluded(watch: Callable[..., Watch]) -> None:
    one = watch(alert_after=2)
    one.crawl()
    one.store.start_crawl("zj", os.getpid(), one.now + HOUR)
    assert one.tell() == ()


def test_only_the_sources_that_are_named_are_judged(watch: Callable[..., Watch]) -> None:
    one = watch()
    one.crawl()
    one.crawl(source="gd")
    assert set(healths_of(one.store, one.setup.config, one.now)) == {"zj", "gd"}
    assert set(healths_of(one.store, one.setup.config, one.now, ["gd", "nobody"])) == {"gd"}


def test_a_source_that_is_crawled_no_more_is_told_of_at_once(watch: Callable[..., Watch]) -> None:
    one = watch()
    one.crawl("end of the listing", completed=True)
    one.now += timedelta(days=9)
    crawled_once, never_crawled = one.tell()
    assert (crawled_once.kind, crawled_once.reason) == (AlertKind.TROUBLE, "not crawled for 9 days")
    assert (never_crawled.source, never_crawled.reason) == ("gd", "never crawled")
    assert one.tell() == ()


def test_the_reason_is_the_sign_in_words() -> None:
    fewer = Health(State.SUSPICIOUS, Trouble(Symptom.FEWER_RECORDS, "3/20"))
    assert reason_of(fewer) == "3 records, where 20 are usual"
    assert reason_of(Health(State.HEALTHY)) == ""
    hidden = Health(State.BROKEN, Trouble(Symptom.OTHER, "the proxy http://us:geheim@proxy.example:3128 answered 407"))
    assert "geheim" not in reason_of(hidden)


def test_a_recovery_says_what_has_ended(watch: Callable[..., Watch]) -> None:
    one = watch(alert_after=1)
    (trouble,) = one.crawl()
    (recovery,) = one.crawl("end of the listing", completed=True)
    assert recovery.health.state is State.HEALTHY
    assert (recovery.health.trouble, recovery.reason) == (trouble.health.trouble, trouble.reason)
