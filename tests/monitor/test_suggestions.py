"""Names and tables that are suggested for a listing."""

import pytest

from monitor.config.fields import checked_name
from monitor.probes import ProbedListing
from monitor.suggestions import suggest_name, suggest_table


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.zhanjiang.gov.cn/zwgk/list.html", "zhanjiang"),
        ("http://zs.zhanjiang.gov.cn:8080/", "zs-zhanjiang"),
        ("https://www.12345.cn/", "12345"),
        ("https://www.gov.cn/", "gov"),
        ("http://WWW.Invest-Example.COM/", "invest-example"),
        ("http://192.168.1.20:8080/list", "192.168.1.20"),
        ("http://[2001:db8::1]/list", "2001-db8-1"),
        ("http://intranet/list", "intranet"),
        ("https://招商.中国/", "招商"),
        ("saved/湛江 招商.html", "湛江-招商"),
        ("/srv/列表.txt", "列表"),
        ("/srv/...", "source"),
        (f"https://{'a' * 60}.cn/", "a" * 40),
    ],
)
def test_a_name_is_short_and_says_which_site(url: str, name: str) -> None:
    assert suggest_name(url, []) == name
    assert checked_name(name) == name


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert suggest_name("https://www.zhanjiang.gov.cn/", ["zhanjiang", "zhanjiang-2"]) == "zhanjiang-3"


def test_a_table_says_what_differs_from_the_usual() -> None:
    listing = ProbedListing("https://a.example/", label="…", page_title="招商\x07动态")
    assert suggest_table(listing, "a", "https://a.example/") == {
        "name": "a",
        "title": "招商 动态",
        "url": "https://a.example/",
        "label": "…",
    }
    hidden = ProbedListing("https://a.example/", label="…", private=True)
    told = suggest_table(hidden, "a", "u", render=True, verify_tls=False, proxy="http://p:1")
    assert told == {
        "name": "a",
        "url": "u",
        "label": "…",
        "render": True,
        "allow_private": True,
        "verify_tls": False,
        "proxy": "http://p:1",
    }
