"""No page, redirection or name server leads a source to an address that is not public; nothing is sent there at all.

In the crawls, 127.0.0.1 stands in for a public address where `public` says so, and 127.0.0.2 never does.
"""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.guard import ascii_host, is_public, literal, refusal_of_host

WAY_OUT = "allow_private = true lets this source read it"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - an address to refuse, not one to listen at
GUARDED = {"allow_private": False}
NO_RETRY = {"RETRY_TIMES": 0}


# -- pure -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "114.114.114.114", "2400:3200::1", "64:ff9b::101:101", "2002:101:101::1"]
)
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *(EVERYWHERE, "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
        *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1"),
        *("203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1"),
        *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "", "www.example.cn", "1.1.1", "١٢٧.٠.٠.١"),
    ],
)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.0.0.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("0", EVERYWHERE),
        ("[::1]", "::1"),
        ("::ffff:7f00:1", "::ffff:127.0.0.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("www.example.cn", None),
        ("127.0.0.1.example.cn", None),
        ("4294967296", None),
        ("127.0.0.1 x", "127.0.0.1"),  # the system looks no further, and neither do we
        ("一二七", None),
        ("", None),
    ],
)
def test_hosts_that_are_addresses_however_they_are_spelled(host, address):
    found = literal(host)
    if address is not None and ":" in address:
        assert socket.inet_pton(socket.AF_INET6, found) == socket.inet_pton(socket.AF_INET6, address)
    else:
        assert found == address


def test_a_refusal_says_which_address_and_what_to_do():
    assert refusal_of_host("10.0.0.1") == f"10.0.0.1 is not a public address; {WAY_OUT}"
    assert refusal_of_host("167772161") == f"167772161 is 10.0.0.1, which is not a public address; {WAY_OUT}"
    assert refusal_of_host("db.LOCALHOST.") == f"db.LOCALHOST. is this machine itself; {WAY_OUT}"
    assert refusal_of_host("www.example.cn") is None
    assert refusal_of_host("1.1.1.1") is None


@given(st.text())
def test_no_host_raises(host):
    refusal_of_host(host)
    ascii_host(host)


# -- real crawls ------------------------------------------------------------------------------------------------------


def test_no_spelling_of_this_machine_is_reached(site, fetch):
    port = site.url.rpartition(":")[2]
    site.put("/page", "secret")
    hosts = [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "[::1]", "[::ffff:127.0.0.1]"),
        *(EVERYWHERE, "0", "localhost", "a.localhost", "１２７.０.０.１", "127。0。0。1"),
    ]
    fetched = fetch(*(f"http://{host}:{port}/page" for host in hosts), source=GUARDED, settings=NO_RETRY)
    assert fetched.pages == {}
    assert len(fetched.reasons) == len(hosts) - 2  # the full-width ones are 127.0.0.1 as soon as they are addresses
    assert all(reason.endswith(WAY_OUT) for reason in fetched.reasons.values()), fetched.reasons
    assert fetched.connected == []
    assert site.log == []


def test_no_private_address_is_reached(fetch):
    hosts = ["169.254.169.254", "10.0.0.1", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]", "2852039166"]
    fetched = fetch(*(f"http://{host}/latest/meta-data/" for host in hosts), source=GUARDED)
    assert len(fetched.reasons) == len(hosts)
    assert all("not a public address" in reason for reason in fetched.reasons.values()), fetched.reasons


def test_a_name_that_resolves_to_a_private_address_is_refused_by_name_and_address(fetch):
    addresses = ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", EVERYWHERE]
    names = {f"www{number}.example.cn": [[address]] for number, address in enumerate(addresses)}
    fetched = fetch(*(f"http://{name}/page" for name in names), source=GUARDED, names=names)
    assert fetched.reasons == {
        f"http://{name}/page": f"{name} resolves to {answers[0][0]}, which is not a public address; {WAY_OUT}"
        for name, answers in names.items()
    }
    assert fetched.connected == []
    assert sorted(fetched.looked_up) == sorted(names)  # a refusal is not tried again


def test_a_name_in_chinese_is_refused_by_the_same_rule(fetch):
    fetched = fetch("http://招商.example.cn/page", source=GUARDED, names={"xn--czrx92a.example.cn": [["10.0.0.1"]]})
    (reason,) = fetched.reasons.values()
    assert "resolves to 10.0.0.1, which is not a public address" in reason


@pytest.mark.parametrize("target", ["http://127.0.0.2:{port}/secret", "http://inside.example.cn:{port}/secret"])
@pytest.mark.parametrize("how", ["redirect", "refresh"])
def test_a_public_site_does_not_lead_inside(site, fetch, target, how):
    port = site.url.rpartition(":")[2]
    away = target.format(port=port)
    site.put("/secret", "secret")
    if how == "redirect":
        site.put("/page", "", status=302, Location=away)
    else:
        site.put("/page", f"<meta http-equiv='refresh' content='0;url={away}'>")
    start = f"http://www.example.cn:{port}/page"
    names = {"www.example.cn": [["127.0.0.1"]], "inside.example.cn": [["127.0.0.2"]]}
    fetched = fetch(start, source=GUARDED, names=names, public=["127.0.0.1"], settings=NO_RETRY)
    assert fetched.reasons[start].endswith(WAY_OUT)
    assert fetched.pages == {}
    assert site.requests == ["/page"]
    assert set(fetched.connected) == {"127.0.0.1"}


def test_a_robots_txt_does_not_lead_inside(site, fetch):
    port = site.url.rpartition(":")[2]
    site.put("/robots.txt", "", status=302, Location=f"http://127.0.0.2:{port}/secret")
    start = f"http://www.example.cn:{port}/page"
    fetched = fetch(start, source=GUARDED, names={"www.example.cn": [["127.0.0.1"]]}, public=["127.0.0.1"])
    assert fetched.reasons[start].endswith(WAY_OUT)
    assert site.requests == []


def test_what_was_checked_is_what_is_connected_to(site, fetch):
    """DNS rebinding: a name server that answers with a public address first, and with a private one from then on."""
    port = site.url.rpartition(":")[2]
    site.put("/robots.txt", "", Connection="close")
    site.put("/page", "public", Connection="close")
    start = f"http://www.example.cn:{port}/page"
    names = {"www.example.cn": [["127.0.0.1"], ["127.0.0.2"]]}
    settings = {**NO_RETRY, "DNSCACHE_ENABLED": False}
    fetched = fetch(start, source=GUARDED, names=names, public=["127.0.0.1"], settings=settings)
    assert set(fetched.connected) == {"127.0.0.1"}  # for robots.txt
    assert fetched.looked_up == ["www.example.cn", "www.example.cn"]
    assert fetched.reasons == {start: f"www.example.cn resolves to 127.0.0.2, which is not a public address; {WAY_OUT}"}


def test_of_several_addresses_only_public_ones_are_tried(site, fetch):
    port = site.url.rpartition(":")[2]
    site.put("/page", "public")
    names = {"www.example.cn": [["10.0.0.1", "127.0.0.1", "::1"]]}
    fetched = fetch(f"http://www.example.cn:{port}/page", source=GUARDED, names=names, public=["127.0.0.1"])
    assert [page["text"] for page in fetched.pages.values()] == ["public"]
    assert set(fetched.connected) == {"127.0.0.1"}


def test_a_name_is_looked_up_once_a_crawl(site, fetch):
    port = site.url.rpartition(":")[2]
    site.put("/1", "1", Connection="close")
    site.put("/2", "2", Connection="close")
    urls = [f"http://www.example.cn:{port}/{number}" for number in (1, 2)]
    fetched = fetch(*urls, source=GUARDED, names={"www.example.cn": [["127.0.0.1"]]}, public=["127.0.0.1"])
    assert len(fetched.pages) == 2
    assert fetched.looked_up == ["www.example.cn"]


def test_only_the_web_is_fetched(fetch):
    urls = ["ftp://www.example.cn/x", "file:///etc/passwd", "data:text/plain,x", "gopher://a/"]
    fetched = fetch(*urls, source={**GUARDED, "url": "http://www.example.cn/"})
    assert fetched.reasons == dict.fromkeys(urls, "an address of this kind is not fetched")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://www.example.cn/x", "data:text/html,secret"])
@pytest.mark.parametrize("how", ["redirect", "refresh"])
def test_a_page_that_leads_out_of_the_web_is_refused_by_the_address(site, fetch, target, how):
    if how == "redirect":
        site.put("/page", "<h1>Found</h1>", status=302, Location=target)
    else:
        site.put("/page", f"<meta http-equiv='refresh' content='0;url={target}'><p>正在跳转</p>")
    fetched = fetch(f"{site.url}/page")
    kind = target.partition(":")[0]
    assert fetched.reasons == {f"{site.url}/page": f"it leads to {target}, and {kind}: addresses are not fetched"}
    assert site.requests == ["/page"]


def test_a_page_with_something_to_say_is_read_whatever_app_it_would_open(site, fetch):
    text = "湛江招商".ljust(200, "。")
    site.put("/page", f"<meta http-equiv='refresh' content='0;url=weixin://dl/business'><p>{text}</p>")
    assert text in fetch(f"{site.url}/page").pages[f"{site.url}/page"]["text"]


def test_a_robots_txt_that_leads_out_of_the_web_is_none(site, fetch):
    site.put("/page", "页面")
    site.put("/robots.txt", "", status=302, Location="file:///etc/passwd")
    assert fetch(f"{site.url}/page").pages


def test_allow_private_reads_an_intranet(site, fetch):
    port = site.url.rpartition(":")[2]
    site.put("/page", "intranet")
    urls = [f"{site.url}/page", f"http://oa.example.cn:{port}/page", f"http://localhost:{port}/page"]
    fetched = fetch(*urls, source={"allow_private": True}, names={"oa.example.cn": [["127.0.0.1"]]})
    assert sorted(fetched.pages) == sorted(urls)


def test_the_peer_is_checked_too_should_a_look_up_not_have_gone_through_us(site, fetch):
    port = site.url.rpartition(":")[2]
    site.put("/page", "secret")
    settings = {**NO_RETRY, "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingThreadedResolver"}
    url = f"http://www.example.cn:{port}/page"
    fetched = fetch(url, source=GUARDED, settings=settings, names={"www.example.cn": [["127.0.0.1"]]})
    assert fetched.reasons == {url: f"www.example.cn resolves to 127.0.0.1, which is not a public address; {WAY_OUT}"}
    assert site.requests == []


def test_behind_a_proxy_only_spelled_out_addresses_are_checked_and_the_log_says_so(proxy, fetch):
    urls = ["http://10.0.0.1/page", "http://localhost/page", "http://www.example.cn/page"]
    fetched = fetch(*urls, source={**GUARDED, "proxy": proxy.address}, settings=NO_RETRY)
    assert list(fetched.pages) == [urls[2]]
    assert all(fetched.reasons[url].endswith(WAY_OUT) for url in urls[:2])
    assert "the proxy looks up names itself" in fetched.log
    assert set(fetched.looked_up) == {"127.0.0.1"}  # the proxy itself


def test_a_source_is_guarded_unless_its_table_says_otherwise(workplace, site):
    site.listing("/list.html", [("/1.html", "【湛江招商】甲", "2025-07-17")])
    workplace.configure(f'[crawl]\ndelay = 0\n[[source]]\nname = "site"\nurl = "{site.url}/list.html"\n')
    done = workplace.scrapy("crawl", "site")
    assert done.returncode == 1
    assert "127.0.0.1 is not a public address; allow_private = true lets this source read it" in done.stderr
    assert "Traceback" not in done.stderr
    assert site.log == []
