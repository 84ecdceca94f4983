"""A site that lives through a year: what stands on it on which day, served over real HTTP; it knows nothing of us.

Days are numbered from 0. A request counter, a clock and a view counter move with every request, as on real sites.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

FIRST = date(2025, 1, 6)  # a Monday
SIZE = 8  # posts to a listing page

Span = tuple[int, int]  # from this day to before that one


def within(day: int, spans: tuple[Span, ...]) -> bool:
    return any(start <= day < end for start, end in spans)


@dataclass(frozen=True)
class Piece:
    """A post of the site, with what becomes of it. `edits` are (day, title or None, body or None) from then on."""

    number: int
    born: int
    title: str
    body: str
    edits: tuple[tuple[int, str | None, str | None], ...] = ()
    gone: tuple[Span, ...] = ()  # 404
    soft: tuple[Span, ...] = ()  # 200, and a page that says that it is gone
    homeward: tuple[Span, ...] = ()  # redirected to the home page
    unlisted: tuple[Span, ...] = ()
    moved: int | None = None  # from this day on under another address, to which the old one leads
    clock: bool = False  # another second in the text, whenever it is asked for

    @property
    def day(self) -> date:
        return FIRST + timedelta(days=self.born)

    def at(self, day: int) -> tuple[str, str]:
        title, body = self.title, self.body
        for since, new_title, new_body in self.edits:
            if day >= since:
                title, body = new_title or title, new_body or body
        return title, body

    def path(self, day: int) -> str:
        moved = self.moved is not None and day >= self.moved
        return f"/{'news' if moved else 'zs'}/{self.day:%Y%m}/t{self.day:%Y%m%d}_{self.number}.html"


@dataclass
class World:
    """The site on one day. Of the listing and of all pages together: what befalls them, by days."""

    pieces: tuple[Piece, ...]
    shuffled: tuple[Span, ...] = ()
    pinned: tuple[tuple[Span, int], ...] = ()
    redesigned: int | None = None
    down: tuple[Span, ...] = ()
    challenged: tuple[Span, ...] = ()
    halved: tuple[Span, ...] = ()
    day: int = 0
    requests: count = field(default_factory=lambda: count(1))
    watch: Callable[[], None] = lambda: None  # is called at each request

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        number = next(self.requests)
        self.watch()
        if path == "/robots.txt":
            return 404, {}, b""
        if within(self.day, self.down):
            return 503, {}, "系统维护".encode()
        if within(self.day, self.challenged):
            return 200, {}, CHALLENGE
        if path.startswith("/list/"):
            return self._listing(path)
        if path == "/":
            return 200, {}, self._page("首页", "<p>欢迎访问招商网。</p>", number)
        return self._post(path, number)

    def _listing(self, path: str) -> tuple[int, dict[str, str], bytes]:
        name = path.removeprefix("/list/").removesuffix(".html") or "index"
        at = int(name.removeprefix("index").removeprefix("_") or 0)
        shown = [one for one in self.pieces if one.born <= self.day and not within(self.day, one.unlisted)]
        shown.sort(key=lambda one: (-one.born, -one.number))
        if within(self.day, self.shuffled):
            shown = shown[1::2] + shown[::2]
        pages = -(-len(shown) // SIZE)
        lines = shown[at * SIZE : (at + 1) * SIZE]
        for span, pinned in self.pinned:
            if within(self.day, (span,)):
                lines = [next(one for one in self.pieces if one.number == pinned), *lines]
        if not lines:
            return 404, {}, b"<html><body>404</body></html>"
        records = "".join(self._record(one) for one in lines)
        following = f"<a href='/list/index_{at + 1}.html'>下一页</a>" if at + 1 < pages else "<span>下一页</span>"
        listing = f"<ul class='list'>{records}</ul>" if not self._is_new else f"<div class='news-box'>{records}</div>"
        body = self._page("招商动态", f"{listing}<div class='pages'>共 {pages} 页 {following}</div>", at)
        return 200, {}, body[: len(body) * 6 // 10] if within(self.day, self.halved) else body

    @property
    def _is_new(self) -> bool:
        return self.redesigned is not None and self.day >= self.redesigned

    def _record(self, one: Piece) -> str:
        title, _ = one.at(self.day)
        link = f"<a href='{one.path(self.day)}' title='{title}'>{title}</a>"
        if self._is_new:
            return f"<div class='item'><h4>{link}</h4><p class='time'>{one.day:%Y/%m/%d}</p></div>"
        return f"<li>{link}<span>{one.day}</span></li>"

    def _post(self, path: str, number: int) -> tuple[int, dict[str, str], bytes]:
        for one in self.pieces:
            if one.born > self.day:
                continue
            if path == one.path(self.day):
                return self._answer_of(one, number)
            if path == one.path(0):  # its old address
                return 301, {"Location": one.path(self.day)}, b""
        return 404, {}, self._page("404", "<h1>404</h1><p>您访问的页面不存在</p>", number)

    def _answer_of(self, one: Piece, number: int) -> tuple[int, dict[str, str], bytes]:
        if within(self.day, one.gone):
            return 404, {}, self._page("404", "<h1>404</h1><p>您访问的页面不存在</p>", number)
        if within(self.day, one.homeward):
            return 302, {"Location": "/"}, b""
        if within(self.day, one.soft):
            return 200, {}, self._page("提示信息", "<h1>抱歉，您访问的页面不存在或已被删除</h1>", number)
        return 200, {}, self._article(one, number)

    def _article(self, one: Piece, number: int) -> bytes:
        title, body = one.at(self.day)
        if one.clock:
            body = f"{body}\n当前在线人数{number * 7}人，累计服务企业{number * 13}家次。"
        paragraphs = "".join(f"<p>{text}</p>" for text in body.split("\n"))
        others = (
            f"<div class='near'><p>上一篇：<a href='/zs/1.html'>第{number}条动态</a></p><p>下一篇：没有了</p></div>"
        )
        if self._is_new:
            inner = f"<article><header><h1>{title}</h1><p>发布时间：{one.day} 阅读量：{number}</p></header>"
            inner += f"<section class='content'>{paragraphs}</section>{others}</article>"
        else:
            inner = f"<h1>{title}</h1><div class='info'>发布日期：{one.day}　来源：招商网　浏览次数：{number}</div>"
            inner += f"<div class='TRS_Editor'>{paragraphs}</div>{others}<div>打印时间：{self.day}日{number}分</div>"
        return self._page(title, inner, number)

    def _page(self, title: str, inner: str, number: int) -> bytes:
        menu = "".join(f"<li><a href='/c{n}/'>{name}</a></li>" for n, name in enumerate(MENU))
        return (
            f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body>"
            f"<div class='top'><ul>{menu}</ul></div><div class='main'>{inner}</div>"
            f"<div class='foot'><p>版权所有：湛江招商网　您是第 {number} 位访客</p></div></body></html>"
        ).encode()


MENU = ("首页", "走进湛江", "招商动态", "投资指南", "政策法规", "联系我们")
CHALLENGE = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>安全验证</title></head><body><div id='captcha'>"
    "<p>请完成安全验证后继续访问，您的访问请求存在异常</p></div><script>document.cookie='__jsl_clearance=1';"
    "location.reload()</script></body></html>"
).encode()


def serve(world: World) -> ThreadingHTTPServer:
    """The site on a free port, in a thread that ends with the process."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = world.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Nothing: the driver tells what counts."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server
