"""Which addresses are one address, and which keys never meet."""

from datetime import date
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.identity import canonical_url, listing_identity, shared_line_identity, url_identity

DAY = date(2025, 7, 17)


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("http://a.cn/1.html", "https://a.cn/1.html"),
        ("http://a.cn:80/1.html", "https://a.cn:443/1.html"),
        ("http://A.CN./1.html", "http://a.cn/1.html"),
        ("http://a.cn", "http://a.cn/"),
        ("  http://a.cn/1.html\n", "http://a.cn/1.html"),
        ("http://a.cn/1.html#top", "http://a.cn/1.html"),
        ("http://a.cn/1.html#", "http://a.cn/1.html"),
        ("http://a.cn/x/../1.html", "http://a.cn/./1.html"),
        ("http://a.cn//x//1.html", "http://a.cn/x/1.html"),
        ("http://a.cn/?b=2&a=1", "http://a.cn/?a=1&b=2"),
        ("http://a.cn/1?utm_source=wx&id=7&spm=1.2", "http://a.cn/1?id=7"),
        ("http://a.cn/1?from_source=x&share_token=y&UTM_Medium=z", "http://a.cn/1"),
        ("http://a.cn/1;jsessionid=0A1B?id=7", "http://a.cn/1?id=7"),
        ("http://a.cn/1?JSESSIONID=0A1B", "http://a.cn/1"),
        ("http://a.cn/%E6%8B%9B%E5%95%86", "http://a.cn/招商"),
        ("http://a.cn/%e6%8b%9b", "http://a.cn/%E6%8B%9B"),
        ("http://a.cn/%7Ezj/1%2Ehtml", "http://a.cn/~zj/1.html"),
        ("http://a.cn/s?q=%E6%8B%9B+1", "http://a.cn/s?q=招%201"),
        ("http://me:secret@a.cn/1", "http://a.cn/1"),
        ("https://[2001:DB8::1]:443/1", "http://[2001:db8::1]/1"),
    ],
)
def test_addresses_of_one_page_have_one_canonical_form(one: str, same: str) -> None:
    assert canonical_url(one) == canonical_url(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.cn/1.html", "http://www.a.cn/1.html"),
        ("http://a.cn/1.html", "http://a.cn/2.html"),
        ("http://a.cn/A.html", "http://a.cn/a.html"),
        ("http://a.cn:8080/1", "http://a.cn/1"),
        ("http://a.cn:8080/1", "http://a.cn:8081/1"),
        ("http://a.cn/x/", "http://a.cn/x"),
        ("http://a.cn/?id=1", "http://a.cn/?id=2"),
        ("http://a.cn/?id=1", "http://a.cn/?id=1&page=2"),
        ("http://a.cn/?id=", "http://a.cn/"),
        ("http://a.cn/?from=1", "http://a.cn/?from=2"),
        ("http://a.cn/#/post/1", "http://a.cn/#/post/2"),
        ("http://a.cn/#!1", "http://a.cn/#!2"),
        ("http://a.cn/#id=1", "http://a.cn/#id=2"),
        ("http://a.cn/#/post/1", "http://a.cn/"),
        ("http://a.cn/1%3Fid=1", "http://a.cn/1?id=1"),
        ("http://a.cn/1%23/a", "http://a.cn/1#/a"),
        ("http://a.cn/%2541", "http://a.cn/A"),
    ],
)
def test_addresses_of_different_pages_stay_apart(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize("broken", ["http://[::1", "http://[broken]/", "http://a.cn:99999/", "http://a.cn:port/"])
def test_what_is_no_address_is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical_url(broken)


_words = st.text(st.sampled_from("abAB12招商%+&=#?/ ._~-;:@"), max_size=8)


@given(
    path=st.lists(_words, max_size=4),
    query=st.dictionaries(_words.filter(bool), _words, max_size=4),
    route=st.one_of(st.just(""), _words.map(lambda word: f"/{word}")),
    data=st.data(),
)
def test_canonical_form_ignores_order_and_tracking_and_is_final(
    path: list[str], query: dict[str, str], route: str, data: st.DataObject
) -> None:
    def address(pairs: list[tuple[str, str]]) -> str:
        return f"http://a.cn/{'/'.join(quote(word, safe='') for word in path)}?{urlencode(pairs)}#{route}"

    tracked = [*data.draw(st.permutations(list(query.items()))), ("utm_campaign", "x")]
    canonical = canonical_url(address(list(query.items())))
    assert canonical_url(address(tracked)) == canonical
    assert canonical_url(f"https:{canonical}") == canonical


def test_a_line_of_a_shared_address_is_known_by_title_and_date() -> None:
    bare = url_identity("http://a.cn/1")
    key = shared_line_identity(bare, "【湛江招商】携手", DAY)
    assert key == shared_line_identity(bare, "［湛江 招商］携手", DAY)
    others = {
        bare,
        shared_line_identity(bare, "【湛江招商】签约", DAY),
        shared_line_identity(bare, "【湛江招商】携手", None),
        shared_line_identity(url_identity("http://a.cn/2"), "【湛江招商】携手", DAY),
        listing_identity(1, "【湛江招商】携手", DAY),
    }
    assert key not in others
    assert len(others) == 5


def test_a_line_without_address_is_known_by_source_title_with_label_and_date() -> None:
    key = listing_identity(1, "【湛江招商】携手", DAY)
    assert key == listing_identity(1, "〖湛江招商〗 携 手", DAY)
    assert key not in {
        listing_identity(11, "【湛江招商】携手", DAY),
        listing_identity(1, "【廉江招商】携手", DAY),
        listing_identity(1, "携手", DAY),
        listing_identity(1, "【湛江招商】携手", date(2025, 7, 18)),
    }
