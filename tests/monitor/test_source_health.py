"""Configured sources asked about together: how each is, and when it is due by that."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import jobs
from monitor.config import Config, SourceConfig
from monitor.health.conditions import Health, State, Symptom, Trouble
from monitor.setup import Setup
from monitor.source_health import healths_of

HTTP_503 = Trouble(Symptom.SERVER_ERROR, "HTTP 503")
CONFIG = Config(
    source=(
        SourceConfig(name="guangdong", url="http://gd.example/list/", every="3h", paused=True),
        SourceConfig(name="zhanjiang", url="http://zj.example/list/", every="3h", jitter="0s"),
        SourceConfig(name="unheard-of", url="http://un.example/list/"),
    )
)


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(CONFIG, None, tmp_path)


def fail(crawls: Any, times: int) -> None:
    for _ in range(times):
        crawl_id = crawls.start()
        crawls.store.finish_crawl(crawl_id, "HTTP 503", completed=False, now=crawls.at, trouble=HTTP_503)
        crawls.at += timedelta(hours=3)


def test_every_configured_source_that_is_known_is_judged(crawls: Any) -> None:
    began = crawls.at
    fail(crawls, 3)
    found = healths_of(crawls.store, CONFIG, crawls.at)
    assert found == {
        "guangdong": Health(State.PAUSED),
        "zhanjiang": Health(State.UNREACHABLE, HTTP_503, began, 3),
    }


def test_a_source_whose_crawls_fail_is_due_later_until_one_completes(crawls: Any, setup: Setup) -> None:
    waits = []
    for _ in range(5):
        fail(crawls, 1)
        last = crawls.at - timedelta(hours=3)
        waits.append(dict(jobs.next_crawls(crawls.store, setup, crawls.at))["zhanjiang"] - last)
    assert waits == [timedelta(hours=hours) for hours in (6, 12, 24, 24, 24)]
    crawls.run([])
    assert dict(jobs.next_crawls(crawls.store, setup, crawls.at))["zhanjiang"] == crawls.at + timedelta(hours=3)
