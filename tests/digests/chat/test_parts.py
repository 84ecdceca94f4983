"""Messages are cut by bytes, between entries, never inside a link or a character, and nothing is left out."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.chat.entries import Entry, entries_of, title_of
from digests.chat.markup import DINGTALK, FEISHU, WECOM, Markup
from digests.chat.parts import parts_of, size
from digests.content import ChangeKind, ChangeLine, Digest
from digests.notice import notice_of
from monitor.health.conditions import Alert, AlertKind, Health, State, Symptom, Trouble

ALL = pytest.mark.parametrize("markup", [WECOM, DINGTALK, FEISHU], ids=["wecom", "dingtalk", "feishu"])
TEXTS = st.text(alphabet=st.sampled_from('湛江<>[]()*&@"\\a1 😀é'), max_size=300)
ENTRIES = st.lists(
    st.builds(
        Entry,
        title=TEXTS.map(lambda text: f"题{text}"),
        url=st.integers(0, 10_000).map(lambda n: f"https://x.cn/{n}.html?a=(b)&c={'d' * (n % 90)}"),
        lead=TEXTS,
        after=TEXTS,
        text=TEXTS,
        section=TEXTS,
        bold=st.booleans(),
    ),
    max_size=20,
)
LINK = re.compile(r"\]\(([^)\s]*)\)")


@ALL
@given(entries=ENTRIES, room=st.integers(1500, 4000))
def test_every_part_fits_and_every_link_is_whole_and_in_order(markup: Markup, entries: list[Entry], room: int) -> None:
    parts = parts_of(entries, markup, room)
    assert all(0 < size(part) <= room for part in parts)
    links = [link for part in parts for link in LINK.findall(part)]
    assert links == [LINK.findall(markup.link("题", entry.url))[0] for entry in entries]
    for part in parts:
        part.encode()
        assert part.count("](") == len(LINK.findall(part))


def test_parts_are_filled_before_a_new_one_begins() -> None:
    entries = [Entry(text=f"第{n}条") for n in range(10)]
    parts = parts_of(entries, WECOM, size("第0条\n第1条\n第2条"))
    assert parts == ("第0条\n第1条\n第2条", "第3条\n第4条\n第5条", "第6条\n第7条\n第8条", "第9条")


def test_the_name_of_a_section_stays_with_its_first_entry() -> None:
    entries = [Entry(text="一" * 30), Entry(text="二" * 30, section="湛江")]
    assert parts_of(entries, WECOM, 120) == ("一" * 30, "**【湛江】**\n" + "二" * 30)


def test_what_is_too_long_loses_its_text_first_then_its_title_and_its_link_last() -> None:
    url = "https://x.cn/1"
    entry = Entry("题" * 100, url, text="文" * 200)
    (written,) = parts_of([entry], WECOM, 600)
    assert written.startswith(f"· [{'题' * 100}]({url})\n文")
    assert written.endswith("…")
    (written,) = parts_of([entry], WECOM, 330)
    assert written == f"· [{'题' * 100}]({url})"
    (written,) = parts_of([entry], WECOM, 200)
    assert written == f"· [{'题' * 39}…]({url})"
    (written,) = parts_of([replace(entry, url=f"https://x.cn/{'a' * 5000}")], WECOM, 4000)
    assert written == f"· {'题' * 39}…"


def test_a_text_alone_is_cut_and_never_dropped() -> None:
    (written,) = parts_of([Entry(text="错" * 2000)], WECOM, 200)
    assert written.startswith("错错")
    assert written.endswith("…")


def test_nothing_to_tell_is_no_message() -> None:
    assert parts_of([], WECOM, 100) == ()


# -- what is told ------------------------------------------------------------------------------------------------------


def told(entries: tuple[Entry, ...]) -> str:
    return "\n".join(parts_of(entries, WECOM, 100_000))


def test_all_that_a_digest_tells_stands_in_it(full_digest: Digest) -> None:
    text = told(entries_of(full_digest))
    assert title_of(full_digest) == "招商周报 2025-W29（2025-07-14 至 2025-07-20）：新事件 5 件"
    for number in (1, 3, 4, 5, 6, 7, 8, 31):
        assert text.count(f"(https://zj.example/{number})") == 1
    assert "**【湛江（2 件）】**" in text  # the third is told above
    for words in (
        "第2个项目 日期不详",
        "本期有 5 件新事件。",
        "海上风电项目开工。……总投资12亿元。",
        "开工 · 投资 12亿元",
        "年份矛盾（各稿所称年份：2024、2025）",
        "**【项目进展】**",
        "广东省湛江市：签约（2024-03-01） → 开工（2025-07-10）：[海上风电项目签约](https://zj.example/31)",
        "**【旧闻重发】**",
        "2023年5月",
        "**【已报】**",
        "已报于 2025-W28",
        "补录 12 篇",
        "【未收录 10 条】",
        "2025-W27、2025-W28",
        "1/2 正常",
    ):
        assert words in text
    assert "广东招商：异常（HTTP 503）" in text


def test_an_empty_digest_says_so_and_how_the_sources_are(empty_digest: Digest) -> None:
    text = told(entries_of(empty_digest))
    assert "本期没有新事件" in text
    assert "1/1 正常" in text
    assert "预览" not in text
    assert "预览" in told(entries_of(replace(empty_digest, preview=True)))


def test_changes_stand_with_what_changed(empty_digest: Digest) -> None:
    day = datetime(2025, 7, 18, tzinfo=UTC).date()
    changes = (
        ChangeLine(1, ChangeKind.REVISED, "甲", "湛江", "https://x.cn/1", "zj", day, statements=("金额由1亿改为2亿",)),
        ChangeLine(2, ChangeKind.WITHDRAWN, "乙", "湛江", "https://x.cn/2", "zj", day, reason="HTTP 404"),
    )
    text = told(entries_of(replace(empty_digest, changes=changes)))
    assert "· 修改：[甲](https://x.cn/1) 07-18\n金额由1亿改为2亿" in text
    assert "· 撤稿：[乙](https://x.cn/2) 07-18\n原网页返回 HTTP 404" in text


def test_a_notice_keeps_its_commands_as_they_are_typed() -> None:
    now = datetime(2025, 7, 18, tzinfo=UTC)
    health = Health(State.UNREACHABLE, Trouble(Symptom.OTHER, "x"), now, 3)
    alert = Alert(id=1, source="my_source", title="湛江", at=now, kind=AlertKind.TROUBLE, health=health, reason="x")
    notice = notice_of(alert, "http://zj.example/", ZoneInfo("Asia/Shanghai"))
    text = told(entries_of(notice))
    assert title_of(notice) == "【招商周报】来源异常：湛江 无法访问"
    assert "\nzhaoshang source show my_source\n" in text
    assert "[http：//zj.example/](http://zj.example/)" in text
