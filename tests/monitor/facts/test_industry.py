"""Industries in the terms of investment offices, the main one first."""

from pathlib import Path

import pytest

from monitor.facts.industry import INDUSTRIES, read_industries
from monitor.facts.passage import passage_of

DOCS = Path(__file__).parents[3] / "docs" / "facts.md"


@pytest.mark.parametrize(
    ("title", "body", "main"),
    [
        ("海上风电项目开工", "总装机200兆瓦的海上风电场。", "新能源"),
        ("动力电池壳体项目投产", "为新能源汽车配套。", "新能源汽车"),
        ("芯片封装项目签约", "建设集成电路封装测试线。", "电子信息"),
        ("智算中心启用", "算力规模1000P，服务人工智能企业。", "数字经济"),
        ("中药饮片项目签约", "建设药材仓库与饮片车间，发展生物医药。", "生物医药"),
        ("医用敷料项目开工", "生产一次性医用耗材。", "医疗器械"),
        ("碳纤维项目落户", "生产高性能复合材料，做强新材料产业。", "新材料"),
        ("再生铜杆项目开工", "建设铜业循环基地。", "钢铁有色"),
        ("数控机床项目签约", "做大装备制造产业，生产机床。", "装备制造"),
        ("无人机产业园签约", "发展低空经济。", "航空航天与低空经济"),
        ("预制菜工厂投产", "生产休闲食品。", "食品饮料"),
        ("对虾加工项目签约", "发展水产与海洋牧场。", "海洋渔业"),
        ("羊绒纺纱厂投产", "生产纱线与面料。", "纺织服装"),
        ("小家电基地投产", "生产电热水壶。", "家用电器"),
        ("光明顶景区度假酒店开工", "打造文旅综合体。", "文化旅游"),
        ("两地共建飞地经济", "签署园区共建协议。", "园区与区域合作"),
    ],
)
def test_the_main_industry(title, body, main):
    assert read_industries(passage_of(title, body))[0] == main


def test_a_post_of_no_industry_has_none():
    assert read_industries(passage_of("优化环境", "近年来，当地改进作风。")) == ()


def test_a_long_word_is_not_the_short_one_in_it():
    assert read_industries(passage_of("新能源汽车整车项目", "")) == ("新能源汽车",)


def test_every_industry_is_documented_and_no_word_stands_under_two():
    text = DOCS.read_text(encoding="utf-8")
    assert all(name in text for name in INDUSTRIES)
    words = [word for one in INDUSTRIES.values() for word in one.split("|")]
    assert len(words) == len(set(words))
