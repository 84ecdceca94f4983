"""A real daemon: started, fed ticks, killed, restarted, and stopped by a signal."""

import email
import email.policy
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.store import Store

pytestmark = pytest.mark.long  # whole processes, one after the other

ROOT = Path(__file__).parent.parent.parent
BEFORE = "2025-07-21T07:59:56+08:00"  # four seconds before Monday at eight
AFTER = "2025-07-21T08:01:30+08:00"


def config(site, mail_server, *, every="1m", more="") -> str:
    return f"""
[crawl]
delay = 0
[[source]]
name = "site"
url = "{site.url}/list.html"
allow_private = true
every = "{every}"
jitter = "0s"
[[audience]]
name = "everyone"
schedule = "mon 08:00"
channels = ["file", "mail"]
[channel.mail]
type = "email"
host = "{mail_server.host}"
port = {mail_server.port}
security = "plain"
sender = "zhoubao@example.cn"
recipients = ["a@example.cn", "b@example.cn"]
timeout = "20s"
{more}
"""


@pytest.fixture
def listed(site):
    """Two posts of the week before, each with a page."""
    site.listing(
        "/list.html",
        [("/1.html", "【湛江招商】甲项目签约", "2025-07-18"), ("/2.html", "【遂溪县招商】乙项目开工", "2025-07-17")],
    )
    site.post("/1.html", ["甲项目签约，总投资十亿元。", "第二段。"])
    site.post("/2.html", ["乙项目开工建设。"])
    return site


@contextmanager
def daemon(workplace, now: str, tick: str = "0.3") -> Iterator[subprocess.Popen[str]]:
    process = workplace.start("run", "--now", now, "--tick", tick)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_for(what: Callable[[], object], workplace, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, (workplace.path / "daemon.log").read_text()
        time.sleep(0.05)


def stop(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> int:
    process.send_signal(number)
    return process.wait(timeout=30)


def message_ids(mail_server) -> list[str]:
    mails = [email.message_from_bytes(mail.data, policy=email.policy.default) for mail in mail_server.mails]
    return [str(mail["Message-ID"]) for mail in mails]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_daemon_that_is_told_to_stop_while_it_is_still_being_imported_ends_well(workplace, number):
    marker = workplace.path / "importing"
    # Python runs this first: from then on the import of the daemon takes its time.
    (workplace.path / "sitecustomize.py").write_text(f"""
import pathlib, sys, time

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "monitor.daemon":
            pathlib.Path({str(marker)!r}).touch()
            time.sleep(30)

sys.meta_path.insert(0, Slow())
""")
    process = workplace.start("run", PYTHONPATH=f"{workplace.path}:{ROOT}")
    try:
        wait_for(marker.exists, workplace)
        assert stop(process, number) == 0
    finally:
        process.kill()
        process.wait()
    assert (workplace.path / "daemon.log").read_text() == ""


def test_crawls_writes_and_mails_once_across_a_kill_and_a_restart(workplace, listed, mail_server):
    workplace.configure(config(listed, mail_server))
    markdown = workplace.data / "digests" / "everyone" / "2025-W29.md"
    with daemon(workplace, BEFORE) as first:
        wait_for(lambda: len(mail_server.mails) == 2, workplace)
        wait_for(lambda: all_sent(workplace), workplace)
        first.send_signal(signal.SIGKILL)
        first.wait()
    written = markdown.read_text(encoding="utf-8")
    assert "甲项目签约" in written
    assert "乙项目开工" in written
    crawls = listed.requests.count("/list.html")
    with daemon(workplace, AFTER) as second:
        wait_for(lambda: listed.requests.count("/list.html") > crawls, workplace)
        time.sleep(2)
        assert stop(second) == 0
    assert len(mail_server.mails) == 2
    assert sorted(recipient for mail in mail_server.mails for recipient in mail.recipients) == [
        "a@example.cn",
        "b@example.cn",
    ]
    assert markdown.read_text(encoding="utf-8") == written


def all_sent(workplace) -> bool:
    with Store(workplace.database) as store:
        return not store.deliveries(open_only=True) and len(store.deliveries()) == 3


def test_a_kill_while_the_mail_is_handed_over_repeats_it_under_the_same_message_id(workplace, listed, mail_server):
    workplace.configure(config(listed, mail_server))
    mail_server.hang = 3600
    with daemon(workplace, BEFORE) as first:
        wait_for(lambda: claimed(workplace), workplace)
        first.send_signal(signal.SIGKILL)
        first.wait()
    with Store(workplace.database) as store:
        expected = {one.recipient: one.message_id for one in store.deliveries() if one.channel == "mail"}
    mail_server.hang = 0
    with daemon(workplace, AFTER) as second:
        wait_for(lambda: all_sent(workplace), workplace)
        assert stop(second, signal.SIGINT) == 0
    assert sorted(message_ids(mail_server)) == sorted(expected.values())


def claimed(workplace) -> bool:
    if not workplace.database.exists():
        return False
    with Store(workplace.database) as store:
        return any(delivery.channel == "mail" for delivery, _ in store.claims())


def test_after_weeks_of_downtime_all_digests_reach_the_files_and_the_latest_the_mail(workplace, listed, mail_server):
    workplace.configure(config(listed, mail_server))
    with daemon(workplace, "2025-07-16T12:00+08:00") as first:
        wait_for(lambda: "completed" in (workplace.path / "daemon.log").read_text(), workplace)
        assert stop(first) == 0
    listed.listing("/list.html", [("/3.html", "【湛江招商】丙项目投产", "2025-07-29")])
    listed.post("/3.html", ["丙项目投产。"])
    with daemon(workplace, "2025-08-05T09:00+08:00") as second:
        wait_for(lambda: len(mail_server.mails) == 2, workplace)
        wait_for(lambda: len(list((workplace.data / "digests").rglob("2025-W*.md"))) == 3, workplace)
        assert stop(second) == 0
    folder = workplace.data / "digests" / "everyone"
    assert sorted(path.stem for path in folder.glob("2025-W*.md")) == ["2025-W29", "2025-W30", "2025-W31"]
    assert "甲项目签约" in (folder / "2025-W29.md").read_text()
    assert "本期没有新事件" in (folder / "2025-W30.md").read_text()
    latest = (folder / "2025-W31.md").read_text()
    assert "丙项目投产" in latest  # what was due was crawled before the digest was built
    assert "2025-W29、2025-W30" in latest


def test_a_second_daemon_is_refused_and_told_which_process_holds_the_folder(workplace, listed, mail_server):
    workplace.configure(config(listed, mail_server))
    with daemon(workplace, AFTER) as first:
        wait_for(lambda: "started as process" in (workplace.path / "daemon.log").read_text(), workplace)
        second = workplace.zhaoshang("run")
        assert second.returncode == 1
        assert f"process {first.pid}" in second.stderr
        assert len(second.stderr.strip().splitlines()) == 1
        assert stop(first) == 0


def test_a_signal_during_a_crawl_ends_the_child_gracefully_and_the_next_crawl_closes_the_gap(
    workplace, listed, mail_server
):
    workplace.configure(config(listed, mail_server))
    listed.pages["/1.html"].delay = 2
    with daemon(workplace, AFTER) as first:
        wait_for(lambda: "/1.html" in listed.requests, workplace)
        assert stop(first) == 0
    with Store(workplace.database) as store:
        (state,) = store.source_states()
        assert state.last is not None
        assert state.last.reason == "shutdown"
        assert not state.last.completed
    listed.pages["/1.html"].delay = 0
    with daemon(workplace, "2025-07-21T08:05:00+08:00") as second:
        wait_for(lambda: completed(workplace), workplace)
        assert stop(second) == 0
    with Store(workplace.database) as store:
        assert [post.status for post in store.posts()] == ["complete", "complete"]


def completed(workplace) -> bool:
    with Store(workplace.database) as store:
        (state,) = store.source_states()
        return state.last_good is not None


def test_a_crawl_that_hangs_is_ended_after_its_timeout_and_named_in_the_digest(workplace, listed, mail_server):
    workplace.configure(config(listed, mail_server).replace("delay = 0", 'delay = 0\ntimeout = "2s"'))
    listed.pages["/list.html"].delay = 60
    with daemon(workplace, BEFORE):
        wait_for((workplace.data / "digests" / "everyone" / "2025-W29.md").exists, workplace, 60)
    text = (workplace.data / "digests" / "everyone" / "2025-W29.md").read_text()
    assert "异常" in text


def test_the_clock_set_back_neither_stops_crawls_nor_repeats_a_digest(workplace, listed, mail_server):
    workplace.configure(config(listed, mail_server))
    with daemon(workplace, "2025-07-21T08:00:01+08:00") as first:
        wait_for(lambda: "completed" in (workplace.path / "daemon.log").read_text(), workplace)
        assert stop(first) == 0
    with daemon(workplace, "2025-07-28T08:00:01+08:00") as second:
        wait_for(lambda: len(mail_server.mails) == 2, workplace)
        assert stop(second) == 0
    crawls = listed.requests.count("/list.html")
    with daemon(workplace, "2025-07-21T08:00:01+08:00") as third:
        wait_for(lambda: listed.requests.count("/list.html") > crawls, workplace)
        time.sleep(1)
        assert stop(third) == 0
    assert len(mail_server.mails) == 2


def test_a_mail_server_that_hangs_does_not_hold_up_the_end(workplace, listed, mail_server):
    workplace.configure(config(listed, mail_server).replace('timeout = "20s"', 'timeout = "2m"'))
    mail_server.hang = 3600
    with daemon(workplace, BEFORE) as process:
        wait_for(lambda: claimed(workplace), workplace)
        started = datetime.now(UTC)
        assert stop(process) == 0
        assert (datetime.now(UTC) - started).total_seconds() < 30
