"""New events under their places: headings only where there are several of a level."""

import pytest

from digests.places import Placed, by_place, path_of
from monitor.facts.place import read_place


@pytest.fixture
def groups(item, post):
    """The groups of items at places, by label: (depth, heading, ids, total)."""

    def make(*labels, future=()):
        placed = []
        for number, label in enumerate(labels, 1):
            place = read_place("", "", f"{label}招商") if label else None
            plain = item(number, future_on=post(1).effective_on if number in future else None)
            read = post(number, place=label, label=f"{label}招商" if label else "")
            placed.append(Placed(plain, path_of(place, read)))
        return [(g.depth, g.place, [one.post_id for one in g.items], g.total) for g in by_place(placed)]

    return make


def test_nothing_is_no_group(groups) -> None:
    assert groups() == []


def test_places_of_one_city_stand_side_by_side(groups) -> None:
    assert groups("湛江", "徐闻县", "遂溪县", "徐闻县", "湛江", "湛江") == [
        *((0, "广东省湛江市", [1, 5, 6], None), (0, "徐闻县", [2, 4], None), (0, "遂溪县", [3], None)),
    ]


def test_a_single_place_has_its_whole_name(groups) -> None:
    assert groups("徐闻县") == [(0, "广东省湛江市徐闻县", [1], None)]


def test_cities_of_one_province_need_no_heading_of_the_province(groups) -> None:
    assert groups("湛江", "徐闻县", "茂名", "广州市天河区") == [
        (0, "湛江市", [1], 2),
        (1, "徐闻县", [2], None),
        (0, "广州市天河区", [4], None),
        (0, "茂名市", [3], None),
    ]


def test_province_city_county(groups) -> None:
    assert groups("湛江", "徐闻县", "安徽省池州市", "广东省", "茂名", "朝阳区不知何处", None, None) == [
        (0, "广东省", [4], 4),
        (1, "湛江市", [1], 2),
        (2, "徐闻县", [2], None),
        (1, "茂名市", [5], None),
        (0, "安徽省池州市", [3], None),
        (0, "朝阳区不知何处", [6], None),
        (0, "其他", [7, 8], None),
    ]


def test_places_with_nothing_but_dates_ahead_come_last(groups) -> None:
    assert [heading for _, heading, *_ in groups("徐闻县", "徐闻县", "遂溪县", future={1, 2})] == ["遂溪县", "徐闻县"]


def test_a_post_that_was_not_read_yet_stands_where_its_label_says(post) -> None:
    assert path_of(None, post(1, label="徐闻县招商", place="徐闻县")) == ("广东省", "湛江市", "徐闻县")
    assert path_of(None, post(1, label="朝阳区招商", place="朝阳区")) == ("朝阳区",)
