"""One text with other names, products and amounts filled in is another event; one that was altered is a copy still."""

import re
from datetime import date

import pytest

from monitor.facts.place import read_place
from monitor.facts.reading import read_facts
from monitor.stories.deciding import Assignment, Candidate, assign
from monitor.stories.evidence import Evidence, pack, read_evidence, unpack

TITLE = "【霞浦招商】闽屿材料年产3万吨电解液项目签约霞浦"
BODY = (
    "5月12日，福建闽屿材料科技有限公司年产3万吨电解液项目签约仪式在霞浦县举行。该项目总投资9.6亿元，用地132亩，新建厂房四栋，"
    "配套危险品仓库和分析中心。县领导在致辞中说，当地区位优越、口岸通畅，愿为企业提供全程代办服务，力争当年拿地、当年动建。"
    "企业负责人介绍，公司在锂盐提纯上有十五年积累，电解液产品已进入多家电芯厂的供应链，投产后可年缴税4200万元，带动就业260人。"
    "签约之后，双方就蒸汽供应、码头装卸和员工宿舍作了对接，工作专班将每周调度一次，确保基础工程在雨季之前收尾。"
    "据悉，长春镇工业区去年完成了场平和管网，海堤道路也已贯通，周边还有两家上游溶剂企业，可就近供料，运费能省下三成。"
)
DAY = date(2025, 5, 13)


def evidence(title: str, body: str) -> Evidence:
    label = re.match("【(.*)】", title)
    place = read_place(title, body, label[1] if label else "")
    return read_evidence(title, body, read_facts(title, body, DAY, place=place))


def assigned(title: str, body: str) -> Assignment:
    first = unpack(pack(evidence(TITLE, BODY)))
    return assign(evidence(title, body), [Candidate(1, 1, first)])


def swapped(*pairs: tuple[str, str]) -> tuple[str, str]:
    title, body = TITLE, BODY
    for old, new in pairs:
        assert old in body
        title, body = title.replace(old, new), body.replace(old, new)
    return title, body


def sentences(body: str) -> list[str]:
    return [one for one in re.split("(?<=。)", body) if one]


def test_how_a_project_is_called_is_read_from_the_title() -> None:
    assert "电解液" in evidence(TITLE, BODY).products
    assert evidence("【霞浦招商】大海边的好消息", "没有说是什么。").products == frozenset()


@pytest.mark.parametrize(
    "pairs",
    [
        [("电解液", "隔膜纸")],  # the same numbers
        [("9.6亿元", "4.1亿元")],
        [("电解液", "负极粉"), ("9.6亿元", "4.1亿元"), ("132亩", "88亩")],
        [("闽屿", "卓衍"), ("霞浦", "徐闻"), ("132亩", "201亩"), ("9.6亿元", "3.4亿元"), ("长春镇", "迈陈镇")],
        [
            ("电解液项目", "电解液项目二期"),
            ("3万吨", "5万吨"),
            ("132亩", "77亩"),
            ("4200万元", "6100万元"),
            ("260人", "90人"),
        ],
    ],
)
def test_another_project_told_in_the_same_sentences_stays_apart(pairs: list[tuple[str, str]]) -> None:
    assert assigned(*swapped(*pairs)).joins is None


ALTERED = {
    "label of another city": ("【赤峰招商】" + TITLE.partition("】")[2], BODY),
    "label of a province, other title": ("【甘肃招商】锂电材料再添一员", BODY),
    "sentence cut": (TITLE, "".join(sentences(BODY)[:2] + sentences(BODY)[3:])),
    "second half cut": (TITLE, "".join(sentences(BODY)[:3])),
    "first sentence cut": (TITLE, "".join(sentences(BODY)[1:])),
    "label of another city, half cut": ("【赤峰招商】" + TITLE.partition("】")[2], "".join(sentences(BODY)[:3])),
    "sentences swapped": (TITLE, "".join(reversed(sentences(BODY)))),
    "date line": (TITLE, "发布时间：2025-06-30 来源：本站\n" + BODY),
    "boilerplate": (TITLE, BODY + "\n免责声明：本文转载自网络，版权归原作者所有，如有侵权请联系删除。"),
    "punctuation": (TITLE, BODY.replace("，", ",").replace("。", ".")),
    "year": (TITLE, BODY.replace("5月12日", "2023年5月12日")),
}


@pytest.mark.parametrize("how", ALTERED)
def test_an_altered_copy_is_folded(how: str) -> None:
    assert assigned(*ALTERED[how]).joins is not None
