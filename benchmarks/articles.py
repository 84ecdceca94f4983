"""What reading a post's own page costs: `python benchmarks/articles.py [ROUNDS]` (default 60).

Pages of 5 and 40 KB in two templates, read by the general method and by a recipe learned from three pages before;
beside them what parsing alone and trafilatura alone take. Best and middle of the rounds, in milliseconds.
"""

import sys
import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import trafilatura

from crawler.extract.article.reader import read_article
from crawler.extract.article.recipe import Recipe
from crawler.extract.html.tree import parse

NOW = datetime(2025, 7, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
URL = "http://site.example/zsdt/202507/t20250717_{}.html"
SENTENCE = "项目总投资三十亿元，建设装备制造基地，预计明年投产，达产后年产值可达五十亿元。"
META = (
    "<meta name='ArticleTitle' content='{title}'><meta name='PubDate' content='2025-07-17 10:21:07'>"
    "<meta name='ContentSource' content='湛江日报'>"
)


def menu(items: int) -> str:
    """A navigation of links."""
    lines = (f"<li><a href='/column/{n}/' class='item'>政务公开栏目{n}</a></li>" for n in range(items))
    return f"<ul>{''.join(lines)}</ul>"


def sentences(number: int, paragraph: int) -> str:
    """A paragraph that no other page and no other place of this one has."""
    return f"第{number}批第{paragraph}个{SENTENCE * 3}"


def declared(number: int, paragraphs: int, links: int) -> str:
    """A page whose meta tags say everything, with its body in a named field."""
    title = f"【湛江招商】第{number}个项目签约"
    text = "".join(
        f"<p style='text-indent:2em;'><span style='font-size:16px;'>{sentences(number, n)}</span></p>\n"
        for n in range(paragraphs)
    )
    return (
        f"<html><head>{META.format(title=title)}<title>{title}_湛江市人民政府门户网站</title></head><body>{menu(links)}"
        f"<div class='crumbs'>当前位置：首页 &gt; 要闻</div><div class='article'><h1>{title}</h1><div class='info'>"
        f"时间：2025-07-17 来源：湛江日报 浏览次数：12</div><div class='article-content'>{text}</div></div>"
        f"<div class='side'>{menu(links // 3)}</div><div class='footer'>主办单位：湛江市人民政府 版权所有</div>"
        "</body></html>"
    )


def printed(number: int, paragraphs: int, links: int) -> str:
    """A page of nested tables without a name or a meta tag."""
    text = "<br><br>".join(f"　　{sentences(number, n)}" for n in range(paragraphs))
    cells = "".join(f"<td><a href='/c{n}.asp'>栏目{n}</a></td>" for n in range(links))
    return (
        f"<html><head><title>欢迎访问湛江招商网</title></head><body><table><tr>{cells}</tr></table>"
        f"<table><tr><td>{menu(links // 3)}</td><td><table><tr><td align=center><font size=4>"
        f"<b>第{number}个项目签约投产</b></font></td></tr><tr><td>发布时间：2025-07-17　来源：湛江日报</td></tr>"
        f"<tr><td><font size=3>{text}</font></td></tr></table></td></tr></table></body></html>"
    )


def measure(what: str, call: Callable[[], object], rounds: int) -> None:
    """Print how long a call takes."""
    call()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    print(f"  {what:<14} {min(times):7.2f} {sorted(times)[len(times) // 2]:7.2f}", flush=True)


def main(rounds: int) -> None:
    """Both templates in both sizes."""
    for name, page_of in (("declared", declared), ("printed", printed)):
        for paragraphs, links in ((5, 15), (45, 200)):
            page = page_of(9, paragraphs, links)
            print(f"{name}, {len(page.encode()) / 1000:.0f} KB: milliseconds, best and middle of {rounds}")
            recipe = Recipe()
            for number in range(3):
                url = URL.format(number)
                recipe = read_article(page_of(number, paragraphs, links), url, NOW, recipe=recipe).recipe
            general = read_article(page, URL.format(9), NOW).article
            if read_article(page, URL.format(9), NOW, recipe=recipe).article != general:
                sys.exit("the two ways disagree")
            tree = parse(page, URL.format(9)).root
            measure("parse", lambda page=page: parse(page, URL.format(9)), rounds)
            measure("trafilatura", lambda tree=tree: trafilatura.extract(tree, fast=True, favor_precision=True), rounds)
            measure("general", lambda page=page: read_article(page, URL.format(9), NOW), rounds)
            measure("by recipe", lambda page=page, r=recipe: read_article(page, URL.format(9), NOW, recipe=r), rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
