"""What visits to known posts leave behind: revisions, events, validators, and the next visit."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.history import EventKind
from monitor.pages import Article, Entry, PageRequest, PostValidators, RawPage, Validators
from monitor.visits import VisitRules

DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")
BODY = "项目总投资12亿元，占地300亩。\n预计明年建成投产。"  # as in conftest.py
EDITED = BODY.replace("12亿元", "15亿元")


def raw_page(visits: Any, text: str) -> RawPage:
    url = "http://zj.example/1.html"
    return RawPage(PageRequest(url), url, text.encode(), visits.crawls.at)


# -- when -------------------------------------------------------------------------------------------------------------


def test_recent_posts_are_due_a_day_after_they_were_read_and_old_ones_never(visits: Any) -> None:
    visits.read(1)
    visits.read(2, on=date(2024, 1, 1))
    assert visits.due() == []
    visits.later(1)
    assert visits.due() == [1]


def test_an_old_post_that_was_announced_is_followed_from_then_on(visits: Any, freezer: Any) -> None:
    visits.read(1, on=date(2025, 6, 1))
    visits.later(1)
    assert visits.due() == []
    freezer.freeze("2025-W29", at=visits.crawls.at)
    visits.later(1)
    assert visits.due() == [1]


def test_each_visit_says_when_the_next_is_due(visits: Any) -> None:
    visits.read(1)
    seen = []
    for day in range(40):
        if visits.due():
            seen.append(day)
            visits.crawl(visits.sees(1))
        visits.later(1)
    assert seen == [1, 3, 7, 14, 30]


def test_no_more_than_so_many_a_day_and_the_missing_ones_first(visits: Any) -> None:
    visits.rules = VisitRules(a_day=3)
    visits.read(*range(1, 9))
    visits.later(1)
    assert visits.due() == [1, 2, 3]
    visits.crawl(visits.sees(1), visits.misses(2))
    assert visits.due() == [3], "the day has room for one more"
    visits.later(1.1)
    assert visits.due() == [2, 3, 4]


def test_posts_of_other_sources_are_theirs_to_visit(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    assert visits.store.posts_to_visit(2, visits.crawls.at, ZONE, visits.rules) == ()


def test_a_post_without_a_page_is_looked_at_where_it_is_listed(visits: Any) -> None:
    line = Entry("【湛江招商】全文", None, date(2025, 7, 20), body=BODY)
    visits.crawls.see(line)
    visits.later(1)
    crawl = visits.crawls.start()
    assert visits.store.awaits_lines(crawl, visits.crawls.at)
    visits.crawls.page(crawl, line)
    assert not visits.store.awaits_lines(crawl, visits.crawls.at)
    visits.crawls.finish(crawl)
    visits.later(1)
    assert not visits.store.awaits_lines(visits.crawls.start(), visits.crawls.at), "the next is due on the third day"
    assert visits.due() == []


# -- what is seen -----------------------------------------------------------------------------------------------------


def test_an_edit_is_a_revision_and_an_event_and_counts_as_revised(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    visits.crawl(visits.sees(1, EDITED))
    assert visits.events() == [("revised", True)]
    assert [one.number for one in visits.store.history(1).revisions] == [1, 2]
    last = visits.store.source_states()[0].last
    assert last is not None
    assert (last.counts.revised, last.counts.visited, last.counts.gone) == (1, 1, 0)


@pytest.mark.parametrize("body", [BODY.replace("，", ", "), BODY.replace("\n", "\n\n"), BODY.replace("。", "．")])
def test_white_space_and_punctuation_are_recorded_at_most(visits: Any, body: str) -> None:
    visits.read(1)
    visits.later(1)
    visits.crawl(visits.sees(1, body))
    assert [telling for _, telling in visits.events()] in ([], [False])


def test_what_does_not_hold_still_is_flapping_and_keeps_its_text(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    visits.crawl(visits.sees(1, BODY + "\n当前在线7人", steady=False))
    assert visits.events() == [("flapping", False)]
    assert visits.post().flapping
    assert (visits.post().body or "").startswith(BODY)
    assert visits.post().revision == 1


def test_another_text_at_every_look_is_flapping_after_three(visits: Any) -> None:
    visits.read(1)
    for n in range(5):
        visits.later(1)
        visits.crawl(visits.sees(1, f"{BODY}\n第{n}次的文字都不一样。"))
    assert visits.events() == [("revised", True), ("revised", True), ("flapping", False)]


def test_a_flapping_post_that_shows_the_same_twice_has_settled(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    visits.crawl(visits.sees(1, BODY + "\n当前在线7人", steady=False))
    for _ in range(2):
        visits.later(1)
        visits.crawl(visits.sees(1, EDITED))
    assert visits.events() == [("flapping", False), ("settled", False), ("revised", True)]
    assert not visits.post().flapping
    assert "15亿元" in (visits.post().body or "")


def test_an_unchanged_look_between_two_edits_ends_the_row(visits: Any) -> None:
    visits.read(1)
    for body in (EDITED, None, EDITED.replace("300亩", "500亩"), None, EDITED.replace("300亩", "600亩"), None):
        visits.later(1)
        visits.crawl(visits.sees(1, body))
    assert visits.events() == [("revised", True)] * 3


def test_our_own_better_reading_is_no_edit(visits: Any) -> None:
    visits.read(1, body=BODY + "\n友情提示：以上内容仅供参考")
    visits.later(1)
    better = Article("【湛江招商】项目1", f"{BODY}\n编号1。")
    visits.crawl(visits.sees(1, BODY, before=better))
    assert visits.events() == []
    revisions = visits.store.history(1).revisions
    assert [one.replayed for one in revisions] == [False, True]
    visits.later(2)
    visits.crawl(visits.sees(1, EDITED, before=better))
    assert visits.events() == [("revised", True)]


def with_footer(body: str = BODY) -> str:
    return body + "\n主办单位：湛江市投资促进局 技术支持：某某科技。"


def test_what_a_new_template_adds_to_every_post_is_announced_to_nobody(visits: Any) -> None:
    visits.read(1, 2, 3)
    visits.later(1)
    visits.crawl(*(visits.sees(n, with_footer()) for n in (1, 2, 3)))
    assert [visits.events(n) for n in (1, 2, 3)] == [[("revised", False)]] * 3


def test_edits_of_many_posts_at_once_are_told_one_and_all(visits: Any) -> None:
    visits.read(*range(1, 8))
    visits.later(1)
    amounts = {n: BODY.replace("12亿元", f"{20 + n}亿元") for n in (1, 2, 3, 4)}
    visits.crawl(*(visits.sees(n, body) for n, body in amounts.items()), *(visits.sees(n) for n in (5, 6, 7)))
    assert [visits.events(n) for n in amounts] == [[("revised", True)]] * 4


def test_an_edit_under_a_new_template_is_told(visits: Any) -> None:
    visits.read(1, 2)
    visits.later(1)
    visits.crawl(visits.sees(1, with_footer(EDITED)), visits.sees(2, with_footer()))
    assert visits.events(1) == [("revised", True)]
    assert visits.events(2) == [("revised", False)]


def test_a_template_that_is_met_over_several_crawls_is_one(visits: Any) -> None:
    """As when the first of them was killed, or few posts are due on a day."""
    visits.read(1, 2, 3)
    visits.later(1)
    crawl = visits.crawls.start()
    visits.sees(1, with_footer())(crawl)  # and is killed
    visits.crawl(visits.sees(2, with_footer()))
    assert [visits.events(n) for n in (1, 2)] == [[("revised", False)]] * 2
    visits.later(3)
    visits.crawl(visits.sees(3, with_footer()))
    assert visits.events(3) == [("revised", False)]


def test_what_a_post_gains_that_others_always_had_is_no_edit(visits: Any) -> None:
    visits.read(1, 2, body=with_footer())
    visits.read(3)
    visits.later(1)
    visits.crawl(visits.sees(3, with_footer()), visits.sees(1))
    assert visits.events(3) == [("revised", False)]


def test_two_of_many_that_are_corrected_alike_are_corrected(visits: Any) -> None:
    visits.read(*range(1, 9))
    visits.later(1)
    visits.crawl(visits.sees(1, EDITED), visits.sees(2, EDITED), *(visits.sees(n) for n in range(3, 9)))
    assert [visits.events(n) for n in (1, 2)] == [[("revised", True)]] * 2


def test_a_new_layout_of_the_listing_says_nothing_of_the_posts_own_pages(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    crawl = visits.crawls.start()
    visits.store._conn.execute("UPDATE crawls SET layout_changed = 1 WHERE id = ?", [crawl])
    visits.sees(1, EDITED)(crawl)
    visits.crawls.finish(crawl)
    assert visits.events() == [("revised", True)]


def test_the_pages_own_new_title_and_date_are_told_wherever_its_line_stands(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    text = f"{BODY}\n编号1。"
    before = Article("项目1", text, date(2025, 7, 20))  # its title stands there without the label

    def look(crawl: int) -> None:
        article = Article("项目1总投资15亿元", text, date(2025, 7, 19))
        visits.store.record_visit(crawl, 1, article, visits.crawls.at, ZONE, rules=visits.rules, before=before)

    visits.crawl(look)
    post = visits.post()
    assert (post.title, post.published_on) == ("【湛江招商】项目1总投资15亿元", date(2025, 7, 19))
    assert visits.events() == [("revised", True)]
    line = Entry("【湛江招商】项目1总投资15亿元", "http://zj.example/1.html", date(2025, 7, 19))
    assert visits.crawls.see(line) == ["unchanged"]


def test_a_page_that_never_called_itself_as_the_listing_does_changes_no_title(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    text = f"{BODY}\n编号1。"

    def look(crawl: int) -> None:
        visits.store.record_visit(
            crawl,
            1,
            Article("招商动态", text),
            visits.crawls.at,
            ZONE,
            rules=visits.rules,
            before=Article("新闻", text),
        )

    visits.crawl(look)
    assert visits.post().title == "【湛江招商】项目1"
    assert visits.events() == []


def test_a_text_that_goes_to_and_fro_is_flapping_however_long_each_lasts(visits: Any) -> None:
    visits.read(1)
    for body in (EDITED, EDITED, BODY, BODY, EDITED, EDITED, BODY, BODY, EDITED, EDITED):
        visits.later(1)
        visits.crawl(visits.sees(1, body))
    assert visits.events()[:3] == [("revised", True), ("revised", True), ("flapping", False)]
    assert sum(telling for _, telling in visits.events()) == 2


def test_a_correction_of_ours_is_no_turn_of_the_posts(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    visits.crawl(visits.sees(1, EDITED))
    visits.later(2)
    better = Article("【湛江招商】项目1", f"{EDITED}\n配套道路同步建设。\n编号1。")
    visits.crawl(visits.sees(1, EDITED + "\n配套道路同步建设。", before=better))
    visits.later(4)
    visits.crawl(visits.sees(1, BODY))
    assert visits.events() == [("revised", True), ("revised", True)], "an edit that was taken back"


def test_edits_are_told_by_the_page_that_the_text_was_read_from(visits: Any) -> None:
    """The archive is committed first: a crash leaves a page in it whose text nobody has stored."""
    visits.read(1)
    visits.later(1)
    old, new = (raw_page(visits, text) for text in ("<p>alt</p>", "<p>neu</p>"))
    visits.crawl(visits.sees(1, EDITED, raw=old))
    visits.store.archive.keep(new, source_id=1, crawl_id=1, kind="post", post_id=1)
    kept = visits.store.archived_page(1)
    assert kept is not None
    assert kept.body == b"<p>alt</p>"


def test_validators_are_kept_and_forgotten_where_the_page_is_never_the_same(visits: Any) -> None:
    visits.read(1)
    url = "http://zj.example/1.html"
    found = PostValidators(url, "2:x", Validators('"a"', None, "0" * 64))
    visits.later(1)
    visits.crawl(visits.sees(1, BODY, validators=found))
    assert visits.store.post_validators(1, url) == found
    assert visits.store.post_validators(1, "http://zj.example/elsewhere.html") is None
    visits.later(1)
    visits.crawl(visits.sees(1, BODY + "\n在线7人", steady=False, validators=found))
    assert visits.store.post_validators(1, url) is None


def test_an_edited_page_is_archived_and_an_unchanged_one_is_not(visits: Any) -> None:
    visits.read(1)
    visits.later(1)

    visits.crawl(visits.sees(1, raw=raw_page(visits, "<p>same</p>")))
    assert visits.store.archived_page(1) is None
    visits.crawl(visits.sees(1, EDITED, raw=raw_page(visits, "<p>edited</p>")))
    kept = visits.store.archived_page(1)
    assert kept is not None
    assert kept.body == b"<p>edited</p>"


def test_events_are_what_history_shows(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    visits.crawl(visits.sees(1, EDITED))
    (event,) = visits.store.history(1).events
    assert (event.kind, event.revision, event.at) == (EventKind.REVISED, 2, visits.crawls.at)
