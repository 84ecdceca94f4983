"""Says in Chinese why a crawl did not complete, for the readers of a digest; the ledger keeps the English words."""

import re

_PHRASES = (
    (r"the listing failed: (.+)", "列表页读取失败：{}"),
    (r"no entries found on page (\d+) of the listing", "列表第 {} 页没有找到条目"),
    (r"no usable entries on page (\d+) of the listing", "列表第 {} 页的条目都无法使用"),
    (r"page (\d+) of the listing: challenge page \((.+)\)", "列表第 {} 页是验证页面（{}）"),
    (r"page (\d+) of the listing: login page \((.+)\)", "列表第 {} 页要求登录（{}）"),
    (r"page (\d+) of the listing: missing page \((.+)\)", "列表第 {} 页已不存在（{}）"),
    (r"page (\d+) of the listing: empty page \((.+)\)", "列表第 {} 页是空白页（{}）"),
    (r"page (\d+) of the listing: binary page \((.+)\)", "列表第 {} 页不是网页（{}）"),
    (r"page (\d+) of the listing is cut short", "列表第 {} 页不完整"),
    (r"HTTP (\d+): challenge page \((.+)\)", "HTTP {}，验证页面（{}）"),
    (r"HTTP (\d+): login page \((.+)\)", "HTTP {}，要求登录（{}）"),
    (r"page (\d+) of the listing broke off; its whole records were kept", "列表第 {} 页未能读完，完整条目已保存"),
    (r"max_requests \((\d+)\) reached on page (\d+)", "已达单次请求上限 {}，停在列表第 {} 页"),
    (r"the listing was not read", "没有读到列表页"),
    (r"robots\.txt forbids this page", "robots.txt 禁止抓取"),
    (r"robots\.txt cannot be read: (.+)", "robots.txt 无法读取：{}"),
    (r"(.+) is not a public address; allow_private = true .+", "{} 不是公网地址，已拒绝访问"),
    (r"(.+), which is not a public address; .+", "{}，不是公网地址，已拒绝访问"),
    (r"the site asks to wait (.+)", "网站要求等待 {}"),
    (r"the host name does not resolve", "域名无法解析"),
    (r"no answer in time", "超时未响应"),
    (r"the connection was refused", "连接被拒绝"),
    (r"took longer than (.+)", "超过时限 {}"),
    (r"shutdown", "抓取被中止"),
    (r"died", "抓取进程意外结束"),
    (r"the crawl did not start: (.+)", "抓取未能启动：{}"),
    (r"the database failed", "数据库出错"),
)


def in_chinese(reason: str) -> str:
    """The reason in Chinese as far as it is one of ours; what a server or library said stays as it is."""
    for pattern, phrase in _PHRASES:
        found = re.fullmatch(pattern, reason)
        if found:
            return phrase.format(*(in_chinese(group) for group in found.groups()))
    return reason
