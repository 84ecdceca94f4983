"""Pages that hold nothing of what was asked for, and the many that look a little like them and are what they should be."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.raw.blocked import binary_sign, block_of, is_truncated
from crawler.extract.raw.charset import decode
from monitor.pages import Block, BlockKind, PageRequest, RawPage

URL = "http://www.zs.example/art/2025/7/17/art_16256_1.html"
NOW = datetime(2025, 7, 21, tzinfo=UTC)


def raw(body: bytes | str, url: str = URL, *, status: int = 200) -> RawPage:
    return RawPage(PageRequest(url), url, body.encode() if isinstance(body, str) else body, NOW, status, "text/html")


def block(body: bytes | str, url: str = URL) -> Block | None:
    page = raw(body, url)
    return block_of(page, decode(page.body, page.content_type).text)


def kind(body: bytes | str, url: str = URL) -> str | None:
    found = block(body, url)
    return str(found.kind) if found else None


# -- the parts of a site's pages --------------------------------------------------------------------------------------

COLUMNS = (
    "网站首页",
    "领导之窗",
    "政务公开",
    "招商动态",
    "投资政策",
    "产业园区",
    "项目推介",
    "办事指南",
    "互动交流",
    "联系我们",
)
NAV = "".join(f"<li><a href='/{number}/'>{name}</a></li>" for number, name in enumerate(COLUMNS))
HEADER = f"""<div class="top"><a href="/login">登录</a> | <a href="/reg">注册</a> | <a href="#" onclick="setHome()">设为首页</a></div>
<form id="loginForm" action="/login" method="post"><input name="user" placeholder="用户名"><input type="password" name="pwd">
<input type="submit" value="登录"></form><ul class="nav">{NAV}</ul>
<noscript>您的浏览器不支持JavaScript，请开启后访问</noscript><!--[if lt IE 9]><p>您的浏览器版本过低，请升级</p><![endif]-->"""
FOOTER = """<div class="footer"><p>主办单位：湛江市投资促进局 承办单位：湛江市投资促进中心 地址：湛江市赤坎区跃进路67号</p>
<p>电话：0759-3404404 网站标识码：4408000404 粤ICP备05024404号 粤公网安备 44080302000404号</p>
<script>var _hmt=_hmt||[];document.cookie="visited=1;path=/";if(top!=self){top.location.href=self.location.href}
function out(){alert('请先登录');location.href='/login.html'}</script></div>"""
HOT = "<div class='hot'><h3>热点新闻</h3><ul>{}</ul></div>".format(
    "".join(
        f"<li><a href='/art/{n}.html'>【湛江招商】第{n}号重点项目签约落户湛江经济技术开发区</a><span>2025-07-{n:02}</span></li>"
        for n in range(10, 22)
    )
)
PARAGRAPHS = (
    "7月17日，湛江市举行重大项目集中签约仪式，共签约项目32个，总投资额超过三百亿元，涵盖海上风电、绿色钢铁、高端造纸、现代农业等领域。",
    "市委主要负责同志在致辞中表示，湛江将以最大的诚意、最优的服务、最好的环境，支持企业在湛投资兴业，共享发展机遇，共谋合作共赢。",
    "据介绍，今年以来全市新引进亿元以上项目一百二十个，计划投资额同比增长百分之十五，招商引资工作呈现总量扩大、结构优化的良好态势。",
)


def site(main: str, *, title: str = "湛江投资促进网", side: str = HOT) -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title><style>.a{{color:red}}</style></head>"
        f"<body>{HEADER}<div class='main'>{main}</div>{side}{FOOTER}</body></html>"
    )


def bare(main: str, title: str = "") -> str:
    return f"<html><head><meta charset='utf-8'><title>{title}</title></head><body>{main}</body></html>"


def post(*paragraphs: str, title: str = "【湛江招商】重大项目集中签约") -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs or PARAGRAPHS)
    return site(
        f"<h1>{title}</h1><div class='info'>发布时间：2025-07-17 来源：本网</div><div id='zoom'>{body}</div>",
        title=f"{title}-湛江投资促进网",
    )


def listing(*titles: str, side: str = "") -> str:
    items = "".join(
        f"<li><a href='/art/{number}.html'>{title}</a><span>2025-07-{17 - number % 17:02}</span></li>"
        for number, title in enumerate(titles)
    )
    return site(f"<ul class='list'>{items}</ul><div class='page'><a href='2.html'>下一页</a></div>", side=side)


# -- challenges -------------------------------------------------------------------------------------------------------

HEX = "F806D672A2E5525838EF046B8156D7A059844D57"
SEED = "KszeWp.PSsEFpfp.U5uGy8PSBuml0f4X_" * 8
CHALLENGES = {
    "瑞数": f"<!DOCTYPE html><html><head><meta charset='UTF-8'/><meta id='13JnD7t9MzWf' content='{SEED}' r='m'>"
    "<script type='text/javascript' r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=52206;$_ts.cd='qtJDrpAltcLqlqV';"
    "if($_ts.lcd)$_ts.lcd();</script><script src='/3of0Ehp/RkdMx.bc4278d.js' r='m'></script></head><body></body></html>",
    "瑞数, new": f"<html><head><meta id='sx6c1KC7YLcxTT' content='{SEED}'><script src='/qaz/x.js'></script></head>"
    "<body><input type='hidden' id='__onload__' name='a' value='b'></body></html>",
    "加速乐, first": "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('c')+(+true+'')+';Max-age=3600;Path=/;';"
    "location.href=location.pathname+location.search</script>",
    "加速乐, second": '<script>function go(a){var b=a.ct}go({"bts":["1751.1|0|m","a"],"chars":"xyz","ct":"0f","ha":"sha1",'
    '"tn":"__jsl_clearance_s","vt":"3600","wt":"1500"})</script>',
    "阿里云": f"<html><script>var arg1='{HEX}';function setCookie(name,value){{document.cookie=name+'='+value}}"
    "function reload(x){setCookie('acw_sc__v2',x);document.location.reload();}</script><script>var _0x4818=[];</script></html>",
    "阿里云, arg1 alone": f"<html><script>var arg1='{HEX}';eval('x')</script></html>",
    "阿里云, slider": "<!DOCTYPE html><html><head><title>滑动验证页面</title></head><body><textarea id='renderData' style='display:none'>"
    "{'_waf_bd8ce2ce37':'x'}</textarea><div id='nocaptcha'></div><script src='https://g.alicdn.com/AWSC/AWSC/awsc.js'></script></body></html>",
    "阿里云, refusal": bare(
        "<div><p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p><p>您的请求ID是：<span>7ae3</span></p>"
        "<p>如果您是网站管理员，请登录云盾控制台查看</p></div>",
        "405",
    ),
    "云锁": "<html><head><script>function YunSuoAutoJump(){var width=screen.width;self.location='/?security_verify_data=31';}"
    "setTimeout('YunSuoAutoJump()',50);</script></head></html>",
    "安全狗": bare("<h2>网站防火墙</h2><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p><p>可能原因：您提交的内容包含危险的攻击请求</p>"
    "<ul><li>如果您是网站管理员，请登录安全狗查看拦截日志</li><li>普通访客，请联系网站管理员</li></ul>", "网站防火墙"),
    "宝塔": bare("<div class='main'><div class='t1'>403 forbidden</div><p>您的请求带有不合法参数，已被系统设置拦截！</p><p>可能原因：</p>"
    "<p>您提交的内容包含异常数据</p></div>", "403 forbidden"),
    "创宇盾": bare("<h1>当前访问疑似黑客攻击，已被创宇盾拦截。</h1>", "网站防火墙"),
    "创宇盾, no title": bare("<p>当前访问疑似黑客攻击，已被网站管理员设置为拦截</p>"),
    "360": bare("<p>当前访问可能对网站安全造成威胁，已被网站卫士拦截</p>"),
    "360 wzws": "<html><head><noscript><h1><strong>请开启JavaScript并刷新该页.</strong></h1></noscript>"
    "<script>eval(function(p,a,c,k,e,d){return p}('0',1,1,'dynamicurl'.split('|'),0,{}))</script></head></html>",
    "D盾": bare("<h3>D盾_拦截提示</h3>", "D盾_拦截提示"),
    "华为云": bare("<p>您的请求疑似攻击行为！</p><p>事件ID：3c-5f</p>"),
    "奇安信": bare("<p>抱歉！您的访问可能对网站造成威胁，已被云防护拦截</p>"),
    "雷池": "<html><head><script src='/.safeline/static/favicon.png'></script></head><body><div id='slg-box'></div></body></html>",
    "_guard": '<script src="/_guard/html.js?js=click_html"></script>',
    "EdgeOne": "<script>document.cookie='EO_Bot_Ssid=1'+';path=/';window.location.href='/a'</script>",
    "Cloudflare": "<!DOCTYPE html><html lang='en-US'><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and "
    "cookies to continue</noscript><script>(function(){window._cf_chl_opt={cvId:'3'}}());</script></body></html>",
    "cookie and reload": "<html><body><script>var d=new Date();document.cookie='ck='+d.getTime();window.location.reload();</script></body></html>",
    "too often": bare("<p>访问过于频繁，请稍后再试</p>"),
    "too high a rate": bare("<p>您的访问频率过高，请稍后重试</p>"),
    "a rule": bare("<div>安全拦截</div><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>", "WAF防火墙"),
    "too often, with a captcha": bare("<p>网站当前访问量较大，请输入验证码后继续访问</p><input name='code'><img src='/code.jpg'>"),
    "requests too often": bare("您的操作太频繁，请休息一下"),
    "a captcha": bare("请完成验证"),
    "a safety check": bare("<div class='box'><h3>安全验证</h3><p>请完成下方验证后继续访问</p><div id='slider'>向右拖动滑块填充拼图</div></div>"),
    "slide": bare("<p>请按住滑块，拖动到最右边</p>", "验证"),
    "checks the browser": bare("<p>正在检查您的浏览器，请稍候…</p>"),
    "nginx 403": "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><hr>"
    "<center>nginx/1.18.0</center></body></html>",
    "a JSON answer": '{"code": 429, "msg": "请求过于频繁，请稍后再试", "data": null}',
}  # fmt: skip


@pytest.mark.parametrize("page", [pytest.param(page, id=name) for name, page in CHALLENGES.items()])
def test_a_challenge_is_recognised(page):
    assert kind(page) == "challenge"


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("瑞数", "瑞数 script"),
        ("加速乐, first", "加速乐 script"),
        ("阿里云", "acw_sc__v2 script"),
        ("创宇盾", "title 网站防火墙"),
        ("cookie and reload", "cookie script that reloads"),
        ("too often", "says 访问过于频繁"),
    ],
)
def test_the_sign_is_told_in_words(name, sign):
    assert block(CHALLENGES[name]) == Block(BlockKind.CHALLENGE, sign)


@pytest.mark.parametrize("script", ["瑞数", "加速乐, second", "阿里云", "_guard", "EdgeOne", "Cloudflare"])
def test_a_firewall_s_script_in_a_page_that_it_let_through_is_no_challenge(script):
    head = CHALLENGES[script].replace("<title>Just a moment...</title>", "")
    assert kind(post().replace("</head>", f"{head}</head>")) is None
    assert kind(listing("【湛江招商】甲乙丙丁戊己庚辛", side=HOT).replace("</body>", f"{head}</body>")) is None


# -- log-ins ----------------------------------------------------------------------------------------------------------

LOGINS = {
    "统一身份认证": bare(
        "<div class='logo'></div><form id='casLoginForm' method='post'><input name='username' placeholder='请输入用户名'>"
        "<input type='password' name='password'><input name='captcha'><button>登 录</button></form><a href='/pwd'>忘记密码？</a>"
        "<p>Copyright © 2025 湛江市政务服务数据管理局 版权所有</p>",
        "统一身份认证平台",
    ),
    "a form and little else": bare(
        "<h2>湛江市招商引资管理平台</h2><form><input name='u'><input type=\"password\" name='p'><a href='#'>注册</a></form>"
    ),
    "a title": bare("<div id='qr'>扫码</div>", "用户登录 - 湛江市招商管理系统"),
    "an ASP.NET form": bare(
        "<form id='form1' action='Login.aspx'><table><tr><td>用户名</td><td><input id='txtUser'></td></tr><tr><td>密 码</td><td>"
        "<input id='txtPwd' type='password'></td></tr></table><input type='submit' value='登录'></form>",
        "系统登录",
    ),
    "you are not logged in": bare("<p>您还没有登录，请先登录！</p><a href='/login'>立即登录</a>", "提示信息"),
    "a forum's": bare(f"<ul>{NAV}</ul><div id='messagetext'><p>抱歉，您尚未登录，没有权限访问该版块</p></div>", "提示信息 - 招商论坛"),
    "may be read after": bare("<h1>招商项目库</h1><p>登录后可查看项目详情</p>"),
    "the page needs a log-in": bare("<p>友情提示 您所访问的页面需要登录</p>"),
    "log in first": bare("请登录后再访问"),
    "timed out": bare("<p>登录超时，请重新登录</p>"),
    "no right": bare("<p>您没有权限访问该页面</p>"),
    "a script that leads there": "<script>window.top.location.href='/login.jsp';</script>",
    "a script that leads to another site": "<html><head><script>location.replace('https://sso.zs.example/cas/login?service=http%3A%2F%2F')"
    "</script></head><body></body></html>",
    "a meta refresh": "<html><head><meta http-equiv='refresh' content='0;url=/user/login.html'></head><body>正在跳转…</body></html>",
    "a dialogue": "<script>alert('您还未登录，请先登录！');window.location='/';</script>",
    "with its cookie": "<script>document.cookie='back=/a';location.href='/sso/login?x='+1;</script>",
    "a JSON answer": '{"code":401,"msg":"请先登录","data":{}}',
    "a JSON answer, escaped": '{"success":false,"message":"\\u672a\\u767b\\u5f55\\u6216\\u767b\\u5f55\\u5df2\\u8fc7\\u671f"}',
    "token": '{"code":"401","message":"token已失效"}',
    "a whole site around the form": site(
        "<form><input name=a><input type='password' name=b></form>", title="会员登录-湛江投资促进网", side=f"<ul>{NAV * 4}</ul>"
    ),
}  # fmt: skip


@pytest.mark.parametrize("page", [pytest.param(page, id=name) for name, page in LOGINS.items()])
def test_a_wall_to_log_in_at_is_recognised(page):
    assert kind(page) == "login"


# -- soft 404s --------------------------------------------------------------------------------------------------------

SENTENCES = [
    "您访问的页面不存在",
    "抱歉，您访问的页面不存在或已被移除！",
    "对不起，您要访问的页面不存在，请检查您输入的网址是否正确",
    "很抱歉，您所访问的页面已不存在",
    "页面未找到",
    "页面不存在",
    "404 页面不存在",
    "网页不存在",
    "该信息已被删除",
    "该信息已被删除或不存在，请返回",
    "文章不存在或已删除",
    "此文章已被作者删除",
    "该内容已下线",
    "该稿件已撤稿",
    "您要查看的信息不存在或者还未通过审批！",
    "抱歉，指定的主题不存在或已被删除或正在被审核",
    "栏目不存在",
    "您请求的文件不存在!",
    "您要查找的资源可能已被删除，名称已更改或者暂时不可用。",
    "没有找到您要访问的页面",
    "找不到网页",
    "无法找到该页",
    "哎呀，页面走丢了",
    "您访问的链接已失效",
    "错误提示：您浏览的网页不存在",
    "您所访问的页面或者对象已经不存在！",
    "您访问的内容不存在，您可尝试重新访问!",
    "对不起，您所访问的页面发生错误",
    "您所访问的页面跑路啦~~~",
    "您要找的页面走失了",
    "The page you requested was not found.",
    "The requested URL /art/1.html was not found on this server.",
]
MISSING = {
    "nginx": "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr>"
    "<center>nginx</center>\r\n</body>\r\n</html>",
    "IIS": bare("<div id='header'><h1>服务器错误</h1></div><div><h2>404 - 找不到文件或目录。</h2><h3>您要查找的资源可能已被删除，"
    "名称已更改或者暂时不可用。</h3></div>", "404 - 找不到文件或目录。"),
    "Tomcat": bare("<h1>HTTP Status 404 – Not Found</h1><hr><p><b>Type</b> Status Report</p><p><b>Message</b> /a.html</p>",
    "HTTP Status 404 – Not Found"),
    "Spring": bare("<h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for /error</p>"),
    "a title alone": bare("<img src='404.png'><a href='/'>返回首页</a>", "404-湛江投资促进网"),
    "a title of words": bare("<img src='404.png'>", "出错了！您访问的页面不存在_湛江投资促进网"),
    "PHPCMS": bare("<div class='showMsg'><h5>提示信息</h5><div class='content guery'>您要查看的信息不存在或者还未通过审批！</div>"
    "<div class='bottom'><a href='javascript:history.back();'>[点这里返回上一页]</a></div></div>", "提示信息"),
    "a message about a parameter": bare("<div class='box'>非法参数！</div><a href='/'>首页</a>", "系统提示"),
    "a message of any kind": bare("<p>该数据异常，请联系管理员</p>", "错误提示"),
    "a dialogue": "<script>alert('文章不存在！');history.back();</script>",
    "a dialogue about a parameter": "<script language='javascript'>alert('参数错误');location.href='javascript:history.go(-1)';</script>",
    "leads to the front page": "<script>location.href='/'</script>",
    "leads to the front page by meta": "<html><head><meta http-equiv=\"refresh\" content=\"3; url='http://www.zs.example/index.html'\">"
    "</head><body>页面跳转中</body></html>",
    "leads to the front page by parts": "<script>var h=window.location.host;window.location.replace('http://'+h+'/index.html');</script>",
    "leads to an error page": "<script>window.location.href='/404.html';</script>",
    "a tag within": bare("<p>您访问的页面<font color='red'>不存在</font></p>"),
    "GBK": bare("<p>您访问的页面不存在！</p>").replace("utf-8", "gbk").encode("gbk"),
    "a JSON answer": '{"code":404,"message":"资源不存在"}',
    "another JSON answer": '{"timestamp":1,"status":404,"error":"Not Found","path":"/a"}',
}  # fmt: skip


@pytest.mark.parametrize("page", [pytest.param(page, id=name) for name, page in MISSING.items()])
def test_a_soft_404_is_recognised(page):
    assert kind(page) == "missing"


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(lambda words: bare(f"<div>{words}</div>"), id="alone"),
        pytest.param(lambda words: bare("", words), id="title"),
        pytest.param(
            lambda words: site(f"<div class='err'><p>{words}</p><a href='/'>返回首页</a></div>"), id="main message"
        ),
        pytest.param(lambda words: site(f"<h1>{words}</h1>"), id="heading"),
        pytest.param(
            lambda words: site("<img src='404.gif'>", title=f"{words} - 湛江投资促进网"), id="title of a full page"
        ),
        pytest.param(
            lambda words: site(
                f"<dl><dt>{words}</dt><dd>可能的原因：</dd><dd>1、您输入的网址有误；</dd><dd>2、该页面已被移动</dd></dl>"
            ),
            id="with its reasons",
        ),
    ],
)
def test_a_soft_404_is_recognised_by_its_words_with_news_and_navigation_around_them(sentence, page):
    found = block(page(sentence))
    assert found is not None
    assert found.kind is BlockKind.MISSING
    assert any(word in found.sign for word in ("says", "title", "heading"))


# -- empty pages ------------------------------------------------------------------------------------------------------

EMPTY = {
    "no bytes": b"",
    "white space": b" \r\n\t ",
    "a mark and nothing": b"\xef\xbb\xbf",
    "html": "<html></html>",
    "a whole document": "<!DOCTYPE html><html><head><meta charset='utf-8'><title></title></head><body></body></html>",
    "a comment": "<html><body><!-- 招商动态 --></body></html>",
    "only style": "<html><head><style>body{color:red}</style></head><body><div class='a'></div>&nbsp;</body></html>",
    "frames": "<html><frameset cols='20,80'><frame src='a.html'><frame src='b.html'></frameset></html>",
    "an application": "<html><head><title>招商网</title></head><body><noscript>We're sorry but this app doesn't work properly without "
    "JavaScript enabled.</noscript><div id='app'></div><script src='/js/app.12ab.js'></script></body></html>",
    "leads elsewhere": "<script>location.href='http://www.zs.example/zsdt/202507/t20250717_1.html'</script>",
    "a column's front": "<html><head><meta http-equiv='refresh' content='0;url=./zsdt/'></head></html>",
    "under repair": bare("系统维护中"),
    "under repair, with excuses": bare("<h2>网站正在升级改造，给您带来不便敬请谅解！</h2>", "湛江投资促进网"),
    "under repair, in a title": bare("<img src='wh.png'>", "网站维护中"),
    "under repair until": bare("<p>尊敬的用户：本网站正在进行系统升级维护，请稍后访问。</p>"),
    "under repair, in a site": site("<div class='tips'>该栏目正在建设中，敬请期待……</div>", side=""),
    "being built": bare("<p>网站建设中…</p>"),
    "closed for a while": bare("<p>系统暂停服务，预计7月20日恢复</p>"),
    "English": bare("<h1>Site under maintenance</h1>"),
    "502": "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>",
    "500": bare("<h2>“/”应用程序中的服务器错误。</h2>", "运行时错误"),
}  # fmt: skip


@pytest.mark.parametrize("page", [pytest.param(page, id=name) for name, page in EMPTY.items()])
def test_an_empty_page_is_recognised(page):
    assert kind(page) == "empty"


@pytest.mark.parametrize(
    ("page", "sign"),
    [
        (b"", "no bytes"),
        (b" \n", "only white space"),
        ("<html></html>", "no visible text"),
        (EMPTY["an application"], "no visible text, only scripts"),
        (EMPTY["frames"], "only frames"),
        (EMPTY["under repair"], "says 系统维护中"),
        (EMPTY["a column's front"], "only leads to ./zsdt/"),
    ],
)
def test_an_empty_page_says_in_which_way(page, sign):
    assert block(page) == Block(BlockKind.EMPTY, sign)


def test_the_front_page_that_leads_on_is_not_missing():
    page = "<html><head><meta http-equiv='refresh' content='0;url=/index.html'></head></html>"
    assert kind(page, "http://www.zs.example/") == "empty"


# -- pages like any other ---------------------------------------------------------------------------------------------

ABOUT = {  # what posts say of such pages
    "验证码诈骗": "近日，有不法分子冒充工作人员，要求企业完成验证并提供验证码。请广大企业提高警惕，切勿泄露验证码，如遇登录异常请先登录官方平台核实。",
    "网络攻击": "当前网络攻击形势严峻，一些网站遭到黑客攻击，访问被拦截。市网信办提醒，请开启防火墙，访问过于频繁的地址应当予以限制。",
    "页面不存在": "有网民反映，在市政府网站查询政策时提示页面不存在。经核查，该页面不存在系栏目调整所致，现已恢复，感谢您的监督。",
    "系统维护": "因系统升级维护，招商项目申报系统将于7月20日暂停服务，系统维护期间无法登录，请各单位提前做好安排。",
    "统一身份认证": "全省政务服务统一身份认证平台上线，企业登录后可查看办件进度，未登录的用户请先注册，登录超时须重新登录。",
}
ORDINARY = {
    "a post": post(),
    "a short post": post("项目已开工。"),
    "a listing": listing(*(f"【湛江招商】第{n}个项目签约落户湛江经济技术开发区" for n in range(15)), side=HOT),
    "a listing of two": listing("【湛江招商】粤西数谷大数据产业园开工建设", "【湛江招商】绿色钢铁项目投产"),
    "a listing of one, bare": bare("<ul><li><a href='/a/1.html'>【湛江招商】甲项目签约</a><span>2025-07-17</span></li></ul>"),
    "a short listing with a script that can lead away": bare(
        "<script>function out(){location.href='/login'} function home(){location='/'}</script>"
        "<ul><li><a href='/a/1.html'>【湛江招商】甲项目签约落户</a>2025-07-17</li></ul>"
    ),
    "a post, bare": bare(f"<h1>【湛江招商】甲</h1><div id='zoom'><p>{PARAGRAPHS[0]}</p></div>"),
    "a post of one word": bare("<div id='zoom'><p>正文</p></div>"),
    "a post of pictures": site("<h1>一图读懂投资政策</h1><p><img src='1.jpg'></p><p><img src='2.jpg'></p>", side=""),
    "comments need a log-in": post().replace("</body>", "<div class='cmt'>您还没有登录，请先登录后发表评论</div></body>"),
    "a short post whose comments need one": bare(
        "<h1>【湛江招商】甲</h1><p>项目已开工。</p><div class='cmt'>请先登录后再评论</div>"
    ),
    "a hidden message": post().replace("</body>", "<div class='err' style='display:none'>您访问的页面不存在</div></body>"),
    "a hidden message, on a short page": bare(
        '<p>【湛江招商】甲项目签约落户</p><div style="display: none"><p>页面不存在</p></div><div hidden>请先登录</div>'
    ),
    "a message in a script": listing("【湛江招商】甲乙丙丁戊己庚辛").replace(
        "</body>", "<script>if(!data){document.getElementById('x').innerHTML='<p>您访问的页面不存在</p>'}</script></body>"
    ),
    "a message among prose": post(*PARAGRAPHS * 2, "您访问的页面不存在"),
    "a reader's number": site("<h1>【湛江招商】甲</h1><p>浏览次数：<span>404</span></p><table><tr><td>404</td></tr></table>"),
    "the state of a project": site("<table><tr><td>绿色钢铁基地</td><td>建设中</td></tr><tr><td>海上风电</td><td>维护中</td></tr></table>"),
    "titles that sound like it": listing(
        "关于部分网页信息已删除的说明", "湛江市数据中心建设中标公告", "系统维护公告", "页面不存在怎么办", "网站升级改版上线", "500强企业走进湛江"
    ),
    "a notice of an old browser": post().replace("<body>", "<body><div>请使用IE9以上浏览器访问本网站，您的浏览器版本过低</div>"),
    "an old policy": post(*PARAGRAPHS, title="湛江市招商引资奖励办法（已失效）"),
    "mobile readers are led away": post().replace(
        "<body>", "<script>if(/Android|iPhone/.test(navigator.userAgent)){location.href='/m/login.html'}</script><body>"
    ),
    "a shell that fetches its list": "<html><head><title>招商动态</title></head><body><div id='list'></div><script>"
    "$.ajax({url:'/api/list.json',data:{page:1}})</script></body></html>",
    "a list in a script": "<html><body><script type='text/xml'><datastore><recordset><record><![CDATA[<li><a href='/a'>甲</a></li>]]>"
    "</record></recordset></datastore></script></body></html>",
    "gkmlpt": "<html><head><script>window.SID='759001'</script></head><body><div id='app'></div><script src='/gkmlpt/app.js'></script></body></html>",
    "JSON": '{"code":200,"msg":"操作成功","data":{"list":[{"title":"【湛江招商】甲","url":"/a"}]}}',
    "JSON without a message": '[{"title":"【湛江招商】甲"}]',
    "JSON that holds the words": '{"msg":"ok","data":[' + ",".join(['{"title":"请先登录"}'] * 200) + "]}",
    "an empty JSON list": '{"success":true,"message":"success","data":[]}',
    "RSS": "<?xml version='1.0'?><rss><channel><title>404 Not Found</title></channel></rss>",
    "a record set": "<datastore><totalrecord>0</totalrecord><recordset></recordset></datastore>",
    "the dump": "-\n【湛江招商】甲\n第一段\n2025-07-17\n-\n",
    "a fragment of a list": "<li><a href='/a/1.html'>【湛江招商】甲项目</a><span>2025-07-17</span></li>",
    "a guide about logging in": post("第一步，打开统一身份认证平台。", "第二步，请先登录。", "第三步，登录后可查看办理进度。", *PARAGRAPHS),
    **{f"a post about {title}": post(text, title=f"关于{title}的提示") for title, text in ABOUT.items()},
    **{f"a short bare post about {title}": bare(f"<h1>关于{title}</h1><p>来源：本网</p><p>{text}</p>", f"关于{title}")
       for title, text in ABOUT.items()},
    **{f"a bare post about {title}": bare(f"<h1>关于{title}的公告</h1><p>发布时间：2025-07-17</p><p>{text}{text}</p>",
       f"关于{title}的公告") for title, text in ABOUT.items()},
}  # fmt: skip


@pytest.mark.parametrize("page", [pytest.param(page, id=name) for name, page in ORDINARY.items()])
def test_any_other_page_is_believed(page):
    assert block(page) is None


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_status_says_nothing_here(status):
    page = raw(post(), status=status)
    assert block_of(page, page.body.decode()) is None


# -- binary -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "sign"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        (b"\r\n%PDF-1.4", "PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00", "ZIP (Office)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "Office 97 file"),
        (b"{\\rtf1\\ansi", "RTF"),
        (b"\x89PNG\r\n\x1a\n\x00", "image (PNG)"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image (JPEG)"),
        (b"GIF89a\x01\x00", "image (GIF)"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image (WebP)"),
        (b"\x00\x00\x00\x20ftypisom", "video"),
        (b"ID3\x03\x00", "audio"),
        (gzip.compress(b"<html></html>", mtime=0), "gzip"),
        (b"\x28\xb5\x2f\xfd\x00", "zstd"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (bytes(range(256)) * 4, "10 % control bytes"),
    ],
)
def test_a_file_is_no_page(body, sign):
    assert binary_sign(raw(body)) == sign
    assert block(body) == Block(BlockKind.BINARY, sign)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\x01",
        post().encode(),
        post().encode("gbk"),
        post().encode("utf-16"),
        post().encode("utf-16-le"),
        post().encode("utf-16-be"),
        b"\xff\xfe\x00\x00" + post().encode("utf-32-le"),
        post().encode() + b"\x00" * 4096,  # padded
        post().replace("<p>", "<p>\x00\x00").encode(),
        "ID: 1 GIF MZ BM 图".encode(),
        "\x1b$B湛江".encode(),
    ],
)
def test_text_in_any_encoding_is_no_file(body):
    assert binary_sign(raw(body)) is None


# -- pages cut short --------------------------------------------------------------------------------------------------

WHOLE = listing("【湛江招商】甲乙丙丁", "【湛江招商】戊己庚辛")
RECORDS = json.dumps({"data": [{"title": "【湛江招商】甲", "n": -1.5, "ok": True}, {"title": "乙\\u4e2d"}]})
XML = "<?xml version='1.0'?><recordset><record><![CDATA[<li>甲</li>]]></record><record/></recordset>"


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        WHOLE.upper(),
        WHOLE.replace("</html>", ""),
        WHOLE.replace("</body></html>", "</BODY >\n"),
        WHOLE + "<!-- 0.1 s -->",
        WHOLE + "<script>x",  # after the end nothing is missed
        "<p>甲<p>乙",
        "<html><body><ul><li>甲<li>乙</ul><p>丙<br><img src='a'>",
        "<li><a href='a'>甲</a></li><li><a href='b'>乙</a></li>",
        "<div><p>甲",  # a fragment
        "<script>document.write('<script src=a><\\/script>')</script>甲",
        "甲 < 乙",
        "",
        "-\n甲\n乙\n2025-07-17\n-",
        RECORDS,
        f"callback({RECORDS});",
        "{'a':1}",
        "[1,2,]",
        '{"a":1} 乙',
        "[07-17] 甲",
        XML,
        "<?xml version='1.0'?><rss/>",
        "<?xml version='1.0'?><html><body>甲</body></html>",
    ],
)
def test_a_whole_page_is_not_truncated(text):
    assert not is_truncated(raw(text), text)


@pytest.mark.parametrize(
    "text",
    [
        WHOLE[: WHOLE.index("</ul><div class='page'>")],  # between two records
        WHOLE[: WHOLE.index("戊己")],
        WHOLE[: WHOLE.index("href='/art/1") + 9],
        WHOLE[: WHOLE.index("</li>") + 3],
        WHOLE[: WHOLE.index("function out")],
        WHOLE[: WHOLE.index("<![endif]")],
        "<li><a href='a'>甲</a></li><li><a hr",
        "<p>甲&nb",
        "<p>甲</p><",
        "<p>甲</p><!-- 乙",
        "<style>a{",
        *(RECORDS[:end] for end in (1, 9, 12, 20, 30, len(RECORDS) - 30, len(RECORDS) - 3, len(RECORDS) - 1)),
        f"callback({RECORDS[:30]}",
        *(XML[:end] for end in (24, 40, 60, len(XML) - 1, len(XML) - 10)),
        "[" * 100_000,
    ],
)
def test_a_page_that_ends_in_the_middle_is_truncated(text):
    assert is_truncated(raw(text), text)


@pytest.mark.parametrize("text", [RECORDS, XML])
def test_every_cut_of_an_answer_shows(text):
    assert all(is_truncated(raw(text[:end]), text[:end]) for end in range(24, len(text)))


# -- hostile pages ----------------------------------------------------------------------------------------------------

HOSTILE = [
    *("<!--", "<script>", "<a", "<a href='x'>", '<a href="', "<", "<div style='display:none'>", "<textarea>", "<title>", "<h1>"),
    *("<noscript>", "&amp;", "&", "x", "页面不存在", "您访问的", "对不起，", "请先", "正在维护", "<meta http-equiv=refresh content='", "{", "["),
    *('{"msg":"', "location.href=", "alert('", "<p>您访问的页面不存在</p>", "\x00", "<![CDATA[", "<?xml", "<font>不存在</font>", "登录 "),
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_thousands_of_times_the_same_makes_no_trouble(piece):
    text = piece * (200_000 // len(piece))
    page = RawPage(PageRequest(URL), URL, b"x", NOW)
    assert block_of(page, text) is None or block_of(page, text).sign
    assert is_truncated(page, text) in (True, False)


@given(
    text=st.lists(
        st.sampled_from([*HOSTILE, "</script>", "-->", "</h1>", ">", "'", '"', "</a>", "</div>", "404"]), max_size=30
    ).map("".join)
    | st.text(max_size=80)
)
@settings(max_examples=500)
def test_no_markup_makes_it_raise(text):
    page = raw(text.encode("utf-8", "replace"))
    found = block_of(page, text)
    assert found is None or found.sign
    assert is_truncated(page, text) in (True, False)


@given(data=st.data())
@settings(max_examples=200)
def test_a_damaged_listing_is_not_taken_for_a_wall(data):
    whole = ORDINARY["a listing"]
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    assert kind(whole[:start] + whole[end:]) in (None, "empty", "login")
