"""Amounts: what counts as an investment, and what only looks like one. All names are invented."""

import pytest

from monitor.facts.findings import Facts, MoneyKind, Stage
from monitor.facts.money import read_money
from monitor.facts.passage import passage_of

YI, WAN = 10**8, 10**4


def investments(text, title="【某地招商】某项目消息"):
    kinds = (MoneyKind.INVESTMENT, MoneyKind.GATHERED)
    found = (one.yuan for one in read_money(passage_of(title, text)) if one.kind in kinds)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("项目总投资3.4亿元，占地90亩。", [34 * YI // 10]),
        ("项目计划总投资约18亿元，分两期建设。", [18 * YI]),
        ("该项目由青岚机械投资72000万元建设。", [72000 * WAN]),
        ("企业投资八亿六千万元兴建新厂。", [860_000_000]),
        ("企业拟投资二十三亿元建设生产基地", [23 * YI]),
        ("项目投资额高达6.5个亿，用工五百人。", [650_000_000]),
        ("总投资额32.8亿，涉及二十个项目。", [32_8 * YI // 10]),
        ("现场集中签约项目15个，签约总额达43.6亿元。", [4_360_000_000]),
        ("大会签约12个项目38.2亿元。", [3_820_000_000]),
        ("新签约亿元以上项目9个，合同引资52亿元。", [52 * YI]),
        ("十六个项目签约，合计引资27.5亿元。", [2_750_000_000]),
        ("当地签下2.7亿元的香菇精深加工项目。", [270_000_000]),
        ("企业准备花3.6亿元建一座无人车间。", [360_000_000]),
        ("公司斥资4亿元打造智能仓。", [4 * YI]),
        ("公司投入38000万元建成了第二条线。", [380_000_000]),
        ("去年，远帆在镇上启动建设九亿元的电机基地。", [9 * YI]),
        ("五亿二千万元投资将换来年产十万台的能力。", [520_000_000]),
        ("协议投资近七亿元（6.8亿元），用地百亩。", [680_000_000]),
        ("拟投资逾二十亿元（20.3亿元）建设产业园", [2_030_000_000]),
        ("项目总投资近10亿元。经核定，总投资9.7亿元。", [970_000_000]),
        ("总投资3亿元人民币，年产值8亿元。", [3 * YI]),
        ("项目总投资１２．５亿元。", [1_250_000_000]),
        ("项目總投資9.6億元，達產後年產值20億元。", [960_000_000]),
        ("项目总投资 5.5 亿元 ，年纳税 3000 万元。", [550_000_000]),
        ("项目总投资1亿2千万元。", [120_000_000]),
        ("项目总投资600000000元。", [600_000_000]),
        ("投资1,200万元改造旧厂房。", [12_000_000]),
        ("项目总投资超百亿元。", [100 * YI]),
        ("项目总投资二点五亿元。", [250_000_000]),
        ("总投资1.2万亿元的规划。", [1_200_000_000_000]),
        ("甲项目总投资3亿元，乙项目总投资5亿元，同日开工。", [3 * YI, 5 * YI]),
        ("项目分两期，总投资30亿元，其中一期投资12亿元。", [30 * YI]),
        ("项目计划投资9.2亿元，首期投资4亿元。", [920_000_000]),
        ("二期总投资4.1亿元，占地80亩。", [410_000_000]),
        ("项目总投资8亿元，其中固定资产投资6.5亿元，亩均税收30万元。", [8 * YI]),
        ("投资方在园区落下6.6亿元的冷链项目。", [660_000_000]),
        ("投资总额2.88亿元的电缆项目正式落户。", [288_000_000]),
        ("计划投资5.2亿元 项目占地120亩 年产值可达12亿元", [520_000_000]),
        ("合同总投资73.4亿元。", [7_340_000_000]),
        ("签约项目里，短剧基地投资最大，为1.8亿元。", [180_000_000]),
        ("九个项目合计11.6亿元当天落笔。", [1_160_000_000]),
        ("签约项目中，甲公司投资5亿元建厂，其中设备投资2亿元。", [5 * YI]),
        ("协议总投资12亿元，其中甲公司投资5亿元建设基地，乙公司投资7亿元。", [12 * YI, 5 * YI, 7 * YI]),
        ("总投资45亿元，其中台资项目六个、总投资9亿元。", [45 * YI]),
        ("青岚前后投了6.6亿元建厂。", [660_000_000]),
        ("项目体量4.15亿元，日处理米糠三百吨。", [415_000_000]),
        ("一个总投资达15亿元的储能项目在此动工。", [15 * YI]),
        ("九亿元（8.8亿元）的技改投入变成一条新线。", [880_000_000]),
        ("4.3亿元投入换来两条全自动产线。", [430_000_000]),
        ("他把卖房的钱连同银行贷款凑成三亿四千万元，押在新厂上。", [340_000_000]),
        ("青岚拿出1.9亿建设烘干中心。", [190_000_000]),
        ("签约总投资20亿元，项目涵盖轴承、齿轮等，其中投资额最大的达到7亿元。", [20 * YI, 7 * YI]),
        ("会上达成协议，投资方带走七份合同，总投资8亿元；有人当天签下2.6亿元笋干采购协议。", [8 * YI]),
        ("客商参加岭下推介活动，八个合作项目落笔签字，计划引资53000万元。", [530_000_000]),
    ],
)
def test_what_is_invested(text, yuan):
    assert investments(text) == yuan


@pytest.mark.parametrize(
    "text",
    [
        "达产后年产值可达28亿元，年纳税1.2亿元。",
        "预计实现年销售收入9.5亿元。",
        "三天线上成交额4.3亿元，达成采购意向6.9亿元。",
        "当地设立三亿元的收储资金池，缓解企业压力。",
        "浙江的援疆资金1800万元建了职工宿舍。",
        "签约项目里，四个项目投资超过六亿元。",
        "组建总规模20亿元的产业引导基金。",
        "对固定资产投资达到5000万元以上的项目，按设备投资额给予最高500万元奖补。",
        "对投资1亿元以上的企业，一事一议。",
        "单个项目投资从3000万元到5亿元不等。",
        "共用灭菌中心，节省建设投资约4000万元。",
        "全市完成固定资产投资500亿元，增长6.5%。",
        "投入扶贫资金1.3亿元，民生投入62亿元。",
        "预计年进口额3000万美元，出口额5亿元。",
        "总投资1.2亿美元。",
        "地区生产总值突破三百亿元，一般公共预算收入10.5亿元。",
        "银行授信8亿元，发放贷款2.2亿元。",
        "亩均投资强度不低于300万元，亩均税收不低于20万元。",
        "打造千亿级新材料产业集群。",
        "力争到2028年全产业链产值突破六百亿元。",
        "新引进1000万元以上投资项目27个。",
        "公司注册资本2亿元，市值超百亿元。",
        "年加工柠檬12万吨，消化椰子1.1亿个，发电1.5亿千瓦时。",
        "自建一座动辄上千万元，谁也舍不得。",
        "补助总额不超过2000万元，封顶五百万元。",
        "签约采购订单3.2亿元。",
        "旅游综合收入64.3亿元，社会消费品零售总额94.1亿元。",
        "招商项目册列出的项目，投资估算5亿元至8亿元。",
        "项目投资区间为3—5亿元。",
        "带动农户增收8000万元。",
        "政策性担保资金1亿元，为企业增信。",
        "企业去年研发投入3000万元，营业收入12亿元。",
        "达成合作意向九项，涉及计划投资约六十亿元。",
        "会上推出三十六个机会项目，总投资158亿元。",
        "签订检测服务合同，合同金额1600万元。",
        "产业园总投资预计9.5亿元，目前正在面向全国招商。",
        "同样一个十亿元的项目，放在这里每年能省四千万元电费。",
        "固定资产投资超过6000万元的，优先保障用地。",
        "烘焙项目只要固定资产投资过三千万元，就能领奖。",
        "设备投资满两千万元，验收后按百分之五奖励。",
        "企业同茶农签约一万三千亩。",
        "县里拿出3000万元奖补种植户。",
        "公司用银行贷款凑成两亿元，还清了旧账。",
    ],
)
def test_what_only_looks_like_an_investment(text):
    assert investments(text) == []


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("青岚为它准备了7.2亿元和138亩地。银行送来2.6亿元授信。", [720_000_000]),
        ("中心的建设花了八千二百万元，供货合同额4100万元。", [82_000_000]),
        ("工厂开机，动辄上千万元的设备都是新的。", []),
        ("工厂年产值12亿元，打造百亿集群。", []),
    ],
)
def test_in_a_post_on_works_the_first_great_amount_that_is_called_nothing_else_is_the_investment(text, yuan):
    money = read_money(passage_of("【某地招商】青岚工厂投产", text), Stage.PRODUCTION)
    assert [one.yuan for one in money if one.kind is MoneyKind.INVESTMENT] == yuan


def test_what_visitors_would_build_is_none():
    post = passage_of("【某地招商】考察团到访", "一家企业想布局奶酪车间，投资在两亿元上下。园区计划投资12亿元。")
    found = [one.yuan for one in read_money(post, Stage.VISIT) if one.kind is MoneyKind.INVESTMENT]
    assert found == [12 * YI]


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("年投入达到300万元的企业有补助。", []),
        ("有人算过，四千多万元的投入可以领回四百多万元。", []),
        ("文件印发当天，青岚投资5亿元的轴承项目在园区开工。", [5 * YI]),
    ],
)
def test_in_a_post_on_a_policy_only_what_was_done_is_an_investment(text, yuan):
    post = passage_of("【某地招商】岭下出台九条措施", text)
    assert [one.yuan for one in read_money(post, Stage.POLICY) if one.kind is MoneyKind.INVESTMENT] == yuan


def test_what_a_county_has_gathered_over_years_is_not_the_project():
    lead = "3月5日，青岚机械数控机床项目在岭下县开工，总投资3.2亿元。" + "项目建设四座车间，采用先进工艺。" * 20
    body = lead + "三年来，全县累计引进项目86个，总投资210亿元。"
    assert investments(body) == [320_000_000]


def test_a_report_tells_what_its_county_has_gathered():
    body = "全年新签约超亿元项目21个，合同引资97亿元；全年新引进项目27个，总投资额188.7亿元；完成固定资产投资500亿元。"
    assert investments(body, "【某地招商】2019年岭下县政府工作报告") == [97 * YI, 18_870_000_000]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("年产值12亿元", MoneyKind.OUTPUT),
        ("实现销售收入3亿元", MoneyKind.OUTPUT),
        ("最高奖励500万元", MoneyKind.SUPPORT),
        ("设立10亿元产业基金", MoneyKind.FUND),
        ("道路长6公里，用去3000万元", MoneyKind.OTHER),
        ("总投资5000万美元", MoneyKind.OTHER),
        ("总投资9亿元，其中一期投资3亿元", MoneyKind.PART),
    ],
)
def test_the_kind_of_an_amount(text, kind):
    assert read_money(passage_of("消息", text))[-1].kind is kind


def test_an_amount_keeps_its_words_its_range_and_its_currency():
    spread, about, dollars = read_money(
        passage_of("消息", "每家投资3亿至5亿元不等。总投资近300亿元。外资１.２亿美元。")
    )
    assert (spread.yuan, spread.upto, spread.words) == (3 * YI, 5 * YI, "3亿至5亿元")
    assert about.about
    assert about.yuan == 300 * YI
    assert (dollars.words, dollars.currency, dollars.yuan) == ("１.２亿美元", "美元", 852_000_000)


def test_what_the_contracts_of_a_year_bring_is_no_investment_of_a_project() -> None:
    text = "全年签约项目41个，合同引资97亿元，其中一家电缆厂总投资3亿元。"
    report = read_money(passage_of("【某地招商】2019年岭下县政府工作报告", text))
    assert {one.kind for one in report} & {MoneyKind.INVESTMENT, MoneyKind.GATHERED} == {MoneyKind.GATHERED}
    facts = Facts(money=report)
    assert facts.investments == ()
    assert 97 * YI in facts.contracted


def test_what_title_and_body_both_state_is_told_once_in_the_words_of_the_first() -> None:
    post = passage_of("【某地招商】总投资9.6亿元电缆项目签约", "该电缆项目总投资96000万元，其中总投资9.6亿元的是一期。")
    (one,) = (one for one in read_money(post, Stage.SIGNING) if one.kind is MoneyKind.INVESTMENT)
    assert (one.yuan, one.words) == (960_000_000, "9.6亿元")
