"""Scraped text in Markdown: read back by a CommonMark parser and by a GitHub-like one, it is the text and no more."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from digests.markdown import escape, link, safe_url
from monitor.text import clean

# Bare links are GitHub's extension too, but the parser's own finder of them is another package: see BARE_LINK.
PARSERS = {"commonmark": MarkdownIt("commonmark"), "gfm": MarkdownIt("gfm-like", {"linkify": False})}

# How GitHub's specification says that a bare link begins.
BARE_LINK = re.compile(r"(?i)www\.|(?:https?|ftp)://|mailto:|xmpp:")

PLACES = (
    "{}",
    "上一行  \n{}",
    "- {}",
    "- **{}** 2025-07-17  \n  摘要",
    "- 标题  \n  {}",
    "### {}",
    "> {}",
    "| 甲 | 乙 |\n|---|---|\n| {} | 乙 |",
    "[{}](<https://zj.example/>)",
)

HOSTILE = [
    "](javascript:alert(1)) <script>| # x",
    "](https://evil.example) [",
    "][evil]",
    "[evil]: https://evil.example",
    "[^1] [^1]: 脚注",
    "![图](https://evil.example/a.png)",
    "<a href='https://evil.example'>x</a>",
    "<https://evil.example> <a@b.cn>",
    "<!-- 注释 --> <![CDATA[x]]> <?php ?>",
    "</li></ul><script>alert(1)</script>",
    "1. a",
    "12) b",
    "- b",
    "+ c",
    "* d",
    "-",
    "1.",
    "> 引用",
    "# 标题 #",
    "###",
    "===",
    "---",
    "***",
    "___",
    "~~~",
    "```js",
    "`code` ``code``",
    "*斜* **粗** _斜_ __粗__ ***",
    "~~删~~ ~删~",
    "| a | b |",
    "|---|:--|",
    ":---|",
    "- [ ] 待办",
    "[x] 完成",
    "&amp; &lt;script&gt; &#60; &#x3c; &nbsp;",
    "\\",
    "\\\\ \\* \\",
    "a\\",
    "www.evil.example",
    "https://evil.example/?a=1&b=2",
    "HTTP://evil.example ftp://evil.example",
    "http://http://http://evil.example",
    "mailto:a@b.cn xmpp:a@b.cn",
    "a@b.cn",
    "$x$ $$y$$ ^上^ ==高亮== ++插入++",
    "\t    缩进",
    "一行  \n二行\r\n\r\n三行\u2028四行",
    "\"标题\" 'x' “稳心石”",
]

texts = st.lists(
    st.sampled_from(HOSTILE) | st.text(max_size=4) | st.text("\\`*_{}[]()<>#+-.!|~&=^$\"':@/ 1a招", max_size=8),
    max_size=4,
).map("".join)


def shape(markdown: str, parser: str) -> list[str]:
    """Every token of the rendering except the text itself."""
    found: list[str] = []
    for token in PARSERS[parser].parse(markdown):
        children = [child for child in token.children or [] if child.type != "text"]
        found += [token.type, *(f"{child.type} {child.attrs}" for child in children)]
    return found


def words(markdown: str, parser: str) -> str:
    """The text of the rendering."""

    def of(token: Token) -> str:
        return "".join(child.content for child in token.children or [] if child.type == "text")

    return "\n".join(of(token) for token in PARSERS[parser].parse(markdown) if token.type == "inline")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_shows_as_itself(text: str) -> None:
    for parser in PARSERS:
        for template in PLACES:
            hostile, plain = template.format(escape(text)), template.format("招商")
            assert shape(hostile, parser) == shape(plain, parser)
            assert words(hostile, parser) == words(plain, parser).replace("招商", clean(text))


@given(text=texts)
@example(text="](javascript:alert(1)) <script>| # x")
def test_any_text_shows_as_itself(text: str) -> None:
    assume(clean(text))
    test_hostile_text_shows_as_itself(text)


@given(texts)
def test_escaped_text_is_one_line_without_a_bare_link(text: str) -> None:
    escaped = escape(text)
    assert len(escaped.splitlines()) <= 1
    assert not BARE_LINK.search(escaped)


@pytest.mark.parametrize("text", ["湛江：项目开工，总投资12.5亿元", "2025年7月 A-B（一期）", "第一，第二；第三……"])
def test_plain_chinese_stays_readable_in_the_source(text: str) -> None:
    assert escape(text) == text


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "   ",
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "ftp://zj.example/a",
        "mailto:a@b.cn",
        "blob:https://zj.example/1",
        "//zj.example/a",
        "/art/1.html",
        "zj.example",
        "http:",
        "https:///a",
        "http:\\\\zj.example",
        "https://[::1",
    ],
)
def test_what_is_not_http_is_no_link(url: str | None) -> None:
    assert safe_url(url) is None
    assert link("标题", url) == "标题"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://zj.example/art/2025/7/17/art_1_2.html?a=1&b=%E6%B9%9B#c", None),
        ("http://[::1]:8080/(a)/~b;c=d,e'f*!$@+", None),
        (" https://zj.example/a ", "https://zj.example/a"),
        ('https://zj.example/a b>c<d"e\\f`g|h{i}', "https://zj.example/a%20b%3Ec%3Cd%22e%5Cf%60g%7Ch%7Bi%7D"),
        ("https://zj.example/a\nb", "https://zj.example/ab"),
        ("\x01https://zj.example/a", "https://zj.example/a"),
        ("https://zj.example/湛江", "https://zj.example/%E6%B9%9B%E6%B1%9F"),
        ("https://zj.example/\u202egpj.exe", "https://zj.example/%E2%80%AEgpj.exe"),
    ],
)
def test_an_address_keeps_its_meaning_and_loses_what_could_end_it(url: str, safe: str | None) -> None:
    assert safe_url(url) == (safe or url)


@given(text=texts, tail=texts)
@example(text="x", tail="> <script>alert(1)</script>")
@example(text="x", tail=">) ![](<https://evil.example>")
def test_no_address_breaks_out_of_its_link(text: str, tail: str) -> None:
    assume(clean(text))
    target = safe_url("https://zj.example/" + tail)
    assert target is not None
    assert re.fullmatch(r"https://zj\.example/[!#-;=?-\[\]_a-z~%]*", target)
    for parser in PARSERS.values():
        (inline,) = (t for t in parser.parse(link(text, "https://zj.example/" + tail)) if t.type == "inline")
        opened, *inside, closed = inline.children or []
        assert (opened.type, closed.type) == ("link_open", "link_close")
        assert list(opened.attrs) == ["href"]
        assert str(opened.attrs["href"]).startswith("https://zj.example/")
        assert {token.type for token in inside} == {"text"}
        assert "".join(token.content for token in inside) == clean(text)
