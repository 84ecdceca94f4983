"""The stories of the world that the tests live through: the whole year, and each scenario by itself."""

from collections.abc import Callable, Sequence

from world import Piece, World

Story = tuple[World, Sequence[int]]  # and the days on which it is crawled

_BODY = (
    "近日，湛江市{thing}项目签约仪式在市政府举行，项目总投资{amount}亿元，占地约{area}亩。\n"
    "项目分两期建设，一期计划建设标准厂房{count}栋，预计明年上半年建成投产，达产后年产值{value}亿元。\n"
    "市招商局负责人表示，将以最优的服务、最高的效率，全力保障项目早落地、早开工、早见效。"
)
_THINGS = ("海上风电装备", "新型纸品", "菠萝深加工", "水产预制菜", "绿色石化", "钢铁新材料", "临港物流", "生物医药")


def body(number: int, amount: float | None = None) -> str:
    return _BODY.format(
        thing=_THINGS[number % 8],
        amount=f"{amount if amount is not None else 3 + number * 0.7:g}",
        area=100 + number * 3,  # no two of them have these numbers: each is an event of its own
        count=3 + number % 9,
        value=f"{5.05 + number * 1.1:.2f}",
    )


def title(number: int) -> str:
    return f"【湛江招商】{_THINGS[number % 8]}项目{number}号签约落户"


def piece(number: int, born: int, **fate: object) -> Piece:
    return Piece(number, born, title(number), body(number), **fate)  # type: ignore[arg-type]


def steady(days: int, every: int = 5) -> list[Piece]:
    """A post every few days, the first ones from before the beginning."""
    return [piece(100 + n, born) for n, born in enumerate(range(-20, days, every))]


EVER = 10_000


def whole_year() -> Story:
    """A year of a site on which everything happens that happens to sites."""
    spaced = body(2).replace("，项目总投资", "， 项目总投资 ").replace("。", "．")
    pieces = [
        *steady(360),
        piece(1, 8, edits=((16, None, body(1, 88.5)),)),
        piece(2, 9, edits=((17, None, spaced),)),
        piece(3, 36, edits=((44, "【湛江招商】菠萝深加工项目落户徐闻县", None),)),
        piece(4, 92, edits=((100, None, body(4, 99)),)),
        piece(5, 162, gone=((170, 184),)),
        piece(6, 200, soft=((208, EVER),), unlisted=((208, EVER),)),
        piece(7, 204, homeward=((212, EVER),)),
        piece(8, 220, gone=((227, 228),)),
        piece(9, 226, unlisted=((230, EVER),)),
        *(piece(20 + n, 243, gone=((249, 252),)) for n in range(6)),
        piece(10, 270, clock=True),
        piece(11, 280, moved=290),
    ]
    world = World(
        tuple(pieces),
        shuffled=((30, 33),),
        pinned=(((40, 60), 101),),
        redesigned=90,
        down=((120, 124), (300, 303)),
        challenged=((150, 153),),
        halved=((260, 261),),
    )
    return world, range(364)


def fates_of_posts() -> Story:
    """What becomes of single posts, all of them born on the second day: looked at on days 2, 4, 8 and 15."""
    spaced = body(3).replace("，项目总投资", "， 项目总投资 ").replace("。", "．")
    pieces = [
        *steady(22, every=6),
        piece(2, 1, edits=((9, None, body(2, 88.5)),)),
        piece(3, 1, edits=((9, None, spaced),)),
        piece(4, 1, edits=((9, "【湛江招商】绿色石化项目落户东海岛", None),)),
        piece(5, 1, clock=True),
        piece(6, 1, moved=9),
        piece(7, 1, gone=((5, 16),)),
        piece(8, 1, soft=((5, EVER),)),
        piece(9, 1, homeward=((5, EVER),)),
        piece(10, 1, gone=((2, 3),)),
        piece(11, 1, unlisted=((3, EVER),)),
    ]
    return World(tuple(pieces)), (0, 1, 2, 4, 7, 8, 10, 14, 15, 17, 21)


def fates_of_the_listing() -> Story:
    """What becomes of the listing while posts go on appearing."""
    world = World(
        tuple(steady(15, every=2)),
        shuffled=((3, 5),),
        pinned=(((5, 8), 103),),
        redesigned=9,
        halved=((11, 12),),
    )
    return world, (0, 1, 3, 4, 5, 7, 9, 10, 11, 12, 14)


def fates_of_the_site() -> Story:
    """An outage, and a firewall."""
    return World(tuple(steady(12, every=2)), down=((1, 4),), challenged=((5, 8),)), range(12)


STORIES: dict[str, Callable[[], Story]] = {
    "year": whole_year,
    "posts": fates_of_posts,
    "listing": fates_of_the_listing,
    "site": fates_of_the_site,
}
