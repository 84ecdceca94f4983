"""`zhaoshang send --test` as a user runs it."""

import sqlite3

import pytest

MONDAY = "2025-07-21T08:00+08:00"
CONFIG = """
[[source]]
name = "site"
url = "{site}/list.html"

[[audience]]
name = "everyone"
channels = ["file"]

[channel.broken]
type = "command"
command = ["false"]
"""


@pytest.fixture
def crawled(workplace, site):
    site.listing("/list.html", [("/1.html", "【湛江招商】甲项目签约", "2025-07-18")])
    site.post("/1.html", ["甲项目签约，总投资十亿元。"])
    workplace.configure(CONFIG.format(site=site.url).replace('"\n\n[[aud', '"\nallow_private = true\n\n[[aud'))
    done = workplace.zhaoshang("--now", MONDAY, "crawl")
    assert done.returncode == 0, done.stderr
    return workplace


def count(workplace, table: str) -> int:
    with sqlite3.connect(workplace.database) as conn:
        found = int(conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
    conn.close()
    return found


def test_before_the_first_digest_it_is_a_preview_of_this_week_and_then_the_last_one(crawled):
    sample = crawled.data / "digests" / "everyone" / "test.md"
    done = crawled.zhaoshang("--now", "2025-07-19T08:00+08:00", "send", "--test", "everyone")
    assert (done.returncode, done.stdout) == (0, "sample of 2025-W29 (preview)\nfile: taken\n"), done.stderr
    assert sample.read_text(encoding="utf-8").startswith("# 【测试】招商周报 2025-W29")
    assert "甲项目签约" in sample.read_text(encoding="utf-8")
    assert [count(crawled, table) for table in ("digests", "digest_entries", "deliveries")] == [0, 0, 0]
    assert crawled.zhaoshang("--now", "2025-07-28T08:00+08:00", "deliver").returncode == 0
    done = crawled.zhaoshang("--now", "2025-08-07T08:00+08:00", "send", "--test", "everyone")
    assert done.stdout == "sample of 2025-W30 (frozen)\nfile: taken\n", done.stderr
    assert sample.read_text(encoding="utf-8").startswith("# 【测试】招商周报 2025-W30")
    assert "test" not in (crawled.data / "digests" / "index.md").read_text(encoding="utf-8")


def test_it_ends_with_one_when_a_channel_did_not_take_it(crawled):
    done = crawled.zhaoshang("--now", MONDAY, "send", "--test", "everyone", "--channel", "broken")
    assert done.returncode == 1
    assert done.stdout.splitlines()[1].startswith("broken: channel broken (false): ended with exit code 1")
    assert count(crawled, "deliveries") == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--test", "nobody"], "there is no audience named 'nobody'"),
        (["--test", "everyone", "--channel", "brokn"], "there is no channel named 'brokn' (did you mean 'broken'?)"),
        ([], "missing option '--test'"),
    ],
)
def test_a_name_that_is_none_is_told_in_one_line(crawled, args, said):
    done = crawled.zhaoshang("send", *args)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
