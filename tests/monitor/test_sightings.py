"""One listing page at a time: who is admitted, under which identity, whatever the order of the page."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.identity import listing_identity, shared_line_identity, url_identity
from monitor.models import Label, Verdict
from monitor.pages import Entry, ListingPage
from monitor.sightings import Candidate, prepare
from monitor.text import LabelPattern

HERE = "http://zj.example/list/index.html"
U = "http://zj.example/1.html"
DAY = date(2025, 7, 17)
PATTERN = LabelPattern.parse("【…招商】")


def candidates(*entries: Entry) -> tuple[Candidate, ...]:
    return prepare(ListingPage(HERE, "html", entries), 7, PATTERN)


def test_entries_come_back_in_page_order_with_their_labels() -> None:
    found = candidates(
        Entry("【湛江招商】甲", U, DAY),
        Entry("", body="没有标题"),
        Entry("【投资廉江市】乙", "http://zj.example/2.html", DAY),
        Entry("［ 徐闻县 招商 ］丙", None, DAY, body="正文"),
    )
    assert [c.entry.title for c in found] == ["【湛江招商】甲", "", "【投资廉江市】乙", "［ 徐闻县 招商 ］丙"]
    assert [c.verdict for c in found] == [None, Verdict.REJECTED, Verdict.OFF_LABEL, None]
    assert [c.label for c in found] == [Label("湛江招商", "湛江"), None, None, Label("徐闻县招商", "徐闻县")]
    assert found[2].reason == "not 【…招商】"


@pytest.mark.parametrize("title", ["", " ", "\u3000\n", "\u200b\ufeff", "\x00"])
def test_a_record_without_title_is_rejected(title: str) -> None:
    (found,) = candidates(Entry(title, U, DAY, body="正文"))
    assert (found.verdict, found.reason) == (Verdict.REJECTED, "no title")


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (None, None),
        (None, " \n\u200b"),
        (HERE, None),
        ("https://zj.example:443/list/index.html?utm_source=x#top", None),
        ("http://[broken", None),
        ("http://zj.example:99999/1", None),
    ],
)
def test_a_record_with_neither_text_nor_a_link_of_its_own_is_rejected(url: str | None, body: str | None) -> None:
    (found,) = candidates(Entry("【湛江招商】甲", url, DAY, body=body))
    assert (found.verdict, found.reason) == (Verdict.REJECTED, "neither text nor link")


@pytest.mark.parametrize("url", [HERE, "http://[broken", "http://zj.example:99999/1"])
def test_a_useless_link_does_not_cost_a_record_its_text(url: str) -> None:
    (found,) = candidates(Entry("【湛江招商】甲", url, DAY, body="正文"))
    assert found.verdict is None
    assert found.entry.url is None
    assert found.identity == listing_identity(7, "【湛江招商】甲", DAY)


def test_a_route_on_the_listing_is_an_address_of_its_own() -> None:
    (found,) = candidates(Entry("【湛江招商】甲", f"{HERE}#/post/1", DAY))
    assert found.entry.url == f"{HERE}#/post/1"


def test_what_is_kept_is_cleaned() -> None:
    (found,) = candidates(Entry(" 【湛江\u200b招商】 甲\x00", U, DAY, " 摘\n要 ", " 第一段 \n\n第二段"))
    assert found.entry == Entry("【湛江招商】 甲", U, DAY, "摘 要", "第一段\n第二段")


def test_an_address_of_its_own_is_the_identity() -> None:
    (found,) = candidates(Entry("【湛江招商】甲", "https://zj.example/1.html?utm_source=wx", DAY))
    assert (found.identity, found.bare, found.shared) == (url_identity(U), url_identity(U), False)


def test_lines_that_share_an_address_are_told_apart_by_title_and_date() -> None:
    lines = [
        ("【湛江招商】甲", DAY),
        ("【湛江招商】乙", DAY),
        ("【湛江招商】甲", date(2025, 7, 18)),
        ("【湛江招商】丙", None),
    ]
    found = candidates(*(Entry(title, f"{U}?spm={n}", on) for n, (title, on) in enumerate(lines)))
    assert [c.identity for c in found] == [shared_line_identity(url_identity(U), title, on) for title, on in lines]
    assert all(c.shared and c.bare == url_identity(U) for c in found)


@pytest.mark.parametrize(
    "repeat",
    [
        Entry("【湛江招商】甲乙丙丁", U, DAY),
        Entry("［湛江招商］甲乙 丙丁", U),
        Entry("【湛江招商】甲乙…", U),
        Entry("【湛江招商】甲乙...", f"{U}#top", DAY),
    ],
)
def test_a_line_that_repeats_another_of_the_same_address_is_no_second_post(repeat: Entry) -> None:
    whole = Entry("【湛江招商】甲乙丙丁", U, DAY)
    for page in ([whole, repeat], [repeat, whole]):
        (found,) = candidates(*page)
        assert (found.entry.title, found.entry.published_on) == (whole.title, DAY)
        assert found.identity == url_identity(U)


def test_of_two_records_of_one_identity_the_fuller_is_kept() -> None:
    short, long = (Entry("【湛江招商】甲", None, DAY, body=body) for body in ("正文", "正文正文"))
    assert [c.entry.body for c in candidates(short, long)] == ["正文正文"]
    assert [c.entry.body for c in candidates(long, short)] == ["正文正文"]


def test_two_records_alike_but_for_their_address_are_two_posts() -> None:
    found = candidates(Entry("【湛江招商】甲", U, DAY), Entry("【湛江招商】甲", "http://zj.example/2.html", DAY))
    assert len({c.identity for c in found}) == 2


def test_thousands_of_records_of_one_page_are_all_kept() -> None:
    found = candidates(*(Entry(f"【湛江招商】第{n}号", f"http://zj.example/{n}.html", DAY) for n in range(3000)))
    assert len({c.identity for c in found}) == 3000


entries = st.builds(
    Entry,
    title=st.sampled_from(
        ["【湛江招商】甲", "［湛江招商］甲", "【湛江招商】甲乙", "【湛江招商】甲…", "【投资廉江市】", ""]
    ),
    url=st.sampled_from([None, U, f"{U}#top", "https://zj.example/1.html", "http://zj.example/2.html", HERE]),
    published_on=st.sampled_from([None, DAY, date(2025, 7, 18)]),
    body=st.sampled_from([None, "正文", "正文二"]),
)


@settings(max_examples=60)
@given(st.lists(entries, max_size=8), st.randoms())
def test_order_of_the_records_changes_nothing(page: list[Entry], random: Random) -> None:
    shuffled = list(page)
    random.shuffle(shuffled)
    assert Counter(candidates(*shuffled)) == Counter(candidates(*page))


@settings(max_examples=60)
@given(st.lists(entries, max_size=8))
def test_every_identity_comes_once_and_repeated_records_add_none(page: list[Entry]) -> None:
    def admitted(*lines: Entry) -> Counter[str]:
        return Counter(c.identity for c in candidates(*lines) if c.verdict is not Verdict.REJECTED)

    assert set(admitted(*page).values()) <= {1}
    assert admitted(*page, *page) == admitted(*page)
