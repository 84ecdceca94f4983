"""How sources are, in Chinese: every sign has its words, no English stays in them, and old digests read on."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from digests.content import SourceLine, from_json, to_json
from digests.reasons import STATES, in_chinese, in_words, trouble_in_chinese
from digests.render import render
from monitor.health.conditions import Health, State, Symptom, Trouble
from monitor.health.words import in_english, trouble_in_english

SINCE = datetime(2025, 7, 18, 20, tzinfo=UTC)  # the 19th in Shanghai
DETAILS = {  # as the crawler, the judge and the store give them; with every form that has words of its own
    Symptom.OVERRAN: ["1800 s", "0.5 s"],
    Symptom.NOT_STARTED: ["scrapy: source zj: proxy: the environment variable X is not set"],
    Symptom.DEFECT: ["KeyError"],
    Symptom.SILENT: ["5 d"],
    Symptom.DNS: [", robots.txt"],
    Symptom.TLS: ["certificate verify failed", "wrong version number", ", robots.txt"],
    Symptom.CONNECTION: ["proxy", "no HTTP", "proxy, robots.txt"],
    Symptom.SERVER_ERROR: ["HTTP 503", "HTTP 503, robots.txt"],
    Symptom.BUSY: ["HTTP 429", "3600 s"],
    Symptom.CHALLENGE: ["瑞数 script", "阿里云 captcha", "云锁 or 安全狗 script", "cookie script that reloads"],
    Symptom.LOGIN: ["log-in form", "leads to /login.do", "title 用户登录"],
    Symptom.FORBIDDEN: ["HTTP 403"],
    Symptom.NOT_FOUND: ["HTTP 404", "says 页面不存在", "leads to the front page /", "/srv/list.txt"],
    Symptom.CLIENT_ERROR: ["HTTP 400"],
    Symptom.EMPTY: [
        *("no bytes", "only white space", "only frames", "no visible text", "no visible text, only scripts"),
        *("only leads to /x.html", "says 网站维护中", "title 系统维护"),
    ],
    Symptom.BINARY: ["PDF", "image (PNG)", "ZIP (Office)", "Office 97 file", "7 % control bytes", "audio"],
    Symptom.NO_ENTRIES: ["1", "page 2"],
    Symptom.UNUSABLE: ["1"],
    Symptom.CUT_SHORT: ["3"],
    Symptom.GAP: ["2"],
    Symptom.TOO_LARGE: ["8 MiB", "headers"],
    Symptom.REDIRECTS: ["http://zj.example.cn/x"],
    Symptom.ADDRESS: ["zj.example.cn (10.0.0.1)"],
    Symptom.LIMIT: ["5000", "max_pages 20"],
    Symptom.FEWER_RECORDS: ["3/20"],
    Symptom.FIELDS_MISSING: ["date 17/20", "link 11/20"],
    Symptom.STALE: ["2025-06-01", "2025-06-01<2025-07-18"],
    Symptom.GARBLED: ["5/20"],
    Symptom.VANISHED: ["4/19"],
    Symptom.OTHER: ["the listing failed: HTTP 503", "somebody said something"],
}
TROUBLES = [Trouble(symptom, detail) for symptom in Symptom for detail in ["", *DETAILS.get(symptom, [])]]
# Words that no Chinese has: names, numbers, addresses and formats stay.
NAMES = re.compile(r"HTTP|robots\.txt|KeyError|Cookie|Office|PDF|PNG|MiB|/\S*\w|\w+(?:\.\w+)+|https?:\S+")


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: f"{trouble.symptom} {trouble.detail}".strip())
def test_every_sign_is_told_in_chinese_alone_and_in_english(trouble: Trouble) -> None:
    told = trouble_in_chinese(trouble)
    assert re.search(r"[\u4e00-\u9fff]", told)
    assert not re.search(r"[A-Za-z]", NAMES.sub("", told)), told
    assert "{" not in told
    english = trouble_in_english(trouble)
    assert english
    assert "{" not in english


@pytest.mark.parametrize(
    ("trouble", "chinese", "english"),
    [
        (Trouble(Symptom.SERVER_ERROR, "HTTP 503"), "网站返回 HTTP 503", "the site answers HTTP 503"),
        (
            Trouble(Symptom.DNS, ", robots.txt"),
            "域名无法解析（读取 robots.txt 时）",
            "the host name does not resolve when asked for robots.txt",
        ),
        (Trouble(Symptom.FEWER_RECORDS, "3/20"), "条目比往常少：3 条，往常 20 条", "3 records, where 20 are usual"),
        (Trouble(Symptom.EMPTY, "title 系统维护"), "页面只有提示“系统维护”", "an empty page (title 系统维护)"),
        (Trouble(Symptom.EMPTY, "no bytes"), "页面是空白（没有内容）", "an empty page (no bytes)"),
        (
            Trouble(Symptom.STALE, "2025-05-01<2025-07-18"),
            "最新日期由 2025-07-18 退回到 2025-05-01",
            "its newest date went back to 2025-05-01 (before: 2025-07-18)",
        ),
        (
            Trouble(Symptom.OTHER, "the listing failed: HTTP 503"),
            "列表页读取失败：HTTP 503",
            "the listing failed: HTTP 503",
        ),
    ],
)
def test_some_signs_in_full(trouble: Trouble, chinese: str, english: str) -> None:
    assert (trouble_in_chinese(trouble), trouble_in_english(trouble)) == (chinese, english)


@pytest.mark.parametrize(
    ("health", "chinese", "english"),
    [
        (Health(State.HEALTHY), "", ""),
        (Health(State.PAUSED), "", ""),
        (
            Health(State.UNREACHABLE, Trouble(Symptom.TIMEOUT), SINCE, 1),
            "07-19 抓取失败：超时未响应",
            "the crawl of 2025-07-18 20:00 failed: no answer in time",
        ),
        (
            Health(State.UNREACHABLE, Trouble(Symptom.SERVER_ERROR, "HTTP 503"), SINCE, 3),
            "连续 3 次抓取失败（自 07-19 起）：网站返回 HTTP 503",
            "3 crawls in a row failed since 2025-07-18 20:00: the site answers HTTP 503",
        ),
        (
            Health(State.SUSPICIOUS, Trouble(Symptom.LAYOUT), SINCE, 2),
            "页面版式有变（自 07-19 起）",
            "the records stand elsewhere on the page than before (since 2025-07-18 20:00)",
        ),
        (Health(State.BROKEN, Trouble(Symptom.SILENT, "5 d"), SINCE, 20), "已 5 天没有抓取", "not crawled for 5 days"),
        (
            Health(State.QUIET, Trouble(Symptom.STALE, "2025-06-01"), SINCE, 9),
            "2025-06-01 之后没有新内容",
            "nothing new since 2025-06-01",
        ),
    ],
)
def test_since_when_and_how_often(health: Health, chinese: str, english: str) -> None:
    assert (in_words(health), in_english(health, UTC)) == (chinese, english)


def test_every_state_has_its_name() -> None:
    assert list(STATES) == list(State)
    assert len(set(STATES.values())) == len(State)


WAY_OUT = "allow_private = true in the source's table lets it reach private addresses"


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("the listing failed: HTTP 503", "列表页读取失败：HTTP 503"),
        (f"the listing failed: 2130706433 is 127.0.0.1, which is not a public address; {WAY_OUT}", "列表页读取失败：2130706433（127.0.0.1）不是公网地址，已拒绝访问"),
        (f"the listing failed: zj.cn resolves to 10.0.0.1, which is not a public address; {WAY_OUT}", "列表页读取失败：zj.cn（10.0.0.1）不是公网地址，已拒绝访问"),
        (f"the listing failed: 10.0.0.1 is not a public address; {WAY_OUT}", "列表页读取失败：10.0.0.1 不是公网地址，已拒绝访问"),
        (f"the listing failed: localhost is this machine itself; {WAY_OUT}", "列表页读取失败：localhost 是本机，不是公网地址，已拒绝访问"),
        ("the listing failed: larger than 8 MiB; the ceiling is max_response_mb in [crawl]", "列表页读取失败：页面超过大小上限 8 MiB"),
        ("the listing failed: redirected too often", "列表页读取失败：反复跳转，无法到达页面"),
        ("the listing failed: the site is busy: HTTP 503, 5 times in a row", "列表页读取失败：网站繁忙：连续 5 次返回 HTTP 503"),
        ("the listing failed: HTTP 412: challenge page (瑞数 script)", "列表页读取失败：HTTP 412，验证页面（瑞数 脚本）"),
        ("page 1 of the listing: empty page (no bytes)", "列表第 1 页是空白页：没有内容"),
        ("page 1 of the listing: empty page (title 系统维护)", "列表第 1 页只有提示“系统维护”"),
        ("page 2 of the listing: missing page (says 页面不存在)", "列表第 2 页已不存在（提示“页面不存在”）"),
        ("took longer than 1800 s", "超过时限 1800 秒"),
        ("somebody said something", "somebody said something"),
    ],
)  # fmt: skip
def test_the_ledger_s_words_in_chinese(reason: str, told: str) -> None:
    assert in_chinese(reason) == told


@pytest.mark.parametrize("form", ["md", "html"])
def test_the_source_section_names_the_state_and_the_reason(empty_digest, form: str) -> None:
    (line,) = empty_digest.sources
    reason = "连续 3 次抓取失败（自 07-18 起）：网站返回 HTTP 503"
    told = render(
        replace(
            empty_digest,
            sources=(
                replace(line, title="甲", ok=False, state=State.UNREACHABLE, trouble=reason),
                replace(line, title="乙", state=State.QUIET, trouble="2025-06-01 之后没有新内容"),
                replace(line, title="丙", state=State.HEALTHY),
            ),
        ),
        form,
    )
    bold = {"md": r"\*\*无法访问\*\*", "html": '<span class="bad">无法访问</span>'}[form]
    assert re.search(f"甲：{bold}{re.escape(f'（{reason}），最近一次')}", told)
    assert "乙：久未更新（2025-06-01 之后没有新内容），最近一次" in told
    assert "丙：正常，最近一次" in told
    assert "来源 2/3 正常" in told


@pytest.mark.parametrize("form", ["md", "html"])
def test_a_digest_that_was_frozen_before_sources_had_a_health_reads_as_it_did(empty_digest, form: str) -> None:
    old = SourceLine("zj", "湛江", False, 3, 2, 0, None, 0, None, "page 1 of the listing: empty page (no bytes)")
    text = to_json(replace(empty_digest, sources=(old,)))
    assert ',"state":null' in text
    read = from_json(text.replace(',"state":null', ""))
    assert read.sources == (old,)
    told = re.sub(r"<[^>]+>|\*", "", render(read, form))
    assert "湛江：异常（列表第 1 页是空白页：没有内容），尚无完整抓取" in told
