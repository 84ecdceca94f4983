"""Ten post pages written before the extractor was, and not looked at while it was made: how it does on the unknown.

Each is a layout of its own (site builders, parks, counties, policy files, forms), with what a reader would copy out.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.article.reader import read_article

NOW = datetime(2025, 7, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True)
class Page:
    """A page and what it says."""

    html: str
    title: str
    paragraphs: tuple[str, ...]
    day: date | None = date(2025, 7, 17)
    origin: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    url: str = "http://zs.example/info/1024/5678.htm"


PAGES: dict[str, Page] = {}

PAGES["site builder"] = Page(
    """<!DOCTYPE html><html><head><title>海东区与十二家企业集中签约-海东招商网</title>
<META Name="keywords" Content="海东招商网,招商,集中签约" /><meta charset="utf-8"></head><body>
<div class="top"><div class="logo"><img src="/images/logo.png"></div><ul class="menu"><li><a href="/">网站首页</a></li>
<li><a href="/zsdt.htm">招商动态</a></li><li><a href="/zczx.htm">政策中心</a></li><li><a href="/yqjs.htm">园区介绍</a>
</li></ul></div><div class="n_center"><div class="n_left"><h3>招商动态</h3><ul><li><a href="/a.htm">区内新闻</a></li>
<li><a href="/b.htm">图片新闻</a></li></ul></div><div class="n_right"><div class="dqwz">当前位置: <a href="/">网站首页</a>
&gt;&gt; <a href="/zsdt.htm">招商动态</a> &gt;&gt; 正文</div>
<form name="_newscontent_fromname"><div><h1 align="center">海东区与十二家企业集中签约</h1>
<div align="center" style="padding:10px 0">发布时间: 2025-07-17 &nbsp;&nbsp; 作者: 投资促进科 &nbsp;&nbsp; 浏览次数:
<script>_showDynClicks("wbnews", 1024, 5678)</script></div><div id="vsb_content"><div class="v_news_content">
<p class="vsbcontent_start" style="text-indent:2em">7月16日上午，海东区举行二〇二五年第三批重点项目集中签约仪式，十二家企业
落户，计划总投资八十六亿元。</p><p style="text-indent:2em">签约项目涵盖<strong>新能源</strong>、<strong>海洋食品</strong>
和<span style="color:#333">现代物流</span>三个方向，其中十亿元以上项目四个。</p>
<p style="text-align:center"><img src="/__local/1.jpg" width="600"></p>
<p class="vsbcontent_end" style="text-indent:2em">区长在致辞中表示，将为每个项目配一名服务专员，确保年内开工。</p></div></div>
<div id="div_vote_id"></div><ul style="list-style-type:none;"><li>附件【<a href="/system/_content/download.jsp?urltype=
news.DownloadAttachUrl&amp;wbfileid=778899" target="_blank">签约项目一览表.xlsx</a>】已下载<span id="nattach778899">
<script>getClickTimes(778899)</script></span>次</li></ul></div><p>上一条：<a href="5670.htm">海东区召开招商例会</a></p>
<p>下一条：<a href="5690.htm">海东区赴深圳开展推介</a></p><p align="center">【<a href="javascript:window.close()">关闭</a>】
</p></form></div></div><div class="foot"><p>版权所有：海东区投资促进中心 地址：海东大道1号 邮编：524000</p>
<p>粤ICP备00000000号 技术支持：某某科技</p></div></body></html>""",
    "海东区与十二家企业集中签约",
    (
        "7月16日上午，海东区举行二〇二五年第三批重点项目集中签约仪式，十二家企业 落户，计划总投资八十六亿元。",
        "签约项目涵盖新能源、海洋食品 和现代物流三个方向，其中十亿元以上项目四个。",
        "区长在致辞中表示，将为每个项目配一名服务专员，确保年内开工。",
    ),
    files=(
        (
            "签约项目一览表.xlsx",
            "http://zs.example/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=778899",
        ),
    ),
)

PAGES["rendered components"] = Page(
    """<!doctype html><html><head><meta charset="utf-8"><title>高新区投资服务平台</title>
<meta property="og:title" content="高新区投资服务平台"><meta name="description" content="一站式投资服务"></head><body>
<div id="app"><div class="hd"><a class="brand">高新区投资服务平台</a><span>首页</span><span>载体</span><span>政策</span></div>
<div class="detail-page"><div class="detail-main"><div class="title"><p>【高新区招商】总投资20亿元的储能电池基地开工</p></div>
<div class="meta"><span>2025/07/17</span> | <span>来源: 高新区招商局</span> | <span>浏览: 331</span></div>
<div class="rich-text"><section style="margin:0"><section><p><span>7月15日，总投资20亿元的储能电池生产基地在高新区
</span><span>破土动工。</span></p></section></section><section><section><span>项目由国内储能龙头企业投资建设，占地三百
亩，分两期实施。</span></section></section><section><p><span>一期计划明年六月投产，达产后年产值可达五十亿元，提供就业岗位
一千二百个。</span></p></section><section><p><br></p></section></div><div class="bar"><i>点赞</i><i>收藏</i><i>分享</i></div>
</div><div class="detail-side"><h4>推荐载体</h4><div class="card"><a href="/p/1">科创中心A座</a><p>紧邻地铁站，层高四米五，
适合研发办公，可享受租金减免。</p></div><div class="card"><a href="/p/2">智造产业园</a><p>标准厂房八万平方米，荷载两吨，配套
员工宿舍与食堂。</p></div><div class="card"><a href="/p/3">总部大厦</a><p>甲级写字楼，提供注册、财税、人力一条龙服务。</p></div>
</div></div><div class="ft">高新区管委会 版权所有 | 联系电话 0759-0000000</div></div></body></html>""",
    "【高新区招商】总投资20亿元的储能电池基地开工",
    (
        "7月15日，总投资20亿元的储能电池生产基地在高新区 破土动工。",
        "项目由国内储能龙头企业投资建设，占地三百 亩，分两期实施。",
        "一期计划明年六月投产，达产后年产值可达五十亿元，提供就业岗位 一千二百个。",
    ),
    origin="高新区招商局",
)

PAGES["county, nested tables"] = Page(
    """<HTML><HEAD><TITLE>欢迎光临石岭县招商局</TITLE><META content="text/html; charset=gb2312"></HEAD>
<BODY bgcolor=#ffffff><TABLE width=778 align=center><TR><TD><IMG src="top.jpg"></TD></TR><TR><TD>
<a href=index.asp>首页</a> | <a href=jj.asp>县情</a> | <a href=xm.asp>项目</a> | <a href=zc.asp>政策</a></TD></TR></TABLE>
<TABLE width=778 align=center><TR><TD width=180 valign=top><TABLE><TR><TD><b>最新项目</b></TD></TR>
<TR><TD>·<a href=1.asp>石岭县木薯深加工项目</a></TD></TR><TR><TD>·<a href=2.asp>石岭县温泉度假村</a></TD></TR></TABLE></TD>
<TD valign=top><TABLE width="98%"><TR><TD>您现在的位置：<a href=index.asp>首页</a>&gt;&gt;<a href=news.asp>招商快讯</a></TD></TR>
<TR><TD align=center height=40><strong><font size=4 color=#cc0000>石岭县赴珠三角招商<br>引进项目七个</font></strong></TD></TR>
<TR><TD align=center>[2025-7-17]&nbsp;&nbsp;来源：石岭县招商局&nbsp;&nbsp;点击：128</TD></TR><TR><TD class=font14>
&nbsp;&nbsp;&nbsp;&nbsp;本月上旬，石岭县党政代表团赴广州、佛山、东莞三市招商，走访企业二十一家。<br><br>
&nbsp;&nbsp;&nbsp;&nbsp;代表团先后召开三场推介会，现场达成意向七个，合同金额四亿三千万元。<br><br>
&nbsp;&nbsp;&nbsp;&nbsp;县招商局负责人说，下半年还将在长三角举办两场专题活动。</TD></TR><TR><TD align=right>
<a href="javascript:window.print()">打印</a>　<a href="javascript:self.close()">关闭</a></TD></TR></TABLE></TD></TR></TABLE>
<TABLE width=778 align=center><TR><TD align=center>Copyright 2003-2025 石岭县招商局 电话：0759-1234567<br>
您是第 120987 位访问者</TD></TR></TABLE></BODY></HTML>""",
    "石岭县赴珠三角招商引进项目七个",
    (
        "本月上旬，石岭县党政代表团赴广州、佛山、东莞三市招商，走访企业二十一家。",
        "代表团先后召开三场推介会，现场达成意向七个，合同金额四亿三千万元。",
        "县招商局负责人说，下半年还将在长三角举办两场专题活动。",
    ),
    origin="石岭县招商局",
)

PAGES["policy file"] = Page(
    """<html><head><meta charset=utf-8><meta name="SiteName" content="临港市人民政府"><title>临港市人民政府关于印发
临港市鼓励投资若干措施的通知_临港市人民政府门户网站</title><meta name="ArticleTitle" content="临港市人民政府关于印发临港市鼓励投资
若干措施的通知"><meta name="PubDate" content="2025-07-17 15:20:00"><meta name="ContentSource" content=""></head><body>
<div class="header"><a href="/">首页</a><a href="/zwgk">政务公开</a><a href="/hd">互动交流</a></div><div class="xxgk-box">
<table class="index-table"><tr><td>索 引 号：</td><td>007001/2025-00123</td><td>主题分类：</td><td>商务、投资</td></tr><tr>
<td>发布机构：</td><td>市政府办公室</td><td>成文日期：</td><td>2025-07-10</td></tr><tr><td>文　　号：</td><td>临府〔2025〕12号
</td><td>发布日期：</td><td>2025-07-17</td></tr></table><div class="doc-title">临港市人民政府关于印发临港市鼓励投资若干措施的通知</div>
<div class="doc-body" id="doc-body"><p style="text-align:center">临府〔2025〕12号</p><p>各县（市、区）人民政府，市府直属各单位：</p>
<p>　　现将《临港市鼓励投资若干措施》印发给你们，请认真组织实施。执行中遇到的问题，请径向市商务局反映。</p>
<p>　　附件：临港市鼓励投资若干措施</p><p style="text-align:right">临港市人民政府</p><p style="text-align:right">2025年7月10日</p>
</div><div class="fj"><h4>附件下载</h4><ul><li><span>临港市鼓励投资若干措施</span><a href="../files/2025/07/cs.docx">下载</a></li>
<li><span>政策解读一图读懂</span><a href="../files/2025/07/jd.pdf">下载</a></li></ul></div><div class="relate"><h4>相关解读</h4>
<ul><li><a href="/jd/1.html">《临港市鼓励投资若干措施》政策解读</a></li></ul></div></div><div class="footer"><p>主办单位：
临港市人民政府办公室</p><p>网站标识码：0000000000</p></div></body></html>""",
    "临港市人民政府关于印发临港市鼓励投资若干措施的通知",  # as printed; the meta tag breaks the line
    (
        "临府〔2025〕12号",
        "各县（市、区）人民政府，市府直属各单位：",
        "现将《临港市鼓励投资若干措施》印发给你们，请认真组织实施。执行中遇到的问题，请径向市商务局反映。",
        "附件：临港市鼓励投资若干措施",
        "临港市人民政府",
        "2025年7月10日",
    ),
    files=(
        ("临港市鼓励投资若干措施", "http://lg.example/zwgk/files/2025/07/cs.docx"),
        ("政策解读一图读懂", "http://lg.example/zwgk/files/2025/07/jd.pdf"),
    ),
    url="http://lg.example/zwgk/wj/content_998877.html",
)

PAGES["photographs"] = Page(
    """<html><head><title>图说招商：港口新区一线 - 新区在线</title></head><body><div class="topnav"><a>登录</a><a>注册</a></div>
<div class="g-main"><div class="m-title"><h1>图说招商：港口新区一线</h1><p class="m-info">新区在线 2025年07月17日 08:30</p></div>
<div class="m-pics"><p><img src="1.jpg"></p><p>图为七月十五日，工人在港口新区装备产业园吊装首台风电塔筒。</p><p><img src="2.jpg"></p>
<p>图为新区招商专班在企业车间听取负责人介绍生产情况。 新区在线记者 摄</p><p><img src="3.jpg"></p>
<p>图为夜色中的散货码头，吞吐量今年上半年增长一成。</p></div><div class="m-next"><a href="a.html">上一组图</a>
<a href="b.html">下一组图</a></div></div><div class="hotpic"><h3>热门图集</h3><ul><li><a href="c.html">荔枝红了</a></li>
<li><a href="d.html">渔港开渔</a></li></ul></div><div class="bottom">新区在线 版权所有 未经授权不得转载</div></body></html>""",
    "图说招商：港口新区一线",
    (
        "图为七月十五日，工人在港口新区装备产业园吊装首台风电塔筒。",
        "图为新区招商专班在企业车间听取负责人介绍生产情况。 新区在线记者 摄",
        "图为夜色中的散货码头，吞吐量今年上半年增长一成。",
    ),
)

PAGES["announcement of an event"] = Page(
    """<html><head><title>关于举办2025年南湾投资推介会的公告_通知公告_南湾市商务局</title></head><body><div id="head">
<ul id="nav"><li><a href="/">首 页</a></li><li><a href="/tz">通知公告</a></li><li><a href="/bs">办事指南</a></li></ul></div>
<div id="main"><div class="loc">您所在的位置：首页 &gt; 通知公告</div><div class="art"><h2 class="art-tt">关于举办2025年南湾投资
推介会的公告</h2><div class="art-if"><em>发布日期：2025-07-17</em><em>信息来源：南湾市商务局</em><em>点击数：56</em>
<em>字体：[<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>]</em></div><div class="art-ct">
<p>为宣传推介南湾投资环境，经研究，决定举办2025年南湾投资推介会。现将有关事项公告如下：</p><p>时间：2025年8月8日上午9:00</p>
<p>地点：南湾国际会议中心三楼</p><p>主办单位：南湾市人民政府</p><p>承办单位：南湾市商务局、南湾市工商联</p>
<p>报名方式：请于7月31日前将回执发送至邮箱，联系人：陈先生，电话：0759-7654321。</p><p>特此公告。</p>
<p align="right">南湾市商务局<br>2025年7月16日</p></div><div class="art-sh">分享到：<a>微信</a><a>微博</a><a>QQ空间</a></div>
<div class="art-pn">上一篇：<a href="1.html">关于端午节放假的通知</a><br>下一篇：没有了</div></div></div><div id="foot">
主办单位：南湾市商务局 备案号：粤ICP备11111111号</div></body></html>""",
    "关于举办2025年南湾投资 推介会的公告",
    (
        "为宣传推介南湾投资环境，经研究，决定举办2025年南湾投资推介会。现将有关事项公告如下：",
        "时间：2025年8月8日上午9:00",
        "地点：南湾国际会议中心三楼",
        "主办单位：南湾市人民政府",
        "承办单位：南湾市商务局、南湾市工商联",
        "报名方式：请于7月31日前将回执发送至邮箱，联系人：陈先生，电话：0759-7654321。",
        "特此公告。",
        "南湾市商务局",
        "2025年7月16日",
    ),
    origin="南湾市商务局",
)

PAGES["park with a loud surrounding"] = Page(
    """<html lang="zh"><head><meta charset="utf-8"><title>园区动态-金湾产业园欢迎您</title></head><body><nav class="navbar">
<a href="/">金湾产业园</a><ul><li><a href="/about">走进园区</a></li><li><a href="/news">园区动态</a></li></ul></nav>
<div class="container"><div class="row"><div class="col-md-9"><div class="news-detail"><h2>金湾产业园标准厂房二期交付使用</h2>
<p class="small"><i class="fa fa-clock"></i> 2025-07-17 <i class="fa fa-user"></i> admin <i class="fa fa-eye"></i> 89</p>
<div class="news-detail-content"><div>7月14日，金湾产业园标准厂房二期正式交付，首批九家企业领到钥匙。</div><div><br></div>
<div>二期共六栋，总建筑面积十一万平方米，全部为智能化厂房。</div><div>入驻企业可享受“三免两减半”的租金优惠。</div></div>
<ul class="pager"><li><a href="88.html">上一篇：园区召开安全生产会议</a></li><li><a href="90.html">下一篇：园区举办招聘会</a></li></ul>
</div></div><div class="col-md-3"><div class="panel"><div class="panel-heading">联系我们</div><div class="panel-body"><p>金湾产业园
招商部常年受理企业入园申请，欢迎来电来访，我们将在一个工作日内答复，并免费提供选址、注册、报批、用工等全程代办服务。</p>
<p>电话：0759-2223333</p></div></div></div></div></div><div class="footer"><p>金湾产业园成立于2006年，位于粤西沿海，规划面积十五
平方公里，是省级产业转移工业园，已形成家电、水产加工、医药三大产业集群，连续五年获评先进园区。</p><p>Copyright © 2025 金湾产业园</p>
</div></body></html>""",
    "金湾产业园标准厂房二期交付使用",
    (
        "7月14日，金湾产业园标准厂房二期正式交付，首批九家企业领到钥匙。",
        "二期共六栋，总建筑面积十一万平方米，全部为智能化厂房。",
        "入驻企业可享受“三免两减半”的租金优惠。",
    ),
)

PAGES["hashed names"] = Page(
    """<!doctype html><html><head><title>【东屿招商】海洋牧场项目完成备案 | 东屿观察</title><script type="application/ld+json">
{"@context":"https://schema.org","@type":"NewsArticle","headline":"【东屿招商】海洋牧场项目完成备案",
"datePublished":"2025-07-17T08:00:00+08:00","publisher":{"@type":"Organization","name":"东屿观察"}}</script></head><body>
<div class="_3xk2"><a href="/">东屿观察</a><a href="/news">快讯</a></div><div class="_9ab1"><h1 class="_1t0q">【东屿招商】海洋牧场
项目完成备案</h1><div class="_7hh2"><a href="/u/1">小林</a></div><div class="_0pqz"><p>东屿县深远海养殖项目近日完成企业投资备案，
总投资七亿八千万元。</p><p>项目建设重力式网箱六十个、养殖工船一艘，配套冷链加工中心。</p><blockquote><p>“海上一条鱼，岸上一条链。”
项目负责人说。</p></blockquote><p>按照计划，首批鱼苗将于今年十月投放。</p></div><div class="_4c4c"><h3>评论</h3><div class="_5d5d">
<span>网友甲</span><p>什么时候可以去参观一下？期待家乡越来越好。</p></div></div></div><div class="_8f8f"><a href="/about">关于</a>
<a href="/icp">备案</a></div></body></html>""",
    "【东屿招商】海洋牧场 项目完成备案",
    (
        "东屿县深远海养殖项目近日完成企业投资备案， 总投资七亿八千万元。",
        "项目建设重力式网箱六十个、养殖工船一艘，配套冷链加工中心。",
        "“海上一条鱼，岸上一条链。” 项目负责人说。",
        "按照计划，首批鱼苗将于今年十月投放。",
    ),
)

PAGES["a project as a form"] = Page(
    """<html><head><title>年产五万吨预制菜项目-招商项目库-云溪县投资促进网</title></head><body><div class="h"><a href="/">首页</a>
<a href="/xm">招商项目库</a></div><div class="crumb">当前位置：首页&gt;招商项目库&gt;农产品加工</div><div class="xm"><div class="xm-t">
年产五万吨预制菜项目</div><div class="xm-d">发布时间：2025-07-17　　信息来源：云溪县投资促进中心</div><table class="xm-tb" border="1">
<tr><th>项目名称</th><td>年产五万吨预制菜项目</td></tr><tr><th>所属行业</th><td>农产品加工</td></tr><tr><th>投资总额</th>
<td>3.2亿元</td></tr><tr><th>建设内容</th><td>建设标准化车间四万平方米，引进自动化生产线六条，配套冷库一万吨。</td></tr><tr>
<th>合作方式</th><td>独资、合资、合作</td></tr><tr><th>联系方式</th><td>云溪县投资促进中心 0759-3334444</td></tr></table></div>
<div class="f">云溪县投资促进中心主办　粤ICP备22222222号</div></body></html>""",
    "年产五万吨预制菜项目",
    (
        "项目名称 年产五万吨预制菜项目",
        "所属行业 农产品加工",
        "投资总额 3.2亿元",
        "建设内容 建设标准化车间四万平方米，引进自动化生产线六条，配套冷库一万吨。",
        "合作方式 独资、合资、合作",
        "联系方式 云溪县投资促进中心 0759-3334444",
    ),
    origin="云溪县投资促进中心",
)

PAGES["hand-made with open paragraphs"] = Page(
    """<HTML><HEAD><TITLE>白沙镇工业园区招商公告</TITLE></HEAD><BODY><CENTER><H2>白沙镇工业园区招商公告</H2></CENTER><HR>
<P ALIGN=LEFT><FONT SIZE=3>　　白沙镇工业园区位于国道旁，距高速公路出口两公里，现有工业用地八百亩对外招商。
<P ALIGN=LEFT><FONT SIZE=3>　　园区水、电、路、通讯、排污、燃气和场地平整均已完成，企业拿地即可开工。
<P ALIGN=LEFT><FONT SIZE=3>　　凡投资一千万元以上的项目，镇政府派专人代办全部手续，地价面议。
<P ALIGN=LEFT><FONT SIZE=3>　　有意者请与镇经济办联系。<P ALIGN=RIGHT>白沙镇人民政府<BR>二〇二五年七月</FONT><HR>
<P ALIGN=CENTER><FONT SIZE=2>发布日期：2025年7月17日　<A HREF="index.htm">返回首页</A></FONT></BODY></HTML>""",
    "白沙镇工业园区招商公告",
    (
        "白沙镇工业园区位于国道旁，距高速公路出口两公里，现有工业用地八百亩对外招商。",
        "园区水、电、路、通讯、排污、燃气和场地平整均已完成，企业拿地即可开工。",
        "凡投资一千万元以上的项目，镇政府派专人代办全部手续，地价面议。",
        "有意者请与镇经济办联系。",
        "白沙镇人民政府",
        "二〇二五年七月",
    ),
    url="http://bs.example/zs1.htm",
)


def agreement(found: str, expected: str) -> float:
    """F1 over pairs of neighbouring characters: what is missing and what is too much both cost."""
    ours, theirs = (Counter(pairwise(text)) for text in (found, expected))
    shared = 2 * sum((ours & theirs).values())
    return shared / max(1, sum(ours.values()) + sum(theirs.values()))


@pytest.mark.parametrize("name", PAGES)
def test_an_unknown_page_is_read_as_a_reader_would(name):
    page = PAGES[name]
    article = read_article(page.html, page.url, NOW).article
    assert article is not None
    assert article.title == page.title
    assert article.published_on == page.day
    assert article.origin == page.origin
    assert tuple((file.title, file.url) for file in article.attachments) == page.files
    assert article.body.split("\n") == list(page.paragraphs)


def test_the_bodies_of_unknown_pages_agree_with_a_readers():
    scores = []
    for page in PAGES.values():
        article = read_article(page.html, page.url, NOW).article
        scores.append(agreement(article.body if article else "", "\n".join(page.paragraphs)))
    assert sum(scores) / len(scores) >= 0.97
