"""What `/healthz` says of sources, deliveries, ticks and the database, and what it keeps to itself."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import jobs, vital_signs
from monitor.announcing import Target
from monitor.config import Config
from monitor.health.conditions import AlertKind, Health, State, Symptom, Trouble
from monitor.operator import alert_operator
from monitor.setup import Setup
from monitor.source_health import healths_of
from monitor.store import Store
from monitor.vital_signs import Ticks
from monitor.vital_signs import vital_signs as signs_of

MINUTE = timedelta(minutes=1)


class Place:
    """A set-up with one source, its store, and what is said of them."""

    def __init__(self, folder: Path, now: datetime) -> None:
        source = {"name": "zj", "url": "http://zj.example/", "title": "湛江"}
        self.setup = Setup(Config.model_validate({"source": [source]}), None, folder)
        self.now = now
        self.ticks = Ticks(10.0)
        self.store = Store(self.setup.database)
        jobs.sync(self.store, self.setup, now)

    def crawl(self, reason: str = "HTTP 503", *, completed: bool = False) -> None:
        crawl = self.store.start_crawl("zj", 1, self.now)
        self.store.finish_crawl(crawl, reason, completed=completed, now=self.now)

    def say(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(json.dumps(signs_of(self.setup, self.ticks, self.now)))
        return said


@pytest.fixture
def place(tmp_path: Path, now: datetime) -> Iterator[Place]:
    opened = Place(tmp_path, now)
    yield opened
    opened.store.close()


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, in the test's hand."""
    at = [1000.0]
    monkeypatch.setattr(vital_signs.time, "monotonic", lambda: at[0])
    return at


def test_when_all_is_well_it_says_so(place: Place) -> None:
    place.crawl("end of the listing", completed=True)
    assert place.say() == {"status": "ok", "sources": [], "deliveries": [], "stopped_ticks": [], "database": "ok"}


def test_a_source_is_named_at_once_and_fails_when_that_has_held(place: Place) -> None:
    for crawls in (1, 2, 3):
        place.crawl("http://user:geheim@zj.example/ answered HTTP 503")
        said = place.say()
        assert said["sources"] == [
            {
                "name": "zj",
                "state": "broken",
                "reason": "http://zj.example/ answered HTTP 503",
                "since": "2025-07-21T00:00:00+00:00",
                "crawls": crawls,
                "failing": crawls == 3,
            }
        ]
        assert said["status"] == ("failing" if crawls == 3 else "ok")
    place.crawl("end of the listing", completed=True)
    assert place.say()["status"] == "ok"


def test_trouble_that_was_told_fails_until_it_is_over(place: Place) -> None:
    for _ in range(3):
        place.crawl()
    alert_operator(place.setup, healths_of(place.store, place.setup.config, place.now), place.store, place.now)
    blocked = Health(State.BLOCKED, Trouble(Symptom.CHALLENGE), place.now, 3)
    last = place.store.last_alerts()["zj"].id
    assert place.store.record_alert("zj", AlertKind.TROUBLE, blocked, "", (), place.now, after=last) is not None
    assert place.say()["status"] == "failing"
    place.crawl("end of the listing", completed=True)
    assert place.say()["status"] == "ok"


def test_a_paused_source_is_not_named(place: Place) -> None:
    for _ in range(3):
        place.crawl()
    paused = place.setup.config.source[0].model_copy(update={"paused": True})
    place.setup = replace(place.setup, config=place.setup.config.model_copy(update={"source": (paused,)}))
    assert place.say()["sources"] == []


def test_a_delivery_that_failed_for_good_fails_at_once(place: Place) -> None:
    health = Health(State.BROKEN, Trouble(Symptom.EMPTY), place.now, 1)
    target = Target("group", "", "a")
    place.store.record_alert("zj", AlertKind.RECOVERY, health, "", [target], place.now, after=None)
    delivery = place.store.claim_delivery("group", "me", place.now)
    assert delivery is not None
    place.store.mark_failed(delivery, "the key is not valid", place.now, given_up_at=place.now)
    said = place.say()
    assert said["status"] == "failing"
    assert [(one["tries"], one["reason"], one["next_try"]) for one in said["deliveries"]] == [
        (1, "the key is not valid", None)
    ]


def test_a_delivery_fails_when_it_keeps_failing_and_its_reader_is_not_named(place: Place) -> None:
    target = Target("mail", "张三 <zhang@example.org>", "<a@test>")
    health = Health(State.BROKEN, Trouble(Symptom.EMPTY), place.now, 1)
    alert = place.store.record_alert("zj", AlertKind.RECOVERY, health, "", [target], place.now, after=None)
    assert alert is not None
    for tries in (1, 2, 3):
        delivery = place.store.claim_delivery("mail", "me", place.now)
        assert delivery is not None
        refused = "refused 张三 <zhang@example.org>: 550 no such mailbox zhang@example.org"
        place.now += MINUTE
        place.store.mark_failed(delivery, refused, place.now)
        said = place.say()
        assert said["status"] == ("failing" if tries == 3 else "ok")
    assert said["deliveries"] == [
        {
            "id": 1,
            "message": f"alert-{alert.id}",
            "audience": "operator",
            "channel": "mail",
            "tries": 3,
            "reason": "refused the recipient: 550 no such mailbox the recipient",
            "next_try": "2025-07-21T00:03:00+00:00",
        }
    ]


def test_a_tick_that_stopped_is_a_failure_after_ten_ticks_and_ten_minutes(place: Place, moment: list[float]) -> None:
    for name in ("crawls", "digests", "channel mail"):
        place.ticks.expect(name)
    moment[0] += 600
    place.ticks.note("crawls")
    place.ticks.note("digests", patience=300)
    place.ticks.note("nobody knows this one")
    moment[0] += 100
    assert place.say()["status"] == "ok"
    moment[0] += 0.5
    said = place.say()
    assert said["status"] == "failing"
    assert said["stopped_ticks"] == [{"name": "channel mail", "seconds_ago": 700}]
    place.ticks.forget("channel mail")
    assert place.say()["status"] == "ok"
    moment[0] += 600
    assert [tick["name"] for tick in place.say()["stopped_ticks"]] == ["crawls"]
    moment[0] += 400
    assert [tick["name"] for tick in place.say()["stopped_ticks"]] == ["crawls", "digests"]


@pytest.mark.parametrize("content", [None, b"not a database", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_database_that_cannot_be_read_is_a_failure(tmp_path: Path, place: Place, content: bytes | None) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place.setup = replace(place.setup, data_dir=elsewhere)
    if content is not None:
        place.setup.database.write_bytes(content)
    said = place.say()
    assert said["status"] == "failing"
    assert said["database"].startswith(str(place.setup.database))
    assert said["sources"] == []
