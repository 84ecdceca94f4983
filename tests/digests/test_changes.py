"""What a digest tells of edits, withdrawals and returns: of posts that its readers know, once, and as one line each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from markdown_it import MarkdownIt

from digests.changes import change_lines
from digests.content import ChangeKind, ChangeLine, from_json, to_json
from digests.render import counts, render
from monitor.comparison import Mark, Piece
from monitor.history import EventKind, PostEvent, Wording
from monitor.models import ChangedPost
from monitor.pages import Entry, ListingPage
from monitor.visits import VisitRules

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2025, 7, 18, 22, tzinfo=UTC)  # the 19th in Shanghai
DAY = timedelta(days=1)
BODY = "项目总投资12亿元，占地300亩。\n预计明年建成投产。"
EDITED = BODY.replace("12亿元", "15亿元")
OLD, NEW = Wording("【湛江招商】甲", BODY, date(2025, 7, 16)), Wording("【湛江招商】甲", EDITED, date(2025, 7, 16))


def events(*kinds: str, post_id: int = 1) -> tuple[PostEvent, ...]:
    return tuple(
        PostEvent(n, post_id, AT + n * DAY / 24, EventKind(kind), n + 1, telling=True, reason="HTTP 404")
        for n, kind in enumerate(kinds, 1)
    )


@pytest.fixture
def changed(post: Callable[..., Any]) -> Callable[..., ChangedPost]:
    def make(*kinds: str, known: Wording = OLD, current: Wording = NEW, number: int = 1, **more: Any) -> ChangedPost:
        return ChangedPost(post(number, **more), known, current, events(*kinds, post_id=number))

    return make


def lines(*changed: ChangedPost) -> list[ChangeLine]:
    return list(change_lines(changed, {"zhanjiang": "湛江招商网"}, ZONE))


def test_an_edit_says_in_words_what_changed_and_shows_the_most_telling_of_it(changed: Any) -> None:
    (line,) = lines(changed("revised"))
    assert (line.kind, line.title, line.place, line.source) == (ChangeKind.REVISED, "甲", "湛江", "湛江招商网")
    assert line.changed_on == date(2025, 7, 19)
    assert line.statements == ("正文改动 1 处",)
    assert Piece(Mark.DELETED, "12") in line.excerpt or Piece(Mark.DELETED, "12亿元") in line.excerpt


def test_several_edits_are_one_line(changed: Any) -> None:
    (line,) = lines(changed("revised", "revised", "revised"))
    assert line.changed_on == date(2025, 7, 19)


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (("revised",), ChangeKind.REVISED),
        (("withdrawn",), ChangeKind.WITHDRAWN),
        (("restored",), ChangeKind.RESTORED),
        (("revised", "withdrawn"), ChangeKind.WITHDRAWN),
        (("restored", "revised"), ChangeKind.RESTORED),
        (("withdrawn", "restored", "withdrawn"), ChangeKind.WITHDRAWN),
        (("restored", "withdrawn", "restored"), ChangeKind.RESTORED),
        (("withdrawn", "restored", "revised"), ChangeKind.REVISED),
    ],
)
def test_what_several_events_come_to(changed: Any, kinds: tuple[str, ...], told: ChangeKind) -> None:
    (line,) = lines(changed(*kinds))
    assert line.kind is told


@pytest.mark.parametrize(
    ("kinds", "current"),
    [
        (("revised", "revised"), OLD),  # changed back
        (("revised",), Wording(OLD.title, BODY.replace("，", ", "), OLD.published_on)),
        (("withdrawn", "restored"), OLD),
        (("restored", "withdrawn"), OLD),  # what the readers know
    ],
)
def test_what_comes_to_nothing_is_no_line(changed: Any, kinds: tuple[str, ...], current: Wording) -> None:
    assert lines(changed(*kinds, current=current)) == []


def test_a_return_with_another_text_says_both(changed: Any) -> None:
    (same,), (other,) = lines(changed("restored", current=OLD)), lines(changed("restored", "revised"))
    assert (same.statements, other.statements) == ((), ("正文改动 1 处",))


def test_copies_that_changed_alike_are_one_line(changed: Any) -> None:
    (line,) = lines(
        changed("revised"), changed("revised", number=2, copy_of=1), changed("revised", number=3, copy_of=1)
    )
    assert (line.post_id, [copy.post_id for copy in line.copies]) == (1, [2, 3])


def test_copies_that_change_alike_on_different_days_are_told_once(open_desk: Callable[..., Any]) -> None:
    desk = open_desk(audiences=[{"name": "everyone"}, {"name": "daily", "schedule": "daily 08:00"}])
    there = Entry(LINE.title, "http://gd.example/1.html", LINE.published_on, body=BODY)
    desk.see(LINE, at=MONDAY - DAY)
    desk.see(there, at=MONDAY - DAY, source="guangdong")
    for audience, key in (("everyone", "2025-W29"), ("daily", "2025-07-20")):
        desk.freeze(key, audience=audience)
    desk.see(edited(EDITED), at=MONDAY + DAY / 2)
    assert len(desk.freeze("2025-07-21", audience="daily", at=MONDAY + DAY).changes) == 1
    desk.see(Entry(there.title, there.url, there.published_on, body=EDITED), at=MONDAY + DAY * 1.5, source="guangdong")
    assert desk.freeze("2025-07-22", audience="daily", at=MONDAY + 2 * DAY).changes == ()
    (line,) = desk.freeze("2025-W30", at=MONDAY + 7 * DAY).changes
    assert len(line.copies) == 1


def test_withdrawals_come_first(changed: Any) -> None:
    told = lines(changed("revised"), changed("restored", number=2), changed("withdrawn", number=3))
    assert [line.kind.value for line in told] == ["withdrawn", "restored", "revised"]


# -- whole digests ----------------------------------------------------------------------------------------------------

MONDAY = datetime(2025, 7, 21, tzinfo=UTC)
LINE = Entry("【湛江招商】甲项目", "http://zj.example/1.html", date(2025, 7, 16), body=BODY)


def edited(body: str) -> Entry:
    return Entry(LINE.title, LINE.url, LINE.published_on, body=body)


def test_an_edit_is_told_once_to_those_who_know_the_post(open_desk: Callable[..., Any]) -> None:
    desk = open_desk(audiences=[{"name": "everyone"}, {"name": "daily", "schedule": "daily 08:00"}])
    desk.see(LINE, at=MONDAY - DAY)
    assert desk.freeze().count == 1
    desk.see(edited(EDITED), at=MONDAY + DAY)
    assert desk.freeze("2025-07-22", audience="daily", at=MONDAY + 2 * DAY).changes == (), "it told the post as it is"
    (line,) = desk.freeze("2025-W30", at=MONDAY + 7 * DAY).changes
    assert line.kind is ChangeKind.REVISED
    assert desk.freeze("2025-W31", at=MONDAY + 14 * DAY).changes == ()
    desk.see(edited(BODY), at=MONDAY + 15 * DAY)
    (back,) = desk.freeze("2025-08-05", audience="daily", at=MONDAY + 16 * DAY).changes
    assert back.kind is ChangeKind.REVISED


def test_an_edit_before_the_post_is_told_is_part_of_its_telling(open_desk: Callable[..., Any]) -> None:
    desk = open_desk()
    desk.see(LINE, at=MONDAY - 2 * DAY)
    desk.see(edited(EDITED), at=MONDAY - DAY)
    told = desk.freeze()
    assert (told.count, told.changes) == (1, ())
    assert "15亿元" in (told.places[0].items[0].summary or "")
    assert desk.freeze("2025-W30", at=MONDAY + 7 * DAY).changes == ()


def test_of_posts_that_were_only_counted_nothing_is_told(open_desk: Callable[..., Any]) -> None:
    desk = open_desk()
    old = Entry(LINE.title, LINE.url, date(2024, 1, 1), body=BODY)
    desk.see(old, at=MONDAY)
    assert desk.freeze().backfilled == 1
    desk.see(Entry(LINE.title, LINE.url, date(2024, 1, 1), body=EDITED), at=MONDAY + DAY)
    assert desk.freeze("2025-W30", at=MONDAY + 7 * DAY).changes == ()


def test_what_a_running_crawl_has_seen_waits_for_its_end(open_desk: Callable[..., Any]) -> None:
    desk = open_desk()
    desk.see(LINE, at=MONDAY - DAY)
    desk.freeze()
    crawl = desk.store.start_crawl("zhanjiang", 1, MONDAY + DAY)
    page = ListingPage("http://zj.example/list/", "html", (edited(EDITED),))
    desk.store.record_listing(crawl, page, desk.setup.source("zhanjiang").pattern, MONDAY + DAY, ZONE)
    assert desk.freeze("2025-W30", at=MONDAY + 7 * DAY).changes == ()
    desk.store.finish_crawl(crawl, "end of the listing", completed=True, now=MONDAY + 7 * DAY)
    assert len(desk.freeze("2025-W31", at=MONDAY + 14 * DAY).changes) == 1


def test_missed_digests_tell_what_happened_before_they_were_due(open_desk: Callable[..., Any]) -> None:
    desk = open_desk()
    desk.see(LINE, at=MONDAY - DAY)
    desk.freeze()
    desk.see(edited(EDITED), at=MONDAY + 2 * DAY)
    desk.see(edited(EDITED.replace("300亩", "500亩")), at=MONDAY + 9 * DAY)
    first = desk.freeze("2025-W30", at=MONDAY + 7 * DAY, latest=False)
    second = desk.freeze("2025-W31", at=MONDAY + 14 * DAY)
    assert [len(digest.changes) for digest in (first, second)] == [1, 1]
    shown = ["".join(piece.text for piece in digest.changes[0].excerpt) for digest in (first, second)]
    assert "15亿元" in shown[0]
    assert "500亩" not in shown[0], "that happened later"
    assert "500亩" in shown[1]


def test_a_preview_shows_the_changes_of_its_period_and_uses_none_up(open_desk: Callable[..., Any]) -> None:
    desk = open_desk()
    desk.see(LINE, at=MONDAY - DAY)
    desk.freeze()
    desk.see(edited(EDITED), at=MONDAY + DAY)
    for _ in range(2):
        assert len(desk.preview("2025-W30", at=MONDAY + 2 * DAY).changes) == 1
    assert len(desk.freeze("2025-W30", at=MONDAY + 7 * DAY).changes) == 1


def test_a_post_that_is_gone_before_it_is_told_says_so(open_desk: Callable[..., Any]) -> None:
    desk = open_desk()
    desk.see(LINE, at=MONDAY - 3 * DAY)
    for back in (2, 1):
        crawl = desk.store.start_crawl("zhanjiang", 1, MONDAY - back * DAY)
        desk.store.record_gone(crawl, 1, "HTTP 404", MONDAY - back * DAY, ZONE, VisitRules())
        desk.store.finish_crawl(crawl, "end of the listing", completed=True, now=MONDAY - back * DAY)
    told = desk.freeze()
    assert told.places[0].items[0].withdrawn
    for form in ("md", "html"):
        assert "原文已撤下" in render(told, form)
    assert desk.freeze("2025-W30", at=MONDAY + 7 * DAY).changes == ()


# -- how it looks -----------------------------------------------------------------------------------------------------


def test_the_section_in_words(open_desk: Callable[..., Any]) -> None:
    desk = open_desk()
    desk.see(LINE, at=MONDAY - DAY)
    desk.freeze()
    desk.see(edited(EDITED), at=MONDAY + DAY)
    digest = desk.freeze("2025-W30", at=MONDAY + 7 * DAY)
    assert "修改 1 篇" in counts(digest)
    text = render(digest, "md")
    assert "## 修改与撤稿" in text
    assert "**修改**" in text
    assert "正文改动 1 处" in text
    html = MarkdownIt("commonmark").enable("strikethrough").render(text)
    assert "<s>" in html
    assert "<ins>15" in render(digest, "html")
    assert from_json(to_json(digest)) == digest


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("HTTP 410", "原网页返回 HTTP 410"),
        ("leads to http://zj.example/", "原网址已转到首页或列表页"),
        ("missing page (heading 404)", "原网页提示内容已不存在"),
    ],
)
def test_a_withdrawal_says_by_which_sign_and_where_its_text_is(
    empty_digest: Any, changed: Any, reason: str, words: str
) -> None:
    (line,) = lines(changed("withdrawn"))
    digest = replace(empty_digest, changes=(replace(line, reason=reason),))
    for form in ("md", "html"):
        text = render(digest, form)
        assert words in text
        assert "zhaoshang history 1" in text
    assert "撤稿 1 篇" in counts(digest)
    assert not digest.is_empty


def test_hostile_words_stay_words(empty_digest: Any, changed: Any) -> None:
    hostile = "<img src=x onerror=alert(1)>**粗**[x](javascript:alert(1))"
    known, current = (Wording(f"【湛江招商】{hostile}{n}", f"{hostile}第{n}个数字。") for n in (1, 2))
    (line,) = lines(changed("revised", known=known, current=current))
    digest = replace(empty_digest, changes=(replace(line, url="javascript:alert(1)"),))
    assert "<img" not in render(digest, "html")
    shown = MarkdownIt("commonmark").enable("strikethrough").render(render(digest, "md"))
    assert "<img" not in shown
    assert 'javascript:alert(1)"' not in shown
