"""A local site for benchmarks and tests: listing pages and posts of one template, served with validators.

`python benchmarks/local_site.py PAGES POSTS_A_PAGE` serves until it is killed and prints its address. A request of
/-/new?count=N publishes N more posts on top of the listing; /-/counts answers requests and bytes since the last ask.
"""

import hashlib
import json
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

FIRST_DAY = date(2025, 7, 20)  # of the newest post; two posts a day
PLACES = ("湛江", "徐闻县", "廉江市", "遂溪县", "雷州市", "吴川市", "坡头区", "麻章区", "霞山区", "赤坎区")
THINGS = ("海上风电装备", "新型纸品", "菠萝深加工", "水产预制菜", "绿色石化", "钢铁新材料", "临港物流", "生物医药")
_MENU = "".join(f"<li><a href='/c{n}/'>{name}</a></li>" for n, name in enumerate(THINGS * 4))
_FRIENDS = "".join(f"<a href='http://f{n}.example/'>{place}人民政府</a>" for n, place in enumerate(PLACES * 2))
_HEAD = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title>{meta}"
    "<style>body{{margin:0;font:14px/1.8 sans-serif}}.list li{{line-height:34px}}.hd{{height:120px}}</style></head>"
    "<body><div class='hd'><ul class='nav'>" + _MENU + "</ul></div>"
    "<div class='crumb'>当前位置：<a href='/'>首页</a> &gt; <a href='/list/'>招商动态</a></div><div class='main'>"
)
_FOOT = (
    "</div><div class='side'><h3>热点</h3><ul>"
    + "".join(f"<li><a href='/hot/{n}.html'>{thing}项目建设加快推进</a></li>" for n, thing in enumerate(THINGS))
    + "</ul></div><div class='footer'><div class='links'>"
    + _FRIENDS
    + "</div><p>版权所有：招商服务中心　备案号：粤ICP备00000000号</p></div>"
    "<script>var _hmt=_hmt||[];function share(t){window.open('/share?t='+t)}</script></body></html>"
)
_SENTENCES = (
    "近日，{place}{thing}项目签约仪式举行，总投资{amount}亿元，占地约{area}亩。",
    "项目分两期建设，一期计划建设标准厂房{count}栋，预计明年上半年建成投产。",
    "相关负责人表示，将以最优的服务、最高的效率，全力保障项目早落地、早开工、早见效。",
    "达产后预计年产值{value}亿元，带动就业{jobs}人，进一步完善当地{thing}产业链条。",
)


@dataclass
class Site:
    """What is published: `total` posts, newest first, `size` to a listing page."""

    total: int
    size: int
    requests: int = 0
    sent: int = 0
    statuses: dict[int, int] = field(default_factory=dict)

    def page(self, path: str) -> bytes | None:
        """The body at a path; None for what is not there."""
        parts = path.strip("/").split("/")
        if parts[0] == "list":
            name = parts[1] if len(parts) > 1 else "index.html"
            number = int(name.removeprefix("index").removeprefix("_").removesuffix(".html") or 0)
            return self._listing(number) if number * self.size < self.total else None
        if parts[0] == "post" and parts[-1].removesuffix(".html").isdigit():
            return self._post(int(parts[-1].removesuffix(".html")))
        return None

    def _listing(self, number: int) -> bytes:
        newest = self.total - number * self.size
        items = "".join(
            f"<li><a href='/post/{one}.html' title='{_title(one)}'>{_title(one)}</a><span>{self._day(one)}</span></li>"
            for one in range(newest, max(newest - self.size, 0), -1)
        )
        pages = -(-self.total // self.size)
        last = number + 1 >= pages
        following = "<span>下一页</span>" if last else f"<a href='/list/index_{number + 1}.html'>下一页</a>"
        body = f"<ul class='list'>{items}</ul><div class='page'>共{pages}页 {following}</div>"
        return (_HEAD.format(title="招商动态", meta="") + body + _FOOT).encode()

    def _post(self, number: int) -> bytes:
        values = {
            "place": PLACES[number % len(PLACES)],
            "thing": THINGS[number % len(THINGS)],
            "amount": 1 + number % 50,
            "area": 20 + number % 300,
            "count": 2 + number % 9,
            "value": 2 + number % 80,
            "jobs": 100 + number % 900,
        }
        paragraphs = "".join(
            f"<p>　　{''.join(_SENTENCES[(part + shift) % 4].format(**values) for shift in range(3))}</p>"
            for part in range(6)
        )
        title, day = _title(number), self._day(number)
        meta = (
            f"<meta name='ArticleTitle' content='{title}'><meta name='PubDate' content='{day} 09:30'>"
            "<meta name='ContentSource' content='湛江日报'>"
        )
        body = (
            f"<h1>{title}</h1><div class='info'>发布时间：{day}　来源：湛江日报　浏览次数：{number}</div>"
            f"<div class='TRS_Editor'>{paragraphs}</div>"
            f"<div class='pn'>上一篇：<a href='/post/{number - 1}.html'>上一篇</a></div>"
        )
        return (_HEAD.format(title=f"{_title(number)}_招商服务中心", meta=meta) + body + _FOOT).encode()

    def _day(self, number: int) -> date:
        return FIRST_DAY - timedelta(days=(self.total - number) // 2)


def _title(number: int) -> str:
    return f"【{PLACES[number % len(PLACES)]}招商】{THINGS[number % len(THINGS)]}产业项目{number}号签约落户"


def serve(site: Site) -> ThreadingHTTPServer:
    """A server on a free port of the loopback interface; the caller runs and ends it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path.startswith("/-/"):
                self._control(parts.path, parse_qs(parts.query))
                return
            body = site.page(parts.path)
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"' if body is not None else ""
            unchanged = body is not None and self.headers.get("If-None-Match") == etag
            status = 404 if body is None else 304 if unchanged else 200
            self._answer(status, b"" if status != 200 else body or b"", etag)
            if parts.path != "/robots.txt":
                site.requests += 1
                site.sent += len(body or b"") if status == 200 else 0
                site.statuses[status] = site.statuses.get(status, 0) + 1

        def _control(self, path: str, query: dict[str, list[str]]) -> None:
            if path == "/-/new":
                site.total += int(query["count"][0])
            told = {"requests": site.requests, "bytes": site.sent, "statuses": site.statuses}
            site.requests, site.sent, site.statuses = 0, 0, {}
            self._answer(200, json.dumps(told).encode(), "")

        def _answer(self, status: int, body: bytes, etag: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            if etag:
                self.send_header("ETag", etag)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server


if __name__ == "__main__":
    pages, size = int(sys.argv[1]), int(sys.argv[2])
    running = serve(Site(pages * size, size))
    print(f"http://127.0.0.1:{running.server_address[1]}", flush=True)
    running.serve_forever()
