"""`zhaoshang history` and `diff` as a user runs them: which post, which revisions, and what the terminal shows."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.errors import UnknownPost
from monitor.models import SourceSpec
from monitor.pages import Entry, ListingPage
from monitor.store import Store
from monitor.text import LabelPattern, width

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 7, 21, tzinfo=UTC)
DAY = date(2025, 7, 17)
URL = "http://zj.example/1.html"
BODY = "\n".join(
    (
        "湛江外罗海上风电项目由广东粤电投资建设。2023年，项目正式开工。",
        "项目总投资12.5亿元，占地300亩。",
        *(f"第{n}次会议要求抓好落实。" for n in range(1, 13)),
        "下一步将围绕家电产业补链强链。",
    )
)
REWRITTEN = "春天来了，万物复苏，大地一片生机勃勃的景象。\n孩子们在草地上放风筝，笑声传得很远很远。"
ONE = Entry("【湛江招商】海上风电项目开工", URL, DAY, body=BODY)


def record(store: Store, entries: list[Entry], at: datetime) -> None:
    crawl_id = store.start_crawl("zj", pid=1, now=at)
    page = ListingPage("http://zj.example/list/", "html", tuple(entries))
    store.record_listing(crawl_id, page, LabelPattern.parse("【…招商】"), at, ZONE)
    store.finish_crawl(crawl_id, "end of the listing", completed=True, now=at)


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    """A store in the workplace that the commands run in, with a post that was edited, one rewritten, and one as it was."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zhaoshang.toml").write_text("", encoding="utf-8")
    other = Entry("【徐闻招商】菠萝加工", "http://zj.example/2.html", DAY, body=BODY)
    third = Entry("【徐闻招商】菠萝基地", "http://zj.example/3.html", DAY, body="菠萝。")
    with Store(tmp_path / "data" / "zhaoshang.db") as opened:
        opened.sync([SourceSpec("zj", "http://zj.example/list/", "湛江")], [], NOW)
        record(opened, [ONE, other, third], NOW)
        edited = BODY.replace("2023年", "2017年").replace("12.5亿元", "15亿元")
        later = replace(ONE, title="【湛江招商】海上风电项目投产", body=edited)
        record(opened, [later, replace(other, body=REWRITTEN), third], NOW + timedelta(days=1))
        yield opened


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args)


def shown(*args: str) -> str:
    done = run(*args)
    assert done.exit_code == 0, done.output
    return done.stdout


def trouble(*args: str) -> str:
    with pytest.raises(UnknownPost) as raised:
        CliRunner().invoke(cli, args, catch_exceptions=False)
    return str(raised.value)


def test_history_lists_revisions_with_what_changed_in_words():
    text = shown("history", "1")
    assert "#1 【湛江招商】海上风电项目投产" in text
    assert URL in text
    first, second = (line for line in text.splitlines() if line.startswith("2025-"))
    assert first.split()[:3] == ["2025-07-21", "08:00", "1"]
    assert "首次读到" in first
    assert second.split()[:3] == ["2025-07-22", "08:00", "2"]
    assert "标题由《【湛江招商】海上风电项目开工》改为《【湛江招商】海上风电项目投产》；正文改动 2 处" in second


def test_history_tells_withdrawals_and_what_was_read_again(store):
    with store._write() as conn:
        conn.execute("UPDATE revisions SET replayed = 1 WHERE post_id = 1 AND number = 2")
        conn.execute("DELETE FROM post_events")
        conn.executemany(
            "INSERT INTO post_events (post_id, crawl_id, at, kind, revision, telling, reason) VALUES (?, 1, ?, ?, 2, ?, ?)",
            [
                (1, "2025-07-25T00:00:00+00:00", "withdrawn", 1, "HTTP 404"),
                (1, "2025-07-24T00:00:00+00:00", "flapping", 0, ""),
                (2, "2025-07-22T00:00:00+00:00", "revised", 0, ""),
            ],
        )
    lines = [line for line in shown("history", "1").splitlines() if line.startswith("2025-")]
    assert ["归档重读" in line for line in lines] == [False, True, False, False]
    assert "频繁变动" in lines[2]
    assert "撤稿" in lines[3]
    assert "HTTP 404" in lines[3]
    assert "修改（不通知）" in shown("history", "2")
    told = json.loads(shown("history", "1", "--json"))
    assert [(one["revision"], one["replayed"]) for one in told["revisions"]] == [(1, False), (2, True)]
    assert told["revisions"][1]["changes"][-1] == "正文改动 2 处"
    assert [(one["kind"], one["telling"]) for one in told["events"]] == [("withdrawn", True), ("flapping", False)]


def test_a_post_that_was_never_read_has_a_history_too(store):
    record(store, [Entry("【湛江招商】未读", "http://zj.example/9.html", DAY)], NOW)
    assert "尚未读到正文" in shown("history", "未读")
    assert "nothing to compare yet" in trouble("diff", "未读")


def test_diff_marks_words_and_folds_what_is_the_same():
    text = shown("diff", "海上风电")
    assert "[-2023年-]{+2017年+}，项目正式开工。" in text
    assert "项目总投资[-12.5亿元-]{+15亿元+}，占地300亩。" in text
    assert "… 相同 12 句 …" in text
    assert "第1次会议要求抓好落实。" in text
    assert "第2次会议" not in text
    assert "版本 1（2025-07-21 08:00） → 版本 2（2025-07-22 08:00）" in text
    assert "\x1b" not in text


def test_diff_takes_two_revisions_in_either_order():
    assert "[-15亿元-]{+12.5亿元+}" in shown("diff", URL, "2", "1")
    assert "两个版本的文字相同" in shown("diff", "1", "1", "1")


def test_a_rewrite_is_shown_in_two_columns_that_keep_their_border():
    text = shown("diff", "2")
    assert "正文重写" in text
    rows = [line for line in text.splitlines() if "春天来了" in line]
    assert len(rows) == 1
    heading = next(line for line in text.splitlines() if "改前" in line)
    assert width(rows[0][: rows[0].index("春天")]) == width(heading[: heading.index("改后")])
    assert all(width(line) <= 120 for line in text.splitlines())


@pytest.mark.parametrize("form", ["terminal", "md", "html", "json"])
def test_diff_writes_every_format_to_a_file(tmp_path, form):
    target = tmp_path / f"out.{form}"
    done = run("diff", "1", "--format", form, "--output", str(target))
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"wrote {target}" in done.stderr
    assert "15亿元" in target.read_text(encoding="utf-8")
    if form == "json":
        told = json.loads(target.read_text(encoding="utf-8"))
        assert (told["before"]["revision"], told["after"]["revision"], told["rewritten"]) == (1, 2, False)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["history", "水电"], ["'水电': no post has this number, URL or title", "see `zhaoshang posts`"]),
        (["history", "http://zj.example/404"], ["no post has this"]),
        (["diff", "菠萝"], ["several posts fit: 3 【徐闻招商】菠萝基地, 2 【徐闻招商】菠萝加工", "by its number"]),
        (["diff", "3"], ["post 3: has no two revisions", "see `zhaoshang history 3`"]),
        (["diff", "1", "1"], ["name two revisions"]),
        (["diff", "1", "1", "2", "3"], ["name two revisions"]),
        (["diff", "1", "1", "7"], ["post 1: there is no revision 7"]),
    ],
)
def test_what_cannot_be_shown_is_one_line_that_says_what_to_do(args, words):
    line = trouble(*args)
    assert "\n" not in line
    for word in words:
        assert word in line


def test_a_file_that_cannot_be_written_is_one_line(workplace):
    done = workplace.zhaoshang("diff", "1", "--output", str(workplace.path / "none" / "out.txt"))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        "out.txt: cannot be written: No such file or directory; check the path"
    )


def test_hostile_titles_and_texts_come_out_harmless(tmp_path):
    with sqlite3.connect(tmp_path / "data" / "zhaoshang.db") as conn:
        evil = "[red]甲[/red]\x1b[31m\u202e<b>\x9b2J"
        conn.execute("UPDATE posts SET title = ?1, url = 'javascript:alert(1)' WHERE id = 1", [evil])
        conn.execute("UPDATE revisions SET title = ?1 || number, body = ?1 || body WHERE post_id = 1", [evil])
    for command in ("history", "diff"):
        text = shown(command, "1")
        assert "[red]甲[/red]" in text
        assert not {"\x1b", "\x9b", "\u202e"} & set(text)
