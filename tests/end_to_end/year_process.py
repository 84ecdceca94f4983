"""Lives a story of the world through, in a process of its own, and prints what was announced as JSON.

`year_process.py FOLDER STORY [KILL]`: crawls once a day at 06:00, freezes a digest every Monday at 08:00. Without KILL
all crawls run in this one process; with it each is a child that is killed at a request of that random seed's choice,
and run again.
"""

import asyncio
import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent))

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor
from stories import STORIES
from twisted.internet.defer import Deferred
from twisted.internet.task import react
from world import FIRST, World, serve

from digests.content import from_json
from monitor import jobs
from monitor.operator import alert_operator
from monitor.setup import Setup, load_setup
from monitor.source_health import healths_of
from monitor.store import Store

ZONE = ZoneInfo("Asia/Shanghai")


def configure(folder: Path, port: int) -> Setup:
    path = folder / "zhaoshang.toml"
    path.write_text(
        f"""[crawl]
delay = 0
[[source]]
name = "site"
url = "http://127.0.0.1:{port}/list/index.html"
max_pages = 30
allow_private = true
""",
        encoding="utf-8",
    )
    return load_setup(path)


def moment(day: int, hour: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, hour, tzinfo=ZONE) + timedelta(days=day)


def after_crawl(setup: Setup, day: int) -> None:
    """What the daemon does once a crawl has ended, and on Mondays."""
    with Store(setup.database) as store:
        alert_operator(setup, healths_of(store, setup.config, moment(day, 7)), store, moment(day, 7))
        if day % 7 == 0:
            jobs.freeze_due(store, setup, moment(day, 8))


async def live(setup: Setup, world: World, days: Sequence[int]) -> None:
    """All crawls in this process, one after the other."""
    for day in days:
        world.day = day
        settings = get_project_settings()
        settings.set("ZHAOSHANG_CONFIG", str(setup.config_path), priority="cmdline")
        settings.set("ZHAOSHANG_NOW", moment(day, 6).isoformat(), priority="cmdline")
        settings.set("RETRY_TIMES", 0, priority="cmdline")
        await AsyncCrawlerRunner(settings).crawl("site")
        after_crawl(setup, day)


def live_dangerously(setup: Setup, world: World, days: Sequence[int], seed: int) -> None:
    """Each crawl is killed at some request, and run again."""
    draw = random.Random(seed)  # noqa: S311 - a choice, not a secret
    for day in days:
        world.day = day
        crawl(setup, world, day, kill_at=draw.randint(1, 12), wait=draw.random() * 0.1)
        crawl(setup, world, day)
        after_crawl(setup, day)


def crawl(setup: Setup, world: World, day: int, kill_at: int | None = None, wait: float = 0.0) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", "site", "-s", f"ZHAOSHANG_CONFIG={setup.config_path}"]
    command += ["-s", f"ZHAOSHANG_NOW={moment(day, 6).isoformat()}", "-s", "RETRY_TIMES=0"]
    environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    asked = 0

    def watch() -> None:
        nonlocal asked
        asked += 1
        if asked == kill_at:
            threading.Timer(wait, lambda: child.poll() is None and child.send_signal(signal.SIGKILL)).start()

    world.watch = watch
    child.wait()


def announcements(setup: Setup) -> dict[str, object]:
    with Store(setup.database) as store:
        frozen = [store.digest(number + 1) for number in range(store.summary().digests)]
        contents = [from_json(one.content) for one in frozen]
    told = [
        [digest.period.key, kind, title]
        for digest in contents
        for kind, title in [
            *(("new", item.title) for group in digest.places for item in group.items),
            *(("late", item.title) for item in digest.late),
            *(("recycled", item.title) for item in digest.recycled),
            *((line.kind.value, line.title) for line in digest.changes),
        ]
    ]
    changes = [
        [digest.period.key, line.kind.value, line.title, [*line.statements], line.reason]
        for digest in contents
        for line in digest.changes
    ]
    sources = [[digest.period.key, line.ok, line.layout_changed] for digest in contents for line in digest.sources]
    with Store(setup.database) as store:
        alerts = [[one.kind.value, one.reason] for one in reversed(store.alerts())]
    return {"told": told, "changes": changes, "sources": sources, "alerts": alerts}


def main() -> None:
    folder, story = Path(sys.argv[1]), sys.argv[2]
    world, days = STORIES[story]()
    setup = configure(folder, serve(world).server_address[1])
    with Store(setup.database) as store:
        jobs.sync(store, setup, moment(0, 5))
    if len(sys.argv) > 3:
        live_dangerously(setup, world, days, int(sys.argv[3]))
    else:
        install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
        logging.disable(logging.WARNING)
        try:
            react(lambda _reactor: Deferred.fromFuture(asyncio.ensure_future(live(setup, world, days))))
        except SystemExit as ended:  # which is how react() returns
            if ended.code:
                raise
    print(json.dumps(announcements(setup), ensure_ascii=False))


if __name__ == "__main__":
    main()
