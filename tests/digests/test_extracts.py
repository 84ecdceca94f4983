"""Extracts: sentences of the text itself, and a mark wherever something is left out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.extracts import CUT, extract

FIRST = "7月17日，徐闻县举行海上风电项目开工仪式。"
SECOND = "县有关部门的负责人出席了仪式并讲话。"
THIRD = "该项目总投资约12亿元，占地300亩，预计明年投产。"
LONG = "双方将围绕" + "项目共建、产业协同、" * 12 + "开展合作。"


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        ("", (), ""),
        (FIRST, (), FIRST),
        (FIRST + SECOND + THIRD, (), FIRST + SECOND + CUT),
        (FIRST + SECOND + THIRD, ("12亿元",), FIRST + CUT + THIRD),
        (FIRST + THIRD + SECOND, ("12亿元",), FIRST + THIRD + CUT),
        (THIRD + SECOND + FIRST, ("12亿元",), THIRD + SECOND + CUT),
        (FIRST + SECOND + "\n联系人", (), FIRST + SECOND + CUT),
        (FIRST + SECOND + "\n \u200b", (), FIRST + SECOND),
        (FIRST + "\n（完）", (), FIRST + CUT),
        (FIRST + SECOND, ("99亿元",), FIRST + SECOND),
        (f"一、概况\n{FIRST}\n（一）背景\n{SECOND}", (), FIRST + CUT + SECOND),
        ("没有句号的一段文字", (), "没有句号的一段文字"),
        ("好。", ("",), "好。"),
    ],
)
def test_two_sentences_that_say_most(text, words, told) -> None:
    assert extract(text, words) == told


@pytest.mark.parametrize(
    "heading",
    ["一、让秸秆不再焚烧成灰。", "（二）破解蒜贱伤农的老难题。", "3.打造一流的营商环境。", "第三章 保障措施有哪些？"],
)
def test_a_heading_is_no_sentence_whatever_it_ends_with(heading: str) -> None:
    assert extract(f"{FIRST} {heading} {SECOND}") == FIRST + CUT + SECOND
    assert extract(heading) == heading  # there is nothing else


@pytest.mark.parametrize(
    "sentence",
    ["3.5亿元的项目落户开发区。", "12家企业签下投资协议书。", "一、" + "双方将在产业协同上合作，" * 3 + "共建园区。"],
)
def test_a_sentence_that_begins_with_a_number_is_one(sentence: str) -> None:
    assert extract(FIRST + sentence) == FIRST + sentence


def test_a_long_sentence_is_cut_after_a_clause_and_says_so() -> None:
    told = extract(LONG + FIRST)
    head, _, rest = told.partition(CUT)
    assert LONG.startswith(head)
    assert head.endswith(("共建", "协同"))
    assert rest == FIRST
    assert extract(FIRST + LONG).count(CUT) == 1
    assert extract("字" * 500) == "字" * 90 + CUT


def test_a_sentence_that_was_cut_by_the_reader_is_none() -> None:
    assert extract(FIRST + "字" * 5_000 + "。", ()) == FIRST + CUT


@given(
    st.lists(st.text(st.sampled_from("甲乙丙，、。！？；“”（）…\n 12亿元A<*|"), max_size=120)).map("".join),
    st.lists(st.sampled_from(["12亿元", "甲", ""])),
)
def test_every_piece_stands_in_the_text(text, words) -> None:
    body = "".join(text.split())  # a paragraph may end between two sentences
    for piece in re.split("…+", extract(text, words)):  # a sentence of the text may end like our mark
        assert "".join(piece.split()) in body
    assert len(extract(text, words)) <= 2 * (90 + len(CUT))
