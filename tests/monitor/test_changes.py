"""What a sighting of a known post means, decided without a store."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.changes import Change, decide_article, decide_entry, effective_date
from monitor.fingerprint import every_fingerprint
from monitor.models import Post, PostStatus, Verdict
from monitor.pages import Article, Entry

DAY = date(2025, 7, 17)
NEXT = date(2025, 7, 18)
TITLE = "【湛江招商】甲乙丙丁"


@pytest.fixture
def complete() -> Post:
    return Post(
        id=1,
        source_id=1,
        source_name="zhanjiang",
        title=TITLE,
        listed_title=TITLE,
        listed_on=DAY,
        label="湛江招商",
        place="湛江",
        url="http://zj.example/1.html",
        published_on=DAY,
        effective_on=DAY,
        dated=True,
        summary=None,
        body="正文",
        status=PostStatus.COMPLETE,
        attempts=0,
        last_error=None,
        fingerprint="0:of-an-older-version",
        copy_of=None,
        baseline=False,
        first_seen_at=datetime(2025, 7, 17, tzinfo=UTC),
        last_seen_at=datetime(2025, 7, 17, tzinfo=UTC),
        revision=1,
    )


@pytest.fixture
def pending(complete: Post) -> Post:
    return replace(complete, body=None, status=PostStatus.PENDING, fingerprint=None, revision=0)


@pytest.mark.parametrize(
    ("published_on", "first_seen_on", "expected"),
    [
        (DAY, DAY, (DAY, True)),
        (date(1999, 1, 1), DAY, (date(1999, 1, 1), True)),
        (NEXT, DAY, (NEXT, True)),
        (date(2025, 7, 19), DAY, (DAY, False)),
        (date(2052, 7, 17), DAY, (DAY, False)),
        (None, DAY, (DAY, False)),
        (date(2024, 2, 29), date(2024, 2, 28), (date(2024, 2, 29), True)),
        (date(2024, 3, 1), date(2024, 2, 28), (date(2024, 2, 28), False)),
        (date(2026, 1, 1), date(2025, 12, 31), (date(2026, 1, 1), True)),
    ],
)
def test_a_publication_date_holds_when_it_is_no_later_than_tomorrow(
    published_on: date | None, first_seen_on: date, expected: tuple[date, bool]
) -> None:
    assert effective_date(published_on, first_seen_on) == expected


@pytest.mark.parametrize(
    "line",
    [
        Entry(TITLE, published_on=DAY),
        Entry(TITLE),
        Entry("［湛江 招商］甲乙丙丁", published_on=DAY),
        Entry(TITLE, published_on=DAY, summary="另一个摘要"),
        Entry(TITLE, published_on=DAY, body=" 正\n文 "),
    ],
)
def test_the_same_line_again_is_unchanged_and_keeps_the_stored_spelling(complete: Post, line: Entry) -> None:
    assert decide_entry(complete, line, owner=True) == Change(Verdict.UNCHANGED, TITLE, "正文", DAY)


@pytest.mark.parametrize(
    ("line", "after"),
    [
        (Entry(TITLE, published_on=DAY, body="新正文"), (TITLE, "新正文", DAY)),
        (Entry("【湛江招商】更正", published_on=DAY), ("【湛江招商】更正", "正文", DAY)),
        (Entry(TITLE, published_on=NEXT), (TITLE, "正文", NEXT)),
    ],
)
def test_a_changed_body_title_or_date_is_a_revision(complete: Post, line: Entry, after: tuple[str, str, date]) -> None:
    assert decide_entry(complete, line, owner=True) == Change(Verdict.REVISED, *after)


def test_a_title_that_the_page_completed_is_not_cut_again_by_the_listing(complete: Post) -> None:
    listed = replace(complete, listed_title="【湛江招商】甲…")
    change = decide_entry(listed, Entry("【湛江招商】甲...", published_on=DAY), owner=True)
    assert (change.verdict, change.title) == (Verdict.UNCHANGED, TITLE)


def test_a_date_that_only_the_page_gave_stands_until_the_listing_gives_one(complete: Post) -> None:
    undated = replace(complete, listed_on=None)
    assert decide_entry(undated, Entry(TITLE), owner=True).published_on == DAY
    assert decide_entry(undated, Entry(TITLE, published_on=DAY), owner=True).verdict is Verdict.UNCHANGED
    assert decide_entry(undated, Entry(TITLE, published_on=NEXT), owner=True).verdict is Verdict.REVISED


def test_a_fingerprint_of_an_older_version_announces_nothing(complete: Post) -> None:
    assert decide_entry(complete, Entry(TITLE, published_on=DAY, body="正文"), owner=True).verdict is Verdict.UNCHANGED


@pytest.mark.parametrize("before", ["正文", "正文\n浏览次数：12", "正文\n今天是2025年7月20日 星期日"])
def test_a_better_fingerprint_announces_nothing_of_what_an_older_one_was_stored_under(
    complete: Post, before: str
) -> None:
    old = replace(complete, body=before, fingerprint=every_fingerprint(complete.title, before, DAY)[-1])
    for now in (before, "正文", "正文\n浏览次数：13", "正文\n【打印】【关闭】"):
        change = decide_article(old, Article(None, now, None))
        assert change == Change(Verdict.UNCHANGED, TITLE, before, DAY)
    assert decide_article(old, Article(None, "新正文\n浏览次数：12", None)).verdict is Verdict.REVISED


def test_a_pending_post_is_completed_by_its_first_body_from_any_listing(pending: Post) -> None:
    line = Entry("【广东招商】甲…", published_on=NEXT, body="正文")
    assert decide_entry(pending, line, owner=False) == Change(Verdict.COMPLETED, TITLE, "正文", DAY)
    assert decide_entry(pending, replace(line, title=TITLE), owner=True) == Change(
        Verdict.COMPLETED, TITLE, "正文", NEXT
    )


def test_a_pending_post_seen_again_stays_pending_and_takes_corrections(pending: Post) -> None:
    change = decide_entry(pending, Entry("【湛江招商】更正", published_on=NEXT), owner=True)
    assert change == Change(Verdict.UNCHANGED, "【湛江招商】更正", None, NEXT)


def test_another_listing_changes_nothing_of_a_complete_post(complete: Post) -> None:
    line = Entry("【广东招商】甲乙…", published_on=NEXT, body="别处的正文")
    assert decide_entry(complete, line, owner=False) == Change(Verdict.UNCHANGED, TITLE, "正文", DAY)


def test_the_first_page_completes_and_a_changed_page_revises(pending: Post, complete: Post) -> None:
    page = Article(None, "正文", None)
    assert decide_article(pending, page) == Change(Verdict.COMPLETED, TITLE, "正文", DAY)
    assert decide_article(complete, page).verdict is Verdict.UNCHANGED
    assert decide_article(complete, replace(page, body="新正文")).verdict is Verdict.REVISED


def test_the_listing_wins_over_the_page_except_where_it_says_less(pending: Post) -> None:
    page = Article("甲乙丙丁", "正文", NEXT)
    assert decide_article(pending, page) == Change(Verdict.COMPLETED, TITLE, "正文", DAY)
    cut = replace(pending, title="【湛江招商】甲乙…", published_on=None)
    assert decide_article(cut, page) == Change(Verdict.COMPLETED, TITLE, "正文", NEXT)
