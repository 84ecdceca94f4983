"""English names of what the facts name in Chinese: stages, industries, charts; a table, and nothing else."""

import re

STAGES = {
    "签约": "signing",
    "开工": "groundbreaking",
    "投产": "start of production",
    "调研考察": "visit",
    "推介会": "promotion",
    "政策": "policy",
    "其他": "other",
}
STAGES_COUNTED = {  # one, and several of it
    "签约": ("signing",),
    "开工": ("groundbreaking",),
    "投产": ("start of production", "starts of production"),
    "调研考察": ("visit",),
    "推介会": ("promotion",),
    "政策": ("policy", "policies"),
}
INDUSTRIES = {
    "新能源": "new energy",
    "新能源汽车": "electric vehicles",
    "电子信息": "electronics",
    "数字经济": "digital economy",
    "生物医药": "biomedicine",
    "医疗器械": "medical devices",
    "新材料": "new materials",
    "石化化工": "petrochemicals",
    "钢铁有色": "steel and metals",
    "装备制造": "machinery",
    "航空航天与低空经济": "aerospace and drones",
    "船舶与海洋工程": "ships and offshore",
    "节能环保": "environment",
    "食品饮料": "food and drink",
    "现代农业": "agriculture",
    "海洋渔业": "fisheries",
    "纺织服装": "textiles",
    "轻工家居": "consumer goods",
    "家用电器": "home appliances",
    "建材": "building materials",
    "现代物流": "logistics",
    "商贸与跨境电商": "trade and e-commerce",
    "文化旅游": "culture and tourism",
    "现代金融": "finance",
    "房地产与城建": "real estate",
    "园区与区域合作": "parks and cooperation",
}
_CHARTS = {"新事件": "New events", "地区": "Places", "行业": "Industries", "阶段": "Stages"}
_NUMERALS = {"两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12}
_TITLE = re.compile(
    rf"近({'|'.join(sorted(_NUMERALS, key=len, reverse=True))})周({'|'.join(_CHARTS)})|本期({'|'.join(_CHARTS)})"
)
REST = "the rest"
MAKERS = {"阿里云": "Aliyun", "云锁 or 安全狗": "Yunsuo or Safedog"}  # of challenge pages, in the signs of blocked ones


def chart(title: str) -> str:
    """`Places, last twelve weeks` is said in figures: `Places, last 12 weeks`. What is no title of ours stays."""
    found = _TITLE.fullmatch(title)
    if found is None:
        return title
    if found[3]:
        return f"{_CHARTS[found[3]]}, this issue"
    return f"{_CHARTS[found[2]]}, last {_NUMERALS[found[1]]} weeks"
