"""Which industries a post is of, in the terms of investment offices (docs/facts.md), the main one first."""

from monitor.facts.passage import Passage, any_of

INDUSTRIES: dict[str, str] = {
    "新能源": (
        "光伏|风电|风力发电|光热|太阳能|氢能|储能|新能源|风光|绿电|核电|抽水蓄能|海上风电|光伏玻璃|生物质发电|"
        "充电桩|电解水"
    ),
    "新能源汽车": (
        "新能源汽车|汽车零部件|整车|汽车配件|汽摩配|动力电池|锂电|隔膜|电动两轮车|电动自行车|电动摩托|乘用车|"
        "商用车|车用|汽车电子|自行车"
    ),
    "电子信息": (
        "电子信息|半导体|芯片|集成电路|显示面板|液晶|电子元器件|线路板|PCB|覆铜板|传感器|光电|智能终端|"
        "手机|封装测试|电子陶瓷"
    ),
    "数字经济": "数字经济|人工智能|大数据|算力|数据中心|云计算|软件|物联网|区块链|5G|智算|平台经济|数字产业",
    "生物医药": (
        "生物医药|制药|药业|原料药|疫苗|中药|中医药|药材|藏医药|生物制品|生物技术|创新药|胶原肽|胶原蛋白|"
        "提取物|生命健康"
    ),
    "医疗器械": "医疗器械|医用|卫材|敷料|耗材|大健康|康养|养老|医美|体外诊断|防护用品",
    "新材料": (
        "新材料|复合材料|膜材料|薄膜|碳纤维|石墨|纳米|高分子|尼龙|树脂|陶瓷材料|镁合金|铝合金|轻合金|非织造|"
        "无纺|水刺|稀土|硅基|碳化硅|菱镁|氧化镁"
    ),
    "石化化工": "石化|化工|炼化|乙烯|聚酯|农药|化肥|肥料|涂料|精细化工|煤化工|盐化工|兰炭|香料|日化",
    "钢铁有色": "钢铁|冶金|有色|铜业|再生铜|铜杆|铝业|再生铝|金属镁|不锈钢|轧钢|电解铝|黄金|锌|压铸|冶炼",
    "装备制造": (
        "装备制造|机械|机床|机器人|重工|智能制造|工程机械|农机|数控|模具|电机|轴承|泵阀|成套设备|制冷|冷柜|"
        "冰箱生产|激光"
    ),
    "航空航天与低空经济": "航空|航天|低空|无人机|卫星|通航|飞行器|机场",
    "船舶与海洋工程": "船舶|造船|海工|海洋工程|游艇|修船|海洋装备",
    "节能环保": "节能环保|循环经济|再生资源|环保|固废|污水处理|废旧|垃圾焚烧|可降解|降解|以竹代塑|回收利用",
    "食品饮料": (
        "食品|饮料|预制菜|乳业|乳制品|牛奶|奶|酒业|白酒|饮用水|调味|酱|休闲食品|火腿|屠宰|肉制品|茶油|油茶|"
        "食用油|椰子|柠檬|豆制品|大豆蛋白|罐头|烘焙|辅食|羔羊|牛羊肉|中央厨房|咖啡|葡萄酒|果汁|猕猴桃|辣椒|米粉|粮油|面粉"
    ),
    "现代农业": (
        "现代农业|种植|养殖|种业|农产品|稻米|大米|果蔬|蔬菜|水果|花卉|茶叶|白茶|茉莉|畜牧|农业|菌菇|食用菌|香菇|枸杞|苹果|柑橘|玉米|"
        "农牧"
    ),
    "海洋渔业": "渔业|水产|海带|海藻|鱿鱼|对虾|海参|牡蛎|远洋捕捞|海洋牧场|珍珠|藻类|海洋生物",
    "纺织服装": "纺织|服装|羊绒|羊毛|面料|印染|家纺|制鞋|鞋业|鞋|纱线|棉纺|化纤|箱包|针织|袜业|皮毛",
    "轻工家居": "家具|家居|造纸|包装|印刷|玩具|文具|纸浆|餐具|竹产业|木业|五金|卫浴|工艺品|珠宝|日用品|体育用品",
    "家用电器": "家电|小家电|电热水壶|空调|冰箱|洗衣机|电饭锅|吸尘器|厨电",
    "建材": "建材|水泥|玻璃|墙板|石材|装配式|管桩|陶瓷砖|门窗|防水材料|砂石|高岭土",
    "现代物流": "物流|冷链|仓储|港口|集货仓|多式联运|快递|航运|铁路专用线|内陆港|陆港|供应链|临港",
    "商贸与跨境电商": "跨境电商|电子商务|电商|进出口|口岸|边民互市|保税|商贸|外贸|综保区|会展|跨境|批发市场|直播",
    "文化旅游": "旅游|文旅|景区|酒店|民宿|度假|影视|非遗|演艺|体育赛事|冰雪|露营|康旅",
    "现代金融": "金融|银行|基金|证券|保险|融资租赁|风投|资本市场",
    "房地产与城建": "房地产|城市更新|楼盘|住宅|商业综合体|城建|写字楼",
    "园区与区域合作": "园区共建|园区合作|飞地|飞地经济|结对|对口协作|东西部协作|区域合作|两国双园|共建园区",
}  # fmt: skip
_NAMES = list(INDUSTRIES)
_INDUSTRY_OF = {word: name for name, words in INDUSTRIES.items() for word in words.split("|")}
_WORDS = any_of(_INDUSTRY_OF)
_TITLE, _LEAD, _BODY = 5, 2, 1
_LEAST = 5  # what a second industry needs, beside a third of what the main one has
_MOST_BODY = 4  # an industry named over and over in the body is not more than that
_BODY_READ = 1500  # characters


def read_industries(post: Passage) -> tuple[str, ...]:
    """Up to three industries, the main one first; none where no word of the list stands in title or lead."""
    points = dict.fromkeys(_NAMES, 0)
    for word in set(_WORDS.findall(post.title)):
        points[_INDUSTRY_OF[word]] += _TITLE
    for word in _WORDS.findall(post.lead):
        points[_INDUSTRY_OF[word]] += _LEAD
    known = {name for name, value in points.items() if value}
    body = dict.fromkeys(_NAMES, 0)
    for word in _WORDS.findall(post.text, post.lead_end, post.lead_end + _BODY_READ):
        body[_INDUSTRY_OF[word]] += _BODY
    for name in known or _NAMES:
        points[name] += min(body[name], _MOST_BODY)
    ranked = sorted((name for name in _NAMES if points[name]), key=lambda name: -points[name])
    if not ranked:
        return ()
    main = points[ranked[0]]
    if main < _BODY * 3:
        return ()
    return (ranked[0], *(name for name in ranked[1:3] if points[name] >= max(_LEAST, main / 3)))
