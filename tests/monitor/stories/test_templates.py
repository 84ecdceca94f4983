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


SKY = (
    "【绵阳招商】绵阳出台低空经济高质量发展十五条措施",
    (
        "2025年7月9日，绵阳市印发《关于支持低空经济高质量发展的若干措施》，提出十五条支持政策，有效期三年。对取得型号合格证的载人无人驾驶航空器，"
        "给予最高1000万元奖励。开通城际低空物流航线的，每条每年给予最高60万元补贴。对新建起降场、试飞基地，单个项目最高补助300万元。"
        "设立总规模20亿元的产业基金；飞手、维修工程师纳入急缺人才目录，享受安家补贴。市里建立联席会议制度，力争到2027年集聚企业两百家。"
    ),
)
SKY_AGAIN = (
    "【四川投资】一图看懂：绵阳支持低空经济的十五条“干货”",
    (
        "问：绵阳今年七月发布的低空经济若干措施共有多少条？答：一共十五条，管三年。问：造飞机能拿多少钱？答：载人无人驾驶航空器拿到型号合格证，"
        "最多奖励一千万元。问：飞物流有补贴吗？答：有。低空货运航线一条一年最高补六十万元。问：建起降场怎么支持？答：起降场、试飞基地一个项目最多三百万元。"
        "问：钱从哪儿来？答：有一只二十亿元规模的产业基金；飞手、维修师列入急缺工种，安家有补贴。问：找谁办？答：联席会议办公室一个窗口受理。"
    ),
)
NUCLEAR = (
    "【绵阳招商】绵阳出台核医疗健康产业高质量发展十二条措施",
    (
        "2025年7月18日，绵阳市印发《关于支持核医疗健康产业高质量发展的若干措施》，提出十二条支持政策，有效期三年。对取得上市许可的放射性药物，"
        "给予最高1000万元奖励。鼓励医院开设核医学科，对新增核素诊疗设备给予贷款贴息。对新建同位素反应堆，单个项目最高补助300万元。"
        "设立总规模20亿元的产业基金；核医学医师纳入急缺人才目录，享受安家补贴。市里建立联席会议制度，力争到2027年集聚企业两百家。"
    ),
)


def test_what_a_policy_is_for_is_read_from_its_name() -> None:
    assert evidence(*SKY).products == {"低空"}
    assert evidence(*SKY_AGAIN).products == {"低空"}
    assert "核医" in evidence(*NUCLEAR).products


def test_policies_of_one_city_for_other_industries_stay_apart_and_a_retelling_finds_its_own() -> None:
    sky, nuclear, again = evidence(*SKY), evidence(*NUCLEAR), evidence(*SKY_AGAIN)
    assert assign(nuclear, [Candidate(1, 1, sky)]).joins is None
    joins = assign(again, [Candidate(1, 1, sky), Candidate(2, 2, nuclear)]).joins
    assert joins is not None
    assert joins.story == 1


def test_a_piece_of_a_longer_word_calls_no_other_product() -> None:
    spindle = swapped(("电解液", "主轴"))
    electric = swapped(("电解液", "电主轴"))
    first, second = evidence(*spindle), evidence(*electric)
    assert assign(second, [Candidate(1, 1, first)]).joins is not None
