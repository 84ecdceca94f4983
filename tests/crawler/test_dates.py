"""Dates as listings and post pages print them, as addresses hold them, and as machines write them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.dates import (
    PrintedDate,
    date_in_url,
    date_spans,
    find_date,
    is_future,
    iso_date,
    read_date,
    settle_years,
    unix_date,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 7, 21, 8, 0, tzinfo=ZONE)
TODAY = NOW.date()
DAY = date(2025, 7, 17)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def day(text: str, now: datetime = NOW) -> date | None:
    found = read_date(text, now)
    return found.day if found else None


WHOLE = [
    "2025-07-17",
    "2025-7-17",
    "2025/07/17",
    "2025.07.17",
    "2025·07·17",
    "2025–07–17",
    "2025年7月17日",
    "2025 年 07 月 17 日",
    "2025年07月 17",
    "2025年07月\n17日",
    "2025年 7月 17日",
    "2025年7⽉17⽇",  # old radicals, copied out of a PDF
    "２０２５-０７-１７",
    "２０２５．０７．１７",
    "二〇二五年七月十七日",
    "二○二五年七月十七日",
    "二零二五年七月十七日",
    "二O二五年七月十七日",
    "20250717",
    "202507171030",
    "20250717103000",
    "[2025-07-17]",
    "（2025-07-17）",
    "【2025-07-17】",
    "2025-07-17 10:30",
    "2025-07-17 10:30:00.0",
    "2025-07-1710:30",
    "2025年7月17日（星期四）10时30分",
    "2025-07-17 周四 上午 9:30",
    "发布时间：2025-07-17 10:30:00 来源：本站",
    "2025-07-17 人民日报",
    "2025-07-17T10:30:00+08:00",
    "2025-07-16T20:00:00Z",
    "25-07-17",
    "25/07/17",
    "’25.07.17",
    "25年7月17日",
    "25-7-17",
    "07/17/2025",
    "17/07/2025",
    "17.07.2025",
    "Jul 17, 2025",
    "July 17th, 2025",
    "17 July 2025",
    "17-Jul-2025",
]
BLOCKS = [  # day, month and year that stand in elements of their own, however their texts are joined
    "17 2025-07",
    "17\n2025-07",
    "17 / 2025.07",
    "17/2025-07",
    "17日 2025年07月",
    "17 07月 2025",
    "17 7月 2025年",
    "07-17 2025",
    "07-17\n2025",
    "07月17日 2025年",
    "07/17 2025",
    "2025-07 17",
    "2025.07\n17",
    "2025\n07-17",
    "2025年 07-17",
    "2025 07 17",
    "17 07 2025",
    "172025-07",
    "2025-0717",
]
WITHOUT_YEAR = [
    "[07-17]",
    "(07/17)",
    "（07-17）",
    "07-17",
    "07/17",
    "07.17",
    "7-17",
    "[7-17]",
    "07-17 10:30",
    "7月17日",
    "７月１７日",
    "7 月 17 日 10:30",
    "17 07月",
    "17 7月",
    "17\n07月",
    "07月 17",
    "07月17",
    "1707月",
    "177月",
    "发布于 07-17",
    "日期:07-17",
    "07-17 人才网",
]


@pytest.mark.parametrize("text", WHOLE + BLOCKS)
def test_reads_a_date_in_every_usual_form(text):
    found = read_date(text, NOW)
    assert found is not None
    assert (found.day, found.year_printed) == (DAY, True)
    assert found.words in text


@pytest.mark.parametrize("text", WITHOUT_YEAR)
def test_reads_a_date_without_a_year_and_says_so(text):
    found = read_date(text, NOW)
    assert found is not None
    assert (found.day, found.year_printed) == (DAY, False)
    assert found.words in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天", "2025-07-21"),
        ("今日 07:30", "2025-07-21"),
        ("昨天", "2025-07-20"),
        ("昨日", "2025-07-20"),
        ("昨天10:30", "2025-07-20"),
        ("[昨天]", "2025-07-20"),
        ("发布于昨天", "2025-07-20"),
        ("前天 10:20", "2025-07-19"),
        ("刚刚", "2025-07-21"),
        ("30秒前", "2025-07-21"),
        ("30分钟前", "2025-07-21"),
        ("半小时前", "2025-07-21"),
        ("7小时前", "2025-07-21"),
        ("9小时前", "2025-07-20"),  # it is eight in the morning
        ("９个小时前", "2025-07-20"),
        ("3小时前更新", "2025-07-21"),
        ("3天前", "2025-07-18"),
        ("3天之前", "2025-07-18"),
        ("两天前", "2025-07-19"),
        ("十天前", "2025-07-11"),
        ("2周前", "2025-07-07"),
        ("1星期前", "2025-07-14"),
        ("1个月前", "2025-06-21"),
        ("18个月前", "2024-01-21"),
        ("1年前", "2024-07-21"),
    ],
)
def test_counts_back_from_now(text, expected):
    found = read_date(text, NOW)
    assert found is not None
    assert (str(found.day), found.year_printed) == (expected, True)


def test_a_month_ago_is_the_last_of_a_shorter_month():
    assert day("1个月前", datetime(2025, 3, 31, 8, tzinfo=ZONE)) == date(2025, 2, 28)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10:30",
        "2025年07月",
        "2025-07",
        "2025年",
        "2025",
        "7月",
        "2024-2025",
        "2025-2026年度",
        "12:00-13:00",
        "第3-4期",
        "第05-12期",
        "第2025-07号",
        "5-10亿元",
        "投资05-10亿元",
        "投资 05-10 亿元",
        "1-2月",
        "1-6月",
        "3-4",
        "(1/3)",
        "1/20页",
        "1-2-3",
        "0759-3-12",
        "0759-12-34",
        "0759-3380000",
        "020-87654321",
        "13800138000",
        "192.168.1.1",
        "V2.1.3",
        "1.2.3",
        "3.5%",
        "10-20%",
        "30%-50%",
        "12-10栋",
        "A12-10",
        "2025年7月 15家企业",
        "粤府〔2025〕12-15号",
        "编号20250717001",
        "20251345",
        "浏览：1207",
        "07.08.2025",  # the seventh or the eighth
        "7月17日至20日",  # of an event
        "今天的湛江",
        "昨日，湛江市举行签约仪式",
        "三年前的湛江",
        "9999年前",
        "9999周前",
        "May be",
        "¹-²",
    ],
)
def test_reads_no_date_where_there_is_none(text):
    assert read_date(text, NOW) is None
    assert date_spans(text, NOW) == []


@pytest.mark.parametrize(
    "text",
    ["2025-02-30", "2025年13月45日", "2025/00/10", "二〇二五年二月三十日", "13-45", "[13-45]", "02-30", "2月30日"],
)
def test_a_day_that_does_not_exist_is_impossible_not_absent(text):
    found = read_date(text, NOW)
    assert found is not None
    assert found.day is None
    assert found.words in text
    assert find_date(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-07-17 更新 2025-07-18", DAY),
        ("07-01 2025-07-17", DAY),  # a printed year wins
        ("2025-02-30 2025-07-17", DAY),  # and a day that exists
        ("10 2025-07-17", DAY),  # ten readers
        ("昨天 2025-07-01", date(2025, 7, 20)),
    ],
)
def test_of_several_dates_one_is_read(text, expected):
    assert day(text) == expected


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("12-31", "2026-01-02", "2025-12-31"),  # read after New Year
        ("01-01", "2026-01-02", "2026-01-01"),
        ("01-01", "2025-12-31", "2026-01-01"),  # tomorrow, in a zone that is ahead
        ("01-02", "2025-12-31", "2025-01-02"),
        ("07-22", "2025-07-21", "2025-07-22"),
        ("07-23", "2025-07-21", "2024-07-23"),
        ("02-29", "2025-07-21", "2024-02-29"),
        ("02-29", "2027-07-01", "2024-02-29"),
    ],
)
def test_a_date_without_a_year_is_the_latest_that_is_no_later_than_tomorrow(text, now, expected):
    assert str(day(text, datetime.fromisoformat(now).replace(tzinfo=ZONE))) == expected
    assert str(find_date(text, date.fromisoformat(now))) == expected


@pytest.mark.parametrize(("text", "expected"), [("26-01-02", 2026), ("98-01-02", 1998), ("45-01-02", None)])
def test_a_year_of_two_digits_is_not_far_in_the_future(text, expected):
    found = day(text)
    assert (found and found.year) == expected


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("【湛江招商】甲 2025-07-17", "【湛江招商】甲 "),
        ("【湛江招商】甲[2025-07-17]", "【湛江招商】甲"),
        ("【湛江招商】甲（07-17）", "【湛江招商】甲"),
        ("[07-17] 【湛江招商】甲", " 【湛江招商】甲"),
        ("2025年7月17日 10:30 【湛江招商】甲", " 【湛江招商】甲"),
        ("【湛江招商】甲 2025-07-17 10:30:00", "【湛江招商】甲 "),
        ("【湛江招商】甲 (昨天 10:30)", "【湛江招商】甲 "),
        ("甲［２０２５－０７－１７］乙", "甲乙"),
        ("17\n2025-07 【湛江招商】甲", " 【湛江招商】甲"),
    ],
)
def test_spans_take_a_date_off_a_title_with_its_time_and_brackets(text, rest):
    ((start, end, printed),) = date_spans(text, NOW)
    assert printed.day in (DAY, TODAY - timedelta(days=1))
    assert text[:start] + text[end:] == rest
    assert printed.words in text[start:end]


def test_spans_come_in_order_and_do_not_overlap():
    text = "甲 2025-02-30 乙[07-16]丙 3小时前 2025年7月17日"
    spans = date_spans(text, NOW)
    assert [text[start:end] for start, end, _ in spans] == ["2025-02-30", "[07-16]", "3小时前", "2025年7月17日"]
    assert [printed.day for _, _, printed in spans] == [None, date(2025, 7, 16), TODAY, DAY]


@pytest.mark.parametrize(
    "text",
    [
        *(text for text in WHOLE if "Z" not in text and text != "25-7-17"),
        "[07-17]",
        "07-17",
        "07/17",
        "7月17日",
        "第2024001号 2025-07-17",
        "2025-02-30 2025-07-17",
        "07-01 2025-07-17",
        "昨天 2025-07-17",
    ],
)
def test_finds_a_date_in_text_that_is_more_than_a_cell(text):
    assert find_date(text, TODAY) == DAY


@pytest.mark.parametrize("text", ["", "10:30", "07.17", "7-17", "昨天", "3小时前", "第3-4期"])
def test_finds_only_what_is_a_date_wherever_it_stands(text):
    assert find_date(text, TODAY) is None


@given(found=DAYS, form=st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "[%Y-%m-%d]", "%d %Y-%m"]))
def test_every_day_is_read_as_itself(found, form):
    assert day(f"甲 {found.strftime(form)} 乙") == found


@given(found=DAYS, now=DAYS)
def test_a_day_and_month_are_never_later_than_tomorrow_and_never_changed(found, now):
    printed = read_date(f"[{found:%m-%d}]", datetime(now.year, now.month, now.day, 8, tzinfo=ZONE))
    assert printed is not None
    assert printed.day is not None
    assert (printed.day.month, printed.day.day) == (found.month, found.day)
    assert printed.day <= now + timedelta(days=1)


DATE_LIKE = st.text(
    st.sampled_from("0123456789-/.年月日 [](Ｔ１２３²\n\x00:T今昨天前小时分半十廿〇一二五Jul'+Z"), max_size=30
)


@given(text=DATE_LIKE | st.text(max_size=30), now=DAYS)
@settings(max_examples=500)
def test_no_text_makes_it_raise(text, now):
    instant = datetime(now.year, now.month, now.day, 8, tzinfo=ZONE)
    read_date(text, instant)
    find_date(text, now)
    date_in_url(text)
    iso_date(text, ZONE)
    unix_date(text, ZONE)
    end = 0
    for start, stop, printed in date_spans(text, instant):
        assert end <= start < stop <= len(text)
        assert printed.words in text[start:stop]
        end = stop


def test_long_text_is_read_at_its_beginning_only():
    assert read_date("1 " * 2_000_000 + "2025-07-17", NOW) is None
    assert day("2025-07-17" + "-1" * 2_000_000) == DAY


# -- addresses and machines -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://zs.example/art/2025/7/17/art_16256_1.html",
        "./202507/t20250717_123.html",
        "https://zs.example/2025-07/17/content_1.htm",
        "/n1/2025/0717/c1-2.html",
        "/2025/07-17/1.shtml",
        "/2025-07-17/a",
        "/news_2025_07_17.html",
        "/a/20250717/1.html",
        "/x/202507171030.html",
        "/x/20250717103000123.html",
        "/c/2025-07-17.html;jsessionid=20240101",
        "/zt/20190101/202507/t20250717_1.html?day=20200101#2021-01-01",  # the last of the path
        "http://20240101.example/2025/07/17/x",
    ],
)
def test_reads_the_date_in_the_path_of_an_address(url):
    assert date_in_url(url) == DAY


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/202507/1.html",
        "/2025/07/a.html",
        "/2025/7/17.html",  # the seventeenth post of a month as well
        "/2025-13-45/a",
        "/20251345.html",
        "/content/post_1234567.html",
        "/art_16256_1.html",
        "/19891231.html",
        "/120250717.html",
        "/202507170.html",
        "http://20250717.example/",
        "/a?day=20250717",
        "/a#2025-07-17",
        "http://[",
        "//",
    ],
)
def test_reads_no_date_in_any_other_address(url):
    assert date_in_url(url) is None


@pytest.mark.parametrize(
    "value",
    [
        1752739200,
        1752739200.5,
        1752739200000,
        "1752739200",
        "1752739200000",
        " 1752739200.123 ",
        "/Date(1752739200000)/",
        "\\/Date(1752739200000+0800)\\/",
        1752681600,  # midnight in Shanghai, still the sixteenth in Greenwich
        1752767999,
    ],
)
def test_reads_a_unix_time_of_seconds_or_milliseconds(value):
    assert unix_date(value, ZONE) == DAY


@pytest.mark.parametrize(
    "value",
    [
        *(
            0,
            1,
            True,
            -1752739200,
            1207,
            20250717,
            "20250717",
            20250717103000,
            "20250717103000",
            10**15,
            10**300,
            1e300,
        ),
        *(float("nan"), float("inf"), "", "x", "-1752739200", "9" * 5000, "１７５２７３９２００", 4133980800 + 86400),
    ],
)
def test_a_count_or_an_id_is_no_unix_time(value):
    assert unix_date(value, ZONE) is None


@given(day=st.dates(date(1990, 1, 2), date(2100, 12, 30)), clock=st.times())
def test_a_unix_time_is_the_day_that_it_is_in_china(day, clock):
    found = datetime.combine(day, clock, ZONE)
    assert unix_date(found.timestamp(), ZONE) == found.date()
    assert unix_date(int(found.timestamp()) * 1000, ZONE) == found.date()


@pytest.mark.parametrize(
    "text",
    [
        "2025-07-17",
        "2025-07-16T20:00:00Z",
        "2025-07-16T20:00Z",
        "2025-07-16T20:00:00.123456789+0000",
        "2025-07-17T03:00:00+08:00",
        "2025-07-17T03:00:00+08",
        "2025-07-16 20:00:00 UTC",
        "2025-07-17 03:00:00",
        "2025-07-17T24:00:00",
        "Wed, 16 Jul 2025 20:00:00 GMT",
        "Wed, 16 Jul 2025 20:00:00 UT",
        "Thu, 17 Jul 2025 03:00:00 +0800",
        "Wed, 16 Jul 2025 13:00:00 -0700",
        "17 Jul 2025",
        "Thu Jul 17 04:00:00 CST 2025",  # of China
        "Wed Jul 16 20:00:00 UTC 2025",
    ],
)
def test_an_instant_of_a_machine_is_a_day_in_china(text):
    assert iso_date(text, ZONE) == DAY


@pytest.mark.parametrize(
    "text", ["", "昨天", "2025-02-30", "2025-02-30T10:00:00Z", "20250717", "17", "x" * 100, "2025-07-17T10:00:00+99:99"]
)
def test_what_no_machine_writes_is_none(text):
    assert iso_date(text, ZONE) is None


@pytest.mark.parametrize(("found", "expected"), [("2025-07-21", False), ("2025-07-22", False), ("2025-07-23", True)])
def test_the_future_begins_after_tomorrow(found, expected):
    assert is_future(date.fromisoformat(found), NOW) is expected


# -- the years of a listing -------------------------------------------------------------------------------------------


def printed(found: date, *, year: bool = False) -> PrintedDate:
    """A day as a listing prints it: without the year, unless asked."""
    one = read_date(f"{found:%Y-%m-%d}" if year else f"{found:%m-%d}", NOW)
    assert one is not None
    return one


def settled(*words: str, now: datetime = NOW) -> list[str | None]:
    days = settle_years([read_date(word, now) if word else None for word in words], now)
    return [str(found) if found else None for found in days]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("07-20", "2025-07-20", id="one"),
        pytest.param(
            "07-20 07-01 12-30 12-01 08-05 07-30",
            "2025-07-20 2025-07-01 2024-12-30 2024-12-01 2024-08-05 2024-07-30",
            id="the year decreases",
        ),
        pytest.param(
            "07-20 03-01 10-01 05-01 11-30", "2025-07-20 2025-03-01 2024-10-01 2024-05-01 2023-11-30", id="twice"
        ),
        pytest.param(
            "07-20 07-18 07-19 07-17", "2025-07-20 2025-07-18 2025-07-19 2025-07-17", id="a little out of order"
        ),
        pytest.param(
            "12-30 01-05 03-01 04-20 07-20", "2024-12-30 2025-01-05 2025-03-01 2025-04-20 2025-07-20", id="oldest first"
        ),
        pytest.param(
            "05-20 06-30 08-01 10-01 11-30 01-05 02-03 07-20",
            "2024-05-20 2024-06-30 2024-08-01 2024-10-01 2024-11-30 2025-01-05 2025-02-03 2025-07-20",
            id="oldest first over New Year",
        ),
        pytest.param(
            "03-10 07-20 07-18 07-01 12-30", "2025-03-10 2025-07-20 2025-07-18 2025-07-01 2024-12-30", id="one pinned"
        ),
        pytest.param(
            "03-10 11-05 07-20 07-18 07-01 12-30",
            "2025-03-10 2024-11-05 2025-07-20 2025-07-18 2025-07-01 2024-12-30",
            id="two pinned",
        ),
        pytest.param(
            "2023-03-01 07-20 07-18 07-01 12-30",
            "2023-03-01 2025-07-20 2025-07-18 2025-07-01 2024-12-30",
            id="pinned with its year",
        ),
        pytest.param(
            "2023-03-01 07-20 07-18 07-01 2024-12-30",  # sites that leave out this year only
            "2023-03-01 2025-07-20 2025-07-18 2025-07-01 2024-12-30",
            id="pinned, and years further down",
        ),
        pytest.param(
            "02-20 02-11 2023-01-05 12-30 08-01",
            "2023-02-20 2023-02-11 2023-01-05 2022-12-30 2022-08-01",
            id="a printed year above and below",
        ),
        pytest.param("昨天 07-01 12-30", "2025-07-20 2025-07-01 2024-12-30", id="yesterday is printed"),
        pytest.param(
            "07-20 01-15 09-30 03-01 11-11 05-05 12-12 06-06",
            "2025-07-20 2025-01-15 2024-09-30 2024-03-01 2023-11-11 2023-05-05 2022-12-12 2022-06-06",
            id="sparse",
        ),
        pytest.param(
            "01-15 09-30 02-01 06-11 10-05 11-12 02-06 03-03",
            "2025-01-15 2024-09-30 2025-02-01 2025-06-11 2024-10-05 2024-11-12 2025-02-06 2025-03-03",
            id="no visible order",
        ),
        pytest.param("03-01 02-29 02-28", "2025-03-01 2024-02-29 2024-02-28", id="a leap day"),
    ],
)  # fmt: skip
def test_years_are_settled_by_order(words, expected):
    assert settled(*words.split()) == expected.split()


def test_what_has_no_day_stays_without_and_disturbs_nothing():
    assert settled("07-20", "", "02-30", "12-30", "", "07-30") == [
        "2025-07-20",
        None,
        None,
        "2024-12-30",
        None,
        "2024-07-30",
    ]


def test_a_later_page_counts_back_from_the_last_entry_of_the_page_before():
    now = datetime(2023, 3, 5, tzinfo=ZONE)
    assert settled("03-04", "02-20", "12-30", now=now) == ["2023-03-04", "2023-02-20", "2022-12-30"]


def fall(gaps: Sequence[int]) -> list[date]:
    return [TODAY - timedelta(days=days) for days in accumulate(gaps)]


@st.composite
def falling(draw: st.DrawFn) -> list[date]:
    """Days of a listing over up to five years: at first as lively as most are, or evenly sparse."""
    lively = [draw(st.integers(0, 60)) for _ in range(6)] + draw(st.lists(st.integers(0, 299), max_size=12))
    sparse = draw(st.lists(st.integers(75, 299), max_size=10))
    days = fall(draw(st.sampled_from([lively, sparse])))
    return [found for found in days if (TODAY - found).days <= 5 * 365]


@given(days=falling(), data=st.data())
@settings(max_examples=300)
def test_a_falling_listing_is_recovered_from_whatever_years_it_prints(days, data):
    years = data.draw(st.lists(st.booleans(), min_size=len(days), max_size=len(days)))
    assert settle_years([printed(found, year=year) for found, year in zip(days, years, strict=True)], NOW) == days
    assert settle_years([printed(found) for found in days], NOW) == days


@given(
    pinned=st.lists(st.tuples(st.dates(date(2020, 1, 1), TODAY), st.booleans()), max_size=2),
    gaps=st.lists(st.integers(0, 30), min_size=3, max_size=40),
    data=st.data(),
)
@settings(max_examples=300)
def test_pinned_entries_on_top_do_not_shift_the_rest(pinned, gaps, data):
    days = fall(gaps)
    years = data.draw(st.lists(st.booleans(), min_size=len(days), max_size=len(days)) | st.just([False] * len(days)))
    top = [printed(found, year=year) for found, year in pinned]
    rest = [printed(found, year=year) for found, year in zip(days, years, strict=True)]
    assert settle_years([*top, *rest], NOW)[len(top) :] == days


@given(gaps=st.lists(st.integers(0, 60), min_size=1, max_size=30))
def test_a_rising_listing_is_recovered(gaps):
    days = fall(gaps)[::-1]
    assert settle_years([printed(found) for found in days], NOW) == days


@given(
    words=st.lists(st.none() | DATE_LIKE.map(lambda text: read_date(text, NOW)) | DAYS.map(printed), max_size=20),
    now=DAYS,
)
def test_whatever_a_listing_prints_no_supplied_year_makes_a_future_day(words, now):
    days = settle_years(words, datetime(now.year, now.month, now.day, tzinfo=ZONE))
    for word, found in zip(words, days, strict=True):
        if word is None or word.day is None:
            assert found is None
        elif word.year_printed:
            assert found == word.day
        else:
            assert found is not None
            assert (found.month, found.day) == (word.day.month, word.day.day)
            assert found <= now + timedelta(days=1)


# -- short years with dots, months by their Chinese names, no date at all ---------------------------------------------


@pytest.mark.parametrize(
    "text", ["25.7.18", "[25.7.18]", "（25.7.8）", "发布时间：25.7.18", "日期: 25.7.18", "25.12.1"]
)
def test_a_short_year_with_dots_is_read_where_it_stands_alone_or_is_called_a_date(text):
    found = read_date(text, NOW)
    assert found is not None
    assert found.day is not None
    assert (found.day.year, found.year_printed) == (2025, True)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "v25.7.18",
            "V 25.7.18",
            "版本25.7.18",
            "软件版本：25.7.18",
            "Python 3.11.7",
            "1.2.3",
            "09.7.18",
            "99.9.9",
            "25.13.1",
        ),
        *(
            "192.168.1.1",
            "25.7.18.1",
            "时间：25.7.18.1",
            "0756.25.18",
            "第25.7.18条",
            "25.7.18亿元",
            "时间：25.7.18万元",
            "45.7.18",
        ),
    ],
)
def test_versions_addresses_and_amounts_are_no_dates(text):
    assert read_date(text, NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        "14 五月 2025",
        "14 五月, 2025",
        "五月 14, 2025",
        "五月 14，2025",
        "周三, 五月 14, 2025 - 10:20",
        "提交于 星期三, 14 五月 2025",
    ],
)
def test_months_by_their_chinese_names(text):
    found = read_date(text, NOW)
    assert found is not None
    assert (found.day, found.year_printed) == (date(2025, 5, 14), True)


@pytest.mark.parametrize(
    ("text", "month"), [("3 十月 2024", 10), ("十一月 3, 2024", 11), ("3 十二月 2024", 12), ("一月 3, 2024", 1)]
)
def test_months_of_two_characters(text, month):
    found = read_date(text, NOW)
    assert found is not None
    assert found.day == date(2024, month, 3)


@pytest.mark.parametrize("text", ["五月前", "二十五月 14, 2025", "五月 14", "五月 2025", "《五月》14, 2025"])
def test_a_month_by_its_name_without_day_and_year_is_none(text):
    assert find_date(text, NOW.date()) is None


@pytest.mark.parametrize("text", ["0000-00-00", "[0000-00-00]", "0000-00-00 00:00:00", "0000/00/00", "0000年00月00日"])
def test_zeros_are_an_impossible_date(text):
    found = read_date(text, NOW)
    assert found is not None
    assert found.day is None


@pytest.mark.parametrize("text", ["010-00-00", "1-0000-00-00", "0000-00-00-00", "0000.00", "0000-00"])
def test_zeros_that_are_no_date(text):
    assert read_date(text, NOW) is None
