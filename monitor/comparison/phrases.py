"""The phrases that say what changed, and the Chinese ones; when which is said, monitor.comparison.telling decides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Phrases:
    """One for each thing that can be said of two wordings."""

    title: Callable[[str, str], str]
    date_gained: Callable[[date], str]
    date_changed: Callable[[date, date], str]
    date_lost: Callable[[date | None], str]
    body_gained: str
    body_lost: str
    rewritten: str
    places: Callable[[int], str]
    marks_only: str
    moved: Callable[[int], str]


CHINESE = Phrases(
    title=lambda before, after: f"标题由《{before}》改为《{after}》",
    date_gained=lambda after: f"日期补为 {after}",
    date_changed=lambda before, after: f"日期由 {before} 改为 {after}",
    date_lost=lambda before: f"日期被删去，原为 {before}",
    body_gained="补上正文",
    body_lost="正文被删去",
    rewritten="正文重写",
    places=lambda count: f"正文改动 {count} 处",
    marks_only="正文只有标点、空白或字形不同",
    moved=lambda count: f"正文有 {count} 句换了位置",
)
