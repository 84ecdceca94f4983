"""The HTML of mails: all that the page has, in what mail programs understand, and never so long that one cuts it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.content import (
    Bar,
    Chain,
    ChangeKind,
    ChangeLine,
    Chart,
    Copy,
    Digest,
    Item,
    Link,
    OffLabelLine,
    PlaceGroup,
    Step,
    ToldLine,
)
from digests.mail import LIMIT, mail_page
from digests.render import render
from monitor.comparison import Mark, Piece

ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "table", "tr", "th", "td"),
    *("h1", "h2", "h3", "p", "b", "span", "a", "del", "ins"),
}
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7 * 7 }}'
WHERE = "https://digests.example.cn/all/2025-W29.html"


class StrictMail(HTMLParser):
    """Reads a mail, and refuses what mail programs drop or take for an attack."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        named = dict(attrs)
        assert not any(name.startswith("on") or name in ("src", "background", "srcset") for name in named)
        assert "url(" not in (named.get("style") or "")
        if tag not in ("html", "head", "meta", "title", "style", "body", "table", "tr", "td"):
            assert tag == "b" or named.get("style"), f"<{tag}> looks as the style sheet says, and there may be none"
        self.links += [named["href"] or ""] if "href" in named else []
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data


@pytest.fixture
def digest(full_digest: Digest) -> Digest:
    """A digest with every section, edits and withdrawals as well."""
    excerpt = (Piece(Mark.SAME, "投资"), Piece(Mark.DELETED, "10亿元"), Piece(Mark.INSERTED, "12亿元"))
    changed = {"place": "湛江", "url": "https://zj.example/40", "source": "zhanjiang", "changed_on": date(2025, 7, 18)}
    return replace(
        full_digest,
        changes=(
            ChangeLine(40, ChangeKind.REVISED, "改过的一篇", statements=("正文有改动",), excerpt=excerpt, **changed),
            ChangeLine(41, ChangeKind.WITHDRAWN, "撤下的一篇", reason="not-found", **changed),
        ),
    )


def test_a_mail_tells_all_that_the_page_tells(digest: Digest) -> None:
    page = mail_page(digest)
    mail = StrictMail(page.html)
    whole = StrictPage(render(digest, "html"))
    assert (page.shortened, page.omitted) == (False, ())
    assert [line for line in whole.lines if line not in "".join(mail.text.split())] == []
    assert set(mail.links) == set(whole.links)
    assert "篇幅所限" not in mail.text


class StrictPage(HTMLParser):
    """The pieces of text of the HTML page, without blanks, and its links."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.links: list[str] = []
        self.feed(re.sub("(?s)<style>.*</style>", "", html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if (tag, name) == ("a", "href")]

    def handle_data(self, data: str) -> None:
        self.lines += ["".join(data.split())] if data.strip() else []


def test_bars_are_cells_with_their_numbers_beside(digest: Digest) -> None:
    html = mail_page(
        replace(digest, charts=(Chart("近十二周新事件", (Bar("W28", 4), Bar("W29", 8), Bar("W30", 0))),))
    ).html
    rows = re.findall(r"<td[^>]*>(W\d+)</td><td[^>]*>(\d+)</td><td[^>]*>(?:<table[^>]* width=\"(\d+)%\")?", html)
    assert rows == [("W28", "4", "50"), ("W29", "8", "100"), ("W30", "0", "")]


def test_whatever_was_scraped_shows_as_itself(digest: Digest, item: Callable[..., Item]) -> None:
    bad = item(1, title=HOSTILE, place=HOSTILE, summary=HOSTILE, url="javascript:alert(1)", parties=(HOSTILE,))
    hostile = replace(digest, highlights=(bad,), late=(bad,), recycled=(bad,), sentence=HOSTILE)
    mail = StrictMail(mail_page(hostile, "javascript:alert(1)").html)
    assert mail.text.count(HOSTILE) >= 8
    assert all(link.startswith("https://") for link in mail.links)


def test_an_empty_week_is_a_mail_as_well(empty_digest: Digest) -> None:
    assert "本期没有新事件" in StrictMail(mail_page(empty_digest).html).text
    assert "尚未配置来源" in StrictMail(mail_page(replace(empty_digest, sources=())).html).text


# -- too long ---------------------------------------------------------------------------------------------------------

LENGTHS = st.sampled_from([4, 40, 400])
COUNTS = st.sampled_from([0, 1, 3, 30, 300])
SIZES = dict.fromkeys(
    ("places", "chains", "late", "recycled", "told_before", "changes", "off_label", "well", "ill"), COUNTS
)


def named(section: str, number: int, length: int) -> str:
    """A title by which an entry is found again."""
    return f"〈{section}{number}〉" + "长" * length


def made(base: Digest, sizes: dict[str, int], lead: int, length: int) -> Digest:
    """A digest with so many entries in each section; of the stories under places, the first are its highlights."""

    def items(section: str, count: int) -> tuple[Item, ...]:
        plain = base.late[0]
        return tuple(
            replace(
                plain,
                post_id=n + 1_000 * len(section),
                title=named(section, n, length),
                summary="文" * length,
                copies=(),
            )
            for n in range(count)
        )

    stories = items("places", sizes["places"] + lead)
    day, line = date(2025, 7, 16), base.sources[0]
    return replace(
        base,
        highlights=stories[:lead],
        places=tuple(PlaceGroup(f"地区{n}", stories[n : n + 7]) for n in range(0, len(stories), 7)),
        late=items("late", sizes["late"]),
        recycled=items("recycled", sizes["recycled"]),
        chains=tuple(
            Chain("湛江", (Step("开工", "", named("chains", n, length), None, here=True),))
            for n in range(sizes["chains"])
        ),
        told_before=tuple(
            ToldLine(n, named("told_before", n, length), None, "zj", day, day) for n in range(sizes["told_before"])
        ),
        changes=tuple(
            ChangeLine(n, ChangeKind.REVISED, named("changes", n, length), "湛江", None, "zj", day)
            for n in range(sizes["changes"])
        ),
        off_label=tuple(OffLabelLine(n, named("off_label", n, length), None, "zj") for n in range(sizes["off_label"])),
        sources=tuple(
            replace(line, name=f"{kind}{n}", title=named(kind, n, length), ok=kind == "well", trouble="HTTP 503")
            for kind in ("well", "ill")
            for n in range(sizes[kind])
        ),
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.fixed_dictionaries(SIZES), lead=st.integers(0, 7), length=LENGTHS)
def test_of_any_size_it_fits_keeps_the_highlights_and_says_what_is_left_out(
    sizes: dict[str, int], lead: int, length: int, full_digest: Digest
) -> None:
    digest = made(full_digest, sizes, lead, length)
    page = mail_page(digest, WHERE)
    assert len(page.html.encode()) <= LIMIT
    text = StrictMail(page.html).text
    assert [n for n in range(lead) if named("places", n, length) not in text] == []
    left: dict[str, int] = {}
    for section, size in sizes.items():
        first = lead if section == "places" else 0
        shown = [named(section, n, length) in text for n in range(first, first + size)]
        assert sorted(shown, reverse=True) == shown, "entries go from the end"
        left[section] = shown.count(False)
    sources = left.pop("well") + left.pop("ill")
    told = {one.name: one.number for one in page.omitted}
    titles = {"places": "按地区", "chains": "项目进展", "late": "补报", "recycled": "旧闻重发", "told_before": "已报"}
    titles |= {"changes": "修改与撤稿", "off_label": "未收录"}
    expected = {titles[section]: count for section, count in left.items() if count}
    assert told == expected | ({"来源状态": sources} if sources else {})
    if told:
        assert f"省略 {sum(told.values())} 条" in text
        assert "；全文见网页" in text
        assert f'<a href="{WHERE}" ' in page.html
    assert page.shortened == ("篇幅所限" in text)


def test_the_least_important_goes_first_and_no_further_than_it_must(full_digest: Digest) -> None:
    digest = made(full_digest, dict.fromkeys(SIZES, 60) | {"late": 20, "chains": 20, "changes": 200}, 5, 40)
    page = mail_page(digest)
    assert [one.name for one in page.omitted] == ["旧闻重发", "已报", "修改与撤稿", "未收录", "来源状态"]
    whole = {one.name: one.number for one in page.omitted}
    assert (whole["已报"], whole["未收录"], whole["来源状态"], whole["旧闻重发"]) == (60, 60, 60, 60)
    assert 0 < whole["修改与撤稿"] < 200
    assert LIMIT - 2_000 < len(page.html.encode()) <= LIMIT


def test_a_cut_place_keeps_its_number_and_no_heading_stands_alone(
    empty_digest: Digest, item: Callable[..., Item]
) -> None:
    items = tuple(item(n, title=f"〈{n}〉", summary="文" * 300) for n in range(200))
    groups = (
        PlaceGroup("广东省", items[:2], 0, 150),
        PlaceGroup("湛江市", items[2:150], 1),
        PlaceGroup("广西", items[150:]),
    )
    text = StrictMail(mail_page(replace(empty_digest, places=groups)).html).text
    assert "广东省（150 件）" in text
    assert "湛江市（148 件）" in text
    assert "广西" not in text
    left = int(re.search(r"（另有 (\d+) 件未列出）", text)[1])
    assert [n for n in range(200) if f"〈{n}〉" in text] == list(range(200 - left))


def test_without_an_address_the_whole_is_attached(full_digest: Digest) -> None:
    text = StrictMail(mail_page(made(full_digest, dict.fromkeys(SIZES, 300), 3, 400)).html).text
    assert "全文见本邮件附件" in text


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"copies": tuple(Copy(n, "又" * 100, f"https://zj.example/{n}", "zj") for n in range(300))}, 7),
        ({"related": tuple(Link("近" * 100, f"https://zj.example/{n}") for n in range(300))}, 7),
        ({"extract": "文" * 20_000}, 7),
        ({"title": "<" * 50_000, "url": "https://zj.example/" + "长" * 50_000}, 7),
        ({"parties": ("某" * 90,) * 300, "place": "地" * 9_000}, 7),
        ({"url": "https://zj.example/" + "长" * 900, "title": '"' * 300, "extract": '"' * 900}, 7),
    ],
)
def test_highlights_that_alone_are_too_long_are_shortened(
    full_digest: Digest, changes: dict[str, object], kept: int
) -> None:
    digest = made(full_digest, dict.fromkeys(SIZES, 3), 7, 4)
    leads = tuple(replace(lead, **changes) for lead in digest.highlights)
    page = mail_page(replace(digest, highlights=leads))
    assert len(page.html.encode()) <= LIMIT
    text = StrictMail(page.html).text
    assert page.shortened
    assert "全文见本邮件附件" in text
    assert text.count("湛江：" if "place" not in changes else "地地") >= kept


def test_however_little_room_there_is_it_fits(full_digest: Digest) -> None:
    digest = made(full_digest, dict.fromkeys(SIZES, 30), 7, 400)
    for limit in (10_000, 20_000, 40_000):
        page = mail_page(digest, WHERE, limit)
        assert len(page.html.encode()) <= limit
    text = StrictMail(mail_page(digest, WHERE, 10_000).html).text
    assert "要点 " in text.split("；全文见网页")[0]
