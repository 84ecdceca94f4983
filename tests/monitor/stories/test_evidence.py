"""What a post gives to be compared by; kept as a line of text."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.facts.findings import Stage
from monitor.stories.evidence import pack, unpack

SIGNED = "2024年9月12日，泗洪县与江苏淮泽膜材料科技有限公司签约，总投资9.6亿元，用地132亩，年产尼龙薄膜3.6万吨。"


def test_a_post_gives_place_stage_amounts_names_and_rare_words(evidence):
    one = evidence("【泗洪县招商】尼龙薄膜项目签约泗洪", SIGNED)
    assert one.place == "321324"
    assert (one.stage, one.stage_sure) == (Stage.SIGNING, True)
    assert (one.year, one.month, one.day) == (2024, 9, 12)
    assert one.investments == (960_000_000,)
    assert {"132亩", "36000吨"} <= one.figures
    assert one.companies[0].startswith("淮泽")
    assert "尼龙" in one.title
    assert "泗洪" not in one.words


@pytest.mark.parametrize(
    ("title", "body", "outside"),
    [
        ("【凭祥市招商】泰国水果商会代表团到访", "5月21日，代表团到广西凭祥考察，越南客商也在。", {"泰国"}),
        ("【牡丹江招商】百年口岸再迎远方客 四十二位俄商组团来绥", "看口岸。", {"俄罗斯"}),
        ("【五常市招商】大米产业招商推介会走进杭州", "来宾很多。", {"杭州"}),
        ("【博罗县招商】共话湾区产业协作", "香港青年工商联谊会组织考察团到博罗。", {"香港"}),
        ("【博罗县招商】共话产业协作", "会议在本县召开。", set()),
    ],
)
def test_who_came_or_where_it_was_is_read_from_the_title_or_else_the_first_lines(evidence, title, body, outside):
    assert evidence(title, body).outside == outside


@pytest.mark.parametrize(
    ("title", "phase"),
    [
        ("【荣成市招商】蓝沣海藻二期海藻肥项目开工", 2),
        ("【荣成市招商】项目分两期建设", 1),
        ("【荣成市招商】三期工程投产", 3),
    ],
)
def test_a_phase_is_read_from_the_headline(evidence, title, phase):
    assert evidence(title, "").phase == phase


def test_a_work_report_is_of_a_year(evidence):
    assert evidence("【投资昌黎县】2019年昌黎县政府工作报告", "各位代表：").report == "2019"
    assert evidence("【昌黎县招商】葡萄酒项目签约", "").report is None


def test_the_other_party_of_an_agreement_is_where_it_is_looked_for_too(evidence):
    body = "嘉善与枝江签署共建产业园协议。枝江出土地，嘉善出招商。枝江方面说，园区在枝江开发区。"
    assert evidence("【嘉善招商】园区共建", body).partner == "4205"


def test_a_stage_that_is_only_mentioned_is_not_sure(evidence):
    told = evidence("【上高招商】家门口上班真踏实", "早上送完孩子，骑车去厂里。傍晚回家。她说，工厂投产那天很热闹。")
    assert not told.stage_sure


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=2000), st.dates(date(1990, 1, 1), date(2030, 1, 1)))
def test_any_text_is_read_and_survives_being_kept(evidence, title, body, published):
    one = evidence(title, body, published)
    kept = unpack(pack(one))
    assert kept.words == one.words
    assert kept.figures == one.figures
    assert pack(kept) == pack(one)
