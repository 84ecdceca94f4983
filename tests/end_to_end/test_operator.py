"""An operator who is told: a site that breaks and recovers under a real daemon, with real mail and real HTTP."""

import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

CONFIG = """
[crawl]
delay = 0
[operator]
channels = ["mail", "file"]
alert_after = 2
healthz = "127.0.0.1:{port}"
[[source]]
name = "site"
title = "湛江市招商局"
url = "{url}/list.html"
every = "10s"
jitter = "0s"
allow_private = true
[channel.mail]
type = "email"
host = "127.0.0.1"
port = {mail}
security = "plain"
sender = "zhoubao@example.cn"
recipients = ["op@example.cn"]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def daemon(workplace) -> Iterator[subprocess.Popen[str]]:
    process = workplace.start("run", "--now", "2025-07-21T09:00:00+08:00", "--tick", "0.2")
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


def wait_for(what: Callable[[], object], workplace, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, log(workplace)
        time.sleep(0.05)


def subjects(mail_server) -> list[str]:
    return [str(message_from_bytes(mail.data, policy=default)["Subject"]) for mail in mail_server.mails]


def healthz(port: int) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def good_listing(site) -> None:
    site.listing("/list.html", [("/1.html", "【湛江招商】甲项目签约", "2025-07-18")])
    site.post("/1.html", ["甲项目签约，总投资十亿元。"])


@pytest.mark.long
def test_a_source_that_breaks_and_recovers_is_told_once_each_by_mail_file_log_and_healthz(workplace, site, mail_server):
    port = free_port()
    good_listing(site)
    workplace.configure(CONFIG.format(url=site.url, mail=mail_server.port, port=port))
    with daemon(workplace):
        wait_for(lambda: "1 new" in log(workplace), workplace)
        assert healthz(port)[0] == 200
        site.put("/list.html", "busy", status=500)
        wait_for(lambda: mail_server.mails, workplace)
        wait_for(lambda: healthz(port)[0] == 503, workplace)
        (broken,) = healthz(port)[1]["sources"]
        assert (broken["name"], broken["failing"]) == ("site", True)
        crawls = log(workplace).count("crawl incomplete")
        wait_for(lambda: log(workplace).count("crawl incomplete") > crawls, workplace)
        good_listing(site)
        wait_for(lambda: len(mail_server.mails) > 1, workplace, 150.0)  # a source that fails is asked less often
        wait_for(lambda: healthz(port)[0] == 200, workplace)
    told = subjects(mail_server)
    assert [subject.partition("：")[0] for subject in told] == ["【招商周报】来源异常", "【招商周报】来源恢复"]
    assert "湛江市招商局" in told[0]
    assert len(list((workplace.data / "digests" / "operator").iterdir())) == 2
    assert log(workplace).count("ERROR source site: ") == 1
    assert log(workplace).count("WARNING source site is well again") == 1
    listed = workplace.zhaoshang("deliveries", "--json")
    assert [(one["alert"], one["digest"], one["audience"]) for one in json.loads(listed.stdout)] == [
        (2, None, "operator"),
        (2, None, "operator"),
        (1, None, "operator"),
        (1, None, "operator"),
    ]
    assert "alert-2" in workplace.zhaoshang("deliveries").stdout
    again = workplace.zhaoshang("resend", "1")
    assert "alert-1 to mail op@example.cn" in again.stdout
    assert subjects(mail_server)[-1].startswith("（重发）【招商周报】来源异常")


@pytest.mark.long
def test_without_a_daemon_a_crawl_tells_and_deliver_sends(workplace, site, mail_server):
    site.put("/list.html", "busy", status=500)
    config = CONFIG.format(url=site.url, mail=mail_server.port, port=free_port())
    workplace.configure(config)
    first, second, third = (
        workplace.zhaoshang("--now", f"2025-07-21T{hour}:00+08:00", "crawl") for hour in ("09", "10", "11")
    )
    assert "source site:" not in first.stderr
    assert second.stderr.count("source site: ") == 1
    assert "source site:" not in third.stderr
    assert mail_server.mails == []
    sent = workplace.zhaoshang("--now", "2025-07-21T12:00+08:00", "deliver")
    assert "alert-1 for operator: mail op@example.cn: delivered" in sent.stdout
    assert len(mail_server.mails) == 1
    assert workplace.zhaoshang("--now", "2025-07-21T13:00+08:00", "crawl", "--url", "nofile.txt").returncode == 1
    good_listing(site)
    recovered = workplace.zhaoshang("--now", "2025-07-21T14:00+08:00", "crawl")
    assert "source site is well again" in recovered.stderr


@pytest.mark.long
def test_healthz_follows_the_configuration_and_a_port_in_use_is_told(workplace, site, mail_server):
    good_listing(site)
    first, second = free_port(), free_port()
    text = CONFIG.format(url=site.url, mail=mail_server.port, port=first).replace('"10s"', '"6h"')
    workplace.configure(text)
    with socket.create_server(("127.0.0.1", first)):
        refused = workplace.zhaoshang("run")
        assert refused.returncode == 1
        assert f"cannot listen on 127.0.0.1:{first}: Address already in use" in refused.stderr
        assert len(refused.stderr.strip().splitlines()) == 1
    with ExitStack() as silent, daemon(workplace), socket.create_server(("127.0.0.1", 0)) as taken:
        wait_for(lambda: "started as process" in log(workplace), workplace)
        assert healthz(first)[0] == 200
        busy = taken.getsockname()[1]
        workplace.configure(text.replace(str(first), str(busy)))
        wait_for(lambda: f"cannot listen on 127.0.0.1:{busy}" in log(workplace), workplace)
        workplace.configure(text.replace(str(first), str(second)))
        wait_for(lambda: f"http://127.0.0.1:{second}/healthz" in log(workplace), workplace)
        assert healthz(second)[0] == 200
        for _ in range(20):  # and it stops all the same
            silent.enter_context(socket.create_connection(("127.0.0.1", second)))
    assert "the configuration changed: [operator] is changed" in log(workplace)


@pytest.mark.long
def test_after_downtime_what_was_not_crawled_meanwhile_is_crawled_before_it_is_judged(workplace, site, mail_server):
    good_listing(site)
    config = CONFIG.format(url=site.url, mail=mail_server.port, port=free_port())
    workplace.configure(config.replace('"10s"', '"6h"'))
    assert workplace.zhaoshang("--now", "2025-06-01T09:00+08:00", "crawl").returncode == 0
    with daemon(workplace):
        wait_for(lambda: log(workplace).count("not modified") + log(workplace).count("unchanged"), workplace)
        time.sleep(1)  # some more ticks
    assert "source site" not in log(workplace)
    assert mail_server.mails == []
