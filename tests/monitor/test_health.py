"""The judge of sources: each sign, for how long it has shown, and that a source with habits raises no false alarm."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.health.conditions import (
    CrawlRecord,
    Health,
    HealthRules,
    ListingFigures,
    SourceRecord,
    State,
    Symptom,
    Trouble,
)
from monitor.health.figures import figures_of, is_garbled
from monitor.health.judge import judge, state_of_failure
from monitor.pages import Entry, ListingPage

NOW = datetime(2025, 7, 21, 2, tzinfo=UTC)
TURN = timedelta(hours=6)
DAY = timedelta(days=1)
RULES = HealthRules()
USUAL = ListingFigures(records=20, dated=20, without_link=0, garbled=0, newest_on=date(2025, 7, 20))
HTTP_503 = Trouble(Symptom.SERVER_ERROR, "HTTP 503")
HTTP_403 = Trouble(Symptom.FORBIDDEN, "HTTP 403")
TIMEOUT = Trouble(Symptom.TIMEOUT)
STOPPED = Trouble(Symptom.STOPPED)


def good(figures: ListingFigures | None = USUAL, **more: object) -> CrawlRecord:
    """A completed crawl; when it was comes from its place in the record."""
    one = CrawlRecord(0, NOW, NOW, False, True, "end of the listing", None, 0, figures)
    return replace(one, **more)


def bad(trouble: Trouble | None, **more: object) -> CrawlRecord:
    return replace(good(None), completed=False, reason="the listing failed: HTTP 503", trouble=trouble, **more)


def record(crawls: Iterable[CrawlRecord], posted_on: Iterable[date] = (), **more: object) -> SourceRecord:
    """A source whose crawls, oldest first, were a turn apart, the last of them just now."""
    told = list(crawls)
    timed = [
        replace(one, id=number, started_at=(began := NOW - TURN * (len(told) - number)))
        if one.finished_at is None
        else replace(
            one, id=number, started_at=(began := NOW - TURN * (len(told) - number)), finished_at=began + TURN / 60
        )
        for number, one in enumerate(told, 1)
    ]
    source = SourceRecord("zhanjiang", NOW - 365 * DAY, False, TURN, tuple(reversed(timed)), tuple(posted_on))
    return replace(source, zone=ZoneInfo("Asia/Shanghai"), **more)


def judged(*crawls: CrawlRecord, posted_on: Iterable[date] = (), rules: HealthRules = RULES) -> Health:
    return judge(record(crawls, posted_on), NOW, rules)


def briefly(health: Health) -> tuple[State, Symptom | None, int]:
    return health.state, health.trouble.symptom if health.trouble else None, health.crawls


WELL = [good()] * 10


# -- crawls that fail -------------------------------------------------------------------------------------------------


def test_a_source_that_is_read_as_ever_is_healthy() -> None:
    health = judged(*WELL)
    assert briefly(health) == (State.HEALTHY, None, 10)
    assert health.is_well


@pytest.mark.parametrize(
    ("symptom", "state"),
    [
        *((one, State.UNREACHABLE) for one in (Symptom.DNS, Symptom.TLS, Symptom.TIMEOUT, Symptom.REFUSED)),
        *((one, State.UNREACHABLE) for one in (Symptom.CONNECTION, Symptom.SERVER_ERROR, Symptom.BUSY)),
        *((one, State.BLOCKED) for one in (Symptom.CHALLENGE, Symptom.LOGIN, Symptom.FORBIDDEN, Symptom.ROBOTS)),
        *((one, State.BROKEN) for one in (Symptom.DIED, Symptom.OVERRAN, Symptom.DATABASE, Symptom.NOT_STARTED)),
        *((one, State.BROKEN) for one in (Symptom.DEFECT, Symptom.NOT_FOUND, Symptom.CLIENT_ERROR, Symptom.EMPTY)),
        *((one, State.BROKEN) for one in (Symptom.BINARY, Symptom.NO_ENTRIES, Symptom.UNUSABLE, Symptom.CUT_SHORT)),
        *((one, State.BROKEN) for one in (Symptom.TOO_LARGE, Symptom.REDIRECTS, Symptom.ADDRESS, Symptom.LIMIT)),
        *((one, State.BROKEN) for one in (Symptom.GAP, Symptom.OTHER)),
    ],
)
def test_what_a_crawl_failed_by_says_how_its_source_is(symptom: Symptom, state: State) -> None:
    assert state_of_failure(Trouble(symptom)) is state
    assert briefly(judged(*WELL, bad(Trouble(symptom)))) == (state, symptom, 1)


def test_failures_count_from_the_first_of_them() -> None:
    health = judged(*WELL, *[bad(HTTP_503)] * 4)
    assert health == Health(State.UNREACHABLE, HTTP_503, NOW - 3 * TURN, 4)
    assert not health.is_well


def test_a_completed_crawl_ends_them_at_once() -> None:
    health = judged(*WELL, *[bad(HTTP_503)] * 9, good())
    assert health == Health(State.HEALTHY, None, NOW, 1)


def test_a_row_without_a_symptom_keeps_its_words() -> None:
    health = judged(*WELL, bad(None))
    assert health.trouble == Trouble(Symptom.OTHER, "the listing failed: HTTP 503")
    assert health.state is State.BROKEN


def test_a_shutdown_proves_nothing() -> None:
    assert briefly(judged(*WELL, bad(STOPPED), bad(STOPPED))) == (State.HEALTHY, None, 10)
    assert briefly(judged(*WELL, bad(HTTP_503), bad(STOPPED), bad(HTTP_503), bad(STOPPED))) == (
        State.UNREACHABLE,
        Symptom.SERVER_ERROR,
        2,
    )
    assert judged(bad(STOPPED)).trouble == Trouble(Symptom.NEVER_CRAWLED)


def test_a_crawl_that_runs_is_no_trouble_and_one_whose_process_is_gone_died() -> None:
    running = good(None, completed=False, finished_at=None, alive=True)
    assert briefly(judged(*WELL, running)) == (State.HEALTHY, None, 10)
    assert briefly(judged(*WELL, bad(HTTP_503), running)) == (State.UNREACHABLE, Symptom.SERVER_ERROR, 1)
    assert briefly(judged(*WELL, replace(running, alive=False))) == (State.BROKEN, Symptom.DIED, 1)


def test_a_firewall_that_now_refuses_and_now_does_not_answer_is_one_trouble() -> None:
    """Once the failures are enough for an alert, the state stays until as many in a row are of another kind."""
    mixed = [bad(HTTP_403), bad(TIMEOUT)] * 6
    told = [briefly(judged(*WELL, *mixed[:count])) for count in range(1, 13)]
    assert told[:3] == [
        (State.BLOCKED, Symptom.FORBIDDEN, 1),
        (State.UNREACHABLE, Symptom.TIMEOUT, 2),
        (State.BLOCKED, Symptom.FORBIDDEN, 3),
    ]
    assert told[3:] == [(State.BLOCKED, Symptom.FORBIDDEN, count) for count in range(4, 13)]
    assert briefly(judged(*WELL, *mixed, *[bad(TIMEOUT)] * 2))[0] is State.UNREACHABLE, "three in a row, with the last"
    assert briefly(judged(*WELL, *mixed, bad(HTTP_403), *[bad(TIMEOUT)] * 2))[0] is State.BLOCKED
    assert briefly(judged(*WELL, *mixed, rules=HealthRules(1)))[0] is State.UNREACHABLE


# -- crawls that are not there ----------------------------------------------------------------------------------------


def test_a_source_that_was_never_crawled_has_its_turns_to_come() -> None:
    new = record((), created_at=NOW - TURN)
    assert judge(new, NOW, RULES) == Health(State.SUSPICIOUS, Trouble(Symptom.NEVER_CRAWLED), NOW - TURN)
    old = replace(new, created_at=NOW - 9 * TURN)
    assert judge(old, NOW, RULES) == Health(State.BROKEN, Trouble(Symptom.NEVER_CRAWLED), NOW - 9 * TURN, 9)


def test_a_source_that_missed_three_turns_and_a_day_is_silent() -> None:
    known = record(WELL)
    assert judge(known, NOW + 3 * TURN + DAY, RULES).state is State.HEALTHY
    health = judge(known, NOW + 5 * DAY, RULES)
    assert health == Health(State.BROKEN, Trouble(Symptom.SILENT, "5 d"), NOW, 20)
    daily = replace(known, turn=DAY)
    assert judge(daily, NOW + 4 * DAY, RULES).state is State.HEALTHY


def test_paused_wins_over_all() -> None:
    for crawls in ((), WELL, [*WELL, *[bad(HTTP_503)] * 5]):
        assert judge(record(crawls, paused=True), NOW + 100 * DAY, RULES) == Health(State.PAUSED)


# -- what was read, and is not right ----------------------------------------------------------------------------------


ODD = {
    "no records": (replace(USUAL, records=0, dated=0), State.BROKEN, Trouble(Symptom.NO_ENTRIES)),
    "few records": (replace(USUAL, records=9, dated=9), State.SUSPICIOUS, Trouble(Symptom.FEWER_RECORDS, "9/20")),
    "no dates": (replace(USUAL, dated=3), State.SUSPICIOUS, Trouble(Symptom.FIELDS_MISSING, "date 17/20")),
    "no links": (replace(USUAL, without_link=11), State.SUSPICIOUS, Trouble(Symptom.FIELDS_MISSING, "link 11/20")),
    "garbled": (replace(USUAL, garbled=5), State.SUSPICIOUS, Trouble(Symptom.GARBLED, "5/20")),
    "went back": (
        replace(USUAL, newest_on=date(2025, 5, 1)),
        State.SUSPICIOUS,
        Trouble(Symptom.STALE, "2025-05-01<2025-07-20"),
    ),
}


@pytest.mark.parametrize("what", ODD)
def test_figures_that_are_not_as_usual_are_told(what: str) -> None:
    figures, state, trouble = ODD[what]
    assert judged(*WELL, good(figures), good(figures)) == Health(state, trouble, NOW - TURN, 2)
    assert judged(*WELL, good(figures), good()).state is State.HEALTHY


@pytest.mark.parametrize(
    "figures",
    [
        replace(USUAL, records=10, dated=10),
        replace(USUAL, records=60, dated=60),
        replace(USUAL, dated=12),
        replace(USUAL, garbled=1),
        replace(USUAL, garbled=4),
        replace(USUAL, without_link=10),
        replace(USUAL, newest_on=date(2025, 6, 20)),
        replace(USUAL, newest_on=None),
    ],
)
def test_what_may_well_be_is_not_told(figures: ListingFigures) -> None:
    assert judged(*WELL, good(figures)).is_well


def test_without_history_only_what_is_wrong_by_itself_is_told() -> None:
    for what in ("few records", "no dates", "went back"):
        assert judged(*[good()] * 4, good(ODD[what][0])).is_well, what
    for what in ("no records", "no links", "garbled"):
        assert judged(good(ODD[what][0])).trouble == ODD[what][2], what


def test_a_listing_whose_size_varies_by_habit_is_no_alarm() -> None:
    """Such as one page for each month: on the first of it there is little."""
    sizes = [1, 3, 7, 12, 20, 26, 30] * 4
    crawls = [good(replace(USUAL, records=size, dated=size)) for size in sizes]
    assert all(judged(*crawls[:end]).state is State.HEALTHY for end in range(1, len(crawls) + 1))


def test_a_source_that_never_had_dates_or_links_lacks_nothing() -> None:
    bare = ListingFigures(12, 0, 0, 0, None)
    assert judged(*[good(bare)] * 9).state is State.HEALTHY


def test_a_figure_at_the_limit_does_not_change_the_state_to_and_fro() -> None:
    under, above, back = (good(replace(USUAL, records=size, dated=size)) for size in (9, 11, 15))
    states = [judged(*WELL, *[under, above] * n).state for n in range(1, 5)]
    assert states == [State.SUSPICIOUS] * 4
    assert judged(*WELL, under, above, under, above).crawls == 4
    assert judged(*WELL, under, back, above).state is State.HEALTHY
    assert judged(*WELL, above).state is State.HEALTHY


def test_what_a_listing_shows_twenty_times_in_a_row_is_how_it_is() -> None:
    smaller = good(replace(USUAL, records=8, dated=8))
    assert judged(*WELL, *[smaller] * 19).trouble == Trouble(Symptom.FEWER_RECORDS, "8/20")
    assert judged(*WELL, *[smaller] * 20).state is State.HEALTHY
    assert judged(*WELL, *[smaller] * 30, good(replace(USUAL, records=3, dated=3))).trouble == Trouble(
        Symptom.FEWER_RECORDS, "3/8"
    )


def test_a_listing_that_has_not_changed_is_as_it_was() -> None:
    """Answered with 304, a crawl has no figures of its own."""
    few = good(replace(USUAL, records=2, dated=2))
    assert judged(*WELL, few, good(None), good(None)) == Health(
        State.SUSPICIOUS, Trouble(Symptom.FEWER_RECORDS, "2/20"), NOW - 2 * TURN, 3
    )
    assert judged(*[good(None)] * 20).state is State.HEALTHY


def test_another_layout_is_suspicious_until_a_crawl_with_usual_figures_confirms_it() -> None:
    rebuilt = good(layout_changed=True)
    assert judged(*WELL, rebuilt) == Health(State.SUSPICIOUS, Trouble(Symptom.LAYOUT), NOW, 1)
    assert judged(*WELL, rebuilt, good()).state is State.HEALTHY
    assert judged(*WELL, rebuilt, good(None)).state is State.HEALTHY
    assert briefly(judged(*WELL, rebuilt, bad(HTTP_503), good(ODD["few records"][0]))) == (
        State.SUSPICIOUS,
        Symptom.FEWER_RECORDS,
        1,
    )
    assert briefly(judged(*WELL, bad(HTTP_503, layout_changed=True), rebuilt))[1] is Symptom.LAYOUT
    assert briefly(judged(*WELL, rebuilt, rebuilt, rebuilt)) == (State.SUSPICIOUS, Symptom.LAYOUT, 3)


def test_many_posts_that_vanish_in_one_day_are_no_withdrawals() -> None:
    vanished = Trouble(Symptom.VANISHED, "4/19")
    assert judged(*WELL, good(visited=19, gone=4)).trouble == vanished
    assert judged(*WELL, good(visited=10, gone=2), good(visited=9, gone=2)).trouble == vanished
    for visited, gone in ((3, 3), (20, 4), (50, 10), (0, 0)):
        assert judged(*WELL, good(visited=visited, gone=gone)).state is State.HEALTHY
    yesterday = [good(visited=10, gone=2), *[good()] * 4, good(visited=10, gone=2)]
    assert judged(*WELL, *yesterday).state is State.HEALTHY


def test_the_day_is_that_of_the_source() -> None:
    """02:00 UTC is 10:00 in Shanghai, and 20:00 UTC of the day before is 04:00 of the same day there."""
    crawls = [*WELL, good(visited=5, gone=3), good(visited=5, gone=3)]
    assert judge(record(crawls), NOW, RULES).state is State.SUSPICIOUS
    assert judge(replace(record(crawls), zone=UTC), NOW, RULES).state is State.HEALTHY


# -- dates that stop --------------------------------------------------------------------------------------------------


def days(newest: date, *gaps: int) -> list[date]:
    """Days with posts, newest first, with so many days between one and the next."""
    found = [newest]
    for gap in gaps:
        found.append(found[-1] - timedelta(days=gap))
    return found


def read(newest: date) -> CrawlRecord:
    return good(replace(USUAL, newest_on=newest))


@pytest.mark.parametrize(
    ("gaps", "idle", "state"),
    [
        ((1, 1, 3, 1, 1, 1, 1, 3, 1), 7, State.HEALTHY),
        ((1, 1, 3, 1, 1, 1, 1, 3, 1), 8, State.QUIET),  # a long holiday
        ((1, 1, 3, 1, 1, 1, 1, 3, 1), 30, State.QUIET),
        ((1, 1, 3, 1, 1, 1, 1, 3, 1), 31, State.SUSPICIOUS),
        ((30,) * 9, 60, State.HEALTHY),  # once a month
        ((30,) * 9, 61, State.QUIET),
        ((30,) * 9, 180, State.QUIET),
        ((30,) * 9, 181, State.SUSPICIOUS),
        ((1,) * 19 + (200,), 31, State.SUSPICIOUS),  # one lull long ago is no habit
        ((40,) * 7, 30, State.HEALTHY),  # too few posts for a habit
        ((40,) * 7, 31, State.QUIET),
        ((1,) * 7, 300, State.QUIET),
    ],
)
def test_a_source_falls_behind_by_its_own_pace(gaps: tuple[int, ...], idle: int, state: State) -> None:
    newest = date(2025, 7, 21) - timedelta(days=idle)
    health = judged(*[read(newest)] * 12, posted_on=days(newest, *gaps))
    assert health.state is state
    assert health.trouble == (None if state is State.HEALTHY else Trouble(Symptom.STALE, str(newest)))


def test_it_is_told_from_the_first_crawl_that_shows_it() -> None:
    newest = date(2025, 7, 21) - timedelta(days=31)
    health = judged(*[read(newest)] * 12, posted_on=days(newest, *[1] * 20))
    assert (health.state, health.crawls) == (State.SUSPICIOUS, 2)  # since 04:00 of that day in Shanghai
    assert health.since == NOW - TURN


def test_what_the_listing_shows_besides_our_posts_counts_too() -> None:
    """Its other news go on: its dates have not stopped, whatever became of the posts that we watch for."""
    newest = date(2025, 5, 1)
    assert judged(*WELL, posted_on=days(newest, *[1] * 20)).state is State.HEALTHY


def test_a_source_without_any_date_is_not_behind() -> None:
    assert judged(*[good(ListingFigures(20, 0, 0, 0, None))] * 9).state is State.HEALTHY


# -- a year without a false alarm -------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 45), min_size=1, max_size=8), st.integers(5, 60))
def test_a_year_of_a_quiet_source_raises_no_alarm(gaps: list[int], records: int) -> None:
    """A post now and then, in whatever rhythm; the listing keeps its size."""
    posted = days(date(2025, 7, 21), *(gap + 1 for gap in gaps * 9))
    for back in range(0, 365, 23):
        today = date(2025, 7, 21) - timedelta(days=back)
        known = [day for day in posted if day <= today]
        shown = ListingFigures(records, records, 0, 0, known[0] if known else None)
        crawls = [replace(good(shown), started_at=NOW - timedelta(days=back + n)) for n in range(2)]
        source = SourceRecord("a", NOW - 999 * DAY, False, DAY, tuple(crawls), tuple(known[:60]))
        assert judge(source, NOW - timedelta(days=back), RULES).is_well


@given(st.lists(st.tuples(st.integers(10, 20), st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_a_source_with_steady_figures_is_never_suspicious(readings: list[tuple[int, bool, bool]]) -> None:
    """Sizes within the factor of two, with or without unchanged answers and shutdowns between."""
    crawls = []
    for size, unchanged, stopped in readings:
        crawls.append(good(None if unchanged else replace(USUAL, records=size, dated=size)))
        crawls += [bad(STOPPED)] if stopped else []
    assert judged(*crawls).state is State.HEALTHY


# -- figures ----------------------------------------------------------------------------------------------------------


def test_figures_of_a_page() -> None:
    today = date(2025, 7, 21)
    entries = (
        Entry("【湛江招商】甲", "http://zj.example/1.html", date(2025, 7, 18)),
        Entry("乙", None, date(2025, 8, 1)),
        Entry("丙", None, today, body="正文"),
        Entry("ä¸­å›½", "http://zj.example/2.html"),
    )
    page = ListingPage("http://zj.example/", "html", entries)
    assert figures_of(page, today) == ListingFigures(4, 3, 1, 1, today)
    assert figures_of(replace(page, entries=()), today) == ListingFigures(0, 0, 0, 0, None)


CHINESE = "海上风电项目开工，总投资“十亿元”"


@pytest.mark.parametrize(
    "title",
    [
        CHINESE.encode().decode("latin-1"),
        CHINESE.encode().decode("cp1252", "replace"),
        CHINESE.encode().decode("gbk", "replace"),
        CHINESE.encode("gbk").decode("latin-1"),
        CHINESE.encode("gbk").decode("utf-8", "replace"),
        "å¹³".encode().decode("latin-1"),
        "锟斤拷锟斤拷项目",
        "烫烫烫烫",
        "项目\ufffd",
    ],
)
def test_traces_of_a_charset_that_was_taken_for_another(title: str) -> None:
    assert is_garbled(title)


@pytest.mark.parametrize(
    "title",
    [
        CHINESE,
        "【湛江招商】Nestlé 咖啡项目（二期）签约",
        "Café & Résumé：Öko-Zentrum Zürich — São Paulo",
        "±5℃·30°×2³，¥100，“€50”…",
        "烫金工艺、屯门、斤斤计较",
        "",
    ],
)
def test_titles_that_are_as_they_were_written(title: str) -> None:
    assert not is_garbled(title)
