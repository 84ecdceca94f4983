"""What a digest makes of dates that lie ahead, and of a source whose page was rebuilt."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from digests.build import build_preview
from digests.content import from_json, to_json
from digests.render import render
from monitor.announcing import AnnounceRules, Audience, DigestMaterial, Period
from monitor.models import SourceSpec
from monitor.pages import ListingPage
from monitor.periods import parse_period
from monitor.store import Store

WEEK: Period = parse_period("2025-W29")
AHEAD = date(2031, 1, 1)


@pytest.fixture
def told(now, zone):
    """The preview of a week of posts."""

    def build_it(*posts):
        material = DigestMaterial(Audience(1, "everyone", now), WEEK, posts, frozenset(), (), ())
        return build_preview(material, {}, AnnounceRules(), now, zone)

    return build_it


def test_a_date_from_the_future_never_leads_and_says_what_it_is(post, told):
    late = {
        "published_on": AHEAD,
        "effective_on": date(2025, 7, 20),
        "dated": False,
        "place": "遂溪县",
        "label": "遂溪县招商",
    }
    ahead = replace(post(1, title="【遂溪县招商】总投资百亿元项目签约"), **late)
    digest = told(ahead, post(2), post(3, date(2025, 7, 14)), post(4), post(5))
    assert [group.place for group in digest.places] == ["广东省湛江市", "遂溪县"]
    assert [item.post_id for item in digest.highlights] == [2, 4, 5]
    (item,) = digest.places[1].items
    assert item.future_on == AHEAD
    for form in ("md", "html"):
        assert f"所标日期 {AHEAD} 尚未到" in render(digest, form)
        much_later = replace(digest, built_at=datetime.combine(AHEAD, time(12), UTC))
        assert f"所标日期 {AHEAD} 当时尚未到" in render(much_later, form)
    assert from_json(to_json(digest)) == digest


def test_within_a_place_it_stands_last(post, told):
    ahead = replace(post(1), published_on=AHEAD, effective_on=date(2025, 7, 20), dated=False)
    assert [item.post_id for item in told(ahead, post(2), post(3)).places[0].items] == [2, 3, 1]


def test_another_record_block_is_told_once_in_the_source_section(tmp_path, now):
    with Store(tmp_path / "zhaoshang.db") as store:
        store.sync([SourceSpec("zhanjiang", "http://zj.example/list/", "湛江招商")], ["everyone"], now)
        for signature in ("ul.list>li>a", "div.cards>a"):
            crawl_id = store.start_crawl("zhanjiang", 1, now - timedelta(hours=2))
            page = ListingPage("http://zj.example/list/", "html", (), signature=signature)
            store.note_reading(crawl_id, page, now.date())
            store.finish_crawl(crawl_id, "end of the listing", completed=True, now=now)
        (state,) = store.source_states(since=now - timedelta(days=7))
        (later,) = store.source_states(since=now)
        (unasked,) = store.source_states()
    assert (state.layout_changed, later.layout_changed, unasked.layout_changed) == (True, False, False)


@pytest.mark.parametrize("form", ["md", "html"])
def test_the_source_line_asks_somebody_to_look(empty_digest, form):
    (line,) = empty_digest.sources
    rebuilt = replace(empty_digest, sources=(replace(line, layout_changed=True),))
    assert "页面版式有变" in render(rebuilt, form)
    assert "页面版式有变" not in render(empty_digest, form)
