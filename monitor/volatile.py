"""Takes out of a body what its page adds anew at every visit: counters, tools, neighbours, clocks; touches no prose.

Only a whole line goes, or a phrase that is clearly set apart: at the end of a line after a full stop, or between blanks
in a line that holds no sentence. A sentence that happens to contain `今天是` or `浏览` stays.
"""

import re
from functools import cache

_LONGEST = 300  # characters: no line of tools is longer, and only so much of the end of a line is looked at
_BLANK = r"[\s\u3000]*+"
_BETWEEN = r"[\s\u3000|｜/／·•,，、;；]"  # what stands between two such phrases, and beside them
_OPEN, _CLOSE = r"[\[【(（]", r"[\]】)）]"


def _any(line: str) -> str:
    """A pattern for any of the words of a line, the longest first, with the blanks that pages put inside them."""
    chosen = sorted(line.split(), key=len, reverse=True)
    return "(?:" + "|".join(_BLANK.join(map(re.escape, word)) for word in chosen) + ")"


_NUMBER = r"\d[\d,.]*+\+?[万wW]?"
_TIMES = _any("人次 次 人 ℃ °")
_SEEN = rf"{_any('本文 文章 信息 本页 网页 已 累计 总')}?{_any('浏览 阅读 点击 访问 查看 人气 热度 围观 点赞')}"
_AMOUNT = _any("次数 人次 总数 人数 量 率 数 值")
_COUNTED = rf"(?:{_OPEN}{_BLANK}{_NUMBER}{_BLANK}{_CLOSE}|{_NUMBER})(?:{_BLANK}{_TIMES})?"
_COUNTER_FORMS = (
    # the number is often missing: a script fills it in
    rf"{_SEEN}{_BLANK}{_AMOUNT}?{_BLANK}[:：](?:{_BLANK}{_COUNTED}|{_BLANK}{_OPEN}{_BLANK}{_CLOSE})?",
    rf"{_SEEN}{_BLANK}{_AMOUNT}?{_BLANK}(?={_OPEN}){_COUNTED}",
    rf"{_SEEN}{_BLANK}{_AMOUNT}{_BLANK}{_COUNTED}",
    rf"{_SEEN}{_BLANK}{_NUMBER}{_BLANK}{_TIMES}",
    rf"(?:已有)?{_BLANK}{_NUMBER}{_BLANK}[次人]?{_BLANK}{_any('浏览 阅读 点击 访问 围观 看过')}{_any('量 数 次数')}?",
)
_TARGETS = (
    "微信好友 微信朋友圈 微信 朋友圈 新浪微博 腾讯微博 微博 QQ空间 QQ好友 QQ 空间 人人网 豆瓣网 豆瓣 知乎 抖音 钉钉"
    " 复制链接 更多"
)
_TARGET = rf"(?:{_any(_TARGETS)}{_BETWEEN}*+)"
_SHARE_FORMS = (rf"{_any('分享到 分享至 一键分享 分享')}{_BLANK}(?:[:：]{_BLANK}{_TARGET}*+|{_TARGET}++)",)
_SIZE = _any("特大 超大 加大 缩小 放大 默认 大 中 小")
_SIZES = rf"(?:{_OPEN}{_SIZE}{_CLOSE}|{_SIZE})(?:[\s\u3000|｜/／]*+(?:{_OPEN}{_SIZE}{_CLOSE}|{_SIZE}))++"
_FONT = rf"{_any('字体大小 字号大小 浏览字号 字体 字号')}{_BLANK}[:：]?{_BLANK}(?:{_OPEN}{_SIZES}{_CLOSE}|{_SIZES})"
_TOOL = _any(
    "打印本页 打印此页 打印文章 打印页面 我要打印 打印 关闭窗口 关闭本页 关闭页面 关闭此页 关闭 返回顶部 返回列表"
    " 返回首页 返回上一页 返回 加入收藏 收藏本页 收藏 我要纠错 纠错 分享 保存"
)
_TOOL_FORMS = (
    rf"{_OPEN}{_BLANK}(?:{_TOOL}|{_FONT}|{_SIZES}){_BLANK}{_CLOSE}",
    _FONT,
    rf"{_TOOL}(?:[\s\u3000|｜/／]++{_TOOL})++",  # one of these words alone may be a word of the text
)
_DAY = r"\d{2,4}(?:年\d{1,2}月\d{1,2}[日号]|[-/.]\d{1,2}[-/.]\d{1,2})"
_TIME = r"\d{1,2}(?:[:：]\d{1,2}(?:[:：]\d{1,2})?|[时点]\d{1,2}分(?:\d{1,2}秒)?)"
_WEEKDAY = r"[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?"
_LUNAR = r"[(（]?(?:农历|阴历)[^\s，。；！？]{2,14}"
_MOMENT = (
    rf"(?:(?:{_DAY}|{_TIME}|{_any('上午 下午 晚上 早上 凌晨 AM PM am pm')}|{_WEEKDAY}|{_LUNAR}|T(?=\d))[\s\u3000,，]*+)"
)
_PRINTED = (
    "打印时间 打印日期 当前时间 现在时间 系统时间 服务器时间 页面生成时间 页面生成于 本页生成于 访问时间 浏览时间"
)
_CLOCK_FORMS = (
    rf"{_any(_PRINTED)}{_BLANK}(?:[:：是为]{_BLANK})?{_MOMENT}++",
    rf"{_any('今天是 今日是 现在是 今天 今日')}{_BLANK}[:：]?{_BLANK}(?=\d|[(（]?(?:星期|周|礼拜)){_MOMENT}++",
    rf"{_any('页面生成 页面执行 页面加载 执行')}{_any('时间 耗时 用时')}{_BLANK}[:：]?{_BLANK}\d+\.\d+{_BLANK}毫?秒",
)
_PHRASE = "(?>" + "|".join((*_COUNTER_FORMS, *_SHARE_FORMS, *_TOOL_FORMS, *_CLOCK_FORMS)) + ")"
_RUN = rf"{_BETWEEN}*+(?:{_PHRASE}(?:{_BETWEEN}++|(?=[\[【(（\]】)）])|(?<={_CLOSE})|$))++"

_WHOLE_LINE = rf"{_OPEN}?{_RUN}{_CLOSE}?"
_LAST = rf"(?<=[。！？!?…”’」』）)】\]])(?:{_OPEN}{_RUN}{_CLOSE}|{_RUN})$"
_AMONG = rf"(?<![^\s\u3000|｜]){_PHRASE}(?![^\s\u3000|｜])"
_SENTENCE = re.compile("[。！？；，]")
_NEIGHBOUR = re.compile(
    r"[\s【\[<《«‹←]*+[上下前后]一[篇条则页](?:文章|新闻|信息|公告)?[\s】\]>》»›→]*+(?P<colon>[:：])?(?P<title>.*)"
)
# Whatever has none of these holds nothing volatile: most bodies are done here.
_SIGNS = re.compile(
    r"[上下前后]一[篇条则页]|[打分字收关返浏阅点访查人热围页当现系服今本执大][\s\u3000]*"
    r"(?:印|享|体|号|藏|闭|回|览|读|击|问|看|气|度|观|赞|面|前|在|统|务|天|日|页|行|中)"
)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled at first use: it takes 100 ms, and most commands read no text."""
    return re.compile(pattern)


def without_volatile(text: str) -> str:
    """The body without counters, share bars, tools of the page, neighbours, and clocks; its other lines as they are."""
    if _SIGNS.search(text) is None:
        return text
    kept = ((line, _content(line)) for line in text.split("\n"))
    return "\n".join(content for line, content in kept if content or not line)


def _content(line: str) -> str:
    """A line without what is volatile in it."""
    if _SIGNS.search(line) is None:
        return line
    if len(line) <= _LONGEST and (_compiled(_WHOLE_LINE).fullmatch(line) or _is_neighbour(line)):
        return ""
    if len(line) <= _LONGEST and not _SENTENCE.search(line):
        shorter = _compiled(_AMONG).sub("", line)
        return line if shorter == line else shorter.strip(" \u3000|｜\t")
    cut = max(0, len(line) - _LONGEST)
    found = _compiled(_LAST).search(line, cut)
    return line[: found.start()].rstrip() if found else line


def _is_neighbour(line: str) -> bool:
    """`上一篇：…`: after a colon, a blank or nothing; a sentence that begins so and ends in a full stop is none."""
    found = _NEIGHBOUR.fullmatch(line)
    if found is None or line.rstrip().endswith(("。", "！", "？")):
        return False
    before = line[: found.start("title")]
    return bool(found["colon"]) or not found["title"].strip() or before != before.rstrip() or before[-1] in "】]>》»›→"
