"""Who is named, with the short names joined. All names are invented."""

import pytest

from monitor.facts.findings import PartyKind
from monitor.facts.parties import read_parties
from monitor.facts.passage import passage_of


def parties(body, title="【某地招商】消息"):
    return [(one.name, one.short) for one in read_parties(passage_of(title, body)) if one.kind is PartyKind.COMPANY]


def others(body):
    return [(one.name, one.kind.value) for one in read_parties(passage_of("消息", body)) if one.kind.value != "company"]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("3月5日，江苏岚远新能源科技有限公司项目开工。", [("江苏岚远新能源科技有限公司", ())]),
        (
            "江苏岚远新能源科技有限公司（以下简称“岚远新能源”）签约。岚远新能源将建厂。",
            [("江苏岚远新能源科技有限公司", ("岚远新能源",))],
        ),
        ("岭下县与湖南沅泽食品股份有限公司签订协议，沅泽食品将投资。", [("湖南沅泽食品股份有限公司", ("沅泽食品",))]),
        ("由重庆渝岚生物科技有限公司投资建设，渝岚生物表示满意。", [("重庆渝岚生物科技有限公司", ("渝岚生物",))]),
        ("据悉，浙江沧屿集团有限公司成立于2001年，沧屿集团年产值可观。", [("浙江沧屿集团有限公司", ("沧屿集团",))]),
        ("项目由青岚（天津）机械有限公司承担。", [("青岚（天津）机械有限公司", ())]),
        ("甲方岭下县人民政府和湖北排云新材料有限公司签约", [("湖北排云新材料有限公司", ())]),
        (
            "引进了广东穗澜电子有限责任公司和福建闽榕包装股份有限公司两家企业。",
            [("广东穗澜电子有限责任公司", ()), ("福建闽榕包装股份有限公司", ())],
        ),
        ("岚远公司带着方案来到河口签约。", [("岚远公司", ())]),
        ("岚远镁业投资十九亿元建设合金项目。", [("岚远镁业", ())]),
        ("项目投资5亿元，公司表示满意，该公司将扩产，企业计划投资3亿元。", []),
        ("由上市公司牵头，多家公司参加。", []),
        ("它在华全资子公司，和旗下全资子公司、境外控股子公司都来了。", []),
        ("岚远电子公司带着方案来到河口签约。", [("岚远电子公司", ())]),
    ],
)
def test_companies_with_their_short_names(body, wanted):
    assert parties(body) == wanted


def test_a_short_name_of_the_title_is_joined():
    found = parties("4月8日，山西雁岭食品有限公司项目开工。", "【某地招商】雁岭食品羔羊项目开工")
    assert found == [("山西雁岭食品有限公司", ("雁岭食品",))]


def test_a_place_in_the_name_is_no_short_name():
    found = parties("淮泽市与江苏淮泽泰岚隔膜有限公司签约，泰岚隔膜落户淮泽市。")
    assert found == [("江苏淮泽泰岚隔膜有限公司", ("泰岚隔膜",))]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("越南谅源企业家代表团来访。", [("越南谅源企业家代表团", "delegation")]),
        ("2024年，香港青商联谊会组织考察团到访。", [("香港青商联谊会", "organisation")]),
        ("省委台办调研组一行到河口调研。", [("省委台办调研组", "delegation")]),
        ("岭下县人民政府与泰国水果商会签约。", [("岭下县人民政府", "organisation"), ("泰国水果商会", "organisation")]),
    ],
)
def test_delegations_and_organisations(body, wanted):
    assert others(body) == wanted


def test_a_body_without_punctuation_is_cut_where_names_begin():
    body = "近日岭下县与江苏岚远新能源科技有限公司签约项目由岚远新能源建设总投资3亿元"
    assert parties(body) == [("江苏岚远新能源科技有限公司", ("岚远新能源",))]
