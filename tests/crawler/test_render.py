"""`render = true`: a list that its page's script makes is read, and the browser reaches no more than a crawl would."""

import os
import socket
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit

import pytest
from scrapy import Request
from scrapy.settings import Settings

from crawler import render
from crawler.fetching import apply
from monitor.config import CrawlConfig, SourceConfig
from monitor.errors import ConfigError

if find_spec("scrapy_playwright") is None:
    MISSING = "reading through a browser needs its extra: pip install 'zhaoshang[browser]'"
elif render.find_browser() is None:
    MISSING = "reading through a browser needs a Chromium: apt install chromium"
else:
    MISSING = ""
with_browser = pytest.mark.skipif(bool(MISSING), reason=MISSING)

RENDER = {"render": True}
GUARDED = {"render": True, "allow_private": False}
WAY_OUT = "allow_private = true lets this source read it"
PATIENCE = {"RETRY_TIMES": 0, "DOWNLOAD_TIMEOUT": 10}
LIST = """
<html><head><title>列表</title><link rel="icon" href="data:,"></head>
<body><ul id="list"></ul><img src="/picture.png"><script src="/list.js"></script></body></html>
"""
SCRIPT = """
fetch('/api/list.json').then(answer => answer.json()).then(titles => {
  for (const title of titles) document.getElementById('list').insertAdjacentHTML('beforeend', `<li>${title}</li>`)
})
"""


def made_by(script: str) -> str:
    return f"<html><head><link rel='icon' href='data:,'></head><body><script>{script}</script></body></html>"


@pytest.fixture
def scripted(site):
    """A page that is empty until its script has fetched the list."""
    site.put("/list.html", LIST, ETag='"always"')
    site.put("/list.js", SCRIPT, content_type="text/javascript")
    site.put("/api/list.json", '["【湛江招商】甲", "【湛江招商】乙"]', content_type="application/json")
    return site


# -- what it takes ----------------------------------------------------------------------------------------------------


def source(**more) -> SourceConfig:
    return SourceConfig(name="site", url="http://www.example.cn/", **more)


@pytest.mark.parametrize(
    ("extra", "browser", "said"),
    [
        (False, True, "the extra for reading through a browser is missing; run: pip install 'zhaoshang[browser]'"),
        (True, False, "there is no Chromium here; run: apt install chromium"),
    ],
)
def test_what_is_missing_is_one_line_that_says_how_to_get_it(monkeypatch, extra, browser, said):
    monkeypatch.setattr(render, "find_spec", lambda _: object() if extra else None)
    monkeypatch.setattr(render.shutil, "which", lambda _: "/usr/bin/chromium" if browser else None)
    with pytest.raises(ConfigError) as caught:
        apply(Settings(), CrawlConfig(), source(render=True))
    assert str(caught.value) == f"source site: render: {said}"


def test_the_browser_is_found_by_any_of_its_names(monkeypatch):
    there = {"google-chrome": "/opt/google-chrome"}
    monkeypatch.setattr(render.shutil, "which", there.get)
    assert render.find_browser() == "/opt/google-chrome"
    there["chromium"] = "/usr/bin/chromium"
    assert render.find_browser() == "/usr/bin/chromium"


def test_the_sandbox_is_off_for_root_alone_and_nothing_calls_home(monkeypatch):
    monkeypatch.setattr(render.os, "geteuid", lambda: 0)
    assert "--no-sandbox" in render.launch_options("/usr/bin/chromium")["args"]
    monkeypatch.setattr(render.os, "geteuid", lambda: 1000)
    options = render.launch_options("/usr/bin/chromium")
    assert "--no-sandbox" not in options["args"]
    assert "--disable-background-networking" in options["args"]
    assert options["executable_path"] == "/usr/bin/chromium"


def test_only_a_source_that_asks_for_it_has_a_browser(monkeypatch):
    monkeypatch.setattr(render, "find_spec", lambda _: object())
    monkeypatch.setattr(render.shutil, "which", lambda _: "/usr/bin/chromium")
    plain, rendered = Settings(), Settings()
    apply(plain, CrawlConfig(), source())
    apply(rendered, CrawlConfig(), source(render=True))
    assert not plain.getbool("ZHAOSHANG_RENDER")
    assert "crawler.browser.BrowserHandler" not in plain.getdict("DOWNLOAD_HANDLERS").values()
    assert rendered.getdict("DOWNLOAD_HANDLERS")["https"] == "crawler.browser.BrowserHandler"


@pytest.mark.parametrize(
    ("request_", "rendered"),
    [
        (Request("http://www.example.cn/list.html"), True),
        (Request("http://www.example.cn/list.html", meta={"playwright": False}), False),
        (Request("http://www.example.cn/api", method="POST", body=b"page=1"), False),
        (Request("http://www.example.cn/robots.txt", meta={"dont_obey_robotstxt": True}), False),
        (Request("file:///tmp/saved.html"), False),
    ],
)
def test_which_requests_the_browser_makes(request_, rendered):
    settings = Settings({"USER_AGENT": "zhaoshang", "LOG_LEVEL": "DEBUG"})
    render.RenderMiddleware(settings).process_request(request_)
    assert bool(request_.meta.get("playwright")) == rendered


# -- through a real browser -------------------------------------------------------------------------------------------


@with_browser
def test_a_list_that_its_script_makes_is_read(scripted, fetch):
    url = f"{scripted.url}/list.html"
    asked = {"url": url, "known": {"etag": '"always"', "last_modified": None, "body_hash": "0" * 64}}
    page = fetch(asked, source=RENDER, crawl={"contact": "mailto:you@example.cn"}).pages[url]
    assert page["status"] == 200  # though nothing changed of the page itself: the question is not asked
    assert "<li>【湛江招商】甲</li><li>【湛江招商】乙</li>" in page["text"]
    assert page["etag"] is None
    assert scripted.requests == ["/list.html", "/list.js", "/api/list.json"]  # and no picture
    assert {asked.headers["user-agent"] for asked in scripted.log} == {"zhaoshang/0.1.0 (+mailto:you@example.cn)"}
    assert scripted.log[0].path == "/robots.txt"


@with_browser
def test_a_browser_that_does_not_start_is_one_line_that_says_how_to_find_out(site, fetch, tmp_path):
    broken = tmp_path / "bin" / "chromium"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    url = f"{site.url}/page"
    fetched = fetch(url, source=RENDER, settings=PATIENCE, PATH=f"{broken.parent}:{os.environ['PATH']}")
    assert fetched.reasons == {url: f"the browser does not start; see why: {broken} --headless --dump-dom about:blank"}


@with_browser
@pytest.mark.long
def test_robots_txt_the_ceiling_and_the_statuses_hold_for_the_browser_too(site, fetch):
    site.put("/robots.txt", "User-agent: *\nDisallow: /private", content_type="text/plain")
    site.put("/redirect", "", status=302, Location="/private/redirected")
    site.put("/script", made_by("location = '/private/by-script'"))
    site.put("/large", made_by("document.body.append('x'.repeat(2 * 1024 * 1024))"))
    site.put("/gone", "<p>没有了</p>", status=404)
    site.put("/nothing", "", status=404)
    site.put("/unwell", "", status=500)
    site.put("/away", "", status=302, Location="file:///etc/passwd")
    site.put("/circle", "", status=302, Location="/circle")
    site.put("/data.json", '{"a": "中"}', content_type="application/json")
    site.put("/file", b"\0\1\2\3" * 10, content_type="application/octet-stream")
    site.put("/endless", made_by("while (true) {}"))
    site.put("/later", made_by("setTimeout(() => { while (true) {} }, 50)"))
    site.put("/windows", made_by("for (let n = 0; n < 5; n++) open('/window'); alert(1); document.body.append('完')"))
    site.put("/restless", made_by("setInterval(() => fetch('/tick'), 20)"))
    site.put("/tick", "x")
    paths = [
        *("/private/page", "/redirect", "/script", "/large", "/gone", "/circle", "/data.json", "/file", "/endless"),
        *("/later", "/windows", "/restless", "/nothing", "/unwell", "/away"),
    ]
    fetched = fetch(
        *(site.url + path for path in paths), source=RENDER, crawl={"max_response_mb": 1}, settings=PATIENCE
    )
    reasons = {url.removeprefix(site.url): reason for url, reason in fetched.reasons.items()}
    assert reasons == {
        "/private/page": "robots.txt forbids this page",
        "/redirect": "robots.txt forbids this page",
        "/script": "robots.txt forbids this page",
        "/large": "larger than 1 MiB; the ceiling is max_response_mb in [crawl]",
        "/gone": "HTTP 404",
        "/nothing": "HTTP 404",
        "/unwell": "HTTP 500",
        "/away": "it leads to file:///etc/passwd, and file: addresses are not fetched",
        "/circle": "the browser says net::ERR_TOO_MANY_REDIRECTS",
        "/endless": "no answer in time",
        "/later": "no answer in time",
    }
    pages = {url.removeprefix(site.url): page for url, page in fetched.pages.items()}
    assert pages["/data.json"]["text"] == '{"a": "中"}'  # as it is, not as a browser shows it
    assert pages["/file"]["length"] == 40
    assert "完" in pages["/windows"]["text"]
    assert "/restless" in pages
    assert site.requests.count("/tick") <= 200


@pytest.fixture
def inside() -> Iterator[tuple[str, list[str]]]:
    """What no page may reach: `inside[0]` is a port of 127.0.0.2, TCP and UDP; `inside[1]` fills when it is reached."""
    reached: list[str] = []
    stream = socket.create_server(("127.0.0.2", 0))
    port = stream.getsockname()[1]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.2", port))

    def listen(what, take):
        try:
            while True:
                take()
                reached.append(what)
        except OSError:  # closed at the end of the test
            pass

    for what, take in (("TCP", stream.accept), ("UDP", lambda: datagrams.recvfrom(100))):
        threading.Thread(target=listen, args=(what, take), daemon=True).start()
    yield str(port), reached
    stream.shutdown(socket.SHUT_RDWR)
    stream.close()
    datagrams.close()


@with_browser
@pytest.mark.long
def test_no_page_and_no_script_reaches_a_private_address_through_the_browser(site, fetch, inside):
    port, reached = inside
    private = f"127.0.0.2:{port}"
    named = f"inside.example.cn:{port}"
    ice = f"{{urls: 'stun:{private}'}}, {{urls: 'turn:{private}?transport=tcp', username: 'a', credential: 'b'}}"
    site.put("/redirect", "", status=302, Location=f"http://{private}/")
    site.put("/redirect-by-name", "", status=302, Location=f"http://{named}/")
    site.put("/redirect-tls", "", status=302, Location=f"https://{named}/")
    site.put("/script", made_by(f"location = 'http://{private}/'"))
    site.put("/to-a-file", made_by("location = 'file:///etc/passwd'"))
    site.put("/redirect-to-a-file", "", status=302, Location="file:///etc/passwd")
    site.put("/blob", made_by("location = URL.createObjectURL(new Blob(['x'], {type: 'text/html'}))"))
    site.put(
        "/everything",
        made_by(f"""
            for (const host of ['{private}', '{named}', '2130706434:{port}', '[::ffff:127.0.0.2]:{port}']) {{
              fetch('http://' + host + '/', {{mode: 'no-cors'}}).then(() => document.body.append('REA' + 'CHED'), () => {{}})
              new WebSocket('ws://' + host + '/').onopen = () => document.body.append('REA' + 'CHED')
              document.body.insertAdjacentHTML('beforeend', `<iframe src="http://${{host}}/"></iframe>`)
              document.body.insertAdjacentHTML('beforeend', `<link rel=stylesheet href="http://${{host}}/">`)
            }}
            for (const from of [window, document.body.appendChild(document.createElement('iframe')).contentWindow]) {{
              if (!from.RTCPeerConnection) continue
              const peer = new from.RTCPeerConnection({{iceServers: [{ice}]}})
              peer.createDataChannel('x')
              peer.createOffer().then(offer => peer.setLocalDescription(offer))
            }}
            setInterval(() => fetch('/tick'), 200)
            document.body.append('完')
        """),
    )
    start = site.url.replace("127.0.0.1", "www.example.cn")
    paths = [
        *("/redirect", "/redirect-by-name", "/redirect-tls", "/script", "/to-a-file", "/redirect-to-a-file", "/blob"),
        "/everything",
    ]
    fetched = fetch(
        *(start + path for path in paths),
        source=GUARDED,
        settings=PATIENCE,
        names={"www.example.cn": [["127.0.0.1"]], "inside.example.cn": [["127.0.0.2"]]},
        public=["127.0.0.1"],
    )
    reasons = {url.removeprefix(start): reason for url, reason in fetched.reasons.items()}
    by_name = f"inside.example.cn resolves to 127.0.0.2, which is not a public address; {WAY_OUT}"
    assert reasons.pop("/blob").startswith("the page's scripts led to blob:")
    assert reasons == {
        "/redirect": f"127.0.0.2 is not a public address; {WAY_OUT}",
        "/redirect-by-name": by_name,
        "/redirect-tls": by_name,
        "/script": f"127.0.0.2 is not a public address; {WAY_OUT}",
        "/redirect-to-a-file": "it leads to file:///etc/passwd, and file: addresses are not fetched",
    }
    assert "root:" not in fetched.pages[f"{start}/to-a-file"]["text"]
    assert "完" in fetched.pages[f"{start}/everything"]["text"]
    assert "REACHED" not in fetched.pages[f"{start}/everything"]["text"]
    assert reached == []
    assert set(fetched.looked_up) == {"www.example.cn", "inside.example.cn"}  # and nothing of the browser's own


@with_browser
@pytest.mark.long
def test_a_guarded_source_is_read_and_its_certificate_checked(authority, secure_site, fetch):
    port = urlsplit(secure_site(authority.sign("localhost"), host="127.0.0.3")).port
    url = f"https://www.example.cn:{port}/page"
    names = {"www.example.cn": [["127.0.0.3"]]}
    without_robots_txt = {**PATIENCE, "ROBOTSTXT_OBEY": False}  # so that the browser is the first to see it
    checked = fetch(url, source=GUARDED, names=names, public=["127.0.0.3"], settings=without_robots_txt)
    (reason,) = checked.reasons.values()
    assert reason.startswith("the server's certificate or TLS is not accepted (net::ERR_CERT_")
    unchecked = fetch(url, source={**GUARDED, "verify_tls": False}, names=names, public=["127.0.0.3"])
    assert "secure" in unchecked.pages[url]["text"]


@with_browser
@pytest.mark.long
def test_the_browser_goes_through_the_source_s_proxy(proxy, fetch):
    login = proxy.address.replace("http://", "http://user:geheim@")
    fetched = fetch("http://www.example.cn/page", source={**GUARDED, "proxy": "env:ZS_PROXY"}, ZS_PROXY=login)
    assert "from the proxy" in fetched.pages["http://www.example.cn/page"]["text"]
    assert proxy.asked[1].startswith("GET http://www.example.cn/page HTTP/1.1")
    assert all("Proxy-Authorization: Basic dXNlcjpnZWhlaW0=" in head for head in proxy.asked)
    assert "geheim" not in fetched.log
