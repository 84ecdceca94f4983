"""What a page adds anew at every visit goes; every sentence of prose stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.volatile import without_volatile

COUNTERS = [
    "浏览次数：123",
    "浏览次数：",
    "浏 览 次 数 ： 12 次",
    "阅读量 45次",
    "点击数:[ 12 ]",
    "访问量：1,234",
    "浏览：1.2万",
    "人气：33",
    "热度：19℃",
    "阅读(2017)",
    "1,203 阅读",
    "已有 123 人浏览",
    "（浏览次数：123）",
    "【阅读次数：25】",
    "阅读数：12  点赞：3",
]
TOOLS = [
    "分享到：",
    "分享到：微信 微博",
    "分享到微信 QQ空间",
    "【打印】【关闭】【字体：大 中 小】",
    "字号：[大] [中] [小]",
    "【大 中 小】",
    "[打印本页] [关闭窗口]",
    "打印 关闭",
    "浏览次数：123 | 打印 | 关闭",
]
NEIGHBOURS = [
    "上一篇：【湛江招商】甲乙丙",
    "下一篇：没有了",
    "上一篇：甲 下一篇：乙",
    "【上一篇】甲",
    "上一条 甲乙",
    "下一篇",
]
CLOCKS = [
    "打印时间：2025-07-21",
    "打印日期: 2025年7月21日 08:00",
    "当前时间：2025-07-21 08:00:03",
    "现在是2025年7月21日 星期一 08:00:03",
    "今天是2025年7月21日 星期一 08:00:03",
    "今天是：2025年7月21日，星期一",
    "今天是 2025年7月21日 星期一 农历六月廿七",
    "系统时间 2025/7/21 8:00",
    "系统时间：2025-07-21T08:00:03",
    "页面生成时间：2025-07-21 08:00:03",
    "页面执行时间：0.05 秒",
]
VOLATILE = [*COUNTERS, *TOOLS, *NEIGHBOURS, *CLOCKS]
PROSE = [
    "今天是2025年7月21日，湛江迎来首个项目。",
    "今天是2025年7月21日。",
    "今天是个好日子",
    "现在是2025年，项目正式开工。",
    "当前时间紧、任务重",
    "系统时间同步设备",
    "浏览器市场份额",
    "浏览次数超过100万次",
    "该视频浏览次数：已突破一亿次。",
    "本文阅读量 45次创新高，影响大。",
    "阅读 3 本书",
    "查看 3 人名单",
    "打印",
    "打印 机 产业园",
    "项目 打印 产业",
    "分享到位的经验",
    "人气 美食",
    "人气商圈：3家",
    "大 中 小 企业",
    "下一篇章怎么写",
    "下一篇：我们将介绍湛江的项目。",
    "上一条生产线于2023年投产。",
    "总投资 12.5 亿元",
]


@pytest.mark.parametrize("line", VOLATILE)
def test_a_line_that_a_page_adds_goes_whole(line: str) -> None:
    assert without_volatile(line) == ""
    assert without_volatile(f"第一段。\n{line}\n第二段。") == "第一段。\n第二段。"


@pytest.mark.parametrize("line", PROSE)
def test_a_sentence_that_only_sounds_like_it_stays(line: str) -> None:
    assert without_volatile(line) == line


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("项目正式投产。 【打印】【关闭】", "项目正式投产。"),
        ("项目正式投产。（浏览次数：123）", "项目正式投产。"),
        ("他说：“好。”今天是2025年7月21日 星期一 08:00:03", "他说：“好。”"),
        ("来源：湛江日报 点击数:12", "来源：湛江日报"),
        ("发布时间：2025-07-17 来源：湛江日报 浏览次数：123 【打印】", "发布时间：2025-07-17 来源：湛江日报"),
        ("访问量：9 来源：湛江日报", "来源：湛江日报"),
    ],
)
def test_a_phrase_set_apart_goes_and_the_rest_of_its_line_stays(line: str, left: str) -> None:
    assert without_volatile(line) == left


@given(st.lists(st.sampled_from([*PROSE, "第一段。", "“甲”，乙！"])), st.lists(st.sampled_from(VOLATILE)), st.randoms())
def test_paragraphs_keep_their_order_whatever_stands_between_them(prose, added, random) -> None:
    lines = list(prose)
    for line in added:
        lines.insert(random.randint(0, len(lines)), line)
    assert without_volatile("\n".join(lines)) == "\n".join(prose)


@given(st.lists(st.sampled_from([*VOLATILE, *PROSE, " ", "\n", "。", "（", "】", "|", "12"])).map("".join))
def test_nothing_is_added_and_what_is_left_keeps_its_order(text: str) -> None:
    left = iter(text)
    assert all(char in left for char in without_volatile(text))


@pytest.mark.parametrize(
    "text",
    [
        "浏览:1 " * 30_000,
        "今天是2025年7月21日 " * 20_000,
        "上一篇 " * 50_000,
        "大 中 小 " * 40_000 + "。",
        "浏" * 300_000,
    ],
    ids=lambda text: text[:8],
)
def test_a_hostile_line_of_any_length_is_answered_for(text: str) -> None:
    assert without_volatile(text).startswith(text[:2])
