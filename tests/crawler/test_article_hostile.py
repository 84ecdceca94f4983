"""Pages made to break a reader: large, deep, repetitive, broken. Nothing is raised, and what can be read is read."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.article.reader import read_article
from crawler.extract.article.recipe import Place, Recipe
from monitor.pages import Article

NOW = datetime(2025, 7, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
URL = "http://zs.example/1.html"
TOO_LARGE = ("the page is too large for a post; only its beginning was read",)
RECIPES = [None, Recipe((Place("//div[@id='zoom']", 5), Place("//div", 5, 99)), 1)]
LONG = 5_000_000  # characters


def read(page: str, recipe: Recipe | None = None) -> Article | None:
    return read_article(page, URL, NOW, recipe=recipe).article


def full(piece: str, size: int = LONG) -> str:
    return (piece * (size // len(piece) + 1))[:size]


SOUP = {
    "open paragraphs": "<p>正文，一段话。",
    "open inline tags": "<i>正",
    "nested cells": "<table><tr><td>甲</td><td>",
    "a row of cells": "<td>甲</td>",
    "tables": "<table><tr><td>甲</td><td>乙</td></tr></table>",
    "openings": "<",
    "closings": ">",
    "attributes": "<a b=1 ",
    "line breaks": "正文<br>",
    "spaces": "。　　 ",
    "entities": "&#x4e00;&lt;&nosuch;",
    "comments": "<!-- x -->正",
    "headings": "<h1>标题标题标题</h1>",
    "metas": "<meta name=PubDate content='2025-07-17'>",
    "times": "<time datetime='2025-07-17'>x</time>",
    "files": "<a href='/x.pdf'>附件下载链接文字</a>",
    "labels": "<p>来源：<p>发布时间：2025-",
    "editors": "<p>编辑：张三 李四 王五 赵六 编辑：张三 李四 王五 赵六 编辑，</p>",
    "tools": "<p>打印 关闭 字号 大 中 小 【打印】【关闭】x</p>",
    "cards": "<div class=a><a href=1>甲乙丙丁</a>文字文字。</div>",
    "fields": "<div id=zoom>正</div>",
}


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("size", [30_000, pytest.param(LONG, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", SOUP)
def test_a_page_of_one_piece_over_and_over_raises_nothing(name, size, recipe):
    article = read(full(SOUP[name], size), recipe)
    assert article is None or article.body


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize(
    "tag", ["div", "p", "a", "span", "ul><li", "table><tr><td", "blockquote", "div class='a'", "nosuch"]
)
def test_twenty_thousand_nested_tags_raise_nothing(tag, recipe):
    article = read(f"<p>正文，在前面。</p>{f'<{tag}>' * 20_000}深处", recipe)
    assert article is not None
    assert article.body.startswith("正文，在前面。")


def test_a_page_too_large_for_a_post_is_read_from_its_beginning_and_warned_of():
    line = "正文内容，招商引资。"
    article = read(f"<div id='zoom'><p>{full(line)}</p></div>")
    assert article is not None
    assert article.body.startswith(line)
    assert article.warnings == TOO_LARGE
    many = read("<div id='zoom'>" + f"<p>{line}</p>" * 60_000 + "</div>")
    assert many is not None
    assert len(many.body.split("\n")) > 10_000
    assert many.warnings == TOO_LARGE


def test_a_body_of_a_million_characters_is_read_whole():
    lines = [f"第{number}条，{'招商引资工作' * 16}。" for number in range(10_000)]
    article = read("<div class='x'>" + "".join(f"<p>{line}</p>" for line in lines) + "</div>")
    assert article == Article(None, "\n".join(lines))


@pytest.mark.parametrize(
    "head",
    [
        f"<title>{full('标题_', 300_000)}</title>",
        f"<title>{full('-招商网', 300_000)}</title><h1>{full('甲-', 300_000)}</h1>",
        f"<meta name=ArticleTitle content='{full('甲', 300_000)}'>",
        f"<meta name=PubDate content='{full('2', 300_000)}'><meta name=ContentSource content='{full('日报 ', 300_000)}'>",
        f"<script type='application/ld+json'>{full('[', 300_000)}</script>",
        "<script type='application/ld+json'>" + full('{"@type":"Article","headline":', 100_000) + "</script>",
        '<script type=\'application/ld+json\'>[1,null,{"@type":3},{"@type":"Article","headline":{}}]</script>',
        f"<script>var ct = '{'9' * 10}';</script><div id='js_content'></div>",
        "<meta name=PubDate content='9999-99-99'><meta name=publishdate content='²0²5-0七-1'>",
        "<base href='http://['><base href='//²'>",
    ],
)
def test_a_head_out_of_bounds_spoils_no_body(head):
    article = read(
        f"<html><head>{head}</head><body><div id='zoom'><p>正文。<a href='/1.pdf'>甲</a></p></div></body></html>"
    )
    assert article is not None
    assert article.body == "正文。甲"


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        ("正\x00文\x01。", "正 文 。"),
        ("正\ud800文\udfff。", "正 文 。"),
        ("正&#0;文&#xD800;。&#x110000;", None),
        ("正\u202e文\u200b\ufeff。", "正文。"),
        ("正文。<p class='x", "正文。"),
        ("正文。<a href='1.html", "正文。"),
        ("正文。&#x4e", None),
        ("正文。<![CDATA[甲]]>", None),
    ],
)
def test_broken_characters_and_cut_tags_leave_the_rest(raw, body):
    article = read(f"<html><body><div id='zoom'><p>{raw}")
    assert article is not None
    assert article.body == body or (body is None and article.body.startswith("正"))
