"""A digest as Markdown, HTML, JSON and subject line: valid, safe whatever was scraped, and the same every time."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markdown_it import MarkdownIt
from pymarkdown.api import PyMarkdownApi

from digests.content import (
    Amount,
    Bar,
    Chain,
    ChangeLine,
    Chart,
    Copy,
    Digest,
    Item,
    Link,
    OffLabelLine,
    PlaceGroup,
    SourceLine,
    Step,
    ToldLine,
    from_json,
    to_json,
)
from digests.render import counts, environment, heading, render, subject
from monitor.periods import parse_period
from monitor.text import clean

ROOT = Path(__file__).parent.parent.parent

# The linter's rules that digests do not keep, each with its reason. Everything else it knows by default holds.
LINTER_EXCEPTIONS = {
    "md013": "line length: a Chinese paragraph has no spaces to break at, and the line of off-label titles is one line",
    "md051": 'link fragments: a digest has no links into itself, and the rule fails on an escaped `">` in a heading',
}

HOSTILE = (
    "](javascript:alert(1)) <script>| # x",
    "</li></ul><script src=https://evil.example/x.js></script>",
    "<!-- x --> <img src=x onerror=alert(1)> &amp; &lt;",
    "1. a `b` **c** _d_ ~~e~~",
    "- b | c |",
    "[^1]: www.evil.example https://evil.example a@b.cn",
    "## x ##",
    "{{ 7 * 7 }} {% raw %} {# y #}",
    "\"><a href='javascript:alert(1)'>x</a>",
)
# What a full digest tells, in the order of the page.
FULL = (
    "# 招商周报 2025-W29（2025-07-14 至 2025-07-20）：新事件 5 件|新事件 5 件 · 旧闻重发 1 件 · 修改 0 篇 · 撤稿 0 篇|2 个地区|已报 1 件|补报 2 件|补录 12 篇"
    "|未收录 10 条|来源 1/2 正常|本期有 5 件新事件。|## 要点|广东省湛江市：|海上风电项目开工|2025-07-17|开工 · 投资 12亿元 · 湛江某某公司 · "
    "事件时间 2025年7月10日|海上风电项目开工。……总投资12亿元。|共 4 篇，首见 2025-07-11；又见：|又一处（guangdong）|早先的一处"
    "|年份矛盾（各稿所称年份：2024、2025）|可能相关：|相近的一件|签约10亿元|## 按地区"
    "|### 湛江（3 件）|海上风电项目开工|（见要点）|（日期不详，首次见到）|（正文未能读到，仅列标题）"
    "|### 遂溪县（1 件）|### 其他（1 件）|## 项目进展|签约：|海上风电项目签约|（2024-03-01）| → |本期|开工：|（2025-07-10）"
    "|## 补报|2025-07-08|又见：|## 旧闻重发|两年前的签约|又见：|2023年5月|年份矛盾（各稿所称年份：2023、2024）"
    "|## 已报|上期说过的事|2025-07-15 · guangdong；首见 2025-07-08，已报于 2025-W28|年份矛盾（各稿所称年份：2024、2025）"
    "|补录 12 篇：|未收录 10 条（标签不符）：|【投资廉江市】第1条|2025-W27、2025-W28|## 走势|近十二周新事件|2025-W29|本期行业|## 来源状态"
    "|湛江招商：正常|2025-07-21 08:00|广东招商：|异常|（HTTP 503）|尚无完整抓取|待读 2 篇"
)
ALLOWED_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "h4", "h5"),
    *("p", "ul", "li", "strong", "b", "span", "a", "table", "tr", "th", "td", "div", "del", "ins"),
}
ALLOWED_ATTRIBUTES = {
    *("lang", "charset", "name", "content", "class", "href", "style", "id", "data-name"),
}


class StrictPage(HTMLParser):
    """Reads a page, and refuses tags that are not closed in order or are not the template's own."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.links: list[str] = []
        self.text: dict[str, list[str]] = {}
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED_TAGS
        assert {name for name, _ in attrs} <= ALLOWED_ATTRIBUTES
        assert not any("url(" in (value or "") for name, value in attrs if name == "style")
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.setdefault(self.open[-1], []).append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_pi = unknown_decl = handle_comment


@pytest.fixture
def hostile_digest(full_digest: Digest, item: Callable[..., Item]) -> Digest:
    """Every text that was scraped or configured is hostile, and so is every address."""

    def hostile(number: int, text: str) -> Item:
        url = f"https://zj.example/{number}?a=1&b=\"><script>'>)" if number % 2 else "javascript:alert(1)"
        copy = Copy(100 + number, text, url, text)
        return item(number, title=text, label=text, place=text, summary=text, url=url, source=text, copies=(copy,))

    items = tuple(hostile(number, text) for number, text in enumerate(HOSTILE))
    bad = "javascript:alert(1)"
    stated = tuple(
        replace(
            one,
            others=one.copies,
            stage=one.title,
            amounts=(Amount(1, one.title, 1),),
            parties=(one.title,),
            happened=one.title,
            related=(Link(one.title, bad),),
            extract=one.title,
        )
        for one in items
    )
    day = full_digest.period.start
    return replace(
        full_digest,
        sentence=HOSTILE[0],
        highlights=stated[:5],
        recycled=stated,
        told_before=tuple(ToldLine(1, x, bad, x, day, day, told_in=x, copies=items[0].copies) for x in HOSTILE),
        chains=tuple(Chain(x, (Step(x, x, x, bad, here=True), Step("", "", x, bad, here=False))) for x in HOSTILE),
        charts=(Chart("近十二周新事件", tuple(Bar(x, n) for n, x in enumerate(HOSTILE))),),
        places=tuple(PlaceGroup(one.place, (one,)) for one in items),
        late=items,
        off_label=tuple(OffLabelLine(i, text, "javascript:alert(1)", text) for i, text in enumerate(HOSTILE[:8])),
        sources=tuple(replace(full_digest.sources[1], name=text, title=text, trouble=text) for text in HOSTILE),
    )


@pytest.fixture(params=["full", "empty", "hostile", "preview", "no sources", "day", "month"])
def digest(request: pytest.FixtureRequest, full_digest: Digest, empty_digest: Digest, hostile_digest: Digest) -> Digest:
    """A digest of every kind that may have to be rendered."""
    kinds = {
        "full": full_digest,
        "empty": empty_digest,
        "hostile": hostile_digest,
        "preview": replace(full_digest, preview=True, late=(), backfilled=0),
        "no sources": replace(empty_digest, sources=()),
        "day": replace(full_digest, period=parse_period("2025-07-20")),
        "month": replace(full_digest, period=parse_period("2025-07")),
    }
    return kinds[request.param]


def test_markdown_passes_the_linter(digest: Digest) -> None:
    linter = PyMarkdownApi()
    for rule in LINTER_EXCEPTIONS:
        linter = linter.disable_rule_by_identifier(rule)
    assert linter.scan_string(render(digest, "md")).scan_failures == []


def test_markdown_has_the_headings_and_items_of_the_content_and_nothing_else(digest: Digest) -> None:
    tokens = MarkdownIt("commonmark").parse(render(digest, "md"))
    inline = [child for token in tokens for child in token.children or []]
    assert {token.type for token in inline} <= {
        *("text", "softbreak", "hardbreak", "strong_open", "strong_close", "link_open", "link_close"),
    }
    posts = sum(len(group.items) for group in digest.places) + len(digest.late) + len(digest.highlights)
    lines = posts + len(digest.told_before) + len(digest.chains) + max(len(digest.sources), 1)
    lines += sum(bool(item.years) for item in digest.recycled)
    assert sum(token.type == "list_item_open" for token in tokens) == lines
    sections = (digest.highlights, digest.places, digest.late, digest.recycled, digest.told_before, digest.chains)
    headings = [token.tag for token in tokens if token.type == "heading_open"]
    assert headings.count("h2") == sum(map(bool, (*sections, digest.charts, "sources")))
    assert sum(token.type == "fence" for token in tokens) == bool(digest.charts)
    assert all(str(token.attrs["href"]).startswith("https://") for token in inline if token.type == "link_open")
    assert not {"html_block", "code_block", "hr", "ordered_list_open"} & {token.type for token in tokens}


def test_html_is_well_formed_and_holds_no_markup_but_its_own(digest: Digest) -> None:
    html = render(digest, "html")
    page = StrictPage(html)
    assert all(link.startswith(("https://", "#p")) for link in page.links)
    assert not re.search(r"@import|url\(", "".join(page.text["style"]))  # no other external resource
    assert html.rstrip().endswith("</html>")
    assert html.lstrip().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("form", ["md", "html"])
def test_hostile_titles_show_as_themselves(hostile_digest: Digest, form: str) -> None:
    text = render(hostile_digest, form)
    if form == "md":
        tokens = MarkdownIt("commonmark").parse(text)
        seen = ["".join(child.content for child in token.children or []) for token in tokens]
    else:
        seen = [text for texts in StrictPage(text).text.values() for text in texts]
    shown = "\n".join(seen)
    for title in HOSTILE:
        assert shown.count(clean(title)) >= 6, title  # heading, title, summary, source, off-label line, trouble …


def test_every_section_of_a_full_digest_is_told_in_order(full_digest: Digest) -> None:
    text, position = render(full_digest, "md"), 0
    for part in FULL.split("|"):
        assert part in text[position:], part
        position = text.index(part, position) + len(part)
    html = re.sub(
        r"<b>(\d+)</b>(\S+?)</li>", r"\2 \1", re.sub(r"</?(?:span|strong|a)\b[^>]*>", "", render(full_digest, "html"))
    )
    parts = [part.strip("#* ") for part in FULL.split("|")]
    assert [part for part in parts if part not in html and "修改 0 篇" not in part] == []
    assert "新事件 5\n旧闻重发 1\n修改 0\n撤稿 0" in html.replace("<li>", "")


@pytest.mark.parametrize("form", ["md", "html"])
def test_an_empty_week_says_so_and_still_shows_its_sources(empty_digest: Digest, form: str) -> None:
    text = render(empty_digest, form)
    assert "本期没有新事件" in text
    assert "湛江招商：正常" in text
    assert not re.search("要点|按地区|补报|补录|未收录|错过", text)


@pytest.mark.parametrize("form", ["md", "html"])
def test_only_a_preview_is_marked_as_one(full_digest: Digest, form: str) -> None:
    assert "预览" not in render(full_digest, form)
    assert "预览" in render(replace(full_digest, preview=True), form)


@pytest.mark.parametrize("asked", ["nothing", "d.nothing"])
def test_a_template_that_asks_for_what_is_not_there_fails(full_digest: Digest, asked: str) -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ " + asked + " }}").render(d=full_digest)


def few(kind: type) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(st.from_type(kind), max_size=1).map(tuple)


SECTIONS = {
    **dict.fromkeys(("highlights", "late", "recycled"), few(Item)),
    "places": few(PlaceGroup),
    "told_before": few(ToldLine),
    "chains": few(Chain),
    "charts": few(Chart),
    "off_label": few(OffLabelLine),
    "sources": few(SourceLine),
    "changes": few(ChangeLine),
}


@settings(max_examples=15)
@given(st.builds(Digest, **SECTIONS))
def test_json_reads_back_equal(digest: Digest) -> None:
    assert from_json(to_json(digest)) == digest
    assert from_json(render(digest, "json")) == digest


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_the_same_content_renders_to_the_same_text(digest: Digest, form: str) -> None:
    text = render(digest, form)
    assert text == render(from_json(to_json(digest)), form)
    assert text.endswith("\n")


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("2025-W29", "招商周报 2025-W29（2025-07-14 至 2025-07-20）"),
        ("2025-W01", "招商周报 2025-W01（2024-12-30 至 2025-01-05）"),
        ("2025-07-20", "招商日报 2025-07-20"),
        ("2024-02", "招商月报 2024-02（2024-02-01 至 2024-02-29）"),
    ],
)
def test_the_heading_names_the_period_and_its_days(empty_digest: Digest, key: str, told: str) -> None:
    assert heading(replace(empty_digest, period=parse_period(key))) == f"{told}：没有新事件"


def test_subject_lines(full_digest: Digest, empty_digest: Digest, item: Callable[..., Item]) -> None:
    assert subject(empty_digest) == "招商周报 2025-W29：没有新事件"
    troubled = replace(full_digest.sources[1], name="maoming")
    assert subject(replace(empty_digest, sources=(troubled,))) == "招商周报 2025-W29：没有新事件，1 个来源异常"
    assert subject(full_digest) == (
        "招商周报 2025-W29：新事件 5 件（湛江 3、遂溪县 1、其他 1），旧闻重发 1 件，补报 2 件，另有 2 期错过未发，1 个来源异常"
    )
    many = tuple(PlaceGroup(f"地{n}", (item(n),)) for n in range(9))
    assert subject(replace(empty_digest, places=many)).endswith(
        "：新事件 9 件（" + "、".join(f"地{n} 1" for n in range(8)) + " 等）"
    )


def test_every_heading_of_the_markdown_stands_apart(empty_digest, item):
    digest = replace(
        empty_digest,
        late=(item(1),),
        backfilled=2,
        off_label=(OffLabelLine(1, "【投资廉江市】报告", None, "湛江招商"),),
        missed=("2025-W28",),
    )
    lines = render(digest, "md").splitlines()
    assert all(not lines[at - 1] for at, line in enumerate(lines) if at and line.startswith("#"))


@pytest.mark.parametrize("form", ["md", "html"])
def test_a_digest_that_was_frozen_before_there_were_stories_reads_as_it_did(form: str) -> None:
    old = from_json((ROOT / "tests/fixtures/digests/before-stories.json").read_text(encoding="utf-8"))
    text = render(old, form)
    assert subject(old) == "招商周报 2025-W29：9 篇（湛江 7、徐闻县 1、遂溪县 1）"
    for part in (
        "招商周报 2025-W29（2025-07-14 至 2025-07-20）：9 篇",
        "3 个地区 · 未收录 1 条 · 来源 1/1 正常",
        "2023年,广东粤电湛江外罗海上风电项目EPC总承包工程正式开工。",
        "湛江（7 篇）",
        "（见要点）",
    ):
        assert part in text
    assert not re.search("新事件|旧闻|件）|共 1 篇|首见 |None", text)
    assert counts(old) == "新帖 9 篇 · 3 个地区 · 未收录 1 条 · 来源 1/1 正常"
    empty = render(replace(old, places=(), highlights=()), form)
    assert "本期没有新帖子" in empty


@pytest.mark.parametrize("form", ["md", "html"])
def test_stories_name_their_source_where_some_were_imported_beside_the_only_one(
    full_digest: Digest, item: Callable[..., Item], form: str
) -> None:
    source = full_digest.sources[0]
    group = full_digest.places[0]
    own, imported = item(901, source=source.title), item(902, source="import")
    one = replace(
        full_digest, sources=(source,), highlights=(), late=(), recycled=(), places=(replace(group, items=(own,)),)
    )
    assert not one.is_of_several
    several = replace(one, places=(replace(group, items=(own, imported)),))
    assert " · import" in render(several, form)
    assert f" · {source.title}" in render(several, form)
