"""`zhaoshang stories`, `story`, `reanalyse` and the export of facts, as a user runs them."""

import csv
import io
import json
import shutil
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.models import SourceSpec
from monitor.pages import Entry, ListingPage
from monitor.store import Store
from monitor.text import LabelPattern

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 7, 21, tzinfo=UTC)
MONDAY = "2025-07-21T08:00+08:00"
BODY = (
    "{year}年3月5日，麟州镁业有限公司镁合金项目签约仪式在神木市举行。项目总投资19.4亿元，占地310亩，建设还原车间16座，"
    "年产镁合金57000吨。项目由麟州镁业有限公司投资，还原炉设备217台。{end}"
)


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    """A store in the workplace that the commands run in: one event twice, with two years, and another event."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zhaoshang.toml").write_text("", encoding="utf-8")
    posts = (
        ("【神木招商】麟州镁业镁合金项目签约", BODY.format(year=2024, end="当地将做好用地服务。"), date(2025, 7, 15)),
        ("【榆林招商】麟州镁业镁合金项目签约", BODY.format(year=2025, end="有关部门将做好服务。"), date(2025, 7, 16)),
        ("【徐闻招商】菠萝推介会举行", "=1+1，菠萝推介会在徐闻县举行，来宾300人。", date(2025, 7, 3)),
    )
    with Store(tmp_path / "data" / "zhaoshang.db") as opened:
        opened.sync([SourceSpec("zj", "http://zj.example/list/", "湛江")], [], NOW)
        crawl = opened.start_crawl("zj", pid=1, now=NOW)
        lines = tuple(
            Entry(title, f"http://zj.example/{number}", day, body=body)
            for number, (title, body, day) in enumerate(posts)
        )
        page = ListingPage("http://zj.example/list/", "html", lines)
        opened.record_listing(crawl, page, LabelPattern.parse("【…招商】"), NOW, ZONE)
        opened.finish_crawl(crawl, "end of the listing", completed=True, now=NOW)
        yield opened


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args)


def told(*args: str) -> str:
    done = run(*args)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_stories_lists_them_the_latest_first_with_their_flags():
    lines = told("stories").splitlines()
    assert lines[0].split() == ["story", "place", "stage", "篇数", "first", "seen", "title", "flags"]
    assert len(lines) == 3
    assert all(word in lines[1] for word in ("神木市", "签约", " 2 ", "2025-07-15", "旧闻 年份矛盾"))
    assert all(word in lines[2] for word in ("徐闻县", "推介会", " 1 ", "2025-07-03"))


def test_stories_of_a_week_are_those_with_a_post_in_it():
    assert "徐闻" not in told("stories", "--week", "2025-W29")
    assert "徐闻" in told("stories", "--week", "2025-W27")
    assert len(told("stories", "--limit", "1").splitlines()) == 2
    assert len(told("stories", "--all", "--limit", "1").splitlines()) == 3
    assert len(json.loads(told("stories", "--week", "2025-W29", "--json"))) == 1
    assert run("stories", "--week", "2025-W77").exit_code == 1


def test_a_story_is_shown_with_what_agrees_and_what_conflicts(store):
    told("stories")
    text = told("story", str(store.story_of(1)))
    assert "旧闻 · 年份矛盾" in text.splitlines()[0]
    assert "一致 投资额：19.4亿元" in text
    assert "不一 年份：2024（#1）；2025（#2）" in text
    assert "#2 与 #1 " in text
    assert "年份不同（2025／2024）" in text


def test_a_story_as_json_has_every_fact_and_reason():
    number = json.loads(told("stories", "--json"))[0]["story"]
    one = json.loads(told("story", str(number), "--json"))
    assert [member["post"] for member in one["members"]] == [1, 2]
    assert one["flags"] == ["旧闻", "年份矛盾"]
    assert one["agree"]["地点"].endswith("神木市")
    assert one["conflict"]["年份"] == [{"value": "2024", "posts": [1]}, {"value": "2025", "posts": [2]}]
    assert one["members"][0]["facts"]["money"][0]["words"] == "19.4亿元"
    assert one["members"][1]["reasons"]


def test_hands_correct_stories(store):
    told("stories")
    mine, other = store.story_of(1), store.story_of(3)
    assert f"story {mine} has 3 posts now" in told("stories", "merge", str(mine), str(other))
    new = told("stories", "split", str(mine), "3")
    assert store.story_of(3) != mine
    assert f"story {store.story_of(3)} has 1 posts, {mine} keeps the others" in new
    assert "are not tied" in told("stories", "unlink", str(mine), str(store.story_of(3)))
    assert "0 merged, 0 split" in told("stories", "regroup")
    assert (store.story_of(1), store.story_of(2)) == (mine, mine)


def test_grouping_anew_names_what_it_changes(store):
    told("stories")
    with store._write() as conn:
        conn.execute("INSERT INTO stories VALUES (77, '2025-07-01T00:00:00+00:00')")
        conn.execute("UPDATE story_members SET story_id = 77 WHERE post_id = 2")
    text = told("stories", "regroup", "--dry-run")
    assert "合并 77 → " in text
    assert "#2 【榆林招商】麟州镁业镁合金项目签约（自 77）" in text
    assert "1 merged, 0 split; dry run: nothing was changed" in text
    assert store.story_of(2) == 77


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("story", "99"), 1, "99: no such story; see `zhaoshang stories`"),
        (("stories", "merge", "1", "1"), 2, "name two stories or more"),
        (("stories", "split", "1", "99"), 1, "post 99 is none of its members"),
        (("stories", "unlink", "1", "99"), 1, "99: no such story"),
    ],
)
def test_what_cannot_be_done_is_one_line(workplace, args, code, words):
    workplace.zhaoshang("stories")
    done = workplace.zhaoshang(*args)
    assert done.returncode == code
    complaints = [line for line in done.stderr.splitlines() if not line.startswith("database: ")]
    assert len(complaints) == 1
    assert words in complaints[0]


def test_reanalyse_reads_what_older_rules_read_and_announces_nothing(store):
    told("stories")
    with store._write() as conn:
        conn.execute("UPDATE post_facts SET version = 0")
    assert "3 posts read again" in told("reanalyse")
    assert "0 posts read again" in told("reanalyse")
    assert "0 merged, 0 split" in told("reanalyse", "--regroup")
    assert store._rows("SELECT COUNT(*) FROM post_events")[0][0] == 0


def test_an_export_has_stories_and_facts():
    lines = [json.loads(line) for line in told("export").splitlines()]
    assert lines[0]["story"] == lines[1]["story"] != lines[2]["story"]
    assert lines[0]["facts"]["place"]["code"] == "610881"
    assert lines[0]["facts"]["event_date"]["words"] == "2024年3月5日"
    assert lines[0]["facts"]["recycled"] is True
    rows = list(csv.DictReader(io.StringIO(told("export", "--format", "csv"))))
    assert (rows[0]["place_code"], rows[0]["stage"], rows[0]["investments_yuan"]) == ("610881", "签约", "1940000000")
    assert (rows[0]["event_date"], rows[0]["recycled"], rows[0]["story"]) == ("2024-03-05", "1", rows[1]["story"])
    assert rows[2]["body"].startswith("'=")


@pytest.mark.parametrize("args", [("digest", "2025-W29"), ("export",), ("stories",), ("story", "1"), ("deliver",)])
def test_whoever_tells_of_posts_reads_their_stories_first(store, tmp_path, args):
    toml = '[[audience]]\nname = "everyone"\nschedule = "mon 08:00"\nchannels = ["file"]\n'
    (tmp_path / "zhaoshang.toml").write_text(toml, encoding="utf-8")
    store.sync([], ["everyone"], datetime(2025, 7, 1, tzinfo=UTC))
    assert store.ungrouped() == 3
    assert run("--now", MONDAY, *args).exit_code == 0
    assert store.ungrouped() == 0


def test_status_counts_what_is_not_read_and_what_could_not_be(store):
    assert "3 posts are not read for stories yet" in run("status").stdout
    told("stories")
    assert "not read for stories" not in run("status").stdout
    with store._write() as conn:
        conn.execute("UPDATE post_facts SET problem = 'ValueError: x' WHERE post_id = 2")
    assert "1 posts without facts, which could not be read; see `zhaoshang doctor`" in run("status").stdout
    record = json.loads(run("status", "--json").stdout)
    assert (record["ungrouped_posts"], record["unread_posts"]) == (0, 1)
    found = next(line for line in run("doctor", "--offline").stdout.splitlines() if "facts of posts" in line)
    assert found.startswith("!!")
    assert "the first of them 2 (ValueError: x)" in found


@pytest.mark.long
@pytest.mark.parametrize("by_hand", [False, True])
def test_a_crawl_leaves_every_post_with_facts_and_a_story(workplace, by_hand):
    shutil.rmtree(workplace.data)
    (workplace.path / "zhaoshang.toml").unlink()
    done = workplace.scrapy("crawl", "zhanjiang") if by_hand else workplace.zhaoshang("crawl")
    assert done.returncode == 0, done.stderr
    with Store(workplace.database) as store:
        assert store.ungrouped() == 0
        posts = list(store.filed_posts())
        assert len(posts) == 9
        assert all(post.story is not None and post.facts is not None for post in posts)
