"""Languages, alerts, and the looks of a digest with every section: golden files, and a real browser."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import astuple, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from digests.chat.entries import entries_of, title_of
from digests.chat.markup import WECOM
from digests.chat.parts import parts_of
from digests.content import Digest, PlaceGroup
from digests.mail import mail_page
from digests.picture import charts
from digests.render import counts, heading, render, subject
from digests.sample import sample
from digests.wording import CHINESE, ENGLISH, words_of
from digests.wording.english_head import yuan
from digests.wording.english_names import INDUSTRIES, STAGES, STAGES_COUNTED
from monitor.announcing import History, Period, WeekCount
from monitor.facts.findings import Stage
from monitor.facts.industry import INDUSTRIES as READ
from monitor.grouping import group_posts
from monitor.health.conditions import State
from monitor.pages import Entry
from monitor.periods import parse_period

GOLDEN = Path(__file__).parent.parent / "fixtures" / "digests" / "golden"
CHINESE_LETTER = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uff5e]+")
KEPT = (
    "title",
    "label",
    "summary",
    "extract",
    "told_title",
    "place",
    "parties",
    "source",
    "words",
    "url",
    "alerted",
    "text",
)


def texts(value: object, key: str = "") -> set[str]:
    """What posts, places, parties and sources say in the JSON of a digest."""
    if isinstance(value, dict):
        return {found for name, inner in value.items() for found in texts(inner, name)}
    if isinstance(value, list):
        return {found for inner in value for found in texts(inner, key)}
    return {value} if isinstance(value, str) and key in KEPT else set()


def in_chat(digest: Digest) -> str:
    return title_of(digest) + "\n" + "\n".join(parts_of(entries_of(digest), WECOM, 100_000))


OUTPUTS: dict[str, Callable[[Digest], str]] = {
    "md": lambda digest: render(digest, "md"),
    "html": lambda digest: render(digest, "html"),
    "mail": lambda digest: mail_page(digest).html,
    "chat": in_chat,
    "subject": subject,
    "heading": heading,
    "counts": counts,
    "sentence": lambda digest: digest.sentence,
}


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("kind", ["week", "preview", "empty", "alert"])
def test_no_chinese_is_left_in_english_but_the_posts_own(output: str, kind: str, alert: Callable[..., Digest]) -> None:
    whole = sample(language="en")
    digest = {
        "week": whole,
        "preview": replace(whole, preview=True),
        "empty": replace(whole, places=(), highlights=(), late=(), recycled=(), told_before=(), sources=()),
        "alert": alert("en"),
    }[kind]
    if output == "html":
        assert '<html lang="en">' in render(digest, "html")
    told = OUTPUTS[output](digest)
    if output == "chat":  # without the platform's markup, which writes brackets in their full-width form
        told = "\n".join(str(part) for entry in entries_of(digest) for part in astuple(entry))
    left = re.sub(r"<style>.*?</style>", "", told, flags=re.DOTALL).replace("\u200b", "")
    own = texts(json.loads(render(whole, "json"))) - {bar.name for chart in whole.charts for bar in chart.bars}
    own |= {"大项目"}  # a rule's name
    own -= {chart.title for chart in whole.charts} | {"其他"}
    own |= {chart.bars[0].name for chart in whole.charts if chart.title == "本期地区"} | {
        "江苏省苏州市昆山市",
        "广东省茂名市",
    }
    for text in sorted(own, key=len, reverse=True):
        left = left.replace(text, "")
    assert CHINESE_LETTER.findall(left) == []


def test_everything_that_facts_and_charts_name_has_an_english_name(item: Callable[..., Any]) -> None:
    assert set(STAGES) == set(map(str, Stage))
    assert set(STAGES_COUNTED) == set(STAGES) - {"其他"}
    assert set(INDUSTRIES) == set(READ)
    told = item(1, stage="签约", industries=("新能源",))
    for several in range(2, 13):
        history = History(tuple(WeekCount(f"2025-W{29 - back}", 1) for back in reversed(range(several))))
        found = charts(history, parse_period("2025-W29"), [told] * 9, [f"甲{n}市" for n in range(9)])
        assert [ENGLISH.chart(chart.title) for chart in found] == [
            f"{name}, last {several} weeks" for name in ("New events", "Places", "Industries", "Stages")
        ]
    assert ENGLISH.chart("本期地区") == "Places, this issue"
    names = [ENGLISH.bar(bar.name) for chart in found for bar in chart.bars if "市" not in bar.name]
    assert not CHINESE_LETTER.search("".join(names))
    for state in State:
        assert not CHINESE_LETTER.search(ENGLISH.state(replace(sample().sources[0], state=state)))


def test_no_language_leaves_a_word_empty() -> None:
    for words in (CHINESE, ENGLISH):
        assert all(getattr(words, field.name) for field in fields(words))


@pytest.mark.parametrize(("amount", "told"), [(12_500_000_000, "CNY 12.5 billion"), (480_000_000, "CNY 480 million")])
def test_amounts_in_english(amount: int, told: str) -> None:
    assert yuan(amount) == told


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("2025年7月10日", "10 July 2025"),
        ("2023年5月", "May 2023"),
        ("2022年", "2022"),
        ("去年", "去年"),
        ("2022年13月", "2022年13月"),
    ],
)
def test_dates_in_english_are_as_precise_as_they_are_stated(stated: str, told: str) -> None:
    assert ENGLISH.happened(stated) == told


def test_the_language_of_an_audience_is_frozen_with_its_digest(open_desk: Callable[..., Any], now: Any) -> None:
    desk = open_desk(audiences=[{"name": "everyone"}, {"name": "abroad", "language": "en"}])
    desk.see(
        Entry("【湛江招商】海上风电项目开工", "http://zj.example/1", date(2025, 7, 17), body="项目开工，总投资12亿元。")
    )
    ours, theirs = desk.freeze(), desk.freeze(audience="abroad")
    assert (ours.language, theirs.language) == ("zh", "en")
    assert ours.sentence.startswith("本期有 1 件新事件，")
    assert theirs.sentence.startswith("1 new event")
    assert [one.error for one in desk.deliver(now)] == [None, None]
    written = (desk.setup.digests_dir / "abroad" / "2025-W29.md").read_text(encoding="utf-8")
    assert written.startswith("# Investment Weekly 2025-W29 (2025-07-14 to 2025-07-20): 1 new event\n")
    assert desk.preview("2025-W28").language == "zh"


def test_posts_that_come_later_stand_under_the_name_by_which_their_story_was_told(
    open_desk: Callable[..., Any], now: Any
) -> None:
    desk = open_desk()
    body = "7月14日，湛江市海上风电项目正式开工建设，总投资约12亿元，占地300亩，预计明年建成投产。" * 3
    desk.see(Entry("【湛江招商】海上风电项目开工", "http://zj.example/1", date(2025, 7, 15), body=body))
    group_posts(desk.store, now)
    desk.freeze()
    later = now.replace(day=24)
    desk.see(
        Entry("【湛江招商】我市一项目开工", "http://gd.example/2", date(2025, 7, 22), body=body),
        source="guangdong",
        at=later,
    )
    group_posts(desk.store, later)
    digest = desk.freeze("2025-W30", at=now.replace(day=28))
    (line,) = digest.told_before
    assert (line.told_title, line.told_url, line.told_in) == ("海上风电项目开工", "http://zj.example/1", "2025-W29")
    told = render(digest, "md")
    assert "- [海上风电项目开工](<http://zj.example/1>)（首见 2025-07-15，已报于 2025-W29）" in told
    assert "又见：[我市一项目开工（广东招商）](<http://gd.example/2>) · 2025-07-22" in told
    assert "海上风电项目开工；又见：[我市一项目开工](http://gd.example/2)" in in_chat(digest)
    assert desk.freeze("2025-W31", at=now.replace(month=8, day=4)).told_before == ()


# -- alerts ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def alert() -> Callable[..., Digest]:
    """An alert of two stories, one of them a highlight, as a rule would tell it."""

    def make(language: Any = "zh") -> Digest:
        whole = sample("大项目", language)
        shore, cells = whole.highlights[:2]
        day = date(2025, 7, 21)
        return replace(
            sample("大项目", language),
            period=Period("2025-07-21T080000", "alert", day, day.replace(day=22)),
            highlights=(shore,),
            places=(
                PlaceGroup("广东省湛江市", (replace(shore, extract=None),)),
                PlaceGroup("江苏省苏州市昆山市", (cells,)),
            ),
            late=(),
            recycled=(),
            sentence=words_of(language).alert_sentence("大项目" if language == "zh" else "big", 2, 2, 1),
        )

    return make


@pytest.mark.parametrize("output", ["md", "html", "mail", "chat"])
def test_an_alert_has_its_stories_and_nothing_else(alert: Callable[..., Digest], output: str) -> None:
    digest = alert()
    told = OUTPUTS[output](digest)
    assert heading(digest) == "招商快讯 2025-07-21 08:00：2 件"
    assert subject(digest) == "招商快讯 07-21 08:00：湛江徐闻东三海上风电项目开工 等 2 件"
    assert "招商快讯" in told
    assert told.count("t20250717_101.html") == 1
    assert "……项目总投资125亿元" in told
    assert "规则「大项目」：2 件。今日已达上限 2 件，另有 1 件并入下一期。" in told
    assert told.count("https://www.example.org/ks/104.html") == 1
    assert not re.search("要点|按地区|来源状态|走势|新事件|旧闻重发|已报于|未收录|补录|项目进展|修改与撤稿", told)


@pytest.mark.parametrize("output", ["md", "html", "mail", "chat"])
def test_a_digest_says_which_stories_were_alerted_and_for_which_there_was_no_room(output: str) -> None:
    told = OUTPUTS[output](sample())
    assert told.count("已发快讯 07-17 18:05 · 大项目") == 1
    assert told.count("快讯当日已满，并入本期") == 1


def test_years_that_disagree_have_a_line_of_their_own() -> None:
    lines = render(sample(), "md").splitlines()
    said = [line.strip() for line in lines if "年份矛盾" in line]
    assert said[0] == "**年份矛盾（各稿所称年份：2024、2025）**"
    assert said[1].startswith("- **年份矛盾（各稿所称年份：2017、2023）**：[外罗海上风电项目")
    assert len(said) == 3


# -- golden files and a real browser -----------------------------------------------------------------------------------

RENDERED = {
    "digest.md": lambda: render(sample(), "md"),
    "digest.html": lambda: render(sample(), "html"),
    "digest.json": lambda: render(sample(), "json"),
    "digest.mail.html": lambda: mail_page(sample()).html,
    "digest.en.md": lambda: render(sample(language="en"), "md"),
    "digest.chat.txt": lambda: in_chat(sample()) + "\n",
}


@pytest.mark.parametrize("name", RENDERED)
def test_the_golden_digests_look_as_they_did(name: str) -> None:
    """`RENEW_GOLDEN=1 python -m pytest tests/digests/test_wording.py -k golden` writes them anew: look at the diff."""
    path = GOLDEN / name
    if os.environ.get("RENEW_GOLDEN"):
        path.write_text(RENDERED[name](), encoding="utf-8")
    assert RENDERED[name]() == path.read_text(encoding="utf-8")


CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
# A frame as wide as a phone: a window of Chromium's cannot be narrower than 500 pixels.
FRAME = """<!DOCTYPE html><meta charset="utf-8"><iframe id="f" width="{width}" height="900" src="page.html"></iframe><script>
onload = () => {{
  const page = document.getElementById("f").contentDocument, view = page.defaultView;
  const light = color => {{
    const part = color.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255).map(x => x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
    return .2126 * part[0] + .7152 * part[1] + .0722 * part[2];
  }};
  const behind = one => {{
    for (; one; one = one.parentElement) {{
      const color = view.getComputedStyle(one).backgroundColor;
      if (!/, 0\\)$/.test(color)) return color;
    }}
    return "rgb(255, 255, 255)";
  }};
  const contrast = one => {{
    const [a, b] = [light(view.getComputedStyle(one).color), light(behind(one))].sort((x, y) => y - x);
    return (a + .05) / (b + .05);
  }};
  const worded = [...page.body.querySelectorAll("*")].filter(x => [...x.childNodes].some(y => y.nodeType === 3 && y.data.trim()));
  const found = worded.map(x => [contrast(x), x.tagName + "." + x.className]).sort((x, y) => x[0] - y[0])[0];
  document.title = JSON.stringify({{
    scrolls: page.documentElement.scrollWidth - page.documentElement.clientWidth, contrast: found, texts: worded.length,
    dark: light(behind(page.body)) < .2,
  }});
}};
</script>"""


@pytest.mark.long
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium fonts-noto-cjk")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "dark"), [(390, False), (390, True), (1280, True)])
def test_a_page_fits_a_phone_and_can_be_read_by_day_and_by_night(
    tmp_path: Path, width: int, dark: bool, language: Any
) -> None:
    whole = sample(language=language)
    long = replace(whole.late[0], title="一个很长而且没有空格的项目名称" * 8, url="https://www.example.cn/" + "a" * 300)
    digest = replace(
        whole, late=(long,), recycled=(*whole.recycled, replace(long, years=(2020, 2021), happened="2020年"))
    )
    (tmp_path / "page.html").write_text(render(digest, "html"), encoding="utf-8")
    (tmp_path / "frame.html").write_text(FRAME.format(width=width), encoding="utf-8")
    shown = subprocess.run(
        [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"),
            *(f"--user-data-dir={tmp_path / 'profile'}", f"--blink-settings=preferredColorScheme={0 if dark else 1}"),
            *("--virtual-time-budget=5000", "--dump-dom", (tmp_path / "frame.html").as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    title = re.search(r"<title>(.*?)</title>", shown)
    assert title is not None
    found = json.loads(title[1].replace("&quot;", '"').replace("&amp;", "&"))
    assert found["texts"] > 50
    assert found["dark"] is dark
    assert found["scrolls"] == 0
    assert found["contrast"][0] >= 4.5, found["contrast"]  # WCAG 2.2, 1.4.3
