"""What changed between two wordings: sentences, words, what is said of it, and what is no change at all."""

import sys
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.comparison import (
    Comparison,
    Mark,
    PassageKind,
    Piece,
    compare,
    excerpt,
    is_telling,
    sentences,
    statements,
)
from monitor.comparison.alignment import align
from monitor.comparison.words import words
from monitor.history import Wording
from monitor.volatile import without_volatile

DAY, NEXT = date(2025, 7, 17), date(2025, 7, 18)
SIGNS = {Mark.SAME: "{}", Mark.DELETED: "[-{}-]", Mark.INSERTED: "{{+{}+}}"}
PARAGRAPHS = (
    "湛江外罗海上风电项目由广东粤电投资建设。项目总投资12.5亿元，占地300亩。",
    "徐闻县委书记带队考察了三家装备制造企业。双方就用地、用海和人才进行了交流。企业表示将尽快派人回访。",
    "会议要求，各部门要把招商引资作为头号工程。要落实专班机制；要每周调度。",
    "下一步，廉江市将围绕家电产业补链强链。力争全年新签约项目五十个。",
)
BODY = "\n".join(PARAGRAPHS)


def compared(before: str, after: str) -> Comparison:
    return compare(Wording("题", before), Wording("题", after))


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(SIGNS[piece.mark].format(piece.text) for piece in pieces)


def changes(comparison: Comparison) -> list[str]:
    """The passages that are not the same, as text."""
    return [shown(passage.pieces) for passage in comparison.passages if passage.kind is not PassageKind.SAME]


def side(comparison: Comparison, mark: Mark) -> str:
    pieces = (piece for passage in comparison.passages for piece in passage.pieces)
    return "".join(piece.text for piece in pieces if piece.mark in (Mark.SAME, mark))


# -- sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "cut"),
    [
        ("甲。乙！丙？丁；戊", ["甲。", "乙！", "丙？", "丁；", "戊"]),
        ("甲……乙。", ["甲……", "乙。"]),
        ("甲！！！乙", ["甲！！！", "乙"]),
        ("他说：“好。走！”大家都走了。", ["他说：“好。走！”", "大家都走了。"]),
        ("“好。”，他说。", ["“好。”，他说。"]),
        ("看了《你好！湛江》这本书。乙", ["看了《你好！湛江》这本书。", "乙"]),
        ("甲（见第三条；第四条。）乙。丙", ["甲（见第三条；第四条。）乙。", "丙"]),
        ('他说"好。走"之后。乙', ['他说"好。走"之后。', "乙"]),
        ("甲“开而不闭。乙。丙", ["甲“开而不闭。", "乙。", "丙"]),
        ("总投资12.5亿元。乙", ["总投资12.5亿元。", "乙"]),
        ("甲。 乙。\n丙", ["甲。 ", "乙。", "丙"]),
        ("", []),
    ],
)
def test_a_sentence_ends_at_its_full_stop_and_never_inside_marks(body: str, cut: list[str]) -> None:
    assert list(sentences(body).texts) == cut


def test_sentences_remember_where_paragraphs_begin() -> None:
    found = sentences("甲。乙。\n\n丙。\n丁")
    assert [found.texts[n] for n in sorted(found.openings)] == ["甲。", "丙。", "丁"]


# -- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "whole",
    [
        "2023年", "12.5亿元", "15亿元", "1,200.5万元", "３．５亿元", "7月17日", "2025年7月17日", "2025-07-17", "10:30", "3.5%",
        "-3.5%", "120万千瓦", "300亩", "三十亿元", "二〇二三年", "百分之三点五", "EPC", "iPhone-15", "100MW", "5G", "3:2", "A4",
        "https://zj.example/a?b=1", "zs@zj.example", "第三届",
    ],
)  # fmt: skip
def test_numbers_dates_amounts_and_latin_words_stay_whole(whole: str) -> None:
    assert whole in words(f"湛江达到{whole}，其后")
    assert whole in words(f"湛江 {whole} 其后")


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("2023年,项目正式开工。", "2017年,项目正式开工。", "[-2023年-]{+2017年+},项目正式开工。"),
        ("总投资12.5亿元，占地300亩。", "总投资15亿元，占地300亩。", "总投资[-12.5亿元-]{+15亿元+}，占地300亩。"),
        ("签约项目3个。", "签约项目13个。", "签约项目[-3个-]{+13个+}。"),
        (
            "湛江、廉江两地已经签约。",
            "徐闻、遂溪两地已经签约。",
            "[-湛江、廉江-]{+徐闻、遂溪+}两地已经签约。",
        ),
        ("项目落实的工作正在进行。", "项目落实工作正在进行。", "项目落实[-的-]工作正在进行。"),
    ],
)
def test_inside_a_sentence_words_are_compared(before: str, after: str, change: str) -> None:
    assert changes(compared(before, after)) == [change]


@given(st.text())
@example("a  b\r\n\u3000c\x00d🎉e\u0301")
@example("一" * 5_000)
def test_words_joined_are_their_text(text: str) -> None:
    assert "".join(words(text)) == text


# -- bodies ---------------------------------------------------------------------------------------------------------


def test_an_edited_sentence_stands_between_runs_of_equal_ones() -> None:
    comparison = compared(BODY, BODY.replace("300亩", "310亩"))
    kinds = [(passage.kind.value, passage.sentences, passage.opens_paragraph) for passage in comparison.passages]
    assert kinds == [("same", 1, True), ("changed", 1, False), ("same", 3, True), ("same", 3, True), ("same", 2, True)]
    assert changes(comparison) == ["项目总投资12.5亿元，占地[-300亩-]{+310亩+}。"]
    assert not comparison.rewritten


def test_a_moved_paragraph_is_not_a_rewrite_of_all() -> None:
    for body in (BODY, "\n".join(PARAGRAPHS[:2])):
        first, *rest = body.split("\n")
        comparison = compared(body, "\n".join([*rest, first]))
        assert not comparison.rewritten
        assert len(changes(comparison)) <= 6
        assert all(passage.kind is not PassageKind.CHANGED for passage in comparison.passages)
        assert [said[:3] for said in statements(comparison)] == ["正文有"]


def test_little_that_is_shared_is_a_rewrite_and_an_addition_is_none() -> None:
    other = "春天来了，万物复苏，大地一片生机勃勃的景象。孩子们在草地上放风筝，笑声传得很远。"
    assert compared(BODY, other).rewritten
    assert statements(compared(BODY, other)) == ("正文重写",)
    assert not compared(PARAGRAPHS[0], BODY).rewritten
    assert not compared(BODY, PARAGRAPHS[0]).rewritten
    assert not compared("", BODY).rewritten


def test_paragraphs_that_were_joined_are_no_change() -> None:
    comparison = compared(BODY, BODY.replace("\n", ""))
    assert changes(comparison) == []
    assert not comparison.differs


def test_a_new_first_sentence_takes_over_its_paragraph() -> None:
    for before, after in ((BODY, f"新句在前。{BODY}"), (f"旧句在前。{BODY}", BODY)):
        first, second, *_ = compared(before, after).passages
        assert (first.opens_paragraph, second.opens_paragraph) == (True, False)


def test_counters_and_clocks_are_not_compared() -> None:
    comparison = compared(f"{BODY}\n浏览次数：12", f"{BODY}\n浏览次数：345\n今天是2025年7月21日 星期一")
    assert not comparison.differs


bodies = st.lists(st.sampled_from([*PARAGRAPHS, *"甲乙丙。；\n", "2023年", "12.5亿元", "“", "”。", " "])).map("".join)


@given(st.one_of(bodies, st.text()), st.one_of(bodies, st.text()))
def test_both_bodies_can_be_read_off_their_comparison(before: str, after: str) -> None:
    comparison = compared(before, after)
    assert side(comparison, Mark.DELETED) == "".join(sentences(without_volatile(before)).texts)
    assert side(comparison, Mark.INSERTED) == "".join(sentences(without_volatile(after)).texts)
    assert compared(after, after).differs is False


@given(st.lists(st.integers(0, 5), max_size=40), st.lists(st.integers(0, 5), max_size=40), st.booleans())
def test_spans_cover_both_sides_in_order(before: list[int], after: list[int], coarse: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if coarse:
            patch.setattr("monitor.comparison.alignment._CELLS", 6)
            patch.setattr("monitor.comparison.alignment._BLOCK", 2)
        spans = align(before, after)
    place = (0, 0)
    assert all(one.same is not other.same for one, other in pairwise(spans))
    for span in spans:
        assert (span.i, span.k) == place
        assert not span.same or before[span.i : span.j] == after[span.k : span.l]
        place = (span.j, span.l)
    assert place == (len(before), len(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("甲。乙。" * 25_000, "乙。丙。" * 25_000),
        ("项目总投资。" * 20_000, "项目总投资！" * 20_000),
        ("项目投资" * 50_000, "投资项目" * 50_000),
        ("1:" * 50_000, "2:" * 50_000),
        ("《" * 100_000, "“" * 100_000),
        ("A" * 200_000, "B" * 200_000),
        ("一" * 100_000, "二" * 100_000),
    ],
    ids=lambda text: text[:6],
)
def test_hostile_bodies_are_compared_too(before: str, after: str) -> None:
    comparison = compared(before, after)
    assert side(comparison, Mark.DELETED) == before
    assert side(comparison, Mark.INSERTED) == after
    assert sum(len(piece.text) for piece in excerpt(comparison)) <= 120


def test_beyond_the_allowance_an_edited_sentence_is_told_as_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    before = "会议由王小明负责，项目7，57亿元，占地300亩，年底在外罗港区开工建设，明年投产。"
    after = before.replace("王小明", "李大强").replace("300亩", "320亩")
    assert changes(compared(before, after)) == [
        "会议由[-王小明-]{+李大强+}负责，项目7，57亿元，占地[-300亩-]{+320亩+}，年底在外罗港区开工建设，明年投产。"
    ]
    monkeypatch.setattr("monitor.comparison.differences._ALLOWANCE", 0)
    (one_place,) = changes(compared(before, after))
    assert one_place == (
        "会议由[-王小明负责，项目7，57亿元，占地300亩-]{+李大强负责，项目7，57亿元，占地320亩+}，年底在外罗港区开工建设，明年投产。"
    )
    assert changes(compared(before, before.replace("57", "51"))) == [
        "会议由王小明负责，项目7，[-57亿元-]{+51亿元+}，占地300亩，年底在外罗港区开工建设，明年投产。"
    ]


def test_a_sentence_as_long_as_a_body_is_compared_word_by_word_where_it_differs() -> None:
    text = "".join(f"第{number}个项目由湛江市投资建设并在徐闻县开工投产，" for number in range(400))
    after = text.replace("第17个项目", "第1017个项目").replace("第399个项目由湛江市", "第399个项目由廉江市")
    assert [piece.text for piece in compared(text, after).passages[0].pieces if piece.mark is not Mark.SAME] == [
        "17个",
        "1017个",
        "湛",
        "廉",
    ]


def test_very_many_very_short_sentences_are_told_several_at_a_time() -> None:
    numbers = [f"{number}。" for number in range(2_500)]
    comparison = compared("".join(numbers), "".join([*numbers[:700], "新。", *numbers[700:]]))
    assert 0 < comparison.passages[0].sentences < 700
    assert sum(passage.kind is not PassageKind.SAME for passage in comparison.passages) <= 5
    lines = compared("\n".join(numbers), "\n".join(numbers[1:]))
    assert sum(passage.opens_paragraph for passage in lines.passages) == len(numbers)


@given(st.one_of(bodies, st.text()), st.one_of(bodies, st.text()))
def test_both_bodies_can_be_read_off_a_coarse_comparison_too(before: str, after: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.comparison.differences._ALLOWANCE", 60)
        patch.setattr("monitor.comparison.differences._LONG", 40)
        patch.setattr(
            sys.modules["monitor.comparison.sentences"], "_MANY", 2
        )  # the package has a function of that name
        comparison = compared(before, after)
    assert side(comparison, Mark.DELETED) == "".join(sentences(without_volatile(before)).texts)
    assert side(comparison, Mark.INSERTED) == "".join(sentences(without_volatile(after)).texts)


# -- words about it -------------------------------------------------------------------------------------------------


def test_what_changed_is_said_in_chinese() -> None:
    old = Wording("【湛江招商】甲", BODY, DAY)
    new = Wording("【湛江招商】乙", BODY.replace("300亩", "310亩").replace("五十个", "六十个"), NEXT)
    assert statements(compare(old, new)) == (
        "标题由《【湛江招商】甲》改为《【湛江招商】乙》",
        "日期由 2025-07-17 改为 2025-07-18",
        "正文改动 2 处",
    )
    assert statements(compare(old, old)) == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (Wording("题", "甲。"), Wording("题", "甲。", DAY), "日期补为 2025-07-17"),
        (Wording("题", "甲。", DAY), Wording("题", "甲。"), "日期被删去，原为 2025-07-17"),
        (Wording("题", ""), Wording("题", "甲。"), "补上正文"),
        (Wording("题", "甲。"), Wording("题", ""), "正文被删去"),
        (Wording("题", "甲乙，丙丁。"), Wording("题", "甲乙,丙丁。"), "正文只有标点、空白或字形不同"),
    ],
)
def test_each_kind_of_change_has_its_words(before: Wording, after: Wording, said: str) -> None:
    assert statements(compare(before, after)) == (said,)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("第一段，完。", "第一段,完"),
        ("ＥＰＣ总承包１２％", "EPC总承包12%"),
        ("第一段。\n第二段。", "第一段。第二段。"),
        ("湛江市人⺠政府", "湛江市人民政府"),
        ("1,200万元", "1200 万元"),
        ("2025-07-17", "2025/07/17"),
        ("完成（一期）", "完成〔一期〕"),
        ("3至5年；100亿元", "3至5年，100亿元"),
    ],
)
def test_marks_blanks_and_forms_alone_are_not_telling(before: str, after: str) -> None:
    assert not is_telling(Wording("题", before), Wording("题", after))
    assert not is_telling(Wording(before, "文"), Wording(after, "文"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("12.5亿元", "125亿元"),
        ("3-5亿元", "35亿元"),
        ("3-5亿元", "3.5亿元"),
        ("增长3%", "增长-3%"),
        ("增长5%", "增长5"),
        ("比分3:2", "比分32"),
        ("第一段。第二段。", "第二段。第一段。"),
        ("￥300", "$300"),
        ("甲", "甲乙"),
    ],
)
def test_what_a_reader_would_call_a_change_is_telling(before: str, after: str) -> None:
    assert is_telling(Wording("题", before), Wording("题", after))
    assert is_telling(Wording(before, "文"), Wording(after, "文"))


def test_counters_and_clocks_are_not_telling() -> None:
    assert not is_telling(Wording("题", "第一段，完。\n浏览次数：12"), Wording("题", "第一段,完。\n浏览次数：13"))


def test_a_date_that_is_gained_is_not_telling_and_one_that_changes_is() -> None:
    assert not is_telling(Wording("题", "文"), Wording("题", "文", DAY))
    assert is_telling(Wording("题", "文", DAY), Wording("题", "文", NEXT))
    assert is_telling(Wording("题", "文", DAY), Wording("题", "文"))
    assert is_telling(Wording("题", "文"), Wording("题", "别的文", DAY))


# -- excerpts -------------------------------------------------------------------------------------------------------


def test_the_excerpt_is_the_most_telling_change_with_a_little_around_it() -> None:
    after = (
        BODY.replace("头号工程", "一号工程").replace("12.5亿元", "15亿元").replace("用地、用海和人才", "用地用海和人才")
    )
    assert shown(excerpt(compared(BODY, after))) == "项目总投资[-12.5亿元-]{+15亿元+}，占地300亩。"


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("项目落实的工作由王小明负责推进。", "项目落实工作由李大强负责推进。", "[-王小明-]{+李大强+}"),
        ("会议于7月17日召开，气氛认真。", "会议于7月18日召开，气氛热烈。", "[-7月17日-]{+7月18日+}"),
    ],
)
def test_names_and_dates_come_before_other_words(before: str, after: str, wanted: str) -> None:
    assert wanted in shown(excerpt(compared(before, after)))


def test_what_is_cut_off_is_marked_and_no_number_is_cut() -> None:
    before = f"{'甲乙丙丁戊己庚辛' * 9}总投资12.5亿元{'子丑寅卯辰巳午未' * 9}。"
    pieces = excerpt(compared(before, before.replace("12.5", "15")), 40)
    assert [piece.text for piece in pieces[1:3]] == ["12.5亿元", "15亿元"]
    assert pieces[0].text.startswith("…")
    assert pieces[-1].text.endswith("…")


def test_a_moved_sentence_is_shown_as_neither_gone_nor_new() -> None:
    first, *rest = PARAGRAPHS
    pieces = excerpt(compared(BODY, "\n".join([*rest, first])))
    assert [piece.mark for piece in pieces] == [Mark.SAME]


def test_a_rewrite_is_told_by_the_beginnings_of_both() -> None:
    other = "春天来了，万物复苏，大地一片生机勃勃的景象。孩子们在草地上放风筝，笑声传得很远。"
    old, new = excerpt(compared(BODY, other))
    assert old.text.startswith("湛江外罗")
    assert new.text.startswith("春天来了")


@given(st.one_of(bodies, st.text()), st.one_of(bodies, st.text()), st.integers(0, 130))
def test_an_excerpt_is_never_too_long_and_never_empty_when_there_is_something_to_tell(
    before: str, after: str, length: int
) -> None:
    comparison = compared(before, after)
    pieces = excerpt(comparison, length)
    assert sum(len(piece.text) for piece in pieces) <= length
    assert bool(pieces) is (comparison.differs and length > 0)
    assert all(piece.text for piece in pieces)
