"""What archived pages, read again, correct in a post: the pure decisions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.archived import PageRef
from monitor.models import Label, Post, PostStatus
from monitor.pages import Article, Attachment, Entry
from monitor.replay import (
    Evidence,
    Line,
    Reading,
    State,
    corrected,
    differences,
    follow,
    is_other_content,
    is_same_record,
    printed_before,
)
from monitor.replayed import Corrected, Ended, Filled, Missing, Progress, Trouble, event_of, to_line

ZONE = ZoneInfo("Asia/Shanghai")
SEEN = datetime(2025, 7, 17, 2, tzinfo=UTC)
DAY = date(2025, 7, 17)
URL = "http://zj.example/1.html"
LABEL = Label("湛江招商", "湛江")


def ref(number: int, at: datetime = SEEN) -> PageRef:
    return PageRef(number, 1, number, None, "listing", URL, at)


def line(number: int, title: str = "【湛江招商】甲", on: date | None = DAY, **more: object) -> Line:
    return Line(Entry(title, URL, on, **more), LABEL, ref(number, SEEN + timedelta(days=number)))  # type: ignore[arg-type]


def reading(
    number: int, body: str = "正文", title: str | None = None, on: date | None = None, **more: object
) -> Reading:
    return Reading(Article(title, body, on, **more), ref(number, SEEN + timedelta(days=number)))  # type: ignore[arg-type]


def evidence(listed: Line | None = None, page: Reading | None = None) -> Evidence:
    newest = max((one.page for one in (listed, page) if one), key=lambda page: page.id)
    return Evidence(newest, listed, page)


@pytest.fixture
def post() -> Post:
    return Post(
        id=1,
        source_id=1,
        source_name="zj",
        title="【湛江招商】甲",
        listed_title="【湛江招商】甲",
        listed_on=DAY,
        label="湛江招商",
        place="湛江",
        url=URL,
        published_on=DAY,
        effective_on=DAY,
        dated=True,
        summary=None,
        body="正文",
        status=PostStatus.COMPLETE,
        attempts=0,
        last_error=None,
        fingerprint="1:x",
        copy_of=None,
        baseline=False,
        first_seen_at=SEEN,
        last_seen_at=SEEN,
        revision=1,
    )


def fields(post: Post, found: Evidence) -> dict[str, tuple[str | None, str | None]]:
    return {one.field: (one.before, one.after) for one in differences(post, corrected(post, found), ZONE)}


# -- one post ---------------------------------------------------------------------------------------------------------


def test_what_is_read_as_before_changes_nothing(post: Post) -> None:
    assert fields(post, evidence(line(1), reading(2))) == {}
    assert fields(post, evidence(line(1))) == {}
    assert fields(post, evidence(page=reading(2))) == {}


def test_every_field_is_corrected_by_the_page_that_carries_it(post: Post) -> None:
    files = (Attachment("名单", "http://zj.example/1.pdf"),)
    listed = line(1, "【遂溪招商】乙", date(2025, 7, 16), summary="摘要")
    page = reading(2, "正文二", "乙", origin="商务局", attachments=files)
    wrong = replace(post, url="http://zj.example/list/1.html")
    found = Evidence(page.page, replace(listed, label=Label("遂溪招商", "遂溪")), page)
    assert fields(wrong, found) == {
        "title": ("【湛江招商】甲", "【遂溪招商】乙"),
        "date": ("2025-07-17", "2025-07-16"),
        "effective date": ("2025-07-17", "2025-07-16"),
        "label": ("湛江招商", "遂溪招商"),
        "place": ("湛江", "遂溪"),
        "url": ("http://zj.example/list/1.html", URL),
        "summary": (None, "摘要"),
        "body": ("正文", "正文二"),
        "origin": (None, "商务局"),
        "attachments": (None, "名单 http://zj.example/1.pdf"),
        "title on the listing": ("【湛江招商】甲", "【遂溪招商】乙"),
        "date on the listing": ("2025-07-17", "2025-07-16"),
    }


def test_a_correction_corrected_again_is_the_same(post: Post) -> None:
    found = evidence(line(1, "【遂溪招商】乙…", None), reading(2, "正文二", "【遂溪招商】乙丙", date(2025, 7, 1)))
    state = corrected(post, found)
    assert (state.title, state.published_on) == ("【遂溪招商】乙丙", date(2025, 7, 1))
    assert corrected(after(post, state), found) == state


def after(post: Post, state: State) -> Post:
    return replace(
        post,
        title=state.title,
        listed_title=state.listed_title,
        listed_on=state.listed_on,
        label=state.label,
        place=state.place,
        url=state.url,
        published_on=state.published_on,
        summary=state.summary,
        body=state.body,
        origin=state.origin,
        attachments=state.attachments,
    )


texts = st.sampled_from(["【湛江招商】甲", "【湛江招商】甲…", "【湛江招商】甲乙", "【遂溪招商】丙"])
days = st.sampled_from([None, DAY, date(2025, 7, 1), date(2024, 7, 17)])
some = st.sampled_from([None, "一", "二"])
lines = st.builds(
    lambda number, title, on, summary, body, printed: line(
        number, title, on, summary=summary, body=body, year_printed=printed
    ),
    st.integers(1, 9), texts, days, some, some, st.booleans(),
)  # fmt: skip
readings = st.builds(reading, st.integers(1, 9), st.sampled_from(["一", "二", ""]), st.none() | texts, days)


@given(
    title=texts, listed=texts, on=days, printed=days, body=some, listed_lines=st.lists(lines, max_size=3),
    page=st.none() | readings,
)  # fmt: skip
def test_whatever_was_stored_a_second_replay_changes_nothing(
    title: str,
    listed: str,
    on: date | None,
    printed: date | None,
    body: str | None,
    listed_lines: list[Line],
    page: Reading | None,
) -> None:
    stored = replace(
        POST, title=title, listed_title=listed, published_on=on, listed_on=printed, body=body,
    )  # fmt: skip

    def replayed(known: Post) -> Post:
        folded: Line | None = None
        for one in sorted(listed_lines, key=lambda one: one.page.id):
            before = printed_before(known, one, ZONE) if folded is None else None
            folded = follow(folded, one, before)
        if folded is None and page is None:
            return known
        return after(known, corrected(known, evidence(folded, page)))

    once = replayed(stored)
    assert replayed(once) == once


POST = Post(
    1, 1, "zj", "", "", None, "湛江招商", "湛江", URL, None, DAY, False, None, None, PostStatus.COMPLETE, 0, None,
    None, None, False, SEEN, SEEN, 1,
)  # fmt: skip


def test_what_is_not_archived_keeps_its_value(post: Post) -> None:
    told = replace(post, origin="商务局", attachments=(Attachment("a", "http://b"),), summary="摘要")
    assert fields(told, evidence(line(1, summary="摘要"))) == {}
    listed = replace(told, title="【湛江招商】甲乙丙", listed_title="【湛江招商】甲…")
    assert fields(listed, evidence(line(1, "【湛江招商】甲…", summary="摘要"))) == {}
    page = reading(2, origin="商务局", attachments=told.attachments)
    assert fields(told, evidence(page=page)) == {}
    other_brackets = replace(told, listed_title="［湛江招商］甲")
    assert fields(other_brackets, evidence(page=page)) == {}


@pytest.mark.parametrize(
    ("listed_on", "stored", "line_on", "page_on", "expected"),
    [
        (DAY, DAY, DAY, date(2025, 7, 1), DAY),  # the listing's date wins
        (DAY, DAY, None, date(2025, 7, 1), date(2025, 7, 1)),  # there was none on the listing
        (DAY, DAY, None, None, None),
        (None, DAY, None, None, None),  # the page was read again, and prints none
        (None, None, DAY, None, DAY),
    ],
)
def test_the_date_is_the_listings_else_the_pages(
    post: Post, listed_on: date | None, stored: date | None, line_on: date | None, page_on: date | None,
    expected: date | None,
) -> None:  # fmt: skip
    known = replace(post, listed_on=listed_on, published_on=stored)
    assert corrected(known, evidence(line(1, on=line_on), reading(2, on=page_on))).published_on == expected


def test_a_date_of_a_page_that_is_not_archived_stays_and_one_of_a_line_that_is_does_not(post: Post) -> None:
    from_page = replace(post, listed_on=None)
    assert corrected(from_page, evidence(line(1, on=None))).published_on == DAY
    assert corrected(post, evidence(line(1, on=None))).published_on is None
    assert corrected(post, evidence(page=reading(1, on=date(2025, 7, 1)))).published_on == DAY
    assert corrected(from_page, evidence(page=reading(1, on=date(2025, 7, 1)))).published_on == date(2025, 7, 1)


def test_the_body_is_the_pages_else_the_listings_and_the_later_one_where_the_listing_has_it_too(post: Post) -> None:
    assert corrected(post, evidence(line(1, body="列表"))).body == "列表"
    assert corrected(post, evidence(line(1, body="列表"), reading(2, "页面"))).body == "页面"
    assert corrected(post, evidence(line(3, body="列表"), reading(2, "页面"))).body == "列表"
    assert corrected(post, evidence(line(3), reading(2, "页面"))).body == "页面"


def test_an_effective_date_follows_the_first_sight_and_not_the_day_of_the_replay(post: Post) -> None:
    late = evidence(line(1, on=date(2025, 8, 30)))
    changes = fields(replace(post, effective_on=date(2025, 8, 30)), late)
    assert changes["effective date"] == ("2025-08-30", "2025-07-17")


def test_a_first_body_and_another_text_are_a_revision_and_another_layout_is_none(post: Post) -> None:
    pending = replace(post, body=None, status=PostStatus.PENDING)
    assert is_other_content(pending, corrected(pending, evidence(page=reading(1))))
    assert not is_other_content(pending, corrected(pending, evidence(line(1, "【湛江招商】乙"))))
    assert is_other_content(post, corrected(post, evidence(page=reading(1, "别的"))))
    assert is_other_content(post, corrected(post, evidence(line(1, on=date(2025, 7, 1)))))
    same = replace(post, body="第一段第二段")
    assert not is_other_content(same, corrected(same, evidence(page=reading(1, "第一段\n第二段"))))
    assert fields(same, evidence(page=reading(1, "第一段\n第二段"))) == {"body": ("第一段第二段", "第一段\n第二段")}


# -- lines ------------------------------------------------------------------------------------------------------------


def test_the_newest_line_counts_and_older_ones_say_what_it_does_not() -> None:
    folded = follow(follow(None, line(1, "旧", summary="摘要", body="正文")), line(2, "新", None))
    assert folded.entry == Entry("新", URL, DAY, "摘要", "正文")
    assert folded.page == ref(2, SEEN + timedelta(days=2))


def test_a_line_without_a_year_keeps_the_year_of_its_first_sight() -> None:
    first = follow(None, line(1, on=DAY, year_printed=False))
    assert follow(first, line(2, on=date(2026, 7, 17), year_printed=False)).entry.published_on == DAY
    assert follow(first, line(2, on=date(2026, 7, 18), year_printed=False)).entry.published_on == date(2026, 7, 18)
    assert follow(first, line(2, on=date(2026, 7, 17))).entry.published_on == date(2026, 7, 17)


def test_where_the_archive_begins_later_the_stored_date_tells_the_year(post: Post) -> None:
    late = Line(Entry("甲", URL, date(2026, 7, 17), year_printed=False), LABEL, ref(1, SEEN + timedelta(days=500)))
    assert follow(None, late, printed_before(post, late, ZONE)).entry.published_on == DAY
    early = replace(late, page=ref(1, SEEN))
    assert follow(None, early, printed_before(post, early, ZONE)).entry.published_on == date(2026, 7, 17)


def test_a_record_is_known_again_by_its_title_or_its_text(post: Post) -> None:
    assert is_same_record(post, Entry("［湛江 招商］甲"))
    assert is_same_record(post, Entry("别的", body="正 文"))
    assert not is_same_record(post, Entry("别的", body="别的"))
    assert not is_same_record(replace(post, body=None), Entry("别的"))


# -- words between two processes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        Progress("zj", 1, 2),
        Filled("zj", "off-label", "【投资廉江市】\n丙\u202e", None),
        Corrected("zj", 3, "甲", "body", None, "一\n二\ud800"),
        Missing("zj", 3, "甲", "理由"),
        Trouble("x"),
        Ended("zj", 1, 2, 3, 4, 5, 6, 7, "error"),
    ],
)
def test_an_event_comes_over_in_one_line_of_ascii(event: Progress) -> None:
    said = to_line(event)
    assert said.isascii()
    assert "\n" not in said
    assert event_of(said) == event


@pytest.mark.parametrize(
    "text", ["", "x", "[1]", "3", '{"event": "no"}', '{"event": "ended", "x": 1}', '{"event": []}']
)
def test_any_other_line_is_no_event(text: str) -> None:
    assert event_of(text) is None


@pytest.mark.parametrize(
    ("changed_by", "listed_by", "title", "on"),
    [
        (5, 3, "【湛江招商】乙", date(2025, 7, 18)),  # the page's edit came after the listing's word
        (5, 9, "【湛江招商】甲", DAY),  # the listing spoke last
    ],
)
def test_of_listing_and_page_the_one_that_changed_last_has_the_title_and_the_date(
    post: Post, changed_by: int, listed_by: int, title: str, on: date
) -> None:
    listed = replace(line(listed_by), titled_by=listed_by, dated_by=listed_by)
    before, after = reading(1, "正文", "甲", DAY), reading(changed_by, "正文", "乙", date(2025, 7, 18))
    state = corrected(post, Evidence(after.page, listed, after, (before,)))
    assert (state.title, state.published_on) == (title, on)


def test_a_line_remembers_since_when_it_says_what_it_says() -> None:
    first = follow(None, line(1))
    again = follow(first, line(2))
    other = follow(again, line(3, "【湛江招商】乙"))
    assert [(one.titled_by, one.dated_by) for one in (first, again, other)] == [(1, 1), (1, 1), (3, 1)]
