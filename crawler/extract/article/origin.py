"""Finds whom a post's page names as its source (来源); who wrote or published the page it does not ask."""

import re
from collections.abc import Sequence
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.article.around import Around
from crawler.extract.article.blocks import Block
from crawler.extract.article.meta import Meta
from crawler.extract.article.words import BLANK, any_of, spaced
from monitor.text import clean

_TAGS = ("contentsource", "source", "article:source", "sourcename", "mediasource", "og:source", "laiyuan")
_ORIGIN = re.compile(
    rf"(?:{spaced('信息来源 文章来源 稿件来源 内容来源 新闻来源 数据来源 转载来源 来源')}{BLANK}[于自]?"
    rf"|{spaced('稿源 出处 來源 資料來源')}|\b[Ss]ource){BLANK}[:：][^\S\n]*\n?[^\S\n]*(?P<value>[^\n]*)"
)
_LABELS = any_of(
    "作者 撰稿 记者 责任编辑 责编 编辑 发布 发表 时间 日期 更新 浏览 阅读 点击 访问 人气 字号 字体 打印 分享 评论 审核"
    " 录入 栏目 分类 发文 文号 收藏"
)
_LATIN_LABELS = (
    "Author By Editor Published Posted Updated Created Date Time Views Hits Font Size Large Medium Small Print Share A"
    " Comments Close Back"
)
# Where the name ends: at white space that is not between Latin words, a mark, another label, a counter or a date.
_END = re.compile(
    r"(?<![A-Za-z.&'])\s|\s(?![A-Za-z&])|[|｜【】\[\]{}<>；;,，。]|(?:浏览|阅读|点击|访问|人气|评论)[\d(（]"
    rf"|\s(?:{any_of(_LATIN_LABELS)})\b"
    rf"|(?:{_LABELS})(?:{BLANK}[:：]|人|时间|日期|次数|量|数|大小)"
    r"|\d[\d,.]*\s*(?:阅读|浏览|点击|评论|次|人)|(?:19|20)\d{2}\s*[-/.年]|(?:浏览|阅读|点击|访问|人气|评论)\s*\d"
)
_COUNT = re.compile(r"(?<=\D)\d[\d,.]*[万wk]?$")
_ELEMENTS = 200  # of a header that are looked at for a counter
_PIECES = 4  # of text in an element; one that holds a number alone has not more
_LONGEST = 40  # characters
_NOBODY = frozenset(("", "-", "无", "暂无", "未知", "null", "undefined", "none", "不详"))


def find_origin(meta: Meta, around: Around, about: Sequence[Block]) -> str | None:
    """What stands after 来源, in a meta tag or beside the body."""
    declared = meta.first(_TAGS)
    labelled = _ORIGIN.match(declared)
    declared = _somebody(labelled["value"] if labelled else declared) or ""
    if declared:
        return declared
    blocks = (*about, *around.before, *around.after)
    for found in _ORIGIN.finditer("\n".join(block.text for block in blocks)):
        if origin := _somebody(_without_counter(_cut(found["value"]), blocks)):
            return origin
    return None


def _without_counter(name: str, blocks: Sequence[Block]) -> str:
    """A name without the number that stands in an element of its own behind it: how often the post was read."""
    count = _COUNT.search(name)
    if count is None:
        return name
    counted = any(_holds(block.owner, count[0]) for block in blocks if name in block.text)
    return name[: count.start()] if counted else name


def _holds(owner: HtmlElement, text: str) -> bool:
    elements = islice(owner.iterdescendants("*"), _ELEMENTS)
    return any("".join(islice(element.itertext(), _PIECES)).strip() == text for element in elements)


def _cut(value: str) -> str:
    """The name at the beginning of what follows the label; empty when another label stands there."""
    value = value.strip()
    end = _END.search(value)
    return _inside(value[: end.start()] if end else value)


def _inside(value: str) -> str:
    """What stands before a bracket without its other half: （来源：湛江晚报）, 湛江晚报（记者 cut at the space."""
    opened: list[int] = []
    for place, char in enumerate(value):
        if char in "(（":
            opened.append(place)
        elif char in ")）":
            if not opened:
                return value[:place]
            opened.pop()
    return value[: opened[0]] if opened else value


def _somebody(name: str) -> str | None:
    name = clean(name).strip("：: 　-—|")
    return name if name.lower() not in _NOBODY and len(name) <= _LONGEST else None
