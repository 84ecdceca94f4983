"""What an audience wants to hear of: each condition, several together, and how they are written in zhaoshang.toml."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitor.config import AudienceConfig, Config
from monitor.facts.findings import Facts, Money, MoneyKind, Stage
from monitor.facts.place import read_place
from monitor.filters import EVERYTHING, Filter
from monitor.models import OffLabelEntry, Post, PostStatus
from monitor.storied import Member

SEEN = datetime(2025, 7, 18, tzinfo=UTC)


def member(label: str = "湛江", body: str = "正文。", title: str = "一个项目", **facts: Any) -> Member:
    yuan = facts.pop("yuan", 0)
    money = (Money(yuan, MoneyKind.INVESTMENT, "多少"),) if yuan else ()
    post = Post(
        *(1, 1, facts.pop("source", "zhanjiang"), title, title, date(2025, 7, 17), f"{label}招商", label, None),
        *(date(2025, 7, 17), date(2025, 7, 17), True, None, body, PostStatus.COMPLETE, 0, None, None, None, False),
        *(SEEN, SEEN, 1),
    )
    return Member(post, Facts(place=read_place("", "", f"{label}招商"), money=money, **facts))


def wanting(**keys: Any) -> Filter:
    return AudienceConfig(name="a", **keys).filter


# -- conditions --------------------------------------------------------------------------------------------------------


def test_without_conditions_everything_is_wanted() -> None:
    assert wanting() == EVERYTHING
    assert EVERYTHING.admits([])
    assert EVERYTHING.admits([member()])


@pytest.mark.parametrize(
    ("place", "label", "wanted"),
    [
        ("湛江", "湛江", True),
        ("湛江", "廉江", True),  # below it
        ("湛江", "湛江经开区", True),
        ("440800", "徐闻", True),
        ("湛江", "广东", False),  # above it: it may be anywhere
        ("湛江", "茂名", False),
        ("广东", "廉江", True),
        ("廉江", "湛江", False),
        ("湛江", "某某", False),  # no place at all
    ],
)
def test_a_place_stands_for_everything_below_it(place: str, label: str, wanted: bool) -> None:
    assert wanting(places=[place]).admits([member(label)]) is wanted


@pytest.mark.parametrize(
    ("least", "yuan", "wanted"), [("1亿元", 10**8, True), ("1亿元", 10**8 - 1, False), (1, 0, False)]
)
def test_the_least_investment_is_admitted(least: object, yuan: int, wanted: bool) -> None:
    assert wanting(min_investment=least).admits([member(yuan=yuan)]) is wanted


def test_stages_and_industries_are_met_by_one_of_them() -> None:
    one = member(stage=Stage.SIGNING, industries=("新能源", "新材料"))
    assert wanting(stages=["开工", "签约"]).admits([one])
    assert not wanting(stages=["投产"]).admits([one])
    assert wanting(industries=["新材料"]).admits([one])
    assert not wanting(industries=["建材"]).admits([one])


@pytest.mark.parametrize(
    ("word", "wanted"), [("半导体", True), ("ａｉ芯片", True), ("AI芯片", True), ("光伏", False), ("项目", True)]
)
def test_words_are_found_in_title_and_text_whatever_their_width_and_case(word: str, wanted: bool) -> None:
    assert wanting(keywords=["没有的", word]).admits([member(body="建设半导体与ai芯片基地。")]) is wanted


@pytest.mark.parametrize(
    ("word", "body", "wanted"),
    [
        ("海上风电", "建设海上\n风电装备基地。", True),
        ("海上风电", "建设海上 \n\u3000\u3000风电装备基地。", True),
        ("海上 风电", "建设海上风电装备基地。", True),
        ("open source", "建设open\nsource中心。", True),
        ("opensource", "建设open source中心。", False),
        ("海上风电", "建设海上，风电装备基地。", False),
    ],
)
def test_words_are_found_where_a_line_was_broken(word: str, body: str, wanted: bool) -> None:
    assert wanting(keywords=[word]).admits([member(body=body)]) is wanted
    assert wanting(exclude=[word]).admits([member(body=body)]) is not wanted


def test_a_post_with_an_excluded_word_counts_for_nothing() -> None:
    fair = member(title="推介会举行", industries=("新能源",))
    assert not wanting(exclude=["推介会"]).admits([fair])
    assert wanting(exclude=["推介会"]).admits([fair, member()])
    assert not wanting(exclude=["推介会"], industries=["新能源"]).admits([fair, member()])


def test_only_posts_of_the_named_sources_count() -> None:
    keys: dict[str, Any] = {"sources": ["guangdong"], "min_investment": "1亿元"}
    here, there = member(yuan=10**9), member(source="guangdong")
    assert not wanting(**keys).admits([here, there])
    assert wanting(**keys).admits([here, replace(there, facts=here.facts)])


def test_the_posts_of_a_story_meet_the_conditions_together() -> None:
    keys: dict[str, Any] = {"places": ["湛江"], "min_investment": "1亿元"}
    assert not wanting(**keys).admits([member("湛江")])
    assert not wanting(**keys).admits([member("某某", yuan=10**9)])
    assert wanting(**keys).admits([member("湛江"), member("某某", yuan=10**9)])


words = st.sampled_from(["光伏", "芯片", "推介会", "仓储"])
members = st.builds(
    member,
    st.sampled_from(["湛江", "廉江", "茂名", "某某"]),
    st.lists(words, max_size=3).map("、".join),
    yuan=st.sampled_from([0, 10**7, 10**9]),
    stage=st.sampled_from(Stage),
    industries=st.lists(st.sampled_from(["新能源", "建材"]), unique=True).map(tuple),
    source=st.sampled_from(["zhanjiang", "guangdong"]),
)
filters = st.builds(
    Filter,
    places=st.sampled_from([(), ("440800",), ("440000", "110000")]),
    industries=st.sampled_from([(), ("新能源",)]),
    stages=st.sampled_from([(), (Stage.SIGNING, Stage.OTHER)]),
    min_investment=st.sampled_from([0, 10**8]),
    keywords=st.lists(words, max_size=2).map(tuple),
    exclude=st.sampled_from([(), ("推介会",)]),
    sources=st.sampled_from([(), ("guangdong",)]),
)


@given(filters, st.lists(members, min_size=1, max_size=4))
def test_a_post_that_is_wanted_makes_its_story_wanted(wanted: Filter, found: list[Member]) -> None:
    if any(wanted.admits([one]) for one in found):
        assert wanted.admits(found)


def test_of_off_label_entries_source_and_title_decide() -> None:
    entry = OffLabelEntry(1, "zhanjiang", "【投资廉江】推介会", None, date(2025, 7, 17), SEEN)
    assert wanting(places=["北京市"], min_investment=1).admits_off_label(entry), "of their content nothing is known"
    assert not wanting(sources=["guangdong"]).admits_off_label(entry)
    assert not wanting(exclude=["推介会"]).admits_off_label(entry)


# -- how they are written ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("湛江", "440800"),
        ("湛江市", "440800"),
        ("广东省湛江市", "440800"),
        ("440881", "440881"),
        ("吉林", "220000"),  # the province, not the city in it
        ("吉林市", "220200"),
        ("长沙", "430100"),  # the city, which holds the county of that name
        ("北京朝阳", "110105"),
        ("南京市鼓楼区", "320106"),
    ],
)
def test_a_place_is_written_by_its_name_or_code(name: str, code: str) -> None:
    assert wanting(places=[name]).places == (code,)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("places", ["朝阳区"], "'朝阳区' is the name of 2 places (北京市朝阳区 110105、吉林省长春市朝阳区 220104)"),
        ("places", ["湛江港"], "'湛江港' is no place of the table"),
        ("industries", ["新能原"], "'新能原' is no industry (did you mean '新能源'?)"),
        ("stages", ["开业"], "'开业' is no stage (did you mean '开工'?)"),
        ("min_investment", "很多", "'很多' is no amount"),
        ("min_investment", -1, "-1 is no amount"),
        ("min_investment", True, "True is no amount"),
        ("keywords", [""], "'' is no word"),
        ("exclude", ["　"], "is no word, and would be found nowhere or everywhere"),
    ],
)
def test_a_mistake_is_told_with_what_was_probably_meant(key: str, value: object, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        AudienceConfig.model_validate({"name": "a", key: value})
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "yuan"), [("1亿元", 10**8), ("5000万元", 5 * 10**7), (300, 300), ("12.5亿元", 125 * 10**7)]
)
def test_an_amount_is_written_as_people_do(text: object, yuan: int) -> None:
    assert wanting(min_investment=text).min_investment == yuan


def test_what_is_wanted_and_excluded_at_once_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="'ＡＩ芯片' of keywords holds a word of exclude"):
        wanting(keywords=["芯片", "ＡＩ芯片"], exclude=["ai芯"])


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"rule": [{"name": "everyone"}]}, "more than one audience or rule named 'everyone'"),
        ({"rule": [{"name": "r", "audience": "everyon"}]}, "there is none of that name (did you mean 'everyone'?)"),
        ({"rule": [{"name": "r", "channels": ["mial"]}]}, "rule 'r' names the channel 'mial'"),
        ({"rule": [{"name": "r"}], "audience": []}, "there is no [[audience]]"),
        ({"rule": [{"name": "r", "quiet": "22:00"}]}, "'22:00' are no hours; write them as 22:00-07:00"),
        ({"rule": [{"name": "r", "quiet": "07:00-07:00"}]}, "write two different times"),
        ({"rule": [{"name": "r", "at_most": 0}]}, "greater than or equal to 1"),
        ({"rule": [{"name": "r", "sources": ["zj"]}]}, "rule 'r' names the source 'zj'"),
        ({"audience": [{"name": "a", "sources": ["zj"]}]}, "audience 'a' names the source 'zj'"),
    ],
)
def test_rules_and_filters_agree_with_the_rest_of_the_file(tables: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as error:
        Config.model_validate(tables)
    assert said in str(error.value)


def test_a_rule_is_the_first_audiences_and_uses_its_channels() -> None:
    config = Config.model_validate(
        {
            "audience": [{"name": "a"}, {"name": "b", "channels": []}],
            "rule": [{"name": "r"}, {"name": "s", "audience": "b", "channels": ["file"]}],
        }
    )
    first, second = config.rule
    assert (config.audience_of(first).name, config.channels_of(first)) == ("a", ("file",))
    assert (config.audience_of(second).name, config.channels_of(second)) == ("b", ("file",))
    assert (config.rules_of("a"), config.rules_of("b")) == (("r",), ("s",))
