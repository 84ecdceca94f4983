"""The facts together: what is hostile, strange or foreign, and the posts of the saved listing."""

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.facts.findings import Facts, Level, Place, Stage
from monitor.facts.passage import passage_of
from monitor.facts.place import read_place
from monitor.facts.place_divisions import divisions
from monitor.facts.reading import read_facts

PUBLISHED = date(2025, 7, 17)
DUMP = files("crawler").joinpath("samples/zhanjiang-2025-07-17.txt").read_text(encoding="utf-8").splitlines()


def record(piece):
    """Title, body and date of the record of the saved listing whose title has this piece."""
    at = next(number for number, line in enumerate(DUMP) if line.startswith("【") and piece in line)
    return DUMP[at], DUMP[at + 1], date.fromisoformat(DUMP[at + 2])


# What a careful reader says of each: the year of the event as the post states it, and whether it is old news.
READ = [
    # "6月中旬" and no year anywhere: nothing says that it was not this June.
    ("区域协作新样本", {None}, False),
    # Both open with one delegation's visit, in 2024 here and in 2023 below: each is old by its own word, and that the
    # two disagree is for the story to say.
    ("深化与澳门多领域合作发展", {2024}, True),
    ("深化湛澳产业协同发展", {2023}, True),
    # 2024年，调研组赴湛江: the imports of 2023 further down are a figure.
    ("筑牢台商发展", {2024}, True),
    # The meeting was in 2023; that of 2017, on travel, is background.
    ("房地产高质量发展", {2023}, True),
    # An essay ("近年来") on an agreement of 2016 and a forum of 2017, and on nothing later: old, whichever one takes.
    ("创业创新生态", {2016, 2017}, True),
    # 2023年，工程正式开工.
    ("海上风电EPC总承包", {2023}, True),
    # The talks were in 2023; so was the fair at which the helicopters stood.
    ("救助飞行基地", {2023}, True),
    # 2023年，调研组到湛江.
    ("凝聚统战合力", {2023}, True),
    # Outside 【…招商】: a report is of its own year, not of the one that it looks back on.
    ("2018年廉江市政府工作报告", {2018}, True),
]


@pytest.mark.parametrize(("piece", "years", "recycled"), READ)
def test_the_saved_listing_is_read_as_a_careful_reader_would(piece, years, recycled):
    facts = read_facts(*record(piece))
    assert (facts.event_date.year if facts.event_date else None) in years
    assert facts.recycled is recycled


def test_the_wind_farm_of_the_saved_listing():
    facts = read_facts(*record("海上风电EPC总承包"))
    assert facts.stage is Stage.GROUNDBREAKING
    assert facts.industries == ("新能源",)
    assert (facts.quantities[0].value, facts.quantities[0].unit) == (200, "兆瓦")
    assert facts.money == ()


def test_the_work_report_of_the_saved_listing():
    facts = read_facts(*record("2018年廉江市政府工作报告"))
    assert facts.stage is Stage.OTHER
    assert facts.contracted == (18_870_000_000, 10_300_000_000)
    assert facts.investments == ()
    assert facts.event_date is not None
    assert (facts.event_date.month, facts.event_date.day) == (1, 11)


def test_every_post_of_the_saved_listing_is_judged():
    assert len(READ) == sum(line.startswith("【") for line in DUMP)


def test_the_place_is_handed_through():
    place = Place("440825", "广东省湛江市徐闻县", Level.COUNTY, "徐闻县")
    assert read_facts("项目开工", "", PUBLISHED, place=place).place is place


def test_an_empty_post_has_no_facts():
    assert read_facts("", "", None) == Facts()
    assert read_facts("【湛江招商】", "\n \u3000\n", PUBLISHED) == Facts(published=PUBLISHED)


def test_traditional_characters_are_read_and_kept():
    facts = read_facts(
        "某某縣總投資9.6億元項目簽約", "２０２４年３月５日，江蘇嵐遠新能源科技有限公司簽約，用地120畝。", PUBLISHED
    )
    assert facts.investments == (960_000_000,)
    assert facts.money[0].words == "9.6億元"
    assert facts.stage is Stage.SIGNING
    assert facts.event_date is not None
    assert facts.event_date.words == "２０２４年３月５日"
    assert [one.name for one in facts.parties] == ["江蘇嵐遠新能源科技有限公司"]
    assert [(one.value, one.unit) for one in facts.quantities] == [(120, "亩")]


def test_a_post_in_traditional_characters_is_read_as_its_plain_form():
    title = "【中山市招商】第六屆燈飾博覽會閉幕"
    body = (
        "記者從中山市獲悉，去年10月18日，第六屆燈飾博覽會在古鎮舉行，三百家企業參會，訂單額9.2億元。會上簽約項目12個，"
        "協議總投資38.6億元；另發佈招商手冊，列出項目40個，總投資120億元。銀行貸款額度不超過五億元。"
    )
    facts, place = read_facts(title, body, PUBLISHED), read_place(title, body)
    assert (facts.stage, facts.investments, facts.edition) == (Stage.PROMOTION, (3_860_000_000,), 6)
    assert facts.event_date is not None
    assert (facts.event_date.year, facts.event_date.month, facts.recycled) == (2024, 10, True)
    assert place is not None
    assert place.code == "442000"


@pytest.mark.parametrize("label", ["【招商】", "【产业招商】", "【Invest Here】", "【】", ""])
def test_a_label_that_names_no_place_takes_nothing_from_the_other_facts(label):
    title, body = f"{label}青岚机床项目开工", "2024年3月5日，青岚机床项目开工，总投资3.2亿元。"
    facts = read_facts(title, body, PUBLISHED, place=read_place(title, body))
    assert facts.place is None
    assert (facts.stage, facts.investments, facts.recycled) == (Stage.GROUNDBREAKING, (320_000_000,), True)


def test_english_gives_what_is_certain():
    facts = read_facts(
        "The 5th Fair opens", "A solar plant of 50 MW was signed in Zhanjiang for 1.2 billion yuan.", PUBLISHED
    )
    assert facts.edition == 5
    assert [(one.value, one.unit) for one in facts.quantities] == [(50, "兆瓦")]
    assert facts.event_date is None


def test_folding_keeps_every_place():
    title, body = "【某地招商】總投資９億元", "○ＡＢ\u3000億\xa0" * 50
    post = passage_of(title, body)
    assert len(post.text) == len(post.original)
    assert post.words(6, 12) == "總投資９億元"


@pytest.mark.parametrize(
    "piece",
    [
        "一", "9", "亿", "3亿至", "年", "2024年", "去年", "有限公司", "有限", "（", "《", "投资", "总投资3亿元，", "，", "。", " ", "\n",
        "a", "千百十", "1,000", "9.", "考察团", "第五届", "以下简称“", "开工", "平方米5", "年产", "一期", "的项目", "2024-", "\ud800", "𠀀", "第",
    ],
)  # fmt: skip
def test_a_body_of_200000_characters_is_answered(piece):
    """One whose backtracking explodes would never end."""
    body = (piece * (200_000 // len(piece) + 1))[:200_000]
    facts = read_facts("某项目开工", body, PUBLISHED)
    assert facts.published == PUBLISHED


@settings(max_examples=150, deadline=None)
@given(
    title=st.text(max_size=40),
    body=st.lists(
        st.one_of(
            st.text(max_size=8),
            st.sampled_from(
                ["总投资", "3亿", "至", "5亿元", "（", "）", "近", "九亿元", "2024年", "13月", "45日", "去年", "一期", "有限公司", "由", "签约",
                 "开工", "，", "。", "【徐闻招商】", "朝阳", "湛江市", "从", "来", "与", "花", "项目3个，", "合计", "次年", "启动", "建设", "恳谈", "万吨", "千百", "〇", "二〇二三年", "第", "届", "考察团", "《", "0000", "1,000", "元", "条线", "９", "億"]
            ),
        ),
        max_size=40,
    ).map("".join),
)  # fmt: skip
def test_whatever_the_text_is_nothing_is_raised_and_the_words_are_the_texts_own(title, body):
    place = read_place(title, body)
    facts = read_facts(title, body, PUBLISHED, place=place)
    whole = f"{title}\n{body}"
    assert place is None or place.code in divisions()
    for words in (*(one.words for one in facts.money), *(one.words for one in facts.quantities)):
        assert words in whole
    assert facts.event_date is None or facts.event_date.words in whole
    assert all(isinstance(yuan, int) for yuan in facts.investments)
