"""Names of divisions that are everyday words as well: data for those who look for places in a text, nothing else.

By hand, from the short names of divisions.tsv that a general dictionary of Chinese has as something else than a place.
"""

# Names in full that any town uses of its own quarters: they name a division only after its city's.
QUARTERS = frozenset({"城区", "郊区", "矿区", "东区", "西区"})

# Everyday words where investment is written of, or lakes, mountains, brands, quarters of any town. In a text they name
# a county after its city's or province's name; alone they are a weak hint at best.
_WORDS = """
资源 合作 和平 武功 比如 南部 解放 东方 前进 港口 公安 友好 共和 城中 友谊 平安 中方 凤凰 安定 延长 光明 新兴
运河 万年 红旗 南岸 城北 会同 工农 大名 富裕 清水 高明 前锋 复兴 长子 宏伟 平定 芙蓉 洞口 太和 温泉 石门 向阳
振兴 三元 大同 大方 新华 威信 莲花 平和 名山 白云 桃源 三门 大观 二七 台前 金山 石棉 丰满 无为 小店 同心 宝塔
元宝 平房 定远 灯塔 天涯 七星 博爱 回民 钟楼 马尾 方正 弥勒 安居 龙凤 鼓楼 富民 清流 水城 爱民 惠民 新星 和顺
开化 天台 天心 民乐 阳春 延寿 仁寿 兴业 大安 三水 蓝山 白水 永丰 康乐 集贤 高台 永福 建安 新民 大英 大竹 新源
新建 东海 南海 中原 江南 江北 河口 河东 河西 河北 长安 太平 古城 新城 老城 东城 西城 东湖 西湖 滨海 海港 海南
中山 南山 西山 东山 天山 泰山 黄山 衡山 商城 故城 大城 沙河 新河 甘泉 龙门 天桥 路桥 永安 兴国 咸丰 兴安 东安
西安 阳明 大东 铁西 铁东 站前 市中 市南 市北 城关 城东 城西 中站 平原 响水 大丰 大厂 东光 明光 通道 建华 振安
东风 红岗 千山 清河 连山 双桥 开平 路南 路北 桥西 桥东 双清 北关 北塔 太湖 洪湖 微山 梁山 秦淮 华容 南开 五华
长白 东西湖 花山 雨花 新市 大通 大兴 平江 东宝 南关 西固 西市 兴山 昌江 东河 青山 江岸 海州 宝山 新会 中牟 大洼
东区 西区 八步 新罗 金水 龙湖 牡丹 织金 麒麟 海棠 光泽 互助 碑林 石鼓 锦屏 莲池 双塔 清新 天柱 文峰 盐田 月湖
"""
WORDS = frozenset(_WORDS.split())

# The commonest of them: alone no hint at all. With 招商 they make a phrase; a label of them may be of no place.
_PHRASES = """
资源 合作 和平 港口 新兴 振兴 友好 复兴 通道 南部 东方 前进 同心 惠民 光明 平安 共和 延长 公安 中方 富裕 大方
会同 无为 方正 新建 安居 解放 友谊 红旗 运河 万年 定远 平定 开化 大名 长子 温泉 比如 安定 清水 富民 兴业 阳春
响水
"""
PHRASES = frozenset(_PHRASES.split())
