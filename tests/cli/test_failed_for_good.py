"""A delivery that no further try would bring, as a user sees it, mends it, and sends it."""

import json

import pytest

MONDAY = "2025-07-21T08:00+08:00"
KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
AUDIENCE = '[[audience]]\nname = "everyone"\nchannels = ["file", "hook"]\n[operator]\nchannels = ["file"]\n'
SOURCE = '[[source]]\nname = "zj"\nurl = "listing.html"\n'
ROBOT = '[channel.hook]\ntype = "wecom"\nurl_env = "HOOK_URL"\n'
PROGRAM = '[channel.hook]\ntype = "command"\ncommand = ["./keep"]\n'


@pytest.mark.long
def test_it_is_seen_everywhere_until_it_is_mended_and_sent(workplace) -> None:
    (workplace.path / "listing.html").write_text(
        "<ul><li><a href='http://zj.example/1'>【湛江招商】海上风电项目开工</a><span>2025-07-16</span></li></ul>"
    )
    workplace.configure(SOURCE + AUDIENCE + ROBOT)
    env = {"HOOK_URL": f"https://127.0.0.1/send?key={KEY}"}
    workplace.zhaoshang("--now", MONDAY, "crawl")
    delivered = workplace.zhaoshang("--now", MONDAY, "deliver", **env)
    told = [delivered, workplace.zhaoshang("deliveries"), workplace.zhaoshang("--now", MONDAY, "status", **env)]
    told += [workplace.zhaoshang("doctor", "--offline", **env), workplace.zhaoshang("check-config", **env)]
    assert not any(KEY in done.stdout + done.stderr for done in told)
    reason = "127.0.0.1 is no public address; set allow_private = true if it is a service of your own network"
    assert f"{reason}, then run: zhaoshang resend 2" in delivered.stdout
    assert delivered.returncode == 1
    assert "failed" in told[1].stdout
    assert told[2].returncode == 1
    assert "delivery 2 failed for good: 2025-W29 for everyone to hook: " in told[2].stdout
    assert json.loads(workplace.zhaoshang("--now", MONDAY, "status", "--json", **env).stdout)["failed"] == [2]
    (alert,) = (workplace.path / "data" / "digests" / "operator").iterdir()
    assert "zhaoshang resend 2" in alert.read_text(encoding="utf-8")
    assert KEY.encode() not in workplace.database.read_bytes()
    assert workplace.zhaoshang("--now", "2025-07-21T20:00+08:00", "deliver", **env).stdout == "nothing is due\n"

    program = workplace.path / "keep"
    program.write_text("#!/bin/sh\ncat > kept\n")
    program.chmod(0o755)
    workplace.configure(SOURCE + AUDIENCE + PROGRAM)
    again = workplace.zhaoshang("--now", "2025-07-21T20:00+08:00", "resend", "2")
    assert (again.returncode, again.stderr.count("Error")) == (0, 0), again.stderr
    assert "delivered" in again.stdout
    assert "招商周报 2025-W29" in (workplace.path / "kept").read_text()
    states = {one["channel"]: one["state"] for one in json.loads(workplace.zhaoshang("deliveries", "--json").stdout)}
    assert states == {"file": "sent", "hook": "sent"}


def test_a_resend_to_a_channel_that_left_the_configuration_says_so_and_queues_nothing(workplace) -> None:
    (workplace.path / "listing.html").write_text(
        "<ul><li><a href='http://zj.example/1'>【湛江招商】海上风电项目开工</a><span>2025-07-16</span></li></ul>"
    )
    workplace.configure(SOURCE + AUDIENCE + PROGRAM.replace("./keep", "true"))
    workplace.zhaoshang("--now", MONDAY, "crawl")
    assert workplace.zhaoshang("--now", MONDAY, "deliver").returncode == 0
    workplace.configure(SOURCE + AUDIENCE.replace(', "hook"', ""))
    refused = workplace.zhaoshang("--now", MONDAY, "resend", "2")
    assert refused.returncode == 1
    assert "there is no [channel.hook] any more; add it again, then resend" in refused.stderr
    assert len(json.loads(workplace.zhaoshang("deliveries", "--json").stdout)) == 2
