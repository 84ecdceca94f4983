"""English names of what the facts name in Chinese: stages, industries, charts; a table, and nothing else."""

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
CHARTS = {
    "近十二周新事件": "New events, last twelve weeks",
    "近十二周地区": "Places, last twelve weeks",
    "近十二周行业": "Industries, last twelve weeks",
    "近十二周阶段": "Stages, last twelve weeks",
    "本期地区": "Places, this issue",
    "本期行业": "Industries, this issue",
    "本期阶段": "Stages, this issue",
}
REST = "the rest"
MAKERS = {"阿里云": "Aliyun", "云锁 or 安全狗": "Yunsuo or Safedog"}  # of challenge pages, in the signs of blocked ones
