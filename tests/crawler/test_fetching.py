"""Whatever a server does, a page comes or one line says why not; and the configuration's words reach the server."""

import contextlib
import gzip
import socket
import threading
import time
import zlib

import brotli
import pytest
from scrapy.settings import Settings

from crawler.failures import reason_of_error
from crawler.fetching import apply, proxy_of, user_agent
from monitor.config import CrawlConfig, SourceConfig
from monitor.errors import ConfigError

MIB = 1024 * 1024
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.fixture
def rude():
    """Servers without manners: `rude(answer)` starts one that answers every page by writing to the socket itself."""
    servers = []

    def serve(answer):
        listener = socket.create_server(("127.0.0.1", 0))
        servers.append(listener)

        def accept():
            with contextlib.suppress(OSError):  # closed at the end of the test
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=talk, args=(connection,), daemon=True).start()

        def talk(connection):
            with connection, contextlib.suppress(OSError):
                asked = b""
                while b"\r\n\r\n" not in asked:
                    received = connection.recv(65536)
                    if not received:
                        return
                    asked += received
                if asked.startswith(b"GET /robots.txt "):
                    connection.sendall(b"HTTP/1.1 404 -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                elif callable(answer):
                    answer(connection)
                else:
                    connection.sendall(answer)

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield serve
    for server in servers:
        server.close()


def sized(body: bytes, *headers: str) -> bytes:
    more = "".join(f"{header}\r\n" for header in headers).encode()
    return OK + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


def redirect(location: bytes) -> bytes:
    return b"HTTP/1.1 302 -\r\nLocation: " + location + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def drip(start: bytes):
    """A byte now and then, for as long as somebody listens."""

    def answer(connection):
        connection.sendall(start)
        while True:
            connection.sendall(b"x")
            time.sleep(0.1)

    return answer


def pour(start: bytes, again: bytes, times: int):
    """The same again and again, as fast as it is taken."""

    def answer(connection):
        connection.sendall(start)
        for _ in range(times):
            connection.sendall(again)

    return answer


def hang_up(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, not an end


LARGE = "larger than 8 MiB; the ceiling is max_response_mb in [crawl]"
PACKED = "its compression cannot be undone"
MISBEHAVIOUR = {
    "reset": (hang_up, "the connection was lost before the answer"),
    "closed": (b"", "the connection was closed before the answer"),
    "rubbish": (b"\x00\x01\x02 rubbish here\r\n\r\n" * 20, "the answer is not HTTP"),
    "HTTP/0.9": (b"<html>old</html>\n", "the answer is not HTTP"),
    "no number": (b"HTTP/1.1 abc -\r\nContent-Length: 0\r\n\r\n", "the answer is not HTTP"),
    "one header of 1 MB": (OK + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n", "the connection was closed before the answer"),
    "headers for ever": (pour(OK, b"X-Header: " + b"a" * 100 + b"\r\n", 100_000), "its headers are too large"),
    "100 Continue for ever": (pour(b"", b"HTTP/1.1 100 -\r\n\r\n" * 100, 10_000), "its headers are too large"),
    "a length that is too long": (OK + b"Content-Length: 100\r\n\r\nabc", "the answer broke off"),
    "a negative length": (OK + b"Content-Length: -3\r\n\r\nabc", "the answer is not HTTP"),
    "two lengths": (OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", "the answer is not HTTP"),
    "a chunk that is none": (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc", "the answer broke off"),
    "a chunk cut short": (OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\nabc", "the answer broke off"),
    "not gzip": (sized(b"abcde", "Content-Encoding: gzip"), PACKED),
    "not deflate": (sized(b"abcde", "Content-Encoding: deflate"), PACKED),
    "not brotli": (sized(b"abcde", "Content-Encoding: br"), PACKED),
    "not zstd": (sized(b"abcde", "Content-Encoding: zstd"), PACKED),
    "a gzip bomb": (sized(gzip.compress(bytes(100 * MIB)), "Content-Encoding: gzip"), LARGE),
    "a brotli bomb": (sized(brotli.compress(bytes(100 * MIB), quality=1), "Content-Encoding: br"), LARGE),
    "one byte too many": (OK + b"Content-Length: %d\r\n\r\n" % (8 * MIB + 1), LARGE),
    "too large without saying so": (pour(OK + b"\r\n", bytes(MIB), 9), LARGE),
    "round in circles": (redirect(b"/again"), "redirected too often"),
    "to a file": (
        redirect(b"file:///etc/passwd"),
        "it leads to file:///etc/passwd, and file: addresses are not fetched",
    ),
    "to data": (redirect(b"data:text/html,x"), "it leads to data:text/html,x, and data: addresses are not fetched"),
    "nowhere": (b"HTTP/1.1 302 -\r\nContent-Length: 0\r\n\r\n", "HTTP 302"),
    "to no address": (redirect(b"http://[::1"), "it leads to what is no address (Invalid IPv6 URL)"),
    "to no port": (redirect(b"http://a:99999/"), "it leads to what is no address (Port out of range 0-65535)"),
    "an unknown status": (b"HTTP/1.1 999 -\r\nContent-Length: 0\r\n\r\n", "HTTP 999"),
}
SIGNS = {
    **dict.fromkeys(MISBEHAVIOUR, ("connection", "")),
    **dict.fromkeys(
        ("rubbish", "HTTP/0.9", "no number", "a negative length", "two lengths"), ("connection", "no HTTP")
    ),
    **dict.fromkeys(("headers for ever", "100 Continue for ever"), ("too-large", "headers")),
    **dict.fromkeys((what for what, (_, said) in MISBEHAVIOUR.items() if said == LARGE), ("too-large", "8 MiB")),
    **dict.fromkeys((what for what, (_, said) in MISBEHAVIOUR.items() if said == PACKED), ("binary", "")),
    "to a file": ("address", "file:///etc/passwd"),
    "to data": ("address", "data:text/html,x"),
    "nowhere": ("redirects", "HTTP 302"),
    **dict.fromkeys(("round in circles", "to no address", "to no port"), ("redirects", "")),
    "an unknown status": ("client-error", "HTTP 999"),
}
STRANGE_BUT_A_PAGE = {
    "exactly at the ceiling": (sized(bytes(8 * MIB)), 8 * MIB),
    "empty": (sized(b""), 0),
    "empty gzip": (sized(b"", "Content-Encoding: gzip"), 0),
    "gzip": (sized(gzip.compress(b"abc"), "Content-Encoding: gzip"), 3),
    "deflate": (sized(zlib.compress(b"abc"), "Content-Encoding: deflate"), 3),
    "brotli": (sized(brotli.compress(b"abc"), "Content-Encoding: br"), 3),
    "a length that is too short": (OK + b"Content-Length: 3\r\n\r\nabcde", 3),
    "no length": (OK + b"\r\nabc", 3),
    "a header without a colon": (OK + b"nonsense\r\nContent-Length: 3\r\n\r\nabc", 3),
    "a refresh to no address": (sized(b"<meta http-equiv=refresh content='0;url=http://[::1'>"), 53),
    "a refresh in a minute": (sized(b"<meta http-equiv=refresh content='60;url=/'>"), 44),
}


def test_whatever_a_server_does_is_a_page_or_one_line(rude, fetch):
    wrong = {what: rude(answer) for what, (answer, _) in MISBEHAVIOUR.items()}
    strange = {what: rude(answer) for what, (answer, _) in STRANGE_BUT_A_PAGE.items()}
    fetched = fetch(*wrong.values(), *strange.values(), settings={"RETRY_TIMES": 0, "LOG_LEVEL": "DEBUG"})
    assert {what: fetched.reasons.get(url) for what, url in wrong.items()} == {
        what: reason for what, (_, reason) in MISBEHAVIOUR.items()
    }
    assert {what: fetched.signs.get(url) for what, url in wrong.items()} == SIGNS
    lengths = {what: fetched.pages[url]["length"] for what, url in strange.items() if url in fetched.pages}
    assert lengths == {what: length for what, (_, length) in STRANGE_BUT_A_PAGE.items()}
    assert fetched.stats["peak_rss_kb"] < 300 * 1024


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 ", OK + b"Content-Length: 1000000\r\n\r\n"], ids=["head", "body"])
def test_a_byte_now_and_then_holds_no_crawl(rude, fetch, start):
    url = rude(drip(start))
    assert fetch(url, settings={"DOWNLOAD_TIMEOUT": 1, "RETRY_TIMES": 0}).reasons == {url: "no answer in time"}


def test_what_is_broken_off_is_tried_again_a_bounded_number_of_times(rude, fetch):
    tries = []

    def answer(connection):
        tries.append(1)
        connection.sendall(OK + b"Content-Length: 100\r\n\r\nabc")

    url = rude(answer)
    assert fetch(url).reasons == {url: "the answer broke off"}
    assert len(tries) == 3


def test_what_is_broken_off_is_handed_over_where_that_is_asked_for(rude, fetch):
    tries = []

    def answer(connection):
        tries.append(1)
        connection.sendall(OK + b"Content-Length: 100\r\n\r\nabc")

    url = rude(answer)
    page = fetch({"url": url, "meta": {"download_fail_on_dataloss": False}}).pages[url]
    assert (page["text"], page["flags"], len(tries)) == ("abc", ["dataloss"], 3)


def test_the_ceiling_is_the_configuration_s(site, fetch):
    site.put("/page", b"x" * (MIB + 1))
    fetched = fetch(f"{site.url}/page", crawl={"max_response_mb": 1})
    assert fetched.reasons == {f"{site.url}/page": "larger than 1 MiB; the ceiling is max_response_mb in [crawl]"}


def test_who_asks_and_in_which_language(site, fetch):
    site.put("/page", "页面")
    assert fetch(f"{site.url}/page", crawl={"contact": "mailto:you@example.cn"}).pages
    assert [asked.path for asked in site.log] == ["/robots.txt", "/page"]
    for asked in site.log:
        assert asked.headers["user-agent"] == user_agent("mailto:you@example.cn")
        assert asked.headers["accept-language"].startswith("zh-CN")
    assert user_agent("mailto:you@example.cn").startswith("zhaoshang/")
    assert user_agent("mailto:you@example.cn").endswith(" (+mailto:you@example.cn)")
    assert "(" not in user_agent("")


# -- proxies ----------------------------------------------------------------------------------------------------------


def test_a_source_s_proxy_is_asked_for_everything_and_its_password_comes_from_the_environment(proxy, fetch):
    login = proxy.address.replace("http://", "http://user:geheim@")
    fetched = fetch("http://www.example.cn/page", source={"proxy": "env:ZS_PROXY"}, ZS_PROXY=login)
    assert fetched.pages["http://www.example.cn/page"]["text"] == "from the proxy"
    assert [head.partition(" HTTP")[0] for head in proxy.asked] == [
        "GET http://www.example.cn/robots.txt",
        "GET http://www.example.cn/page",
    ]
    assert all("Proxy-Authorization: Basic dXNlcjpnZWhlaW0=" in head for head in proxy.asked)
    assert "geheim" not in fetched.log
    assert set(fetched.connected) == {"127.0.0.1"}


def test_a_proxy_in_the_environment_is_not_the_source_s(proxy, site, fetch):
    site.put("/page", "from the site")
    everywhere = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy"), proxy.address)
    assert fetch(f"{site.url}/page", **everywhere).pages[f"{site.url}/page"]["text"] == "from the site"
    assert proxy.asked == []


def test_a_proxy_that_refuses_is_named(proxy, fetch):
    fetched = fetch("https://www.example.cn/page", source={"proxy": proxy.address}, settings={"RETRY_TIMES": 0})
    (reason,) = fetched.reasons.values()
    assert reason.startswith("robots.txt cannot be read: the proxy did not open the way:")
    assert "403" in reason


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "the environment variable ZS_PROXY is not set"),
        ("", "the environment variable ZS_PROXY is not set"),
        ("rubbish", "the environment variable ZS_PROXY holds no address of a proxy"),
        ("https://user:geheim@proxy.example.cn", "the environment variable ZS_PROXY holds no address of a proxy"),
        ("http://user:geheim@proxy.example.cn:99999", "the environment variable ZS_PROXY holds no address of a proxy"),
        ("socks5://user:geheim@proxy.example.cn:1080", "the environment variable ZS_PROXY holds no address of a proxy"),
    ],
)
def test_a_proxy_that_the_environment_does_not_name_is_one_line_without_its_password(monkeypatch, value, said):
    monkeypatch.delenv("ZS_PROXY", raising=False)
    if value is not None:
        monkeypatch.setenv("ZS_PROXY", value)
    source = SourceConfig(name="site", url="http://www.example.cn/", proxy="env:ZS_PROXY")
    with pytest.raises(ConfigError) as caught:
        apply(Settings(), CrawlConfig(), source)
    assert str(caught.value).startswith(f"source site: proxy: {said}; ")
    assert "geheim" not in str(caught.value)


def test_a_crawl_that_cannot_start_for_its_proxy_says_so_in_its_last_line(watched):
    watched.configure(proxy="env:ZS_PROXY")
    done = watched.workplace.scrapy("crawl", "site", ZS_PROXY="")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1] == (
        "scrapy: source site: proxy: the environment variable ZS_PROXY is not set; set it to the address"
    )


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("http://user:geheim@proxy.example.cn:3128", "passwords do not stand in this file"),
        ("https://proxy.example.cn:3128", "is no proxy"),
        ("socks5://proxy.example.cn:1080", "is no proxy"),
        ("proxy.example.cn:3128", "is no proxy"),
        ("env:", "is no proxy"),
        ("env:A B", "is no proxy"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused_by_the_configuration(proxy, said):
    with pytest.raises(ValueError, match=said) as caught:
        SourceConfig(name="site", url="http://www.example.cn/", proxy=proxy)
    assert "geheim" not in str(caught.value).partition("input_value")[0]


def test_a_plain_proxy_is_taken_as_it_is():
    source = SourceConfig(name="site", url="http://www.example.cn/", proxy="http://proxy.example.cn:3128")
    assert proxy_of(source) == "http://proxy.example.cn:3128"


def test_no_reason_is_longer_than_a_line():
    said = reason_of_error(RuntimeError("a\nb\n" * 1000))
    assert said.startswith("RuntimeError: a b a b")
    assert len(said) <= 300
    assert "\n" not in said
