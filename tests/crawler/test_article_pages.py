"""Post pages of the content systems in use: fifteen templates, each with every kind of body, by both ways of reading.

The templates follow the structure of the systems that they are named for; their words are made up.
"""

import itertools
import re
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.article import reader as extractor
from crawler.extract.article.reader import read_article
from crawler.extract.article.recipe import Recipe
from crawler.extract.dump import read_dump
from crawler.extract.html.tree import address
from monitor.pages import Article, Attachment

NOW = datetime(2025, 7, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = date(2025, 7, 17)
DUMP = read_dump(
    (files("crawler") / "samples" / "zhanjiang-2025-07-17.txt").read_text(encoding="utf-8"), "file:///d"
).entries
LONGEST = max((entry.body or "" for entry in DUMP), key=len)


@dataclass(frozen=True)
class Body:
    """What an editor put into the body field, and what a reader sees of it."""

    html: str
    paragraphs: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Template:
    """A page around the body. `@TITLE@`, `@DAY@`, `@SLASH@`, `@HAN@`, `@ORIGIN@`, `@BODY@` and `@N@` are filled in."""

    html: str
    url: str
    origin: bool = True  # whether it prints or declares one
    dated: bool = True


def sections(text: str) -> list[str]:
    """A body of the dump cut before each `一、`."""
    return [part.strip() for part in re.split(r" (?=[一二三四五六七八九十]、)", text)]


def paragraphs_of(number: int) -> tuple[str, ...]:
    return tuple(sections(DUMP[number].body or ""))


ONE = (DUMP[0].body or "",)
MANY = paragraphs_of(2)
SHORT = ("7月16日，湛江市与十二家企业签订投资协议，总额八十六亿元，年内全部动工。",)

BODIES: dict[str, Body] = {
    "one long paragraph": Body(f"<p>{ONE[0]}</p>", ONE),
    "paragraphs": Body("".join(f"<p style='text-indent:2em;'>{text}</p>\n" for text in MANY), MANY),
    "indented by spaces": Body("".join(f"<p>&emsp;&emsp;{text}</p><p>&nbsp;</p>" for text in MANY), MANY),
    "broken lines": Body("<br><br>\n".join(f"　　{text}" for text in MANY), MANY),
    "indents only": Body("<p>　　" + "　　".join(MANY) + "</p>", MANY),
    "nested sections": Body(
        "<section><section style='margin:0'>"
        + "".join(
            f"<section><section><span style='font-size:16px'>{text[:30]}</span><span>{text[30:]}</span></section></section>"
            for text in MANY
        )
        + "</section></section>",
        MANY,
    ),
    "divisions": Body("".join(f"<div><span lang='ZH'>{text}</span></div><div><br></div>" for text in MANY), MANY),
    "one sentence": Body(f"<p>{SHORT[0]}</p>", SHORT),
    "one sentence, bare": Body(SHORT[0], SHORT),
    "photograph": Body(
        "<p style='text-align:center'><img src='/u/1.jpg' alt='签约现场'></p><p style='text-align:center'>签约仪式现场</p>"
        + "".join(f"<p>{text}</p>" for text in MANY[:3]),
        ("签约仪式现场", *MANY[:3]),
    ),
    "lists and headings": Body(
        f"<h2>总体情况</h2><p>{MANY[0]}</p><h3>主要做法</h3><ul><li>{MANY[1]}</li><li>{MANY[2]}</li></ul>"
        f"<ol><li><strong>服务</strong>专班。</li><li>一企一策。</li></ol>",
        ("总体情况", MANY[0], "主要做法", MANY[1], MANY[2], "服务专班。", "一企一策。"),
    ),
    "table": Body(
        f"<p>{MANY[0]}</p><table border='1'><tbody><tr><td><p>序号</p></td><td><p>项目</p></td><td><p>投资（亿元）</p></td></tr>"
        "<tr><td><p>1</p></td><td><p>海上风电</p></td><td><p>37.5</p></td></tr><tr><td>2</td><td>绿色钢铁</td><td>120</td></tr>"
        f"</tbody></table><p>{MANY[1]}</p>",
        (MANY[0], "序号 项目 投资（亿元）", "1 海上风电 37.5", "2 绿色钢铁 120", MANY[1]),
    ),
    "many links": Body(
        "".join(
            f"<p><a href='/t/{n}.html'>{text[:6]}</a>{text[6:40]}<a href='/t/x{n}.html'>{text[40:52]}</a>{text[52:]}</p>"
            for n, text in enumerate(MANY)
        ),
        MANY,
    ),
    "attachments": Body(
        "".join(f"<p>{text}</p>" for text in MANY[:3])
        + "<p>附件：1.<a href='./P020250717.pdf'>投资指南.pdf</a></p><p>2.<a href='/u/cms/2.xlsx' title='项目清单'>项目清单</a></p>",
        (*MANY[:3], "附件：1.投资指南.pdf", "2.项目清单"),
        (("投资指南.pdf", "P020250717.pdf"), ("项目清单", "/u/cms/2.xlsx")),
    ),
    "pasted from Word": Body(
        "".join(
            f"<p class='MsoNormal' align='justify'><span style='font-family:仿宋'><font face='仿宋'>{text[:9]}</font></span>"
            f"<span lang='EN-US'>{text[9:11]}<o:p></o:p></span><b><span>{text[11:30]}</span></b>{text[30:]}</p>"
            for text in MANY
        ),
        MANY,
    ),
    "very long": Body(
        "".join(f"<p>　　{part}。</p>" for part in LONGEST.strip("。").split("。")),
        tuple(f"{part}。".strip() for part in LONGEST.strip("。").split("。")),
    ),
    "signed": Body(
        "".join(f"<p>{text}</p>" for text in MANY[:2])
        + "<p align='right'>湛江市商务局</p><p align='right'>2025年7月16日</p>",
        (*MANY[:2], "湛江市商务局", "2025年7月16日"),
    ),
}

MENU = "".join(
    f"<li><a href='/{name}/'>{words}</a><ul>"
    + "".join(f"<li><a href='/{name}/{n}/'>{words}之{n}</a></li>" for n in range(1, 6))
    + "</ul></li>"
    for name, words in [
        ("gk", "政务公开"),
        ("zs", "招商引资"),
        ("zc", "政策文件"),
        ("bs", "办事服务"),
        ("hd", "互动交流"),
    ]
)
HOT = "".join(
    f"<li><a href='/zs/{n}.html' title='【湛江招商】热点新闻第{n}条关于项目建设'>【湛江招商】热点新闻第{n}条关于项目…</a><span>07-{n}</span></li>"
    for n in range(10, 18)
)
FOOT = (
    "<div class='footer'><p><a href='/about'>关于我们</a> | <a href='/map'>网站地图</a></p><p>主办单位：湛江市人民政府办公室 "
    "承办单位：湛江市政务服务数据管理局</p><p>粤ICP备05000000号 粤公网安备 44080202000000号 网站标识码：4408000001</p>"
    "<p>版权所有：湛江市人民政府 联系电话：0759-3000000（仅受理网站建设维护相关事宜）</p></div>"
)
STYLE = "<style>" + "".join(f".c{n}{{width:{n}px;color:#333;float:left}}\n" for n in range(90)) + "</style>"
SHARE = "<div class='bdsharebuttonbox'><span>分享到：</span><a class='bds_weixin' title='分享到微信'>微信</a><a>新浪微博</a><a>QQ空间</a></div>"
METAS = (
    "<meta name='SiteName' content='湛江市人民政府门户网站'><meta name='ColumnName' content='招商动态'>"
    "<meta name='ArticleTitle' content='@TITLE@'><meta name='PubDate' content='@DAY@ 10:21:07'>"
    "<meta name='ContentSource' content='@ORIGIN@'><meta name='Keywords' content='招商'>"
)

TEMPLATES: dict[str, Template] = {
    "TRS WCM": Template(
        "<html><head><title>@TITLE@_湛江市人民政府门户网站</title>"
        + STYLE
        + "</head><body><div class='top'>今天是2025年7月21日 星期一"
        "<a href='/en'>English</a></div><ul class='nav'>"
        + MENU
        + "</ul><div class='position'>您的位置：<a href='/'>首页</a> &gt; "
        "<a href='../'>招商动态</a></div><div class='content'><h1>@TITLE@</h1><div class='info'><span>时间：@DAY@ 10:21:00</span>"
        "<span>来源：@ORIGIN@</span><span>【字体：<a>大</a> <a>中</a> <a>小</a>】</span><span>浏览次数：<b id='hit'>108</b></span></div>"
        "<div class='view TRS_UEDITOR trs_paper_default trs_web'>@BODY@</div>"
        + SHARE
        + "<div class='xgxx'><h3>相关新闻</h3><ul>"
        + HOT
        + "</ul></div></div>"
        + FOOT
        + "</body></html>",
        "http://www.zj.example/zsdt/202507/t20250717_123@N@.html",
    ),
    "TRS WCM with an editor inside": Template(
        "<html><head><title>@TITLE@-投资湛江</title></head><body><div id='nav'><ul>"
        + MENU
        + "</ul></div><div class='wz'>当前位置："
        "<a href='/'>首页</a>&gt;<a href='./'>动态</a></div><div class='left_box'><h2>热点关注</h2><ul>"
        + HOT
        + "</ul></div>"
        "<div class='right_box'><div class='xl_title'>@TITLE@</div><div class='xl_info'>发布时间：@DAY@　来源：@ORIGIN@　作者：张三　阅读量：<em>37</em>"
        "　【<a>打印</a>】【<a>关闭</a>】</div><div class='xl_con' id='zoom'><div class='TRS_Editor'><div class='Custom_UnionStyle'>@BODY@</div>"
        "</div></div><div class='ewm'>扫一扫在手机打开当前页</div><p>（责任编辑：李四）</p></div>"
        + FOOT
        + "</body></html>",
        "http://tz.example/dt/t20250717_9@N@.htm",
    ),
    "JCMS": Template(
        "<!DOCTYPE html><html><head>"
        + METAS
        + "<title>湛江招商网 招商动态 @TITLE@</title>"
        + STYLE
        + "</head><body><div id='barrierfree'>"
        "<table width='100%'><tr><td><table class='bt-menu'><tr><td>"
        + "</td><td>".join(re.findall(r"<a.*?</a>", MENU)[:12])
        + "</td></tr></table></td></tr></table><div class='main'><div class='main-top'>当前位置 : <a>首页</a> &gt;&gt; 招商动态</div>"
        "<div class='main-fl'><div class='main-fl-tit'>@TITLE@</div><div class='main-fl-gn'>发布时间: @DAY@ 10:21 &nbsp; 信息来源: @ORIGIN@ &nbsp; "
        "浏览次数: <span id='c'>12</span> &nbsp; 字号：[<a>大</a> <a>中</a> <a>小</a>]</div><div id='zoom' class='main-txt'>"
        "<!--ZJEG_RSS.content.begin--><meta name='ContentStart'>@BODY@<meta name='ContentEnd'><!--ZJEG_RSS.content.end--></div>"
        "<div class='fx'>分享到： <a>微信</a><a>微博</a></div><div class='sxt'>上一篇：<a href='a.html'>湛江赴港招商</a><br>下一篇："
        "<a href='b.html'>湛江赴澳招商</a></div></div></div></div>" + FOOT + "</body></html>",
        "http://zs.example/art/2025/7/17/art_16256_1@N@.html",
    ),
    "jpaas": Template(
        "<html><head>"
        + METAS
        + "<title>@TITLE@</title></head><body><div class='ty-header'><ul>"
        + MENU
        + "</ul></div><div class='article'>"
        "<div class='article-tit'><h1>@TITLE@</h1></div><div class='pages-date'>@DAY@ 10:21 <span class='font'>来源： @ORIGIN@</span>"
        "<span>字号：<b>默认</b> <b>大</b> <b>超大</b>|<i>打印</i>|<div class='share'>微信 微博</div></span></div><div class='pages_content' id='UCAP-CONTENT'>"
        "<ucapcontent>@BODY@</ucapcontent></div><div class='editor'><span><a>【我要纠错】</a></span>责任编辑：王五</div><div id='qr_container'>"
        "扫一扫在手机打开当前页</div><div class='related'><div class='pannel-title'>相关稿件</div><ul>"
        + HOT
        + "</ul></div></div>"
        + FOOT
        + "</body></html>",
        "https://www.gov.example/xw/art/2025/art_@N@ab12.html",
    ),
    "NFCMS": Template(
        "<html><head>"
        + METAS
        + "<meta name='Url' content='//www.zj.example/x.html'><title>@TITLE@ - 湛江市人民政府门户网站</title></head><body>"
        "<div class='header'><ul>"
        + MENU
        + "</ul></div><div class='container'><div class='crumbs'><a>首页</a> &gt; <a>要闻</a></div>"
        "<h3 class='article-title'>@TITLE@</h3><div class='article-date'><span class='time'>时间 : @DAY@ 10:21:07</span><span class='ly'>来源 : @ORIGIN@</span>"
        "<span class='ll'>【浏览字号：<a>大</a> <a>中</a> <a>小</a>】</span></div><div class='article-content'>@BODY@</div><div class='operate'><span>"
        "扫一扫在手机打开当前页</span><a>打印本页</a><a>关闭窗口</a></div></div>" + FOOT + "</body></html>",
        "http://www.zj.example/zsyz/content/post_19@N@.html",
    ),
    "Epoint": Template(
        "<html><head><title>@TITLE@</title>"
        + STYLE
        + "</head><body><div class='ewb-head'><ul>"
        + MENU
        + "</ul></div><div class='ewb-location'>"
        "<span>您所在的位置：</span><a>首页</a>&gt;<a>投资动态</a></div><div class='ewb-article'><h3 class='article-title'>@TITLE@</h3><div class="
        "'article-sources'><p>【信息时间： @DAY@  】【来源：@ORIGIN@】【阅读次数：<span>63</span>】【字号 <a>大</a> <a>中</a> <a>小</a>】【<a>我要打印</a>】【<a>关闭</a>】</p></div>"
        "<div class='ewb-article-info'>@BODY@</div></div>" + FOOT + "</body></html>",
        "http://ggzy.example/jyxx/004001/20250717/1f2e@N@.html",
    ),
    "SiteServer": Template(
        "<html><head><title>@TITLE@ - 徐闻县投资促进局</title><meta name='description' content='徐闻'></head><body><div class='wrapper'><div class='nav'><ul>"
        + MENU
        + "</ul></div><div class='box'><div class='side'><dl><dt>栏目导航</dt><dd><a>动态</a></dd><dd><a>政策</a></dd></dl></div>"
        "<div class='conBox'><div class='conTit'>@TITLE@</div><div class='conInfo'><span>日期：@SLASH@</span> <span>来源：@ORIGIN@</span> <span>点击："
        "<script>document.write(1)</script>21</span></div><div class='conTxt'>@BODY@</div><div class='conPage'><p>上一篇：<a>无</a></p><p>下一篇：<a href='x.html'>"
        "徐闻港扩建工程启动</a></p></div></div></div></div>" + FOOT + "</body></html>",
        "http://xw.example/contents/12/@N@.html",
    ),
    "PHPCMS": Template(
        "<html><head><title>@TITLE@ - 招商动态 - 湛江招商</title><meta name='keywords' content='x'></head><body class='show'><div class='header'>"
        "<ul>"
        + MENU
        + "</ul></div><div class='main'><div class='col-left'><div class='crumbs'><a>首页</a><span> &gt; </span>正文</div><div id='Article'>"
        "<h1>@TITLE@<br /><span>@DAY@ 10:21:30 &nbsp;&nbsp; 来源：@ORIGIN@ &nbsp;&nbsp;评论：<a href='#c'>0</a> 点击：<span id='hits'>8</span></span></h1>"
        "<div class='content'>@BODY@</div><div class='Article-Tool'>分享到：<a>QQ空间</a><a>人人网</a></div><p class='f14'><strong>上一篇：</strong>"
        "<a href='1'>甲</a><br/><strong>下一篇：</strong><a href='2'>乙</a></p></div><div class='box'><h5>评论</h5><p>网友评论仅供其表达个人看法，并不表明本网立场。</p>"
        "</div></div><div class='col-auto'><h5>本周热点</h5><ul>" + HOT + "</ul></div></div>" + FOOT + "</body></html>",
        "http://zs.example/index.php?m=content&c=index&a=show&catid=6&id=@N@",
    ),
    "dedeCMS": Template(
        "<html><head><title>@TITLE@_粤西招商网</title></head><body><div class='w960'><ul>"
        + MENU
        + "</ul></div><div class='place'><strong>当前位置:</strong>"
        "<a>主页</a> &gt; <a>新闻</a> &gt;</div><div class='viewbox'><div class='title'><h2>@TITLE@</h2></div><div class='info'><small>时间:</small>@DAY@ 10:21"
        "<small>来源:</small>@ORIGIN@<small>作者:</small>admin<small>点击:</small>66次</div><div class='content'><table width='100%'><tr><td>@BODY@</td></tr></table>"
        "(责任编辑：admin)</div><div class='newdigg'>顶一下 (0) 0% 踩一下 (0) 0%</div><div class='boxoff'><strong>------分隔线----------------------------</strong></div>"
        "<div class='handle'><div class='context'><ul><li>上一篇：<a>甲</a></li><li>下一篇：<a>乙</a></li></ul></div></div></div><div class='pright'><dl><dt>推荐内容</dt>"
        "<dd><ul>" + HOT + "</ul></dd></dl></div>" + FOOT + "</body></html>",
        "http://yx.example/a/news/20250717/@N@.html",
    ),
    "WordPress": Template(
        "<html lang='zh-CN'><head><title>@TITLE@ &#8211; 北部湾投资观察</title><meta property='og:title' content='@TITLE@'><meta property='og:site_name' "
        "content='北部湾投资观察'><meta property='article:published_time' content='@DAY@T02:21:07+00:00'></head><body><header class='site-header'><nav><ul>"
        + MENU
        + "</ul></nav></header><main id='main'><article class='post type-post'><header class='entry-header'><h1 class='entry-title'>@TITLE@</h1><div class='entry-meta'>"
        "<time datetime='@DAY@T10:21:07+08:00'>@HAN@</time><span class='byline'>由 <a>小编</a></span></div></header><div class='entry-content'>@BODY@</div>"
        "<footer class='entry-footer'><span>发表在<a>招商</a></span><span>标签：<a>湛江</a></span></footer></article><nav class='post-navigation'><a>上一篇文章</a></nav>"
        "<div id='comments'><h3>发表回复</h3><p>您的电子邮箱地址不会被公开。 必填项已用*标注</p></div></main><aside class='widget-area'><h2>近期文章</h2><ul>"
        + HOT
        + "</ul></aside><footer class='site-footer'>自豪地采用WordPress</footer></body></html>",
        "https://bbw.example/archives/@N@",
        origin=False,
    ),
    "ASP.NET in one form": Template(
        "<html><head><title>\r\n\t@TITLE@\r\n</title></head><body><form method='post' action='Show.aspx?id=@N@' id='form1'><input type='hidden' name='__VIEWSTATE' "
        "value='"
        + "dDwtMTA" * 90
        + "'><div id='ctl00_top'><ul>"
        + MENU
        + "</ul></div><div id='ctl00_main'><div class='newsshow'><span id='ctl00_lblTitle' class="
        "'bt'>@TITLE@</span><div class='ly'>发布日期：<span id='ctl00_lblDate'>@SLASH@ 10:21:07</span> 文章来源：<span id='ctl00_lblFrom'>@ORIGIN@</span> 阅读：<span "
        "id='ctl00_lblHit'>51</span>次</div><div id='ctl00_divContent'><span id='ctl00_lblContent'>@BODY@</span></div><div class='tools'><a>打印</a> <a>关闭</a>"
        "</div></div></div>" + FOOT + "</form></body></html>",
        "http://www.lz.example/Show.aspx?id=@N@",
    ),
    "tables of 2005": Template(
        "<HTML><HEAD><TITLE>::: 欢迎访问湛江招商网 :::</TITLE></HEAD><BODY><TABLE width=1002><TR><TD><TABLE><TR><TD>"
        + "</TD><TD>".join(re.findall(r"<a.*?</a>", MENU)[:9])
        + "</TD></TR></TABLE></TD></TR></TABLE><TABLE width=1002><TR><TD width=210 valign=top><TABLE><TR><TD>本站公告</TD></TR>"
        + "".join(f"<TR><TD><font color=#666>{item}</font></TD></TR>" for item in re.findall(r"<a.*?</a>", HOT))
        + "</TABLE></TD><TD valign=top><TABLE width='100%'><TR><TD>"
        "&nbsp;您现在的位置：<a>首页</a> → 新闻 → 正文</TD></TR><TR><TD><TABLE width='96%'><TR><TD align=center><font size=4><b>@TITLE@</b></font></TD></TR><TR><TD align=center>"
        "<font color=#999999>发布时间：@DAY@　　来源：@ORIGIN@　　阅读次数：86</font></TD></TR><TR><TD><TABLE><TR><TD style='line-height:180%'><font size=3>@BODY@</font></TD></TR>"
        "</TABLE></TD></TR><TR><TD align=right>【<a>打印本页</a>】 【<a>关闭窗口</a>】</TD></TR></TABLE></TD></TR></TABLE></TD></TR></TABLE><TABLE width=1002><TR><TD align=center>"
        "版权所有 湛江招商局 地址：湛江市赤坎区 邮编：524000</TD></TR></TABLE></BODY></HTML>",
        "http://old.example/shownews.asp?id=@N@",
    ),
    "Discuz thread": Template(
        "<html><head><title>@TITLE@ - 招商信息 - 粤西论坛 -  Powered by Discuz!</title></head><body><div id='nv'><ul>"
        + MENU
        + "</ul></div><div id='pt'>粤西论坛 › 招商信息 › "
        "<a>@TITLE@</a></div><div id='postlist'><h1 class='ts'><a>[湛江]</a><span id='thread_subject'>@TITLE@</span></h1><div id='post_1'><table><tr><td class='pls'><div class="
        "'authi'><a>粤西小编</a></div><dl><dt>积分</dt><dd>1024</dd></dl></td><td class='plc'><div class='pti'><em id='authorposton1'>发表于 @DAY@ 10:21:07</em> | <a>只看该作者</a>"
        "</div><div class='pct'><div class='pcb'><div class='t_fsz'><table><tr><td class='t_f' id='postmessage_1'>@BODY@</td></tr></table></div></div></div></td></tr></table></div>"
        "<div id='post_2'><table><tr><td class='pls'><a>路人甲</a></td><td class='plc'><em>发表于 2025-7-18 09:00</em><div class='pcb'><table><tr><td class='t_f' id="
        "'postmessage_2'>顶一个，家乡发展越来越好，希望多引进几个大项目，年轻人就不用出去打工了。</td></tr></table></div></td></tr></table></div></div>"
        + FOOT
        + "</body></html>",
        "http://bbs.example/thread-@N@-1-1.html",
        origin=False,
    ),
    "WeChat": Template(
        "<html><head><meta property='og:title' content='@TITLE@'><meta property='og:site_name' content='微信公众平台'><title>@TITLE@</title></head><body id='activity-detail'>"
        "<div id='img-content'><h1 class='rich_media_title' id='activity-name'>@TITLE@</h1><div id='meta_content'><span class='rich_media_meta_text'>招商小编</span>"
        "<a id='js_name'>@ORIGIN@</a><em id='publish_time'></em></div><div class='rich_media_content' id='js_content' style='visibility: hidden; opacity: 0;'>@BODY@</div></div>"
        "<script>var ct = '1752718867'; var msg_title = 'x';</script><div id='js_pc_qr_code'><p>微信扫一扫<br>关注该公众号</p></div><div class='rich_media_tool'>阅读 <span>100</span>"
        "</div></body></html>",
        "https://mp.example/s/AbC@N@",
        origin=False,  # the account that publishes is not what 来源 means
    ),
    "aggregator": Template(
        "<html><head><title>@TITLE@_招商头条_中国招商聚合网</title></head><body><div class='hd'><ul>"
        + MENU
        + "</ul></div><div class='wrap'><div class='main-l'><h1 class='tt'>"
        "@TITLE@</h1><div class='sub'><span>@DAY@</span><span>来源：@ORIGIN@</span><span>浏览 2031</span></div><div class='ad'><a href='/ad'>产业园区招商热线 厂房出租</a></div>"
        "<div class='nr'>@BODY@</div><div class='tags'>标签：<a>湛江</a> <a>招商</a></div><div class='sm'>免责声明：本网转载文章仅为传播信息，版权归原作者所有，如有侵权请联系删除。</div>"
        "</div><div class='main-r'><h3>推荐园区</h3>"
        + "".join(
            f"<div class='yq'><a href='/yq/{n}'>第{n}产业园</a><p>位于开发区核心地段，交通便利，配套齐全，标准厂房可租可售，欢迎各类企业前来考察洽谈，享受第{n}档优惠政策。</p></div>"
            for n in range(1, 9)
        )
        + "<h3>热门文章</h3><ul>"
        + HOT
        + "</ul></div></div>"
        + FOOT
        + "</body></html>",
        "http://jh.example/news/20250717/@N@.html",
    ),
    "information disclosure": Template(
        "<html><head>"
        + METAS
        + "<title>@TITLE@</title></head><body><div class='top'><ul>"
        + MENU
        + "</ul></div><div class='xxgk'><div class='classify'><table><tr><td>索引号："
        "</td><td>11440800/2025-00@N@</td><td>分类：</td><td>商务</td></tr><tr><td>发布机构：</td><td>湛江市商务局</td><td>成文日期：</td><td>2025-07-01</td></tr></table></div>"
        "<h1 class='title document-number'>@TITLE@</h1><div class='date-row'>发布日期：@DAY@ 浏览次数：<span>-</span></div><div class='article-content'>@BODY@</div><div class='share-bar'>"
        "分享到：<a>微信</a></div></div>" + FOOT + "</body></html>",
        "http://www.zj.example/gkmlpt/content/1/19@N@/post_19@N@.html",
    ),
}
TITLES = [entry.title for entry in DUMP]
ORIGIN = "湛江日报"
PAGES = list(itertools.product(TEMPLATES, BODIES))


def build(template: Template, body: Body, title: str = TITLES[0], number: int = 1) -> str:
    """The page."""
    html = template.html.replace("@BODY@", body.html).replace("@TITLE@", title).replace("@ORIGIN@", ORIGIN)
    html = html.replace("@DAY@", f"{DAY:%Y-%m-%d}").replace("@SLASH@", f"{DAY.year}/{DAY.month}/{DAY.day}")
    return html.replace("@HAN@", f"{DAY.year}年{DAY.month}月{DAY.day}日").replace("@N@", str(number))


def expected(template: Template, body: Body, title: str = TITLES[0], number: int = 1) -> Article:
    """What a reader sees on the page."""
    url = template.url.replace("@N@", str(number))
    return Article(
        title=title,
        body="\n".join(body.paragraphs),
        published_on=DAY,
        origin=ORIGIN if template.origin else None,
        attachments=tuple(Attachment(name, address(href, url) or "") for name, href in body.files),
    )


def read(template: Template, body: Body, title: str = TITLES[0], number: int = 1, recipe: Recipe | None = None):
    page = build(template, body, title, number)
    return read_article(page, template.url.replace("@N@", str(number)), NOW, recipe=recipe)


@pytest.mark.parametrize(("template", "body"), PAGES)
def test_a_page_says_what_its_reader_sees(template, body):
    template, body = TEMPLATES[template], BODIES[body]
    assert read(template, body).article == expected(template, body)


@pytest.mark.parametrize("template", TEMPLATES)
def test_by_recipe_the_pages_of_a_template_say_the_same_and_the_judges_are_spared(template, monkeypatch):
    template = TEMPLATES[template]
    recipe = Recipe()
    judged = []
    find = extractor.find_container
    monkeypatch.setattr(extractor, "find_container", lambda *args, **kwargs: judged.append(1) or find(*args, **kwargs))
    for number, body in enumerate(BODIES.values()):
        title = TITLES[number % len(TITLES)]
        reading = read(template, body, title, number, recipe)
        assert reading.article == expected(template, body, title, number)
        recipe = Recipe.from_text(reading.recipe.to_text())
    assert len(judged) <= 5  # three to learn from; the rest where a body is so short that the page outweighs it
    assert recipe.pages == len(BODIES)


@pytest.mark.parametrize(("template", "other"), list(itertools.pairwise([*TEMPLATES, *list(TEMPLATES)[:1]])))
def test_a_recipe_of_another_template_changes_nothing(template, other):
    recipe = Recipe()
    for number in range(3):
        recipe = read(TEMPLATES[other], BODIES["paragraphs"], number=number, recipe=recipe).recipe
    for name in ("one sentence", "broken lines", "table", "attachments"):
        found = read(TEMPLATES[template], BODIES[name], recipe=recipe).article
        assert found == expected(TEMPLATES[template], BODIES[name])


WHOLE = build(TEMPLATES["NFCMS"], BODIES["table"])
PIECES = [
    "<div>",
    "</div>",
    "<p>",
    "</td>",
    "<table>",
    "<!--",
    "<script>",
    "'",
    ">",
    "<",
    "&#",
    "\x00",
    "正文。",
    "<style>",
]
LEARNED = Recipe.from_text(
    '{"version": 1, "pages": 3, "dateless": 0, "places": [["//div[@class=\'article-content\']", 3, 1, 0]]}'
)


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_a_damaged_page_makes_it_raise_nothing_by_either_way(data):
    page = WHOLE
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(page)))
        end = data.draw(st.integers(start, min(len(page), start + 400)))
        page = page[:start] + data.draw(st.sampled_from(PIECES) | st.text(max_size=3)) + page[end:]
    for recipe in (None, LEARNED):
        article = read_article(page, "http://zs.example/1.html", NOW, recipe=recipe).article
        assert article is None or article.body.strip()


@pytest.mark.parametrize("cut", range(0, len(WHOLE), 997))
def test_a_page_cut_in_the_middle_gives_what_came(cut):
    article = read_article(WHOLE[:cut], "http://zs.example/1.html", NOW, recipe=LEARNED).article
    came = WHOLE.find("<div class='article-content'>")
    assert article is not None or cut < came + 400
