"""A site lives through a year in seconds, and what was announced of it is exactly what happened: no more, no less.

Each scenario also runs with every crawl killed at some request and run again: the same is announced.
"""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FIRST = date(2025, 1, 6)  # as in world.py
OUTAGE = "the site answers HTTP 503"
CHALLENGE = "a challenge page (加速乐 script)"
THINGS = ("海上风电装备", "新型纸品", "菠萝深加工", "水产预制菜", "绿色石化", "钢铁新材料", "临港物流", "生物医药")


def live(folder: Path, story: str, *kill: str) -> dict[str, list[list[object]]]:
    done = subprocess.run(
        [sys.executable, str(HERE / "year_process.py"), str(folder), story, *kill],
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def week(day: int) -> str:
    """The key of the digest that covers a day of the story."""
    year, number, _ = (FIRST + timedelta(days=day)).isocalendar()
    return f"{year}-W{number:02}"


def titled(number: int) -> str:
    return f"{THINGS[number % 8]}项目{number}号签约落户"


def steady(end: int, every: int) -> list[tuple[int, int]]:
    """Number and birthday of the posts that appear every few days, as far as the last digest could tell them."""
    return [(100 + n, born) for n, born in enumerate(range(-20, end, every))]


def news(posts: list[tuple[int, int]]) -> list[tuple[str, str, str]]:
    """What is told of posts once: those from before the first digest's week as late ones (补报)."""
    return sorted((week(max(born, -7)), "new" if born >= -7 else "late", titled(number)) for number, born in posts)


def told_as_news(told: list[list[object]]) -> list[tuple[object, ...]]:
    return sorted(tuple(line) for line in told if line[1] in ("new", "late"))


def changes(lived: dict[str, list[list[object]]]) -> list[tuple[object, ...]]:
    return sorted(tuple(line[:3]) for line in lived["changes"])


@pytest.mark.long
def test_a_year_is_told_as_it_was(tmp_path: Path) -> None:
    lived = live(tmp_path, "year")
    others = [(1, 8), (2, 9), (3, 36), (4, 92), (5, 162), (6, 200), (7, 204), (8, 220), (9, 226), (10, 270), (11, 280)]
    young = [(20 + n, 243) for n in range(6)]
    in_the_outage = (164, 300)  # it appeared while the site was down over a Monday, and was told a week later
    expected = news([post for post in [*steady(357, 5), *others, *young] if post != in_the_outage])
    assert told_as_news(lived["told"]) == sorted([*expected, (week(303), "late", titled(164))])
    retitled = "菠萝深加工项目落户徐闻县"
    assert changes(lived) == sorted(
        [
            (week(22), "revised", titled(1)),
            (week(44), "revised", retitled),
            (week(106), "revised", titled(4)),
            (week(177), "withdrawn", titled(5)),
            (week(185), "restored", titled(5)),
            (week(215), "withdrawn", titled(6)),
            (week(219), "withdrawn", titled(7)),
        ]
    )
    (words,) = (line[3] for line in lived["changes"] if line[2] == retitled)
    assert words == [f"标题由《【湛江招商】{titled(3)}》改为《【湛江招商】{retitled}》"]
    reasons = [str(line[4]).partition("/")[0] for line in lived["changes"] if line[1] == "withdrawn"]
    assert reasons == ["HTTP 404", "missing page (heading 抱歉，您访问的页面不存在或已被删除)", "leads to http:"]
    odd = [(key, ok, layout) for key, ok, layout in lived["sources"] if not ok or layout]
    assert odd == [(week(90), True, True), (week(300), False, False)]
    assert [kind for kind, _ in lived["alerts"]] == ["trouble", "recovery"] * 3
    assert [reason for kind, reason in lived["alerts"] if kind == "trouble"] == [
        OUTAGE,
        CHALLENGE,
        OUTAGE,
    ]


POSTS = [(number, 1) for number in range(2, 12)]
STORIES = {
    "posts": (
        news([*steady(21, 6), *POSTS]),
        [
            (week(10), "revised", "绿色石化项目落户东海岛"),
            (week(10), "withdrawn", titled(7)),
            (week(10), "withdrawn", titled(8)),
            (week(10), "withdrawn", titled(9)),
            (week(15), "revised", titled(2)),
            (week(17), "restored", titled(7)),
        ],
        [],
    ),
    "listing": (news(steady(14, 2)), [], []),
    "site": (
        news(steady(5, 2)),  # what came while the firewall stood is for the next digest
        [],
        [("trouble", OUTAGE), ("recovery", OUTAGE), ("trouble", CHALLENGE), ("recovery", CHALLENGE)],
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("story", STORIES)
def test_each_scenario_by_itself(tmp_path: Path, story: str) -> None:
    told, changed, alerts = STORIES[story]
    lived = live(tmp_path, story)
    assert told_as_news(lived["told"]) == told
    assert changes(lived) == sorted(changed)
    assert [tuple(alert) for alert in lived["alerts"]] == alerts


@pytest.mark.long
@pytest.mark.parametrize(("story", "seed"), [("posts", 1), ("posts", 2), ("listing", 3), ("listing", 4), ("site", 5)])
def test_killed_anywhere_and_run_again_the_same_is_announced(tmp_path: Path, story: str, seed: int) -> None:
    told, changed, alerts = STORIES[story]
    lived = live(tmp_path, story, str(seed))
    assert told_as_news(lived["told"]) == told
    assert changes(lived) == sorted(changed)
    assert [tuple(alert) for alert in lived["alerts"]] == alerts
