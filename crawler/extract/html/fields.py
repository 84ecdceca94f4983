"""Reads one record: its title, address, date, summary or body; which elements are records it does not decide."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.dates import PrintedDate
from crawler.extract.html.candidates import HEADINGS, TITLED, Candidate, is_button, label_of, leads_on, weight
from crawler.extract.html.printed import best_date, date_only, without_date
from crawler.extract.html.records import Record
from crawler.extract.html.tree import BLOCKS, Page, address, flowing, pieces, whole_text
from monitor.text import clean, fold_brackets, is_cut, title_key

_MARK = r"[\[【(（<《]?(?:置\s*顶|NEW|HOT|最新|热门|推荐|荐|图文|图)!?[\]】)）>》]|置顶|NEW!?|HOT!?|[·•▪●◆■►▶※☆★|]+"
_MARKS = re.compile(rf"^(?:\s*(?:{_MARK})\s*)+", re.IGNORECASE)
_END_MARKS = re.compile(r"(?:\s*(?:[\[【(（]?(?:new|hot)!?[\]】)）]?))+$", re.IGNORECASE)
_SAID_TITLE = re.compile(r"(?:标\s*题|题\s*名|名\s*称)\s*[:：]\s*(.+)")
_SAID_ELSE = re.compile(
    r"\s*(?:作\s*者|来\s*源|发布(?:时间|日期)|更新时间|日\s*期|时\s*间|点击(?:数|量|次数)?|浏览(?:次数|量)?)\s*[:：].*$"
)
_SUFFIX = re.compile(r"\s*[-_|—–]\s*\S")  # how the name of the site is put behind a title
_LABEL_BEFORE = re.compile(r"(【[^【】]{0,18}招商】)\s*$")
_LEADS_ON = re.compile(
    r"\s*[\[【(（<]?(?:查看(?:更多|详情|全文|原文)|详细(?:内容|信息)?|阅读(?:全文|更多|原文)?|更多|全文)[\]】)）>]?"
    r"\s*(?:>>|»|→)?\s*$"
)
_ABOUT = re.compile(
    r"(?:来源|作者|浏览(?:次数|量)?|阅读(?:次数|量)?|点击(?:数|量|次数)?|发布(?:时间|日期|人|机构|单位|者)?|时间|日期|栏目|分类|标签)"
    r"\s*[:：]"
)
_PUNCTUATED = re.compile(r"[，。；！？…]|\.{3}")
_LEAST_SUMMARY = 16  # weight of a text that may be a summary as it is
_LEAST_SENTENCE = 6  # and of one that is punctuated as a sentence is
_LEAST_BODY = 12
_LEAST_HEAD = 4  # characters of a cut title by which the whole one is known
_MOST_SAID = 5  # texts that may complete a title
_LEAST_CELLS = 3
_LONGEST_ABOUT = 60  # characters


@dataclass(frozen=True, slots=True)
class Reading:
    """What a record says. `printed` is its date as printed; None when it prints none."""

    title: str
    url: str | None
    printed: PrintedDate | None
    summary: str | None = None
    body: str | None = None


def read_record(record: Record, page: Page, now: datetime, *, after: bool = True) -> Reading:
    """The fields of one record from its root and what follows it.

    `after`: a date that stands behind the root is the record's; in some lists the dates stand before their records.
    """
    node = record.title.node
    title, inner_date, inner_summary = _title(record.title, now)
    printed = inner_date or _date_around(record, now, after=after) or _date_of_title_attribute(node, now)
    title, printed = without_date(title, printed, now)
    title = _with_label_before(_completed(title, record), record)
    url = record.title.url
    rest = _rest(record, title, now)
    if url is None:
        url = _only_link(record, page)
    if url is None and weight(rest) >= _LEAST_BODY:
        return Reading(title, None, printed, body=rest)
    repeated = inner_summary is not None and title_key(inner_summary) == title_key(title)
    summary = _summary(rest) if repeated else inner_summary or _summary(rest)
    return Reading(title, url, printed, summary=summary)


# -- title ------------------------------------------------------------------------------------------------------------


def _title(candidate: Candidate, now: datetime) -> tuple[str, PrintedDate | None, str | None]:
    """The title, and a date and a summary that stand in the same link."""
    node = candidate.node
    if not candidate.linked:
        return _unmarked(candidate.text), None, None
    dated = [piece for piece in pieces(node) if date_only(piece.text, now)]
    outside = [piece for piece in dated if piece.owner is not node]
    printed = best_date([piece.text for piece in outside], now)
    groups = _groups(node, [piece.owner for piece in outside])
    if len(groups) > 1:
        title = _title_group(groups)
        rest = [text for owner, text in groups if text != title and _summary(text)]
        if printed is None:  # day and month in blocks of their own
            printed = best_date([piece.text for piece in pieces(node) if piece.text not in title], now)
        return _whole(_unmarked(title), node), printed, max(rest, key=weight, default=None)
    text = whole_text(node, [piece.owner for piece in outside])
    return _whole(_unmarked(text), node) or _unmarked(candidate.text), printed, None


def _groups(node: HtmlElement, without: Sequence[HtmlElement]) -> list[tuple[HtmlElement, str]]:
    """The texts of the blocks inside a link that wraps a whole card; one alone when it wraps a plain title."""
    blocks = {child for child in node.iterdescendants() if child.tag in BLOCKS - {"br"}}
    if not blocks:
        blocks = _cells(node)
    if not blocks:
        return []
    found: dict[HtmlElement, list[str]] = {}
    for piece in pieces(node, without):
        owner = piece.owner
        while owner is not node and owner not in blocks:
            owner = owner.getparent()
        found.setdefault(owner, []).append(piece.text)
    return [(owner, clean(" ".join(texts))) for owner, texts in found.items()]


def _cells(node: HtmlElement) -> set[HtmlElement]:
    """The spans of a link that is laid out as a row of them: three and more, most of them named, and no text beside."""
    children = [child for child in node if isinstance(child.tag, str)]
    texts = [node.text, *(child.tail for child in children)]
    named = sum(bool(child.get("class")) for child in children)
    is_row = (
        len(children) >= _LEAST_CELLS and 2 * named > len(children) and not any(clean(text or "") for text in texts)
    )
    return set(children) if is_row else set()


def _title_group(groups: Sequence[tuple[HtmlElement, str]]) -> str:
    def rank(group: tuple[HtmlElement, str]) -> tuple[object, ...]:
        owner, text = group
        return (
            owner.tag in HEADINGS or bool(TITLED.search(owner.get("class") or "")),
            label_of(text) is not None,
            6 <= weight(text) <= 45 and not text.endswith("。"),  # noqa: PLR2004 - what a title has
        )

    return max(groups, key=rank)[1]


def _whole(text: str, node: HtmlElement) -> str:
    """The title attribute where the text is cut short, or is missing."""
    lines = [line for raw in (node.get("title") or "").splitlines() if (line := clean(raw))]
    if not lines:
        return text
    said = next((found for line in lines if (found := _SAID_TITLE.search(line))), None)
    whole = _unmarked(_SAID_ELSE.sub("", said[1] if said else lines[0]))
    if not text or (is_cut(text) and not is_cut(whole) and _begins(text, whole)) or _goes_on(text, whole):
        return whole
    return text


def _completed(title: str, record: Record) -> str:
    """A cut title with its end, where a picture, a tip or hidden text of the record says the whole."""
    head = title_key(title).rstrip(".")
    if not is_cut(title) or len(head) < _LEAST_HEAD:
        return title
    begin_so = (one for one in _said(record) if title_key(one).startswith(head) and not is_cut(one) and "。" not in one)
    whole = list(islice(begin_so, _MOST_SAID))
    longer = [one for one in whole if len(title_key(one)) > len(head)]
    return _unmarked((longer or whole or [title])[0])


def _said(record: Record) -> Iterator[str]:
    """What the elements of a record say, attributes first."""
    nodes = [node for element in record.segment for node in element.iter() if isinstance(node.tag, str)]
    for node in nodes:
        yield from (clean(node.get(name) or "") for name in ("title", "alt", "data-title"))
    for node in nodes:
        yield clean(node.text or "")


def _begins(cut: str, whole: str) -> bool:
    head = title_key(cut).rstrip(".")
    return title_key(whole).startswith(head[: max(len(head) - 1, 1)]) or len(whole) > len(cut)


def _goes_on(text: str, whole: str) -> bool:
    """Whether a title attribute goes on where the text ends without a sign; with the name of the site it does not."""
    a, b = title_key(text), title_key(whole)
    if len(a) < 8 or not b.startswith(a) or _SUFFIX.match(b[len(a) :]):  # noqa: PLR2004 - not a mere word
        return False
    return weight(whole) >= weight(text) + 2


def _unmarked(text: str) -> str:
    """A title without the marks that listings put around it: 置顶, NEW, bullets."""
    plain = _END_MARKS.sub("", _MARKS.sub("", clean(text)))
    return plain.strip() or clean(text)


def _with_label_before(title: str, record: Record) -> str:
    """A label of investment promotion that stands in brackets before the link belongs to the title, however linked."""
    if label_of(title) is not None:
        return title
    before: list[str] = []
    for piece in pieces(record.root):
        if _is_inside(piece.owner, record.title.node):
            label = _LABEL_BEFORE.search(fold_brackets("".join(before)))
            return label[1] + title if label else title
        before.append(piece.text)
    return title


def _is_inside(node: HtmlElement, ancestor: HtmlElement) -> bool:
    return node is ancestor or any(parent is ancestor for parent in node.iterancestors())


# -- date -------------------------------------------------------------------------------------------------------------


def _date_around(record: Record, now: datetime, *, after: bool) -> PrintedDate | None:
    """The date nearest to the title: in the smallest element around it that prints one, then in what follows."""
    node = record.title.node
    levels: list[HtmlElement] = []
    parent = node
    while parent is not record.root:
        parent = parent.getparent()
        levels.append(parent)
    # A title that is no link may begin its element, and the date stand later in it.
    without = [node] if record.title.linked else []
    for level in [*([] if record.title.linked else [node]), *levels]:
        texts = [piece.text for piece in pieces(level, without) if piece.text != record.title.text]
        if level is record.root and record.heads:
            texts = _under_heads(record, without)
        if (found := best_date(texts, now)) is not None:
            return found
    return best_date(following(record), now) if after else None


def _under_heads(record: Record, without: Sequence[HtmlElement]) -> list[str]:
    """The texts of a row, each cell's behind what the table says over it: 发布日期 tells two dates apart."""
    texts: list[str] = []
    for head, cell in zip(record.heads, record.root, strict=True):
        texts += [head, *(piece.text for piece in pieces(cell, without))]
    return texts


def following(record: Record) -> list[str]:
    """The texts behind a record's root and before the next one."""
    texts = [clean(record.root.tail or "")]
    for sibling in record.segment[1:]:
        texts += [*(piece.text for piece in pieces(sibling)), clean(sibling.tail or "")]
    return [text for text in texts if text]


def _date_of_title_attribute(node: HtmlElement, now: datetime) -> PrintedDate | None:
    attribute = node.get("title") or ""
    return best_date([clean(line) for line in attribute.splitlines()], now)


# -- what else it says ------------------------------------------------------------------------------------------------


def _rest(record: Record, title: str, now: datetime) -> str:
    """The paragraphs of a record beside title, date, buttons and lines about it (来源, 浏览次数)."""
    keys = {title_key(title), title_key(record.title.text)}
    without = [record.title.node] if record.title.linked else []
    lines: list[str] = []
    for element in record.segment:
        if element in without:
            continue
        without += [p.owner for p in pieces(element) if p.owner is not element and date_only(p.text, now)]
        without += [link for link in element.iter("a") if is_button(whole_text(link))]
        for line in flowing(element, without).split("\n"):
            plain = _LEADS_ON.sub("", line).strip()
            if plain and title_key(plain) not in keys and not _says_nothing(plain, now):
                lines.append(plain)
    return "\n".join(lines)


def _says_nothing(line: str, now: datetime) -> bool:
    return is_button(line) or date_only(line, now) or (_ABOUT.match(line) is not None and len(line) <= _LONGEST_ABOUT)


def _summary(rest: str) -> str | None:
    longest = max(rest.split("\n"), key=weight, default="")
    sentence = weight(longest) >= _LEAST_SENTENCE and _PUNCTUATED.search(longest) is not None
    return longest if sentence or weight(longest) >= _LEAST_SUMMARY else None


def _only_link(record: Record, page: Page) -> str | None:
    """The one page that a record without a linked title leads to, or its one button (查看详情); None of several."""
    links = [link for element in record.segment for link in element.iter("a")]
    buttons = [link for link in links if leads_on(whole_text(link))]
    for some in (links, buttons):
        found = {url for link in some if (url := address(link.get("href"), page.base)) is not None}
        if len(found) == 1:
            return found.pop()
    return None
