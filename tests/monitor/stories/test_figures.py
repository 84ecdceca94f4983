"""Numbers with their measure words, in one spelling."""

import pytest

from monitor.stories.figures import read_figures, split, weight


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("年产3.6万吨", {"36000吨"}),
        ("三万六千吨", {"36000吨"}),
        ("用地132亩，建成14条产线", {"132亩", "14条"}),
        ("投资9.6亿元", {"960000000元"}),
        ("七亿五千万元", {"750000000元"}),
        ("一行34人", {"34人"}),
        ("一行三十四名客商", {"34人"}),
        ("设备120台套", {"120台"}),
        ("设备120台（套）", {"120台"}),
        ("4.2万平方米", {"42000平方米"}),
        ("4.2万㎡", {"42000平方米"}),
        ("日灌装60万瓶", {"600000瓶"}),
        ("零下86摄氏度", {"86摄氏度"}),
        ("26个项目", {"26个"}),
        ("230余家工厂", {"230家"}),
    ],
)
def test_a_figure_has_one_spelling(text, figures):
    assert read_figures(text) == figures


@pytest.mark.parametrize(
    "text", ["三个园区", "三项", "两条路", "第十二届", "2024年", "一、二、三", "", "五常大米", "上千家"]
)
def test_small_counts_ordinals_and_years_are_none(text):
    assert read_figures(text) == set()


def test_a_figure_is_split_into_number_and_unit():
    assert split("36000吨") == ("36000", "吨")
    assert split("2.6克") == ("2.6", "克")


def test_precise_figures_say_more_than_round_ones_and_measures_more_than_counts():
    assert weight("132亩") > weight("100亩")
    assert weight("132亩") > weight("132家")
    assert weight("537000000元") > weight("5000000元")
    assert 0 < weight("10个") < weight("99999吨") <= 1


def test_a_report_of_hundreds_of_figures_is_bounded():
    assert len(read_figures("，".join(f"{number}万吨" for number in range(10, 900)))) == 120
