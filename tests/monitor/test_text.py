"""Titles, labels and leads, with the spellings that real listings use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.models import Label
from monitor.text import (
    LabelPattern,
    clean,
    clean_body,
    is_cut,
    label_text,
    lead,
    summarise,
    title_key,
    whole_title,
    width,
    without_label,
)


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("  湛江\u3000招商\t会 ", "湛江 招商 会"),
        ("湛\u200b江\ufeff招\u00ad商", "湛江招商"),
        ("\u202e湛江\u202c", "湛江"),
        ("湛江\x00招商\x1f会\x9f", "湛江 招商 会"),
        ("湛江\r\n招商\u2028会\x85", "湛江 招商 会"),
        ("\u200b \u2060\u3000", ""),
    ],
)
def test_clean_shows_a_line_as_a_reader_sees_it(raw: str, seen: str) -> None:
    assert clean(raw) == seen


@given(st.text())
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_body(clean_body(text)) == clean_body(text)


def test_a_body_is_its_paragraphs_without_empty_lines() -> None:
    assert clean_body("\n 第一段 \r\n\u200b\n\u3000\u3000第二段\u2029第三段\n") == "第一段\n第二段\n第三段"


@pytest.mark.parametrize(
    "variant",
    [
        "［湛江招商］ABC签约（一期）",
        "[湛江招商]abc签约(一期)",
        "〖湛江招商〗ＡＢＣ签约（一期）",
        "【 湛江\u3000招商 】Abc 签约 (一期)",
        "【湛\u200b江招商】abc签约（一期）\n",
    ],
)
def test_spellings_of_one_title_have_one_key(variant: str) -> None:
    assert title_key(variant) == title_key("【湛江招商】abc签约（一期）")


@pytest.mark.parametrize(
    "other", ["【湛江招商】abd签约", "湛江招商abc签约", "【湛江招商】abc签约2", "【湛江】招商abc签约"]
)
def test_different_titles_have_different_keys(other: str) -> None:
    assert title_key(other) != title_key("【湛江招商】abc签约")


@given(st.lists(st.sampled_from("湛江招商签约ABc12【】（）"), min_size=1), st.data())
def test_white_space_anywhere_changes_no_key(letters: list[str], data: st.DataObject) -> None:
    gaps = data.draw(st.lists(st.sampled_from(["", " ", "\u3000", "\u200b", "\n"]), min_size=len(letters)))
    spaced = "".join(gap + letter for gap, letter in zip(gaps, letters, strict=False))
    assert title_key(spaced) == title_key("".join(letters))


@pytest.mark.parametrize(
    ("pattern", "title", "label"),
    [
        ("【…招商】", "【湛江招商】携手打造新样本", Label("湛江招商", "湛江")),
        ("【…招商】", "［ 遂溪县 招商 ］项目开工", Label("遂溪县招商", "遂溪县")),
        ("【…招商】", "〖徐闻县招商〗", Label("徐闻县招商", "徐闻县")),
        ("【…招商】", "[湛江\u200b招商]项目", Label("湛江招商", "湛江")),
        ("【…招商】", "【招商】项目", Label("招商", None)),
        ("【…招商】", "【投资廉江市】廉江市政府工作报告", None),
        ("【…招商】", "【湛江招商引资】项目", None),
        ("【…招商】", "快讯【湛江招商】项目", None),
        ("【…招商】", "【湛江】【廉江招商】项目", None),
        ("【…招商】", "湛江招商】项目", None),
        ("［…招商］", "【湛江招商】项目", Label("湛江招商", "湛江")),
        ("[ ...招 商 ]", "【湛江招商】项目", Label("湛江招商", "湛江")),
        ("【……招商】", "【湛江招商】项目", Label("湛江招商", "湛江")),
        ("【招商快讯】", "〖招商 快讯〗项目", Label("招商快讯", None)),
        ("【投资…】", "【投资廉江市】报告", Label("投资廉江市", "廉江市")),
        ("…", "没有括号的标题", Label("", None)),
        ("…", "【湛江招商】项目", Label("湛江招商", None)),
        ("【.*招商】", "【湛江招商】项目", None),
        ("(…)+", "(湛江)+项目", Label("", None)),
    ],
)
def test_a_label_pattern_admits_what_its_writer_meant(pattern: str, title: str, label: Label | None) -> None:
    assert LabelPattern.parse(pattern).match(title) == label


@pytest.mark.parametrize("nothing", ["", "  ", "\u3000", "\u200b"])
def test_a_label_pattern_of_nothing_is_refused(nothing: str) -> None:
    with pytest.raises(ValueError, match="cannot be empty"):
        LabelPattern.parse(nothing)


@pytest.mark.parametrize(
    ("title", "label", "rest"),
    [
        ("【湛江招商】 携手", "湛江招商", "携手"),
        ("［湛江 招商］［快讯］携手", "湛江招商", "［快讯］携手"),
        ("【湛江招商】", "湛江招商", "【湛江招商】"),
        ("【】携手", "", "携手"),
        ("携手【湛江招商】", None, "携手【湛江招商】"),
        ("【湛江招商 携手", None, "【湛江招商 携手"),
        ("", None, ""),
    ],
)
def test_a_title_is_split_into_label_and_rest(title: str, label: str | None, rest: str) -> None:
    assert label_text(title) == label
    assert without_label(title) == rest


@pytest.mark.parametrize(
    ("listed", "page", "whole"),
    [
        ("【湛江招商】携手打…", "【湛江招商】携手打造新样本", "【湛江招商】携手打造新样本"),
        ("【湛江招商】携手打...", "携手打造新样本", "【湛江招商】携手打造新样本"),
        ("［湛江 招商］携手打……", "【湛江招商】携手打造新样本", "【湛江招商】携手打造新样本"),
        ("【湛江招商】携手打…", "湛江市人民政府门户网站", "【湛江招商】携手打…"),
        ("【湛江招商】携手", "【湛江招商】携手打造新样本", "【湛江招商】携手"),
        ("【湛江招商】携手打…", None, "【湛江招商】携手打…"),
        ("携手打…", "携手打造新样本", "携手打造新样本"),
    ],
)
def test_a_cut_title_is_completed_only_by_a_page_that_continues_it(listed: str, page: str | None, whole: str) -> None:
    assert whole_title(listed, page) == whole


@pytest.mark.parametrize(
    ("title", "cut"), [("携手…", True), ("携手... ", True), ("携手…打造", False), ("携手。", False)]
)
def test_a_cut_title_ends_in_dots(title: str, cut: bool) -> None:
    assert is_cut(title) is cut


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("导语。 一、第一节。 二、第二节。", "导语。"),
        ("导语。\n一、第一节。", "导语。"),
        ("导语一。\n导语二。\n一、第一节。", "导语一。 导语二。"),
        ("一、第一节。\n二、第二节。", "一、第一节。"),
        ("这是目标之一、也是任务之一、没有小节。\n下一段。", "这是目标之一、也是任务之一、没有小节。"),
        ("", ""),
    ],
)
def test_the_lead_ends_where_the_first_section_begins(body: str, expected: str) -> None:
    assert lead(body) == expected


def test_a_summary_ends_with_a_whole_sentence_when_one_fits() -> None:
    assert summarise("甲" * 40 + "。" + "乙" * 40 + "！" + "丙" * 40 + "。") == "甲" * 40 + "。" + "乙" * 40 + "！"


def test_a_closing_quote_stays_with_its_sentence() -> None:
    assert summarise("他说：“" + "甲" * 40 + "。”" + "乙" * 90) == "他说：“" + "甲" * 40 + "。”"


def test_a_sentence_too_long_is_cut_after_a_clause_and_shows_it() -> None:
    assert summarise("甲" * 60 + "，" + "乙" * 60 + "。") == "甲" * 60 + "…"


def test_a_short_first_sentence_is_no_stump_of_a_summary() -> None:
    assert summarise("甲。" + "乙" * 200) == "甲。" + "乙" * 93 + "…"


@given(st.text(st.sampled_from("甲乙丙，；。！？ \n"), max_size=300), st.integers(12, 120))
def test_a_summary_is_a_head_of_the_lead_within_its_limit(body: str, limit: int) -> None:
    summary = summarise(body, limit)
    assert len(summary) <= limit
    assert lead(body).startswith(summary.removesuffix("…"))


@pytest.mark.parametrize(("text", "columns"), [("湛江ab", 6), ("ＡＢ", 4), ("e\u0301", 1), ("【湛江】", 8), ("", 0)])
def test_width_counts_columns_of_a_terminal(text: str, columns: int) -> None:
    assert width(text) == columns
