"""`zhaoshang rules test`, and alerts by hand with `zhaoshang deliver`."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.models import SourceSpec
from monitor.pages import Entry, ListingPage
from monitor.store import Store
from monitor.text import LabelPattern

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 7, 18, 2, tzinfo=UTC)  # Friday 10:00 in Shanghai
SPEC = SourceSpec("zj", "http://zj.example/list/", "湛江")
CONFIG = """
[[source]]
name = "zj"
url = "http://zj.example/list/"

[[audience]]
name = "everyone"

[[audience]]
name = "湛江"
places = ["湛江市"]
schedule = "daily 08:00"

[[rule]]
name = "大项目"
min_investment = "10亿元"
quiet = "22:00-07:00"
at_most = 1
"""
POSTS = (
    ("湛江", "7月16日，湛江海上风电装备项目在徐闻县签约，总投资12亿元，由粤海重工有限公司建设，年产叶片300套。"),
    ("茂名", "7月16日，茂名锂电隔膜项目在高州市开工，总投资125亿元，由高州新能材料有限公司建设，占地200亩。"),
    ("清远", "2023年5月8日，清远市举行营商环境座谈会，就惠企政策听取代表的意见，会议由市投资促进局主持。"),
)


def record(store: Store, entries: tuple[Entry, ...], at: datetime) -> None:
    crawl = store.start_crawl("zj", pid=1, now=at)
    store.record_listing(crawl, ListingPage(SPEC.url, "html", entries), LabelPattern.parse("【…招商】"), at, ZONE)
    store.finish_crawl(crawl, "end of the listing", completed=True, now=at)


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """Three posts that a crawl found after the source's baseline, in a folder with two audiences and a rule."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zhaoshang.toml").write_text(CONFIG, encoding="utf-8")
    with Store(tmp_path / "data" / "zhaoshang.db") as store:
        store.sync([SPEC], ["everyone", "湛江", "大项目"], NOW - timedelta(days=1))
        record(store, (), NOW - timedelta(days=1))
        entries = (
            Entry(f"【{place}招商】{place}的消息", f"http://zj.example/{place}", date(2025, 7, 17), body=body)
            for place, body in POSTS
        )
        record(store, tuple(entries), NOW - timedelta(hours=1))
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args)


def told(*args: str) -> str:
    done = run(*args, "--now", "2025-07-18T10:00+08:00")
    assert done.exit_code == 0, done.output
    return done.stdout


def test_it_shows_week_by_week_what_each_would_have_sent():
    text = told("rules", "test", "--weeks", "2")
    assert text.split("\n\n") == [
        (
            "audience everyone: mon 08:00, to file; everything\n"
            "  2025-W29  2 new, 1 old news\n    茂名的消息\n    湛江的消息\n"
            "  2025-W28  0 new, 0 old news"
        ),
        (
            "audience 湛江: daily 08:00, to file; places 湛江市\n"
            "  2025-W29  1 new, 0 old news, 2 posts passed over\n    湛江的消息\n"
            "  2025-W28  0 new, 0 old news"
        ),
        (
            "rule 大项目: at most 1 a day, quiet 22:00-07:00, to file; min_investment 1000000000\n"
            "  2025-W29  1 alerted, 1 left to the digest, 1 posts passed over\n    茂名的消息\n"
            "  2025-W28  0 alerted\n"
        ),
    ]


def test_it_sends_nothing_and_counts_nothing_as_told(workplace):
    told("rules", "test")
    with Store(workplace / "data" / "zhaoshang.db") as store:
        assert store.deliveries() == ()
        assert store.frozen_digest("大项目", "2025-07-18") is None
    assert "froze 2025-07-18T100000 for 大项目" in told("deliver")


def test_as_json_it_has_the_same():
    found = json.loads(told("rules", "test", "--weeks", "1", "--json"))
    assert [(one["name"], one["is_rule"], one["weeks"][0]["new"]) for one in found] == [
        ("everyone", False, 2),
        ("湛江", False, 1),
        ("大项目", True, 1),
    ]
    assert found[2]["weeks"][0]["overflow"] == 1


def test_it_says_as_much_as_the_rule_then_does(workplace):
    told("deliver")
    (written,) = (workplace / "data" / "digests" / "大项目").glob("*T*.md")
    text = written.read_text(encoding="utf-8")
    assert "茂名的消息" in text
    assert "湛江的消息" not in text
    assert "今日已达上限 1 件，另有 1 件并入下一期。" in text


def test_an_alert_can_be_read_again_and_what_was_only_noted_is_none() -> None:
    assert "rule '大项目' has no alert yet" in str(run("digest", "--audience", "大项目").exception)
    told("deliver")
    last = told("digest", "--audience", "大项目")
    assert last.startswith("# 招商快讯 2025-07-18 10:00")
    assert told("digest", "2025-07-18T100000", "--audience", "大项目") == last
    noted = run("digest", "2025-07-18", "--audience", "大项目")
    assert "rule '大项目' has no alert '2025-07-18'" in str(noted.exception)


def test_a_number_of_weeks_that_is_none_is_refused():
    assert run("rules", "test", "--weeks", "0").exit_code == 2
