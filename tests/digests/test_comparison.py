"""A difference on paper: Markdown that reads as meant, HTML that runs nothing, long stretches folded."""

import json
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from digests.comparison import Difference, Line, difference, lines, render_difference
from digests.markdown import harmless
from monitor.comparison import Mark, Piece, compare
from monitor.history import Revision, Wording
from monitor.models import Post, PostStatus
from monitor.text import clean

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 7, 21, tzinfo=UTC)
GFM = MarkdownIt("gfm-like", {"linkify": False})
POST = Post(
    id=7, source_id=1, source_name="zhanjiang", title="【湛江招商】题", listed_title="题", listed_on=None, label=None,
    place=None, url="http://zj.example/7.html", published_on=None, effective_on=date(2025, 7, 17), dated=False,
    summary=None, body=None, status=PostStatus.COMPLETE, attempts=0, last_error=None, fingerprint=None, copy_of=None,
    baseline=False, first_seen_at=NOW, last_seen_at=NOW, revision=2,
)  # fmt: skip
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) ** ~~ | `c` & \"q\" 'q'"


def between(before: str, after: str, *, title: str = "题", url: str | None = POST.url) -> Difference:
    post = Post(**{name: getattr(POST, name) for name in POST.__dataclass_fields__} | {"title": title, "url": url})
    return difference(
        post, Revision(1, NOW, Wording("题", before)), Revision(2, NOW, Wording(title, after), replayed=True)
    )


class Page(HTMLParser):
    """The elements and the visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.inside: dict[str, str] = {"del": "", "ins": ""}
        self.open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open = tag
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's signature
        self.open = ""

    def handle_data(self, data: str) -> None:
        if self.open in self.inside:
            self.inside[self.open] += data


# -- lines ----------------------------------------------------------------------------------------------------------


def folded(before: str, after: str) -> list[str | int]:
    shown = lines(compare(Wording("题", before), Wording("题", after)))
    return [line.folded or "".join(piece.text for piece in line.pieces) for line in shown]


def test_a_long_stretch_of_equal_sentences_is_folded_but_for_those_beside_a_change() -> None:
    body = "".join(f"第{n}句话在这里。" for n in range(1, 10))
    assert folded(f"旧的开头。{body}", f"新的一句话来了。{body}") == [
        "旧的开头。",
        "新的一句话来了。第1句话在这里。",
        8,
    ]
    assert folded(f"{body}旧的结尾。", f"{body}再来一段新话。") == [8, "第9句话在这里。旧的结尾。再来一段新话。"]
    assert folded(f"头。{body}尾。", f"新来的。{body}去了的。") == [
        "头。",
        "新来的。第1句话在这里。",
        7,
        "第9句话在这里。尾。去了的。",
    ]


def test_a_short_stretch_stays_and_paragraphs_stay_apart() -> None:
    assert folded("甲句。乙句。丙句。\n旧的一段。", "甲句。乙句。丙句。\n新来的一句话。") == [
        "甲句。乙句。丙句。",
        "旧的一段。",
        "新来的一句话。",
    ]


def test_neighbours_of_one_mark_are_one_piece() -> None:
    comparison = compare(Wording("题", "甲。"), Wording("题", "甲。乙乙。丙丙。"))
    assert lines(comparison) == (Line((Piece(Mark.SAME, "甲。"), Piece(Mark.INSERTED, "乙乙。丙丙。"))),)


@given(st.text())
@example(" 甲\x1b[31m\u202e ")
def test_harmless_text_has_nothing_invisible_and_keeps_its_blanks(text: str) -> None:
    plain = harmless(text)
    assert plain.strip() == clean(text)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", plain)


# -- Markdown -------------------------------------------------------------------------------------------------------


def test_markdown_strikes_out_and_makes_bold() -> None:
    text = render_difference(between("总投资12.5亿元，占地300亩。", "总投资15亿元，占地300亩。"), "md", ZONE)
    assert "# 修改对照：[题](<http://zj.example/7.html>)" in text
    assert "版本 1（2025-07-21 08:00） → 版本 2（2025-07-21 08:00，归档重读）" in text
    assert "\n- 正文改动 1 处\n" in text
    assert "\n总投资~~12.5亿元~~**15亿元**，占地300亩。\n" in text


def told(rendered: str) -> tuple[str, str]:
    """What a reader of rendered Markdown sees struck out, and what bold, after the legend."""
    body = rendered.partition("<strong>新增</strong></p>")[2].replace("\u200b", "")
    return "".join(re.findall(r"<s>(.*?)</s>", body)), "".join(re.findall(r"<strong>(.*?)</strong>", body))


@pytest.mark.parametrize(
    ("before", "after", "deleted", "inserted"),
    [
        ("甲句话在这里，“乙乙”来过。", "甲句话在这里，《丙丙》来过。", "“乙乙”", "《丙丙》"),
        ("开头在这里。", "开头在这里。“后来的话。”", "", "“后来的话。”"),
        ("这里一直有a*b*c在。", "这里一直有d_e_f在。", "a*b*c", "d_e_f"),
        ("- 一直都在的话，甲。", "1. 一直都在的话，甲。", "-", "1."),
    ],
)
def test_marks_are_seen_beside_any_punctuation(before: str, after: str, deleted: str, inserted: str) -> None:
    assert told(GFM.render(render_difference(between(before, after), "md", ZONE))) == (deleted, inserted)


words = st.sampled_from(
    ["甲", "乙丙", "12.5亿元", "。", "“", "”", "*", "_", "~", "<b>", "[x](y)", "|", "- ", "# ", "\n"]
)


@given(st.lists(words).map("".join), st.lists(words).map("".join))
def test_markdown_of_any_text_holds_no_markup_but_ours(before: str, after: str) -> None:
    html = GFM.render(render_difference(between(before, after), "md", ZONE))
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"h1", "a", "p", "ul", "li", "s", "strong", "em", "table", "thead", "tbody", "tr", "th", "td"}
    assert len(re.findall("<a ", html)) == 1


def test_a_rewrite_in_markdown_is_a_table() -> None:
    before = "春天来了，万物|复苏。\n孩子们在草地上放风筝。"
    html = GFM.render(render_difference(between(before, "全市经济运行会议昨日召开。"), "md", ZONE))
    assert re.findall(r"<td>(.*?)</td>", html) == [
        "春天来了，万物|复苏。",
        "全市经济运行会议昨日召开。",
        "孩子们在草地上放风筝。",
        "",
    ]


# -- HTML -----------------------------------------------------------------------------------------------------------


def test_html_marks_with_del_and_ins_and_stands_alone() -> None:
    html = render_difference(between("总投资12.5亿元，占地300亩。", "总投资15亿元，占地300亩。"), "html", ZONE)
    page = Page(html)
    assert (page.inside["del"], page.inside["ins"]) == ("删去12.5亿元", "新增15亿元")
    assert page.links == ["http://zj.example/7.html"]
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert "prefers-color-scheme: dark" in html
    assert "width=device-width" in html


def test_a_rewrite_in_html_is_two_columns() -> None:
    html = render_difference(between("春天来了，万物复苏。", "全市经济运行会议昨日召开。"), "html", ZONE)
    assert html.count("<section>") == 2
    assert "<p>春天来了，万物复苏。</p>" in html
    assert "<del>" not in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", None])
@pytest.mark.parametrize("form", ["md", "html"])
def test_titles_and_texts_full_of_markup_come_out_as_themselves(form: str, url: str | None) -> None:
    for after in (f"开头在这里。{HOSTILE}", HOSTILE * 3):
        text = render_difference(between("开头在这里。", after, title=HOSTILE, url=url), form, ZONE)
        page = Page(GFM.render(text) if form == "md" else text)
        assert not {"script", "img"} & set(page.tags)
        assert page.links == []


def test_two_revisions_that_say_the_same_are_told_so() -> None:
    for form in ("md", "html"):
        assert "两个版本的文字相同" in render_difference(between("甲。", "甲。"), form, ZONE)


# -- JSON -----------------------------------------------------------------------------------------------------------


def test_json_has_all_of_it() -> None:
    told = json.loads(render_difference(between("总投资12.5亿元。", "总投资15亿元。", title="新题"), "json", ZONE))
    assert told["post"] == {"id": 7, "title": "新题", "url": "http://zj.example/7.html", "source": "zhanjiang"}
    assert (told["title"], told["published_on"], told["rewritten"]) == (["题", "新题"], None, False)
    assert told["statements"] == ["标题由《题》改为《新题》", "正文改动 1 处"]
    assert told["after"]["replayed"] is True
    assert told["passages"][0]["pieces"][1] == {"mark": "deleted", "text": "12.5亿元"}
    assert told["excerpt"][1] == {"mark": "deleted", "text": "12.5亿元"}
