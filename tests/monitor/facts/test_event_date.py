"""When the reported event was, by what the post states. All names are invented; posts are of 2025-07-17 unless said."""

from datetime import date

import pytest

from monitor.facts.reading import read_facts

PUBLISHED = date(2025, 7, 17)
FILLER = "项目建设四座车间，采用先进工艺，带动周边群众就业。" * 12


def year(title, body, published=PUBLISHED):
    found = read_facts(f"【某地招商】{title}", body, published).event_date
    return None if found is None else found.year


@pytest.mark.parametrize(
    ("title", "body", "wanted"),
    [
        ("青岚机床项目开工", "2025年3月5日，青岚机床项目在岭下开工，计划2026年投产。", 2025),
        ("青岚机床项目开工", "2023年，岭下县装备产业再添新军，青岚机床项目开工。", 2023),
        ("青岚机床项目签约", "二〇二三年六月，岭下县与青岚签约。", 2023),
        ("青岚机床项目签约", "二○二四年，岭下县与青岚签约。", 2024),
        ("青岚机床项目投产", "项目2023年动工、2025年6月投产，总投资3亿元。", 2025),
        ("青岚机床项目投产", "去年秋天，青岚的工厂开机投产。", 2024),
        ("青岚机床项目投产", "去年2月，青岚的工厂投产。", 2024),
        ("青岚机床项目投产", "前年，青岚的工厂投产。", 2023),
        ("青岚机床项目投产", "今年3月，青岚的工厂投产。", 2025),
        ("青岚机床项目投产", "今年春天，青岚的工厂投产。", 2025),
        ("青岚机床项目投产", "青岚的工厂，2023年建成投产，投资6亿元，用工千人。", 2023),
        ("青岚机床项目签约", "3月5日，岭下县与青岚签约，项目2026年点火后可年产10万吨。", None),
        ("青岚机床项目签约", "日前，双方签约，力争2025年底开工。", None),
        ("青岚机床项目签约", "双方签约，项目一期将于2025年10月动工。", None),
        ("青岚机床项目签约", "近日签约。到2025年，产业链产值突破百亿元。", None),
        ("第六届竹业大会举行", "6月18日至20日，第六届竹业大会举行，签约16亿元。", None),
        ("青岚机床项目投产", "工厂投产。当地从2000年起承接产业转移，企业八十家。", None),
        ("青岚机床项目投产", "工厂投产。企业成立于2012年，自2019年以来专注机床。", None),
        ("青岚机床项目投产", "工厂投产。今年以来，全县项目建设提速。", None),
        ("青岚机床项目投产", "工厂投产，去年通过认证以来，订单不断。", None),
        ("竹产业行动方案发布", "岭下公布《竹产业行动方案（2025—2027年）》。", None),
        ("竹产业行动方案发布", "2025年6月，岭下公布《竹产业行动方案（2026—2028年）》，到2027年引进企业三十家。", 2025),
        ("竹产业新政出台", "2024年，岭下出台新政，政策期限到2027年底。", 2024),
        ("2018年岭下县政府工作报告", "2018年1月11日在岭下县人民代表大会上，一、2017年工作回顾，2017年是重要一年。", 2018),
        ("2019年岭下县政府工作报告", "各位代表：2018年，全县签约项目64个。", 2019),
        ("青岚机床项目签约", "2024年11月6日，签约。" + FILLER + "2021年，企业曾在海东签约一期项目。", 2024),
        ("青岚机床项目投产", "机器轰鸣。" + FILLER + "2023年，青岚在岭下投产第一条线。", 2023),
        ("青岚机床项目投产", "机器轰鸣，工厂投产。" + FILLER + "企业2016年进入机床行业，2019年营收过亿。", None),
        ("港澳考察团走访岭下", "一行二十人来到岭下考察。" + FILLER + "2022年，当地进出口额增长两成。", None),
        ("港澳考察团走访岭下", "岭下迎来一批客人。2024年，由二十名港澳青年组成的团队来到岭下。", 2024),
        ("2024中国竹业大会在岭下举行", "大会吸引客商三千人。", 2024),
        ("青岚机床项目开工", "2025-03-05，青岚机床项目开工。", 2025),
        ("青岚机床项目开工", "2025.3.5上午，青岚机床项目开工，增长12.5%。", 2025),
        ("青岚机床項目開工", "2024年3月5日，青岚机床項目在岭下縣開工。", 2024),
        ("青岚机床项目签约", "2024年金秋，岭下与青岚签约。", 2024),
        ("青岚机床项目签约", "2025年3月下旬，岭下与青岚签约。", 2025),
        ("青岚机床项目签约", "签约仪式上，双方握手。产品执行2024年新国标，上世纪90年代起步。", None),
        ("优化营商环境", "近年来，河口市深化改革，2020年以来新增企业万家。", None),
        ("青岚二期开工", "2025年6月，二期开工。一期自2023年投产以来运行平稳。", 2025),
        ("青岚机床项目签约", "明年开工的青岚项目日前签约。", None),
        ("", "", None),
        ("Valley project", "The plant in the valley started production.", None),
    ],
)  # fmt: skip
def test_the_year_of_the_event(title, body, wanted):
    assert year(title, body) == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("2024年3月5日，项目开工。", (2024, 3, 5, "2024年3月5日")),
        ("2024年10月18日至20日，大会举行。", (2024, 10, 18, "2024年10月18日")),
        ("2024年6月，项目开工。", (2024, 6, None, "2024年6月")),
        ("去年2月，项目开工。", (2024, 2, None, "去年2月")),
        ("二〇二四年三月五日，项目开工。", (2024, 3, 5, "二〇二四年三月五日")),
        ("2024年13月45日，项目开工。", (2024, None, None, "2024年13月45日")),
        ("２０２４年３月５日，项目开工。", (2024, 3, 5, "２０２４年３月５日")),
    ],
)
def test_the_date_is_as_precise_as_the_text(body, wanted):
    found = read_facts("某项目开工", body, PUBLISHED).event_date
    assert found is not None
    assert (found.year, found.month, found.day, found.words) == wanted


def test_recycled_is_a_stated_year_before_the_publication():
    assert read_facts("项目开工", "2024年12月31日，项目开工。", date(2025, 1, 1)).recycled
    assert not read_facts("项目开工", "2025年1月1日，项目开工。", date(2025, 12, 31)).recycled
    assert not read_facts("项目开工", "日前，项目开工。", PUBLISHED).recycled
    assert read_facts("项目开工", "前年3月，项目开工。", PUBLISHED).recycled


def test_without_a_publication_date_nothing_is_called_recycled():
    facts = read_facts("项目开工", "2019年3月，项目开工，去年3月投产。", None)
    assert facts.event_date is not None
    assert facts.event_date.year == 2019
    assert not facts.recycled


@pytest.mark.parametrize(
    ("title", "body", "edition"),
    [
        ("第五届竹业大会举行", "", 5),
        ("第12届竹业大会举行", "", 12),
        ("第二十一届竹业大会", "", 21),
        ("竹业大会举行", "作为第八届产业大会的主场，小镇客商云集。", 8),
        ("The 5th Bamboo Fair opens", "", 5),
        ("政府工作报告", "在岭下县第十六届人民代表大会第三次会议上", None),
        ("学习贯彻第二十届三中全会精神", "", None),
        ("竹业大会举行", "外商人数较上届增长四成。", None),
        ("竹业大会举行", "第十四届全国政协委员出席第九届竹业大会。", 9),
        ("a 21st century plan", "", None),
    ],
)
def test_the_edition(title, body, edition):
    assert read_facts(title, body, PUBLISHED).edition == edition
