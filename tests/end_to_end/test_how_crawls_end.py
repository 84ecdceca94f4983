"""What ends a crawl is in its ledger row: the sign for the judge of sources, and the figures of what was read."""

import os
import signal
import sys
import threading
from datetime import UTC, date, datetime

import pytest

from monitor import jobs
from monitor.crawl_process import run_crawl
from monitor.health.conditions import CrawlRecord, ListingFigures, Symptom, Trouble
from monitor.models import Crawl
from monitor.setup import Setup, load_setup
from monitor.store import Store

LINES = [(f"/{n}.html", f"【湛江招商】第{n}个项目开工", f"2025-07-{10 + n}") for n in range(1, 6)]
NOW = datetime(2025, 7, 21, tzinfo=UTC)

pytestmark = pytest.mark.long  # each is a whole crawl


@pytest.fixture
def setup(workplace, site, monkeypatch) -> Setup:
    site.listing("/list.html", LINES)
    for href, title, _ in LINES:
        site.post(href, [f"{title}，总投资十亿元，建设周期两年。"])
    workplace.configure(
        f'[crawl]\ndelay = 0\ntimeout = "60s"\n[[source]]\nname = "zj"\nurl = "{site.url}/list.html"\nallow_private = true\n'
    )
    for name, value in workplace._env({}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(workplace.path)
    loaded = load_setup(workplace.path / "zhaoshang.toml")
    with Store(loaded.database) as store:
        jobs.sync(store, loaded, NOW)
    return loaded


def crawl(setup: Setup, watch=None, stop: threading.Event | None = None) -> CrawlRecord:
    run_crawl(setup, "zj", clock=lambda: NOW, set_now=True, stop=stop or threading.Event(), watch=watch)
    with Store(setup.database) as store:
        return store.recent_crawls("zj", 1, lambda _: False)[0]


def test_a_completed_crawl_leaves_its_figures_and_no_trouble(setup):
    record = crawl(setup)
    assert (record.completed, record.trouble) == (True, None)
    assert record.figures == ListingFigures(5, 5, 0, 0, date(2025, 7, 15))
    again = crawl(setup)
    assert again.figures == record.figures or again.figures is None, "or it had not changed"


@pytest.mark.usefixtures("setup")
def test_one_that_takes_too_long_overran(site, workplace):
    """Whether it had begun by then or not."""
    site.pages["/list.html"].delay = 12
    table = (workplace.path / "zhaoshang.toml").read_text(encoding="utf-8")
    for timeout in ("1s", "8s"):
        workplace.configure(table.replace("60s", timeout))
        hurried = load_setup(workplace.path / "zhaoshang.toml")
        assert crawl(hurried).trouble == Trouble(Symptom.OVERRAN, timeout.replace("s", " s"))


def test_one_that_is_killed_died(setup, site):
    site.pages["/list.html"].delay = 30

    def kill(running: Crawl) -> None:
        os.kill(running.pid, signal.SIGKILL)

    assert crawl(setup, watch=kill).trouble == Trouble(Symptom.DIED)


def test_one_that_is_told_to_end_was_stopped_whoever_said_so(setup, site):
    site.pages["/list.html"].delay = 2

    def end(running: Crawl) -> None:
        os.kill(running.pid, signal.SIGTERM)

    stop = threading.Event()
    told: list[None] = []
    by_hand = crawl(setup, watch=lambda running: None if told else told.append(end(running)))
    assert by_hand.trouble == Trouble(Symptom.STOPPED)
    assert crawl(setup, watch=lambda _: stop.set(), stop=stop).trouble == Trouble(Symptom.STOPPED)


@pytest.mark.usefixtures("setup")
def test_one_that_cannot_start_says_why(workplace):
    proxied = workplace.path / "zhaoshang.toml"
    proxied.write_text(proxied.read_text(encoding="utf-8") + 'proxy = "env:ZS_NO_SUCH"\n', encoding="utf-8")
    record = crawl(load_setup(proxied))
    assert record.trouble is not None
    assert record.trouble.symptom is Symptom.NOT_STARTED
    assert "the environment variable ZS_NO_SUCH is not set" in record.trouble.detail


MISTAKEN = """
import runpy, sys
import crawler.spiders.source as spider

def read_listing(*args):
    raise KeyError("x")

spider.read_listing = read_listing
sys.argv = ["scrapy", "crawl", "zj"]
runpy.run_module("scrapy", run_name="__main__")
"""


def test_a_mistake_of_the_program_is_named(setup, workplace):
    workplace._run([sys.executable, "-c", MISTAKEN], {})
    with Store(setup.database) as store:
        (record,) = store.recent_crawls("zj", 1, lambda _: False)
    assert (record.completed, record.trouble) == (False, Trouble(Symptom.DEFECT, "KeyError"))
