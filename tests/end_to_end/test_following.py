"""A real daemon whose zhaoshang.toml changes under it: by commands, by an editor, and for the worse."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from monitor.store import Store

MONDAY = "2025-07-21T09:00:00+08:00"
CONFIG = """
[crawl]
delay = 0
[[source]]
name = "site"
url = "{url}/list.html"
every = "{every}"
jitter = "0s"
allow_private = true
"""


@pytest.fixture
def listed(site):
    """Two listings with one post each."""
    for name in ("list", "other"):
        site.listing(f"/{name}.html", [(f"/{name}-1.html", f"【湛江招商】{name}项目签约", "2025-07-18")])
        site.post(f"/{name}-1.html", ["项目签约，总投资十亿元。", "第二段。"])
    return site


@contextmanager
def daemon(workplace, now: str = MONDAY) -> Iterator[subprocess.Popen[str]]:
    process = workplace.start("run", "--now", now, "--tick", "0.2")
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def log(workplace) -> str:
    return (workplace.path / "daemon.log").read_text()


def wait_for(what: Callable[[], object], workplace, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, log(workplace)
        time.sleep(0.05)


def completed(workplace, name: str) -> bool:
    with Store(workplace.database) as store:
        return any(state.last_good is not None for state in store.source_states([name]))


@pytest.mark.long
def test_a_source_that_is_added_or_resumed_is_crawled_without_a_restart(workplace, listed):
    workplace.configure(CONFIG.format(url=listed.url, every="6h") + "paused = true\n")
    with daemon(workplace):
        wait_for(lambda: "started as process" in log(workplace), workplace)
        assert workplace.zhaoshang("source", "resume", "site").returncode == 0
        wait_for(lambda: completed(workplace, "site"), workplace)
        added = workplace.zhaoshang("source", "add", "other", f"{listed.url}/other.html", "--allow-private", "--yes")
        assert added.returncode == 0, added.stderr
        wait_for(lambda: completed(workplace, "other"), workplace)
    assert "the configuration changed: source site is resumed\n" in log(workplace)
    assert "the configuration changed: source other is new\n" in log(workplace)


@pytest.mark.long
def test_an_audience_and_a_channel_that_are_added_are_served_without_a_restart(workplace, listed, mail_server):
    workplace.configure(CONFIG.format(url=listed.url, every="6h") + '[[audience]]\nname = "everyone"\n')
    more = f"""[[audience]]
name = "boss"
schedule = "daily 09:00"
channels = ["file", "mail"]
[channel.mail]
type = "email"
host = "{mail_server.host}"
port = {mail_server.port}
security = "plain"
sender = "zhoubao@example.cn"
recipients = ["boss@example.cn"]
"""
    started = time.monotonic()
    with daemon(workplace, "2025-07-21T08:59:45+08:00"):
        wait_for(lambda: completed(workplace, "site"), workplace)
        text = (workplace.path / "zhaoshang.toml").read_text()
        soon = "09:00" if time.monotonic() - started < 10 else "09:01"  # an audience is told what falls due after it
        workplace.configure(text + more.replace("09:00", soon))
        wait_for(lambda: "channel mail is new" in log(workplace), workplace)
        wait_for(lambda: mail_server.mails, workplace, 90)
    assert mail_server.mails[0].recipients == ["boss@example.cn"]


@pytest.mark.long
def test_a_source_that_is_paused_is_crawled_no_more_and_a_broken_file_stops_nothing(workplace, listed):
    workplace.configure(CONFIG.format(url=listed.url, every="10s"))
    path = workplace.path / "zhaoshang.toml"
    with daemon(workplace):
        wait_for(lambda: completed(workplace, "site"), workplace)
        good = path.read_text()
        path.write_text("[[source]\n")
        os.utime(path, (1_000_000, 1_000_000))
        wait_for(lambda: "stays in force" in log(workplace), workplace)
        crawls = listed.requests.count("/list.html")
        wait_for(lambda: listed.requests.count("/list.html") > crawls, workplace)
        path.write_text(good)
        wait_for(lambda: "it can be read again" in log(workplace), workplace)
        assert workplace.zhaoshang("source", "pause", "site").returncode == 0
        wait_for(lambda: "source site is paused" in log(workplace), workplace)
        crawls = listed.requests.count("/list.html")
        time.sleep(12)
        assert listed.requests.count("/list.html") == crawls
    assert log(workplace).count("stays in force") == 1
    assert "crawl incomplete" not in log(workplace)
