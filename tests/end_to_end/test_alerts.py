"""An alert rule under a real daemon: a big project goes out by mail soon after the crawl that found it, once."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

import pytest

CONFIG = """
[crawl]
delay = 0
[[source]]
name = "site"
url = "{url}/list.html"
every = "10s"
jitter = "0s"
allow_private = true
[[audience]]
name = "everyone"
[[rule]]
name = "big"
channels = ["mail"]
min_investment = "10亿元"
[channel.mail]
type = "email"
host = "127.0.0.1"
port = {mail}
security = "plain"
sender = "zhoubao@example.cn"
recipients = ["reader@example.cn"]
"""
SMALL = "7月16日，小型仓储项目在遂溪县开工，投资3000万元，由遂溪仓储有限公司建设。"
BIG = "7月17日，海上风电装备项目在徐闻县签约，总投资120亿元，由粤海重工有限公司建设，年产叶片300套。"


@contextmanager
def daemon(workplace) -> Iterator[subprocess.Popen[str]]:
    process = workplace.start("run", "--now", "2025-07-18T09:00:00+08:00", "--tick", "0.2")
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


@pytest.mark.long
def test_a_big_project_is_alerted_by_mail_after_its_crawl_and_never_again(workplace, site, mail_server):
    listed = [("/1.html", "【遂溪招商】仓储项目开工", "2025-07-17")]
    site.listing("/list.html", listed)
    site.post("/1.html", [SMALL])
    site.post("/2.html", [BIG])
    workplace.configure(CONFIG.format(url=site.url, mail=mail_server.port))
    with daemon(workplace):
        wait_for(lambda: "1 new" in log(workplace), workplace)
        site.listing("/list.html", [("/2.html", "【徐闻招商】海上风电装备项目签约", "2025-07-18"), *listed])
        wait_for(lambda: mail_server.mails, workplace)
        crawls = log(workplace).count("unchanged")
        wait_for(lambda: log(workplace).count("unchanged") > crawls + 1, workplace)
    (mail,) = [message_from_bytes(one.data, policy=default) for one in mail_server.mails]
    text = mail.get_body(("plain",)).get_content()
    assert "海上风电装备项目签约" in text
    assert "仓储项目" not in text
    shown = workplace.zhaoshang("digest", "2025-W29", "--now", "2025-07-18T10:00:00+08:00")
    assert "仓储项目开工" in shown.stdout
    assert "海上风电装备项目签约" in shown.stdout


@pytest.mark.long
def test_without_a_daemon_the_first_crawl_with_a_rule_makes_it_known(workplace, site, mail_server):
    listed = [("/1.html", "【遂溪招商】仓储项目开工", "2025-07-17")]
    site.listing("/list.html", listed)
    site.post("/1.html", [SMALL])
    site.post("/2.html", [BIG])
    workplace.configure(CONFIG.format(url=site.url, mail=mail_server.port))
    assert workplace.zhaoshang("crawl", "--now", "2025-07-18T09:00:00+08:00").returncode == 0
    site.listing("/list.html", [("/2.html", "【徐闻招商】海上风电装备项目签约", "2025-07-18"), *listed])
    assert workplace.zhaoshang("crawl", "--now", "2025-07-18T10:00:00+08:00").returncode == 0
    assert "for big" in workplace.zhaoshang("deliver", "--now", "2025-07-18T10:05:00+08:00").stdout
    assert len(mail_server.mails) == 1
