"""No post is told before it was grouped, though it comes while a digest is about to be frozen."""

from datetime import date
from typing import Any

import pytest

import digests.freeze
from digests.content import Digest, Item
from monitor.pages import Entry
from monitor.store import Store

BODY = "项目总投资12亿元，占地300亩，麟州淮泽膜材料公司年产5万吨反渗透膜，安置当地工人420名。"


def line(name: str, url: str, day: int = 15) -> Entry:
    return Entry(
        f"【湛江招商】膜材料项目签约{name}", f"http://zj.example/{url}.html", date(2025, 7, day), body=BODY + name
    )


def items(digest: Digest) -> list[Item]:
    return [item for group in digest.places for item in group.items]


def test_posts_are_grouped_by_the_freeze_itself(open_desk: Any) -> None:
    desk = open_desk()
    desk.see(line("", "1"), line("了", "2"))
    assert desk.store.ungrouped() == 2
    (item,) = items(desk.freeze())
    assert desk.store.ungrouped() == 0
    assert len(item.copies) == 1


def test_what_comes_after_the_grouping_is_grouped_as_well(open_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = open_desk()
    desk.see(line("", "1"))
    waiting = [line("了", "2")]
    real = digests.freeze.group_posts

    def grouping(store: Store, now: Any) -> int:
        done = real(store, now)
        if waiting:  # another process stores a post, before the digest is frozen
            desk.see(waiting.pop())
        return done

    monkeypatch.setattr("digests.freeze.group_posts", grouping)
    (item,) = items(desk.freeze())
    assert len(item.copies) == 1
    assert desk.store.ungrouped() == 0
