"""The words by which blocked pages say what they are: firewalls, log-ins, soft 404s, sites under repair.

Words only: where on a page they must stand to count is not decided here. Each is either all that a line or a part of a
title holds, or, where sentences vary too much, a phrase that only such a page addresses to its reader.
"""

import re
from dataclasses import dataclass

from monitor.pages import BlockKind


@dataclass(frozen=True, slots=True)
class Saying:
    """What kind of block some words speak of."""

    kind: BlockKind
    words: str


def _pattern(*choices: str) -> re.Pattern[str]:
    return re.compile("|".join(choices), re.IGNORECASE)


_SORRY = (
    r"(?:(?:[45][0-9]{2}|错误|error|(?:系统|信息|温馨|友情|错误)?提示(?:信息)?|出错|哎[呀哟]|啊哦|oops|sorry|非?常?对不起"
    r"|[很非真]?常?的?抱歉|很?遗憾|(?:尊敬|亲爱)的(?:用户|访客)|亲)[了啦]?[,，、:：!！.。~…\s-]*){0,4}"
)

# -- soft 404s --------------------------------------------------------------------------------------------------------

_SEEK = r"(?:访问|查看|浏览|打开|请求|查找|寻找|搜索|点击|输入|阅读|查询|找|看)"
_SOUGHT = rf"(?:您|你|我们)?(?:所|想|要|正在|当前|现在|需要|试图|刚才|尝试)*{_SEEK}的?(?:这个|该|此)?"
_THIS = r"(?:该|此|本|这个|这篇|此篇|本篇|该篇|指定的?|当前|目标)(?:文档|新闻|信息)?"
_THING = (
    r"(?:网页|页面|网址|链接|地址|路径|内容|信息|文章|新闻|稿件|文档|文件|资源|栏目|频道|记录|数据|公告|主题|帖子|日志|产品|站点"
    r"|网站|URL|页)(?:地址|页面|内容|信息|链接)?(?:或者?(?:对象|页面|内容|信息|文件))?"
)
_REMOVED = r"(?:删除|移除|移走|撤销|撤回|撤稿|撤下|下线|下架|屏蔽|隐藏|关闭|转移|清理)"
_GONE = (
    r"(?:可能|似乎|好像|也许)?(?:并|根本)?(?:已经|已|暂时|暂)?(?:不存在|未找到|没有找到|没找到|找不到|无法找到|未能找到|无法显示"
    r"|无法访问|不能访问|无法查看|不见|走丢|走失|丢失|失踪|迷路|跑路|飞走|发生错误|(?:尚|还)?未(?:通过)?(?:审[核批查]|发布)|没有通过审[核批查]"
    rf"|(?:(?<=已)|(?<=已经)){_REMOVED}|被(?:管理员|作者|系统|发布者|站长|网站)?{_REMOVED})[了啦]?"
)
_OR = r"(?:(?:或者?|、|，|,|/|\s|并且?|且|及|和|请).{1,40})?"
_NOT_FOUND = r"(?:没有找到|未找到|找不到|无法找到|未能找到|没找到|不能找到|不存在)到?"
_MISSING = _pattern(
    rf"{_SORRY}(?:{_SOUGHT}|{_THIS})?{_THING}{_GONE}{_OR}",
    rf"{_SORRY}(?:{_SOUGHT}|{_THIS})?(?:链接|网址|页面|网页|地址)(?:可能)?已?经?(?:失效|过期)了?{_OR}",
    rf"{_SORRY}(?:我们|系统|服务器|页面)?{_NOT_FOUND}(?:{_SOUGHT}|{_THIS})?{_THING}{_OR}",
    r"(?:http)?\s?(?:status|error|错误)?\s?404(?:\.\d)?[\s–—:：-]*"
    r"(?:not found|error|错误|页面?|未找到.{0,20}|找不到.{0,20}|(?:file or directory|page) not found)*",
    r"(?:the )?(?:requested )?(?:page|file|url|document|resource)?(?: .{1,60})?(?: was| could| can)?\s?"
    r"(?:not|cannot) (?:be )?found(?: on this server)?",
    r"(?:the )?(?:page|url).{0,40} (?:does not|doesn.t) exist",
    r"whitelabel error page",
)
_NUMBER_ONLY = re.compile(r"(?:error|错误)?\s?404", re.IGNORECASE)
_WRONG = _pattern(  # of a page whose address or parameter the site does not know
    r"(?:参数|页面|地址|网址|请求)(?:错误|有误|不正确|无效|非法).{0,20}",
    r"(?:非法|错误|无效)的?(?:参数|请求|访问|操作|链接).{0,20}",
)

# -- firewalls --------------------------------------------------------------------------------------------------------

_VERIFY = (
    r"(?:完成|进行|通过)(?:下方|以下|下面|上方|如下)?的?"
    r"(?:安全|人机|滑动|滑块|身份|访问|图形|拼图|行为|点击)*的?(?:验证|校验)"
)
_CHALLENGE = _pattern(
    rf"请(?:您|你)?(?:先|在)?{_VERIFY}",
    r"(?:拖动|滑动|按住|拖拽|移动).{0,8}滑块|滑动(?:完成)?验证|滑块验证|人机(?:身份)?验证",
    r"验证码后?(?:才能|可以|以|即可)?(?:继续|再次?)(?:访问|浏览)",
    r"(?:访问|请求|操作|刷新|查询|点击).{0,3}(?:过于|太过?|过度|次数|频率)(?:频繁|过多|太多|太快|快|过高|太高)",
    r"请(?:您)?(?:先)?(?:开启|启用|打开|允许).{0,8}(?:JavaScript|JS|Cookies?).{0,4}(?:并|后|再|然后).{0,4}(?:刷新|重新|访问)",
    r"(?:您|你|当前|本次|此次|该)的?(?:当前|本次)?的?(?:访问|请求|提交|操作|行为|IP).{0,40}"
    r"(?:被.{0,12}(?:拦截|阻断|阻止|拒绝|限制|禁止|封禁)|(?:疑似|可能|存在|含有|带有|包含).{0,16}(?:攻击|威胁|危险|异常|恶意|非法|不合法))",
    r"(?:防火墙|网站卫士|安全狗|云锁|创宇盾|玄武盾|云盾|云网盾|D盾|WAF|云防护|护卫神|雷池).{0,12}(?:拦截|阻断|阻止)",
    r"正在(?:检查|检测|验证|确认).{0,6}浏览器|浏览器安全(?:检查|检测)|正在进行(?:安全|人机).{0,4}(?:检[查测]|验证)",
    r"checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|enable javascript and cookies to continue",
    r"request (?:was |has been )?(?:blocked|rejected)|have been blocked|access (?:is |has been )?(?:denied|blocked)",
    r"too many requests",
)
_CHALLENGE_TITLE = _pattern(
    r"(?:网站|WEB|应用|WAF)*防火墙|(?:安全|访问|请求|D盾|WAF|网站)*_?(?:拦截|阻断)(?:提示|页面?|信息)?",
    r"(?:访问|请求)(?:已)?被(?:拦截|阻断|拒绝|禁止|限制)|访问(?:受限|异常|过于频繁|频繁|限制)|请稍候",
    r"(?:安全|人机|访问|滑动|滑块|身份|图形|机器人)(?:验证|校验)(?:页面?|中心|中)?|验证码",
    r"(?:服务器)?(?:安全狗|云锁|D盾|宝塔|安全)?(?:防护|安全)?验证页面?",
    r"just a moment|attention required|access denied|forbidden|request rejected|captcha|waf|ddos.guard|security check",
    r"(?:http )?(?:status |error )?403(?:\.\d+)?"
    r"(?:[\s–—:：-]+(?:forbidden|error|access|禁止|错误|没有|无权|拒绝).{0,40})?",
)

# -- log-ins ----------------------------------------------------------------------------------------------------------

_LOG_IN = "登[录陆入]"
_LOGIN = _pattern(
    rf"(?:您|你)?(?:还|尚|目前|现在|暂)?(?:没有?|未|尚未){_LOG_IN}|请(?:您|你)?(?:先|重新)(?:进行)?(?:用户|统一|账号)?{_LOG_IN}",
    rf"请(?:您|你)?{_LOG_IN}(?:后|以|再|系统|平台|账[号户])|需要?先?{_LOG_IN}",
    rf"{_LOG_IN}(?:之|以)?后(?:才)?(?:能|可以?|方可|继续|再)?(?:继续)?(?:查看|访问|浏览|阅读|操作)",
    rf"(?:{_LOG_IN}|会话|身份|凭证|session|token)(?:状态|信息|验证)?已?(?:超时|失效|过期|无效)",
    r"(?:没有|无)权限?(?:访问|查看|浏览)|please (?:log|sign) ?in|unauthorized|authentication required",
)
_NO_WALL = re.compile("评论|留言|回复|收藏|点赞|投稿|发帖|发表|积分|下载|关注|订阅|咨询|提问")
_LOGIN_TITLE = _pattern(
    rf".{{0,20}}(?:{_LOG_IN}|登 录|身份认证|单点登录)(?:页面?|入口|中心|平台|系统|界面|窗口|门户|首页)*",
    r".{0,20}(?:log ?in|sign ?in|sso|CAS)(?: page)?",
)

# -- sites under repair -----------------------------------------------------------------------------------------------

_SITE = r"(?:(?:本|该|此|您(?:所)?访问的)?(?:系统|网站|平台|站点|站|服务器|页面|网页|栏目|频道|数据库|功能|内容)|官网)"
_HOW = r"(?:进行|后台|系统|例行|日常|安全|紧急|全面|功能|数据)*"
_WORK = r"(?:维护|升级|改版|建设|检修|迁移|调试|维修|改造|整改|更新|备份)+"
_WAIT = r"(?:[,，、\s]{0,2}(?:请|敬请|暂|如|给您|预计|感谢|我们|稍后|给).{0,60})"
_REPAIR = _pattern(
    rf"{_SORRY}(?:因|由于)?{_SITE}{{1,2}}(?:目前|现在)?(?:(?:正在|正|处于){_HOW}{_WORK}(?:之?中|期间|阶段|状态)?|{_HOW}{_WORK}之?中)"
    rf"{_WAIT}?",
    rf"{_SORRY}(?:正在)?{_HOW}{_WORK}之?中{_WAIT}",  # 建设中 alone may be said of a project
    rf"{_SORRY}{_SITE}(?:暂时|暂停|停止|临时)(?:停止|关闭|中断|不可用|服务|访问|无法使用)+{_WAIT}?",
    r"(?:site |page |website )?(?:is )?(?:currently )?under (?:maintenance|construction)|(?:site )?maintenance",
)
_REPAIR_TITLE = _pattern(rf"{_SITE}(?:维护|升级|建设)|(?:维护|建设|升级)中")
_BROKEN = _pattern(
    r"http (?:status |error )?50[0-9](?:[\s–—:：-].{0,60})?|(?:internal )?server error.{0,40}",
    r"50[0-9](?:\.\d+)?[\s–—:：-]+(?:error|internal|bad|service|gateway|server|错误|内部|服务).{0,60}|bad gateway",
    r"(?:service )?(?:temporarily )?unavailable|gateway time-?out|运行时错误|runtime error",
    r"(?:服务器|程序|系统)(?:内部)?(?:错误|异常|出错)|.{0,6}应用程序中的服务器错误.{0,10}|数据库连接(?:错误|失败)",
    r"error establishing a database connection",
)
_VAGUE = _pattern(
    r"(?:系统|信息|错误|温馨|友情|操作|跳转|出错)?提示(?:信息|页面?)?|出错[了啦]?|错误(?:页面?|信息)?|error|页面?(?:出错|错误)了?|跳转(?:提示|中)?"
)

# ---------------------------------------------------------------------------------------------------------------------

_SENTENCE = re.compile(r"[。！!？?；;~～]+|\.{2,}|…+")
_PARTS = re.compile(r"[_|｜—–·»>]+|\s-+\s|--+|(?<=[\u3400-\u9fff0-9])-|-(?=[\u3400-\u9fff0-9])|\s{2,}")
_EDGES = " \u3000,，.。:：;；!！?？~…-—_|“”\"'《》【】[]()（）*>»×"
LONGEST = 120  # characters of a line that may be such words and nothing else
_ADDRESS = 80  # characters of a line that speaks to the reader of such a page
_PIECES = 3  # sentences of a line that are looked at

_TITLES = (
    (_MISSING, BlockKind.MISSING),
    (_CHALLENGE_TITLE, BlockKind.CHALLENGE),
    (_BROKEN, BlockKind.EMPTY),
    (_REPAIR, BlockKind.EMPTY),
)
# What the words of a page that only may be missing must hold: to look at no other line.
STEMS = (
    *("不存在", "找到", "找不到", "无法显示", "无法访问", "不能访问", "无法查看", "失效", "不见", "删", "已被"),
    *("被移", "已下线", "已下架", "已撤", "走丢", "走失", "失踪", "迷路", "跑路", "飞走", "发生错", "过审", "未发布"),
    *("维护中", "建设中", "升级中", "改版中", "正在维", "正在升", "正在建", "正在改", "正在进"),
    *("ot found", "ot Found", ">404"),
)


def of_title(title: str) -> Saying | None:
    """What a title or a heading, or one of its parts, says of its page when it is nothing but such words."""
    for part in [title, *_PARTS.split(title)]:
        words = part.strip(_EDGES)
        for pattern, kind in _TITLES if len(words) <= LONGEST else ():
            if pattern.fullmatch(words):
                return Saying(kind, words)
    return None


def of_line(line: str) -> Saying | None:
    """What a line says when it is nothing but such words: that a page is missing or its site under repair."""
    if len(line) > LONGEST:
        return None
    for sentence in _SENTENCE.split(line)[:_PIECES]:
        words = sentence.strip(_EDGES)
        if _MISSING.fullmatch(words) and not _NUMBER_ONLY.fullmatch(words):
            return Saying(BlockKind.MISSING, words)
        if _REPAIR.fullmatch(words):
            return Saying(BlockKind.EMPTY, words)
    return None


def addressed(line: str) -> Saying | None:
    """What a line says to the reader of a page that holds little else: to prove to be human, or to log in."""
    if len(line) > _ADDRESS:
        return None
    if (found := _CHALLENGE.search(line)) is not None:
        return Saying(BlockKind.CHALLENGE, found[0])
    if (found := _LOGIN.search(line)) is not None and not _NO_WALL.search(line):
        return Saying(BlockKind.LOGIN, found[0])
    return None


def of_message(message: str) -> Saying | None:
    """What a message says that is all a page has: a dialogue, or the text of an answer in JSON."""
    if saying := of_line(message) or addressed(message) or of_title(message):
        return saying
    return Saying(BlockKind.MISSING, message.strip(_EDGES)) if _WRONG.fullmatch(message.strip(_EDGES)) else None


def is_log_in(title: str) -> bool:
    """Whether a title, or one of its parts, is that of a page to log in on."""
    return any(_LOGIN_TITLE.fullmatch(part.strip(_EDGES)) for part in [title, *_PARTS.split(title)])


def is_repair(title: str) -> bool:
    """Whether a title, or one of its parts, may be that of a site under repair, and of a post about one."""
    return any(_REPAIR_TITLE.fullmatch(part.strip(_EDGES)) for part in [title, *_PARTS.split(title)])


def is_vague(title: str) -> bool:
    """Whether a title says no more than that there is a message: 系统提示."""
    return any(_VAGUE.fullmatch(part.strip(_EDGES)) for part in [title, *_PARTS.split(title)])
