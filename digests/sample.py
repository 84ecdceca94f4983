"""A digest made up to try templates and channels on: it has every section, and no event in it ever took place.

It is built from nothing that is stored.
"""

from datetime import UTC, date, datetime

from digests.content import (
    Amount,
    Bar,
    Chain,
    ChangeKind,
    ChangeLine,
    Chart,
    Copy,
    Digest,
    Item,
    Link,
    OffLabelLine,
    PlaceGroup,
    SourceLine,
    Step,
    ToldLine,
)
from digests.wording import Language, WeekFacts, words_of
from monitor.comparison import Mark, Piece
from monitor.health.conditions import State
from monitor.periods import parse_period

_BUILT = datetime(2025, 7, 21, tzinfo=UTC)  # Monday 08:00 in Shanghai
_SITE = "https://www.example.cn/zs/202507/"


def sample(audience: str = "sample", language: Language = "zh") -> Digest:
    """The week of 14 July 2025 as an audience might be told of it."""
    shore, cells, park, food, port = _highlights()
    return Digest(
        audience=audience,
        period=parse_period("2025-W29"),
        preview=False,
        built_at=_BUILT,
        timezone="Asia/Shanghai",
        highlights=(shore, cells, park),
        places=(
            PlaceGroup("广东省", (), 0, 4),
            PlaceGroup("湛江市", (shore, food), 1, 3),
            PlaceGroup("徐闻县", (port,), 2),
            PlaceGroup("茂名市", (_undated(),), 1),
            PlaceGroup("江苏省苏州市昆山市", (cells,)),
            PlaceGroup("其他", (park, _unread())),
        ),
        late=(_late(),),
        backfilled=12,
        backfill_days=28,
        off_label=tuple(
            OffLabelLine(300 + n, title, f"{_SITE}o{n}.html", "湛江招商")
            for n, title in enumerate(("【投资廉江市】廉江家电产业园招租公告", "【人才引进】高层次人才目录"))
        ),
        sources=_sources(language),
        missed=("2025-W28",),
        changes=_changes(language),
        off_label_older=3,
        sentence=words_of(language).sentence(_WEEK),
        recycled=_recycled(),
        told_before=_told_before(),
        chains=_chains(),
        charts=_charts(),
        language=language,
    )


_WEEK = WeekFacts(
    new=7,
    recycled=3,
    told_before=1,
    late=1,
    only_place="",
    top_place=("广东省湛江市", 3),
    places=3,
    stages=(("开工", 2), ("签约", 1), ("投产", 1)),
    top_industry=("新能源", 2),
    stated=(12_500_000_000, 3_500_000_000, 480_000_000, 400_000_000),
)


def _highlights() -> tuple[Item, Item, Item, Item, Item]:
    shore = Item(
        *(101, "湛江徐闻东三海上风电项目开工", "湛江招商", "广东省湛江市", date(2025, 7, 17), True),
        summary="7月17日，徐闻东三海上风电项目开工仪式在湛江举行，总投资125亿元，规划装机容量100万千瓦……",
        url=f"{_SITE}t20250717_101.html",
        source="湛江招商",
        copies=(
            Copy(102, "湛江徐闻东三海上风电项目开工", "https://news.example.com/a/102", "粤西新闻"),
            Copy(103, "百亿风电项目落户徐闻", "https://invest.example.org/103?id=103&page=2", "广东招商"),
        ),
        story=11,
        others=(Copy(90, "徐闻东三海上风电项目下周开工", f"{_SITE}t20250711_90.html", "湛江招商"),),
        first_on=date(2025, 7, 11),
        stage="开工",
        amounts=(Amount(12_500_000_000, "125亿元", 101), Amount(3_000_000_000, "30亿元", 101)),
        parties=("湛江湾新能源有限公司", "徐闻县人民政府"),
        happened="2025年7月17日",
        industries=("新能源",),
        related=(Link("徐闻风电装备产业园推介会举行", f"{_SITE}t20250703_77.html"),),
        extract="7月17日，徐闻东三海上风电项目开工仪式在湛江举行。……项目总投资125亿元，规划装机容量100万千瓦。",
        alerted=("07-17 18:05 大项目",),
    )
    cells = Item(
        *(104, "昆山与星河储能签约储能电池项目", "昆山招商", "江苏省苏州市昆山市", date(2025, 7, 16), True),
        summary="昆山市与星河储能科技签订投资协议，在昆山高新区建设储能电池生产基地……",
        url="https://www.example.org/ks/104.html",
        source="昆山招商",
        story=12,
        first_on=date(2025, 7, 16),
        stage="签约",
        amounts=(Amount(3_500_000_000, "35亿元", 104),),
        parties=("星河储能科技（昆山）有限公司",),
        happened="2025年7月",
        industries=("新能源", "装备制造"),
        extract="昆山市与星河储能科技签订投资协议，在昆山高新区建设储能电池生产基地，总投资35亿元。",
        years=(2024, 2025),
        overflow=True,
    )
    park = Item(
        *(105, "跨境电商产业园项目投产", "广东招商", "其他", date(2025, 7, 15), True),
        summary="产业园一期建成投产，首批十二家企业入驻……",
        url=f"{_SITE}t20250715_105.html",
        source="广东招商",
        story=13,
        first_on=date(2025, 7, 15),
        stage="投产",
        amounts=(Amount(480_000_000, "4.8亿元", 105),),
        industries=("商贸与跨境电商",),
        extract="产业园一期建成投产，首批十二家企业入驻，投资4.8亿元。",
    )
    food = Item(
        *(106, "湛江举办水产品加工招商推介会", "湛江招商", "广东省湛江市", date(2025, 7, 18), True),
        summary="推介会吸引六十余家企业参加，现场达成合作意向十一项。",
        url=f"{_SITE}t20250718_106.html",
        source="湛江招商",
        story=14,
        first_on=date(2025, 7, 18),
        stage="推介会",
        industries=("海洋渔业",),
    )
    port = Item(
        *(107, "徐闻港物流园二期开工", "徐闻招商", "广东省湛江市徐闻县", date(2025, 7, 14), True),
        summary="物流园二期占地300亩，建成后年货物吞吐能力可达200万吨。",
        url=None,
        source="湛江招商",
        story=15,
        first_on=date(2025, 7, 14),
        stage="开工",
        amounts=(Amount(400_000_000, "4亿元", 107),),
        industries=("现代物流",),
        withdrawn=True,
    )
    return shore, cells, park, food, port


def _undated() -> Item:
    return Item(
        *(108, "茂名石化下游产业链招商手册发布", "茂名招商", "广东省茂名市", date(2025, 7, 19), False),
        summary="手册收录延链补链重点项目四十个。",
        url="https://www.example.net/mm/108",
        source="茂名招商",
        story=16,
        first_on=date(2025, 7, 19),
    )


def _unread() -> Item:
    return Item(
        *(109, "某地与某集团洽谈合作", None, "其他", date(2025, 7, 20), False),
        summary=None,
        url=f"{_SITE}t20250720_109.html",
        source="广东招商",
        story=17,
        first_on=date(2025, 7, 20),
        future_on=date(2025, 12, 1),
        stage="调研考察",
    )


def _late() -> Item:
    return Item(
        *(110, "雷州与某农业集团签约菠萝深加工项目", "雷州招商", "广东省湛江市雷州市", date(2025, 7, 10), True),
        summary="项目建成后年加工菠萝十万吨。",
        url=f"{_SITE}t20250710_110.html",
        source="湛江招商",
        story=18,
        first_on=date(2025, 7, 10),
        stage="签约",
        amounts=(Amount(600_000_000, "6亿元", 110),),
    )


def _recycled() -> tuple[Item, ...]:
    def old(number: int, title: str, place: str, happened: str, years: tuple[int, ...] = ()) -> Item:
        return Item(
            *(number, title, None, place, date(2025, 7, 16), True),
            summary="旧闻一则。",
            url=f"{_SITE}t20250716_{number}.html",
            source="湛江招商",
            copies=(Copy(number + 50, title, f"https://invest.example.org/{number}", "广东招商"),) if years else (),
            story=number,
            first_on=date(2025, 7, 16),
            happened=happened,
            years=years,
        )

    return (
        old(120, "外罗海上风电项目EPC总承包工程开工", "广东省湛江市", "2023年5月", (2017, 2023)),
        old(121, "廉江核电项目一期签约", "广东省湛江市廉江市", "2022年"),
        old(122, "茂名港航运合作签约", "广东省茂名市", "2023年11月3日", (2023, 2024)),
    )


def _told_before() -> tuple[ToldLine, ...]:
    return (
        ToldLine(
            *(130, "巴斯夫二期投产的又一篇报道", "https://news.example.com/a/130", "粤西新闻"),
            effective_on=date(2025, 7, 15),
            first_on=date(2025, 7, 8),
            story=20,
            told_in="2025-W28",
            copies=(Copy(131, "化工项目二期投产", "https://invest.example.org/131", "广东招商"),),
            told_title="化工项目二期投产",
            told_url=f"{_SITE}t20250708_88.html",
        ),
    )


def _chains() -> tuple[Chain, ...]:
    return (
        Chain(
            "广东省湛江市",
            (
                Step("签约", "2024-03-01", "徐闻东三海上风电项目签约", f"{_SITE}t20240301_9.html", here=False),
                Step("开工", "2025-07-17", "湛江徐闻东三海上风电项目开工", f"{_SITE}t20250717_101.html", here=True),
            ),
        ),
    )


def _changes(language: str) -> tuple[ChangeLine, ...]:
    said = {"zh": "正文改动 1 处", "en": "1 change in the text"}[language]
    on, place, source = date(2025, 7, 18), "广东省湛江市", "湛江招商"
    gone, back, edited = ChangeKind.WITHDRAWN, ChangeKind.RESTORED, ChangeKind.REVISED
    total = (
        Piece(Mark.SAME, "…项目总投资"),
        Piece(Mark.DELETED, "12亿元"),
        Piece(Mark.INSERTED, "15亿元"),
        Piece(Mark.SAME, "，占地…"),
    )
    return (
        ChangeLine(141, gone, "坡头区招商引资政策解读", place, f"{_SITE}141.html", source, on, reason="HTTP 404"),
        ChangeLine(142, back, "霞山区产业用地推介", place, f"{_SITE}142.html", source, on),
        ChangeLine(
            *(143, edited, "赤坎区商业综合体项目签约", place, f"{_SITE}143.html", source, on),
            statements=(said,),
            excerpt=total,
        ),
    )


def _sources(language: str) -> tuple[SourceLine, ...]:
    trouble = {
        "zh": "连续 3 次抓取失败（自 07-18 起）：网站返回 HTTP 503",
        "en": "3 crawls in a row failed since 2025-07-18 14:00: the site answers HTTP 503",
    }[language]
    quiet = {"zh": "2025-05-30 之后没有新内容", "en": "nothing new since 2025-05-30"}[language]
    last = datetime(2025, 7, 20, 22, 3, tzinfo=UTC)
    return (
        SourceLine("zhanjiang", "湛江招商", True, 912, 0, 4, last, 40, last, None, state=State.HEALTHY),
        SourceLine("guangdong", "广东招商", False, 403, 2, 2, last, 0, last, trouble, state=State.UNREACHABLE),
        SourceLine(
            "kunshan", "昆山招商", True, 77, 0, 1, last, 20, last, None, layout_changed=True, state=State.HEALTHY
        ),
        SourceLine("maoming", "茂名招商", True, 51, 0, 1, last, 15, last, quiet, state=State.QUIET),
        SourceLine("yuexi", "粤西新闻", True, 20, 0, 0, None, 0, None, None, paused=True, state=State.PAUSED),
    )


def _charts() -> tuple[Chart, ...]:
    told = (3, 5, 2, 8, 0, 4, 6, 3, 9, 5, 4, 7)
    return (
        Chart("近十二周新事件", tuple(Bar(f"2025-W{18 + n}", count) for n, count in enumerate(told))),
        Chart("本期地区", (Bar("广东省湛江市", 3), Bar("广东省茂名市", 1), Bar("江苏省苏州市昆山市", 1))),
        Chart("本期行业", (Bar("新能源", 2), Bar("海洋渔业", 1), Bar("其余", 2))),
        Chart("本期阶段", (Bar("开工", 2), Bar("签约", 1), Bar("投产", 1), Bar("推介会", 1), Bar("调研考察", 1))),
    )
