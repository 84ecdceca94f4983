"""Whatever a post holds, it shows as text on all three platforms, and calls nobody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.chat.markup import DINGTALK, FEISHU, WECOM, Markup

ALL = pytest.mark.parametrize("markup", [WECOM, DINGTALK, FEISHU], ids=["wecom", "dingtalk", "feishu"])
HOSTILE = (
    "<@all>",
    "@所有人",
    "<at id=all></at>",
    '<at user_id="all">所有人</at>',
    "<at email=a@x.cn></at>",
    '<font color="warning">急</font>',
    "[点这里](http://evil.example)",
    "![](http://evil.example/x.png)",
    "**粗** ~~删~~ `码` _斜_",
    "# 标题",
    "> 引用",
    "- 一项",
    "1. 一项",
    "| a | b |",
    "http://evil.example/a",
    "www.evil.example",
    "一行\n# 两行\r\n<@all>",
    "&#60;@all&#62;",
    "\\*转义\\*",
    "dingtalk://dingtalkclient/page/link?url=http%3A%2F%2Fevil.example",
)


def active(text: str) -> list[str]:
    """What some platform could act upon."""
    found = re.findall(r"[<>\[\]*`~|\\]|https?://|www\.|@", re.sub(r"&#\d+;", "", text))
    return found + re.findall(r"^(?:[-+=#]|\d+[.)])", text)


@ALL
@pytest.mark.parametrize("text", HOSTILE)
def test_marks_and_mentions_are_only_words(markup: Markup, text: str) -> None:
    escaped = markup.escape(text)
    assert active(escaped) == []
    assert "\n" not in escaped
    assert escaped


@ALL
@given(text=st.text(alphabet=st.sampled_from("<>[]()*_`~#@&|\\!:/.-+=1 a中\n\u202e\u200b\x00"), max_size=40))
def test_any_mixture_of_marks_is_only_words(markup: Markup, text: str) -> None:
    assert active(markup.escape(text)) == []


@ALL
def test_plain_chinese_stays_as_it_is(markup: Markup) -> None:
    plain = "湛江：总投资12.5亿元，占地300亩；2025-07-17 开工（一期），zhaoshang source show my_source"
    assert markup.escape(plain) == plain


@ALL
def test_a_link_cannot_be_left(markup: Markup) -> None:
    url = "https://x.cn/a(1)[2]*3*/'?q=<@all>&b= c)"
    written = markup.link("题[目](x)", url)
    found = re.fullmatch(r"\[([^\[\]]*)\]\(([^()\s\[\]*'<>]*)\)", written)
    assert found is not None
    assert found[2] == "https://x.cn/a%281%29%5B2%5D%2A3%2A/%27?q=%3C@all%3E&b=%20c%29"


@ALL
@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "file:///etc/passwd", "/relative", "https://"])
def test_what_may_not_be_followed_is_no_link(markup: Markup, url: str | None) -> None:
    assert markup.link("题目", url) == "题目"
