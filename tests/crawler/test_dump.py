"""The saved dump, and dumps that went wrong."""

import hashlib
from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import read_listing
from crawler.extract.dump import is_dump
from monitor.pages import Entry, ListingPage, PageRequest, RawPage
from monitor.setup import SAMPLE
from monitor.text import LabelPattern

NOW = datetime(2025, 7, 21, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = date(2025, 7, 17)
URL = SAMPLE.as_uri()


def read(text: str) -> ListingPage:
    return read_listing(RawPage(PageRequest(URL), URL, text.encode("utf-8", "replace"), NOW), NOW)


def entries(text: str) -> tuple[Entry, ...]:
    page = read(text)
    assert page.kind == "dump"
    assert page.next_url is None
    return page.entries


@pytest.fixture(scope="module")
def saved() -> tuple[Entry, ...]:
    return entries(SAMPLE.read_text(encoding="utf-8"))


def test_the_saved_dump_is_kept_byte_for_byte():
    digest = hashlib.sha256(SAMPLE.read_bytes()).hexdigest()
    assert digest == "7fc7db21c52eae0f33e81095aaca53cbf891ca63eb44c47ca9486f243e55b196"


def test_the_saved_dump_holds_ten_records_of_which_one_is_off_label(saved):
    pattern = LabelPattern.parse("【…招商】")
    off_label = [entry.title for entry in saved if pattern.match(entry.title) is None]
    assert len(saved) == 10
    assert off_label == ["【投资廉江市】2018年廉江市政府工作报告"]
    places = Counter(label.place for entry in saved if (label := pattern.match(entry.title)))
    assert places == {"湛江": 7, "遂溪县": 1, "徐闻县": 1}


def test_every_record_of_the_saved_dump_has_title_body_and_date_and_no_address(saved):
    assert saved[0].title == "【湛江招商】携手打造区域协作新样本"
    assert [entry.published_on for entry in saved] == [DAY] * 6 + [date(2025, 7, 16)] * 4
    for entry in saved:
        assert entry.url is None
        assert entry.body
        assert entry.title not in entry.body
        assert "2025-07-1" not in entry.body
    assert max(len(entry.body or "") for entry in saved) == 13244


def test_the_footer_of_the_saved_dump_is_no_record_and_in_no_body(saved):
    text = SAMPLE.read_text(encoding="utf-8")
    for footer in ("点我投稿", "联系我们", "企业入驻"):
        assert footer in text
        assert all(footer not in entry.title + (entry.body or "") for entry in saved)


WHOLE = "-\n【湛江招商】甲\n第一段\n2025-07-17\n"
FIRST = Entry("【湛江招商】甲", published_on=DAY, body="第一段")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(WHOLE, [FIRST], id="as it should be"),
        pytest.param("\n\n" + WHOLE + "\n\n", [FIRST], id="empty lines around"),
        pytest.param(WHOLE.replace("\n", "\r\n"), [FIRST], id="CRLF"),
        pytest.param("\ufeff" + WHOLE, [FIRST], id="BOM"),
        pytest.param(WHOLE.rstrip("\n"), [FIRST], id="no newline at the end"),
        pytest.param(WHOLE.replace("-\n【", " - \n  【"), [FIRST], id="spaces around"),
        pytest.param(WHOLE.replace("07-17", "7-17"), [FIRST], id="short month"),
        pytest.param(
            WHOLE.replace("第一段", "第一段\n\n- 第二段\n第三段"),
            [Entry("【湛江招商】甲", published_on=DAY, body="第一段\n\n- 第二段\n第三段")],
            id="a body of several lines, one a bullet",
        ),
        pytest.param(
            WHOLE.replace("第一段", "签约于\n2025-01-02\n第二段"),
            [Entry("【湛江招商】甲", published_on=DAY, body="签约于\n2025-01-02\n第二段")],
            id="a date line inside the body",
        ),
        pytest.param(
            WHOLE.replace("2025-07-17\n", "") + WHOLE,
            [Entry("【湛江招商】甲", body="第一段"), FIRST],
            id="missing date",
        ),
        pytest.param(
            WHOLE.replace("2025-07-17", "2025-02-30"),
            [Entry("【湛江招商】甲", body="第一段\n2025-02-30")],
            id="a date that is no day",
        ),
        pytest.param(
            WHOLE.replace("【湛江招商】甲", "") + WHOLE,
            [Entry("", published_on=DAY, body="第一段"), FIRST],
            id="no title",
        ),
        pytest.param(
            WHOLE.replace("第一段\n", "") + WHOLE, [Entry("【湛江招商】甲", published_on=DAY), FIRST], id="no body"
        ),
        pytest.param("-\n2025-07-17\n" + WHOLE, [Entry("", published_on=DAY), FIRST], id="nothing but a date"),
        pytest.param("-\n\n-\n" + WHOLE, [FIRST], id="empty records"),
        pytest.param("-\n", [], id="no record at all"),
    ],
)
def test_a_malformed_record_is_kept_as_it_is_and_spoils_no_other(text, expected):
    assert list(entries(text)) == expected


@pytest.mark.parametrize(
    "text", ["", "\n", "甲\n-\n乙", "<html>-</html>", "-\n<html><body>甲</body></html>", "- 甲\n乙", "--\n甲"]
)
def test_what_does_not_begin_with_a_lone_hyphen_or_holds_markup_is_no_dump(text):
    assert not is_dump(text)


TITLES = st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters="<-"), min_size=1, max_size=20)
LINES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="<"), min_size=1, max_size=30)
BODIES = st.lists(LINES, min_size=1, max_size=4).map(lambda lines: "\n".join(lines).strip())
RECORDS = st.builds(
    Entry,
    TITLES,
    published_on=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    body=BODIES.filter(lambda body: body and "-" not in (line.strip() for line in body.split("\n"))),
)


@given(
    records=st.lists(RECORDS, max_size=5),
    newline=st.sampled_from(["\n", "\r\n"]),
    footer=st.sampled_from(["", "联系我们\n", "点我投稿\n\n- 联系我们\n- 企业入驻"]),
)
@settings(max_examples=150)
def test_whatever_is_written_in_the_dumps_form_is_read_back_and_the_footer_is_not(records, newline, footer):
    text = "-\n" + "-\n".join(f"{entry.title}\n{entry.body}\n{entry.published_on}\n" for entry in records)
    if records:
        text += footer
    assert list(entries(text.replace("\n", newline))) == records


PIECES = st.lists(
    st.sampled_from(
        ["-", "\n", "\r\n", " ", "【湛江招商】甲", "2025-07-17", "2025-99-99", "\ufeff", "\x00", "\u2028", "文"]
    ),
    max_size=25,
).map("".join)


@given(text=PIECES | st.text(max_size=40))
@settings(max_examples=300)
def test_no_text_after_a_lone_hyphen_makes_it_raise(text):
    page = read("-\n" + text)
    assert all(entry.title or entry.body or entry.published_on for entry in page.entries)
