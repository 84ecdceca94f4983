"""Says in Chinese how a source is and why a crawl did not complete, for the readers of a digest; decides neither."""

import re
from collections.abc import Mapping
from datetime import tzinfo
from zoneinfo import ZoneInfo

from digests.signs import is_notice, sign_in_chinese
from monitor.health.conditions import Health, State, Symptom, Trouble
from monitor.health.words import Phrases, say

STATES: Mapping[State, str] = {
    State.HEALTHY: "正常",
    State.QUIET: "久未更新",
    State.SUSPICIOUS: "可疑",
    State.BROKEN: "异常",
    State.BLOCKED: "被拦",
    State.UNREACHABLE: "无法访问",
    State.PAUSED: "已暂停",
}

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_ANY = r"(.+)"
_NAME = r"([\w.]+)"
_OF = r"(\d+)/(\d+)"
_PAGE = r"(?:page )?(\d+)"
_SIGNED = (Symptom.CHALLENGE, Symptom.LOGIN, Symptom.NOT_FOUND, Symptom.EMPTY, Symptom.BINARY)

_CHINESE: Phrases = {
    Symptom.DIED: (("", "抓取进程意外结束"),),
    Symptom.OVERRAN: ((r"([\d.]+) s", "抓取超过时限 {} 秒"), ("", "抓取未在限时内结束")),
    Symptom.STOPPED: (("", "抓取被中止"),),
    Symptom.DATABASE: (("", "数据库出错"),),
    Symptom.NOT_STARTED: (("", "抓取未能启动"),),
    Symptom.DEFECT: ((_NAME, "程序内部错误（{}）"), ("", "程序内部错误")),
    Symptom.SILENT: ((r"(\d+) d", "已 {} 天没有抓取"), ("", "长时间没有抓取")),
    Symptom.NEVER_CRAWLED: (("", "尚未抓取"),),
    Symptom.DNS: (("", "域名无法解析"),),
    Symptom.TLS: ((r"(?i).*certificate.*", "网站的安全证书无效"), ("", "安全连接失败")),
    Symptom.TIMEOUT: (("", "超时未响应"),),
    Symptom.REFUSED: (("", "连接被拒绝"),),
    Symptom.CONNECTION: (("proxy", "代理服务器无法连通"), ("no HTTP", "返回的内容不是网页协议"), ("", "连接中断")),
    Symptom.SERVER_ERROR: ((r"(HTTP \d+)", "网站返回 {}"), ("", "网站内部出错")),
    Symptom.BUSY: (
        (r"(HTTP \d+)", "网站繁忙，要求暂停访问（{}）"),
        (r"(\d+) s", "网站繁忙，要求等待 {} 秒"),
        ("", "网站繁忙，要求暂停访问"),
    ),
    Symptom.CHALLENGE: ((_ANY, "网站要求验证（{}）"), ("", "网站要求验证")),
    Symptom.LOGIN: ((_ANY, "网站要求登录（{}）"), ("", "网站要求登录")),
    Symptom.FORBIDDEN: ((r"(HTTP \d+)", "网站拒绝访问（{}）"), ("", "网站拒绝访问")),
    Symptom.ROBOTS: (("", "robots.txt 禁止抓取"),),
    Symptom.NOT_FOUND: ((_ANY, "列表页已不存在（{}）"), ("", "列表页已不存在")),
    Symptom.CLIENT_ERROR: ((r"(HTTP \d+)", "网站不接受请求（{}）"), ("", "网站不接受请求")),
    Symptom.EMPTY: (
        (r"(提示“.+”)", "页面只有{}"),
        (_ANY, "页面是空白（{}）"),
        ("", "页面是空白"),
    ),
    Symptom.BINARY: ((_ANY, "返回的不是网页（{}）"), ("", "返回的不是网页")),
    Symptom.NO_ENTRIES: ((_PAGE, "列表第 {} 页没有找到条目"), ("", "列表中没有找到条目")),
    Symptom.UNUSABLE: ((_PAGE, "列表第 {} 页的条目都无法使用"), ("", "列表的条目都无法使用")),
    Symptom.CUT_SHORT: ((_PAGE, "列表第 {} 页不完整"), ("", "列表页不完整")),
    Symptom.GAP: ((_PAGE, "列表不应在第 {} 页结束，帖子可能有遗漏"), ("", "列表提前结束，帖子可能有遗漏")),
    Symptom.TOO_LARGE: ((r"([\d.]+ MiB)", "页面超过大小上限 {}"), ("headers", "响应头过大"), ("", "页面过大")),
    Symptom.REDIRECTS: (("(.*[.:/].*)", "转到无法抓取的地址（{}）"), ("", "反复跳转，无法到达页面")),
    Symptom.ADDRESS: ((_ANY, "{} 不是公网地址，已拒绝访问"), ("", "不是公网地址，已拒绝访问")),
    Symptom.LIMIT: (
        (r"max_pages (\d+)", "已达页数上限 {}，更早的帖子可能有遗漏"),
        (r"(\d+)", "已达单次请求上限 {}"),
        ("", "已达单次请求上限"),
    ),
    Symptom.FEWER_RECORDS: ((_OF, "条目比往常少：{} 条，往常 {} 条"), ("", "条目比往常少")),
    Symptom.FIELDS_MISSING: (
        (rf"date {_OF}", "缺少日期：{} 条，共 {} 条"),
        (rf"link {_OF}", "没有链接和正文：{} 条，共 {} 条"),
        ("", "条目缺少内容"),
    ),
    Symptom.LAYOUT: (("", "页面版式有变"),),
    Symptom.STALE: (
        (r"(\S+)<(\S+)", "最新日期由 {1} 退回到 {0}"),
        (r"(\d{4}-\d\d-\d\d)", "{} 之后没有新内容"),
        ("", "久未更新"),
    ),
    Symptom.GARBLED: ((_OF, "标题乱码：{} 条，共 {} 条"), ("", "标题乱码")),
    Symptom.VANISHED: ((_OF, "一天之内 {} 篇帖子消失（查看了 {} 篇）"), ("", "一天之内许多帖子消失")),
    Symptom.OTHER: (("", "抓取失败"),),
}


def trouble_in_chinese(trouble: Trouble) -> str:
    """A trouble by itself: `网站返回 HTTP 503`. Particulars that have no Chinese words are left out."""
    if trouble.symptom is Symptom.OTHER and (told := in_chinese(trouble.detail)) != trouble.detail:
        return told  # the ledger's words, of crawls from before there were symptoms
    if trouble.symptom in _SIGNED:
        trouble = Trouble(trouble.symptom, sign_in_chinese(trouble.detail))
    return say(trouble, _CHINESE, "（读取 robots.txt 时）")


def in_words(health: Health, zone: tzinfo = _SHANGHAI) -> str:
    """Why a source is as it is, since when and for how long; empty when there is nothing to say.

    `连续 3 次抓取失败（自 07-18 起）：网站返回 HTTP 503`
    """
    if health.trouble is None:
        return ""
    told = trouble_in_chinese(health.trouble)
    if health.state is State.QUIET or health.trouble.symptom in (Symptom.SILENT, Symptom.NEVER_CRAWLED):
        return told
    if health.since is None or not health.crawls:
        return told
    day = f"{health.since.astimezone(zone):%m-%d}"
    if health.state is State.SUSPICIOUS:
        return f"{told}（自 {day} 起）"
    if health.crawls == 1:
        return f"{day} 抓取失败：{told}"
    return f"连续 {health.crawls} 次抓取失败（自 {day} 起）：{told}"


# -- the ledger's words, as digests were frozen with before sources had a health ---------------------------------------

_PHRASES = (
    (r"the listing failed: (.+)", "列表页读取失败：{}"),
    (r"no entries found on page (\d+) of the listing", "列表第 {} 页没有找到条目"),
    (r"no usable entries on page (\d+) of the listing", "列表第 {} 页的条目都无法使用"),
    (r"page (\d+) of the listing: challenge page \((.+)\)", "列表第 {} 页是验证页面（{}）"),
    (r"page (\d+) of the listing: login page \((.+)\)", "列表第 {} 页要求登录（{}）"),
    (r"page (\d+) of the listing: missing page \((.+)\)", "列表第 {} 页已不存在（{}）"),
    (r"page (\d+) of the listing: binary page \((.+)\)", "列表第 {} 页不是网页（{}）"),
    (r"page (\d+) of the listing is cut short", "列表第 {} 页不完整"),
    (r"HTTP (\d+): challenge page \((.+)\)", "HTTP {}，验证页面（{}）"),
    (r"HTTP (\d+): login page \((.+)\)", "HTTP {}，要求登录（{}）"),
    (r"page (\d+) of the listing broke off; its whole records were kept", "列表第 {} 页未能读完，完整条目已保存"),
    (r"max_requests \((\d+)\) reached on page (\d+)(?:: .+)?", "已达单次请求上限 {}，停在列表第 {} 页"),
    (
        r"max_pages \((\d+)\) reached, the listing goes on: older posts may be missing; .+",
        "已达页数上限 {}，更早的帖子可能有遗漏",
    ),
    (r"the listing was not read", "没有读到列表页"),
    (r"robots\.txt forbids this page", "robots.txt 禁止抓取"),
    (r"robots\.txt cannot be read: (.+)", "robots.txt 无法读取：{}"),
    (r"(\S+) is this machine itself; allow_private = true .+", "{} 是本机，不是公网地址，已拒绝访问"),
    (r"(\S+) (?:is|resolves to) (\S+), which is not a public address; .+", "{}（{}）不是公网地址，已拒绝访问"),
    (r"(\S+) is not a public address; .+", "{} 不是公网地址，已拒绝访问"),
    (r"(\S+): addresses are not fetched", "不抓取 {} 地址"),
    (r"an address of this kind is not fetched", "不抓取此类地址"),
    (r"the server's certificate or TLS is not accepted .+", "网站的安全证书无效"),
    (r"the secure connection failed: .+", "安全连接失败"),
    (r"larger than (.+ MiB); the ceiling is max_response_mb .+", "页面超过大小上限 {}"),
    (r"redirected too often", "反复跳转，无法到达页面"),
    (r"it leads to what is no address .+", "转到无法抓取的地址"),
    (r"its headers are too large", "响应头过大"),
    (r"its compression cannot be undone", "无法解压"),
    (r"the answer is not HTTP", "返回的内容不是网页协议"),
    (r"the answer broke off|the connection was (?:lost|closed) before the answer|no connection: .+", "连接中断"),
    (r"the proxy did not open the way: .+", "代理服务器无法连通"),
    (r"the site asks to wait ([\d.]+) s", "网站要求等待 {} 秒"),
    (r"the site is busy: (HTTP \d+), (\d+) times in a row", "网站繁忙：连续 {1} 次返回 {0}"),
    (r"the host name does not resolve", "域名无法解析"),
    (r"no answer in time", "超时未响应"),
    (r"the connection was refused", "连接被拒绝"),
    (r"took longer than ([\d.]+) s", "超过时限 {} 秒"),
    (r"took longer than (.+)", "超过时限 {}"),
    (r"shutdown", "抓取被中止"),
    (r"died", "抓取进程意外结束"),
    (r"the crawl did not start: (.+)", "抓取未能启动：{}"),
    (r"the database failed", "数据库出错"),
    (r"refused", "未获准抓取"),
)
_EMPTY = re.compile(r"page (\d+) of the listing: empty page \((.+)\)")


def absence_in_chinese(reason: str) -> str:
    """By what sign a post's own page is gone: `原网页返回 HTTP 404`."""
    if re.fullmatch(r"HTTP \d+", reason):
        return f"原网页返回 {reason}"
    return "原网址已转到首页或列表页" if reason.startswith("leads to ") else "原网页提示内容已不存在"


def in_chinese(reason: str) -> str:
    """The ledger's reason in Chinese as far as it is one of ours; what a server or library said stays as it is."""
    if (empty := _EMPTY.fullmatch(reason)) is not None:
        number, sign = empty.groups()
        what = "只有" if is_notice(sign) else "是空白页："
        return f"列表第 {number} 页{what}{sign_in_chinese(sign)}"
    for pattern, phrase in _PHRASES:
        found = re.fullmatch(pattern, reason)
        if found:
            return phrase.format(*(sign_in_chinese(in_chinese(group)) for group in found.groups()))
    return reason
