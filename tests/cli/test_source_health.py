"""How sources are, on the command line: `status` with its exit code, `source show`, `source list`."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.cli.health import sparkline
from monitor.health.conditions import Symptom, Trouble
from monitor.models import SourceSpec
from monitor.pages import Entry, ListingPage, PageRequest, RawPage
from monitor.store import Store
from monitor.text import LabelPattern

NOW = datetime(2025, 7, 21, tzinfo=UTC)
MONDAY = "2025-07-21T08:00+08:00"
HOUR = timedelta(hours=1)
URL = "http://zj.example/list/"
HTTP_503 = Trouble(Symptom.SERVER_ERROR, "HTTP 503")
FEW = 3
PAGE = "<html>系统维护</html>".encode()


@pytest.fixture
def after(workplace: Any) -> Callable[..., Any]:
    """A workplace with one source, whose crawls ended as told: with so many records, or by a trouble."""

    def prepare(*crawls: int | Trouble, more: str = "") -> Any:
        workplace.configure(f'[[source]]\nname = "zj"\ntitle = "湛江"\nurl = "{URL}"\nevery = "6h"\n{more}\n')
        began = NOW - 6 * HOUR * len(crawls)
        with Store(workplace.database) as store:
            store.sync([SourceSpec("zj", URL, "湛江")], ["everyone"], began)
            for number, came in enumerate(crawls):
                _crawl(store, began + 6 * HOUR * number, came)
        return workplace

    return prepare


def _crawl(store: Store, at: datetime, came: int | Trouble) -> None:
    crawl = store.start_crawl("zj", 1, at)
    if isinstance(came, Trouble):
        store.note_error(crawl, URL, "the listing failed: HTTP 503")
        store.keep_trouble(crawl, RawPage(PageRequest(URL), URL, PAGE, at, 503))
        store.finish_crawl(crawl, "the listing failed: HTTP 503", completed=False, now=at + HOUR, trouble=came)
        return
    lines = [Entry(f"【湛江招商】{n}", f"http://zj.example/{n}", date(2025, 7, 18), body="文") for n in range(came)]
    page = ListingPage(URL, "html", tuple(lines), signature="ul>li")
    store.note_reading(crawl, page, at.date())
    store.record_listing(crawl, page, LabelPattern.parse("【…招商】"), at, ZoneInfo("Asia/Shanghai"))
    store.finish_crawl(crawl, "end of the listing", completed=True, now=at + HOUR)


@pytest.mark.parametrize(
    ("crawls", "code", "words"),
    [
        ([20] * 6, 0, "healthy"),
        ([20] * 6 + [FEW], 0, "suspicious"),
        ([20] * 6 + [HTTP_503] * 3, 1, "3 crawls in a row failed"),
        ([20] * 6 + [Trouble(Symptom.CHALLENGE, "瑞数 script")], 1, "blocked"),
        ([20] * 6 + [Trouble(Symptom.NO_ENTRIES, "1")], 1, "broken"),
    ],
)
def test_status_shows_how_sources_are_and_its_exit_code_says_whether_one_is_broken(after, crawls, code, words):
    done = after(*crawls).zhaoshang("--now", MONDAY, "status")
    assert done.returncode == code, done.stderr
    assert words in done.stdout
    assert ("after 3 failures" in done.stdout) is (len(crawls) == 9)


def test_status_as_json_and_a_source_whose_user_has_paused_it(after):
    done = after(*[20] * 6, HTTP_503, HTTP_503, more="paused = false").zhaoshang("--now", MONDAY, "status", "--json")
    assert done.returncode == 1
    (told,) = json.loads(done.stdout)["sources"]
    assert {key: told[key] for key in ("state", "symptom", "detail", "since", "crawls", "failures")} == {
        "state": "unreachable",
        "symptom": "server-error",
        "detail": "HTTP 503",
        "since": "2025-07-20T12:00:00+00:00",
        "crawls": 2,
        "failures": 2,
    }
    assert told["next_due"] > "2025-07-21T18:00:00+00:00"


def test_a_source_that_is_paused_is_no_alarm(after):
    done = after(*[20] * 6, HTTP_503, HTTP_503, more="paused = true").zhaoshang("--now", MONDAY, "status")
    assert done.returncode == 0
    assert "paused" in done.stdout


@pytest.mark.parametrize(("attempts", "code"), [(2, 0), (3, 1)])
def test_a_delivery_that_keeps_failing_makes_the_exit_code_1(after, attempts, code):
    workplace = after(*[20] * 6)
    with Store(workplace.database) as store:
        store._conn.execute(
            "INSERT INTO digests (audience_id, period, period_start, period_end, due_at, frozen_at, content)"
            " VALUES (1, '2025-W29', '', '', '', '2025-07-21T00:00:00+00:00', '')"
        )
        store._conn.execute(
            "INSERT INTO deliveries (digest_id, channel, recipient, message_id, state, attempts, next_attempt_at)"
            " VALUES (1, 'mail', 'a@example.cn', '<1@x>', 'pending', ?, '2025-07-21T01:00:00+00:00')",
            [attempts],
        )
    assert workplace.zhaoshang("--now", MONDAY, "status").returncode == code


def test_help_says_what_the_exit_code_means(workplace):
    text = " ".join(workplace.zhaoshang("status", "--help").stdout.split())
    assert "The exit code is 1 when a source is broken, blocked or unreachable, or a delivery keeps failing" in text


def test_show_tells_one_source_whole(after):
    done = after(*[20] * 6, 10, HTTP_503, more="max_pages = 3").zhaoshang("--now", MONDAY, "source", "show", "zj")
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    for words in (
        "settings every 6h, max_pages 3",
        "state unreachable: the crawl of 2025-07-21 02:00 failed: the site answers HTTP 503",
        "posts 20 (0 pending), the newest of 2025-07-18",
        "usually 20 records on the first page (seldom under 10), 1.7 new posts a week",
        "records ██████▅×",
        "2025-07-21 02:00 - 0 server-error: the listing failed: HTTP 503",
        "2025-07-19 08:00 20 20 ok: end of the listing",
        "last error: 2025-07-21 02:00: the site answers HTTP 503",
        f"its page: {URL}, HTTP 503, {len(PAGE)} bytes",
    ):
        assert words in told


def test_show_as_json(after):
    done = after(*[20] * 6, HTTP_503).zhaoshang("--now", MONDAY, "source", "show", "zj", "--json")
    told = json.loads(done.stdout)
    assert (told["state"], told["symptom"], told["crawls"]) == ("unreachable", "server-error", 1)
    assert told["usual"] == {"records": 20, "lower": 20, "posts_a_week": 1.67}
    assert [one["records"] for one in told["crawls_recent"]] == [None] + [20] * 6
    assert told["last_error"]["errors"] == [{"where": URL, "reason": "the listing failed: HTTP 503"}]
    assert (told["page"]["status"], told["page"]["bytes"]) == (503, len(PAGE))


@pytest.mark.long
def test_show_hands_over_the_page_of_the_last_error(after):
    workplace = after(*[20] * 6, HTTP_503)
    target = workplace.path / "page.html"
    assert workplace.zhaoshang("source", "show", "zj", "--page", str(target)).returncode == 0
    assert target.read_bytes() == PAGE
    assert workplace.zhaoshang("source", "show", "zj", "--page", "-").stdout == PAGE.decode()


def test_show_without_an_error_has_no_page(after):
    done = after(*[20] * 6).zhaoshang("--now", MONDAY, "source", "show", "zj", "--page", "-")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("zhaoshang: no page of an error of zj is kept")


@pytest.mark.parametrize(("name", "words"), [("nope", "there is no source named 'nope'"), ("new", "was never crawled")])
def test_show_of_a_source_that_nothing_is_known_of_is_one_line(after, name, words):
    more = '[[source]]\nname = "new"\nurl = "http://new.example/"'
    done = after(20, more=more).zhaoshang("source", "show", name)
    assert done.returncode == 1
    assert words in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_list_shows_the_state(after):
    more = '[[source]]\nname = "new"\nurl = "http://new.example/"'
    done = after(*[20] * 6, HTTP_503, more=more).zhaoshang("--now", MONDAY, "source", "list", "--json")
    assert {one["name"]: one["state"] for one in json.loads(done.stdout)} == {"zj": "unreachable", "new": "new"}


def test_counts_as_blocks() -> None:
    assert sparkline([]) == ""
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([0, 1, 4, 8, None, False]) == "▁▂▅█·×"
