"""Which story a post joins, what it is only linked to, and what keeps it apart."""

import dataclasses
import random

import pytest

from monitor.storied import Tie
from monitor.stories.comparing import compare
from monitor.stories.deciding import Candidate, assign, is_copy
from monitor.stories.keys import keys_of
from monitor.stories.measuring import b_cubed, pairs

SIGNED = (
    "2024年6月27日，横州市人民政府与广西横香生物科技有限公司签署茉莉天然香料萃取项目投资协议。项目总投资3.9亿元，"
    "建设亚临界萃取、分子蒸馏、香氛灌装等生产线，年加工茉莉鲜花1.5万吨。花农采花后可直接送到八个移动萃取站。"
)
REWRITTEN = (
    "2023年，茉莉之乡横州引进横香生物，签下39000万元的香料萃取项目，年加工茉莉鲜花一万五千吨。亚临界萃取、分子蒸馏"
    "和香氛灌装三道工序连成一线，移动萃取站开到花田边，花农不再为花价发愁。"
)
OPENED = (
    "2025年12月12日，广西横香生物科技有限公司茉莉天然香料萃取项目在横州市建成投产，首批120公斤茉莉净油发往大湾区。"
    "该项目总投资3.9亿元，亚临界萃取、分子蒸馏、香氛灌装三条生产线联动运行，花农直接到移动萃取站交花。"
)


@pytest.fixture(scope="module")
def signed(evidence):
    return evidence("【横州市招商】茉莉天然香料萃取项目签约横州 总投资3.9亿元", SIGNED)


@pytest.fixture(scope="module")
def rewritten(evidence):
    return evidence("【南宁招商】好一朵茉莉“提”出万元净油 香料项目签约落户", REWRITTEN)


@pytest.fixture(scope="module")
def opened(evidence):
    return evidence("【横州市招商】横香生物茉莉香料项目投产 首批净油发往粤港澳", OPENED)


def test_the_first_post_founds_a_story(signed):
    assert assign(signed, []).joins is None


def test_a_rewrite_with_another_year_and_label_joins_and_says_why(signed, rewritten):
    joins = assign(rewritten, [Candidate(1, 10, signed)]).joins
    assert joins is not None
    assert (joins.story, joins.post_id, joins.tie) == (10, 1, Tie.SAME)
    told = "；".join(joins.reasons)
    assert "同一企业“横香" in told
    assert "同一投资额 3.9亿元" in told
    assert "同为签约" in told
    assert "年份不同（2023／2024）" in told
    assert 0.6 <= joins.score <= 1


def test_another_stage_of_the_project_is_another_event_linked_as_a_step(signed, opened):
    found = assign(opened, [Candidate(1, 10, signed)])
    assert found.joins is None
    assert [(link.story, link.tie) for link in found.links] == [(10, Tie.STEP)]
    assert "阶段不同（投产／签约）" in found.links[0].reasons


def test_the_same_text_with_small_edits_is_a_copy(evidence, signed):
    edited = evidence(
        "【广西招商】茉莉天然香料萃取项目签约横州", SIGNED.replace("1.5万吨", "15000吨").replace("，", ",")
    )
    assert assign(edited, [Candidate(1, 10, signed)]).joins.tie is Tie.COPY


def test_the_same_text_with_the_county_and_the_company_swapped_is_no_copy(evidence, signed):
    body = SIGNED.replace("横州市", "灵山县").replace("横香生物", "灵味农业").replace("3.9亿元", "5.2亿元")
    swapped = evidence("【灵山县招商】茉莉天然香料萃取项目签约灵山 总投资5.2亿元", body)
    assert not is_copy(compare(signed, swapped))
    found = assign(swapped, [Candidate(1, 10, signed)])
    assert found.joins is None
    assert found.links == ()


def test_a_hand_keeps_a_post_out_of_a_story(signed, rewritten):
    assert assign(rewritten, [Candidate(1, 10, signed)], apart={10}) == assign(rewritten, [])


def test_among_equals_the_earliest_post_decides(signed, rewritten):
    joins = assign(rewritten, [Candidate(7, 20, signed), Candidate(1, 10, signed)]).joins
    assert joins.post_id == 1


@pytest.mark.parametrize(("name", "precision", "recall"), [("a", 0.99, 0.95), ("b", 0.99, 0.95), ("dump", 1.0, 1.0)])
def test_labelled_posts_are_grouped_as_before(posts_of, name, precision, recall):
    """In-sample, so no measure of quality: it holds what is reached today."""
    posts = posts_of(name)
    events = {post.id: post.event for post in posts}
    found = pairs(events, group(posts)).figures
    assert found.precision >= precision
    assert found.recall >= recall


def test_the_order_of_arrival_hardly_matters(posts_of):
    posts = list(posts_of("a"))
    as_before = group(posts)
    random.Random(5).shuffle(posts)  # noqa: S311 - an order, no secret
    assert b_cubed(as_before, group(posts)).f1 > 0.97


@pytest.mark.parametrize("name", ["a", "b", "dump"])
def test_of_every_event_an_earlier_post_is_among_the_candidates(posts_of, name):
    seen = []
    for post in posts_of(name):
        keys = set(keys_of(post.evidence))
        earlier = [other for other, event in seen if event == post.event]
        assert not earlier or any(keys & other for other in earlier), post.id
        seen.append((keys, post.event))


def test_keys_are_few_and_the_same_each_time(posts_of):
    for post in posts_of("a"):
        keys = keys_of(post.evidence)
        assert len(keys) <= 90
        assert keys == keys_of(dataclasses.replace(post.evidence))
        assert all(-(2**63) <= key < 2**63 for key in keys)


def group(posts):
    stories, seen = {}, []
    for number, post in enumerate(posts):
        joins = assign(post.evidence, seen).joins
        story = number if joins is None else joins.story
        seen.append(Candidate(number, story, post.evidence))
        stories[post.id] = str(story)
    return stories


ESSAY = (
    "营商环境没有最好，只有更好。{place}聚焦企业所盼，推行一件事集成改革，开办企业一日办结，帮办专员全程代跑。"
    "{place}建立政企恳谈机制，每月一场早餐会，问题清单化销号，监管无事不扰。{place}把尊商安商写进日常。"
)
VISIT = (
    "{day}，{guest}代表团一行到宣州考察，走进经开区标准厂房和人力资源市场，询问用工、物流与配套。座谈会上，双方就"
    "产业转移、会员抱团入园交换意见，约定互派联络员。"
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            ("【永康市招商】永康以一流营商环境聚商", ESSAY.format(place="永康")),
            ("【义乌市招商】义乌以一流营商环境聚商", ESSAY.format(place="义乌")),
            id="essays of two cities",
        ),
        pytest.param(
            ("【宣州区招商】香港代表团到宣州考察", VISIT.format(day="11月6日", guest="香港安徽商会")),
            ("【宣州区招商】日本代表团到宣州考察", VISIT.format(day="11月20日", guest="日本机械协会")),
            id="two delegations",
        ),
        pytest.param(
            ("【横州市招商】横香生物香料项目开工", OPENED.replace("建成投产", "开工")),
            ("【横州市招商】横香生物香料二期项目开工", OPENED.replace("建成投产", "二期开工").replace("3.9", "5.1")),
            id="two phases",
        ),
    ],
)
def test_a_text_with_other_names_filled_in_is_another_event(evidence, one, other):
    assert assign(evidence(*one), [Candidate(1, 10, evidence(*other))]).joins is None


def test_a_copy_under_a_label_of_no_place_is_found_and_folded(evidence, signed):
    again = evidence("【今日招商】茉莉天然香料萃取项目签约", SIGNED.replace("花农采花后可", ""))
    assert set(keys_of(again)) & set(keys_of(signed))
    assert assign(again, [Candidate(1, 10, signed)]).joins.tie is Tie.COPY


def test_traditional_characters_are_no_other_company(evidence):
    simple = (
        "2026年1月8日，福建闽台凤梨食品有限公司凤梨加工厂在漳浦县动工。项目总投资2.8亿元，占地66亩，年产罐头1.2万吨。"
    )
    old = "2026年1月8日，福建閩台鳳梨食品有限公司鳳梨加工廠在漳浦縣動工。項目總投資2.8億元，佔地66畝，年產罐頭1.2萬噸。"
    told = evidence("【漳浦县招商】台湾凤梨加工厂动工", simple)
    assert assign(evidence("【漳浦縣招商】臺灣鳳梨加工廠動工", old), [Candidate(1, 10, told)]).joins is not None


def test_a_copy_under_the_label_of_another_city_is_a_copy(evidence, signed):
    again = evidence("【广州招商】茉莉天然香料萃取项目签约", SIGNED.replace("，", ",", 2))
    assert assign(again, [Candidate(1, 10, signed)]).joins.tie is Tie.COPY


def test_a_post_of_the_story_that_shares_nothing_with_the_new_one_does_not_keep_it_out(evidence, signed, rewritten):
    feature = evidence(
        "【南宁招商】老黄的清晨", "凌晨三点，老黄打着手电下地，摘满两筐才回家。他说，今年的收成比往年好。"
    )
    members = [Candidate(1, 10, signed), Candidate(2, 10, feature)]
    assert assign(rewritten, members).joins == assign(rewritten, members[:1]).joins
