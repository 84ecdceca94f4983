"""Tells by their words and names what stands in and around a body without being body; it removes nothing.

Headers, tools, counters, shares, neighbours, lists of other posts, comments, editors' names, footers.
"""

import re

from lxml.html import HtmlElement

from crawler.extract.article.blocks import Block, is_hidden
from crawler.extract.article.words import BLANK, COLON, NAMED_DAY, WEEKDAY, any_of, spaced
from monitor.text import title_key

LINKS = 0.6  # share of a text in links from which it is a list of links
SHORT = 60  # characters: no line of tools, counters or headings of lists is longer
_LINE = 160  # characters: no header or footer line is longer
_FRAMED = 3  # characters that may stand around a repeated title
_TO_LABEL = 30  # characters before the first label of a header line: a date, a name
_OPENING = r"^[\s\[【(（|]*"

_TOOLS = re.compile(
    r"[\s\[\]【】()（）<>《》|｜/／:：,，、·•—_+\-.。←→↑↓«»‹›]+|\d+%?|"
    + spaced(
        "打印本页 打印此页 打印文章 打印页面 我要打印 打印 关闭窗口 关闭本页 关闭页面 关闭此页 关闭 返回顶部 返回列表"
        " 返回首页 返回上一页 返回上页 返回 顶部 TOP 字体大小 字体 字号 大小 默认 超大 加大 大 中 小 繁體 繁体 简体"
        " 收藏本页 加入收藏 收藏 我要纠错 纠错 点赞 赞 踩一下 顶一下 分享到 分享至 一键分享 分享 转发 微信好友 微信"
        " 朋友圈 新浪微博 腾讯微博 微博 QQ空间 QQ好友 空间 人人网 豆瓣 更多 复制链接 语音播报 朗读 播报 下载本页 保存"
        " 推荐 评论 全文 浏览字号 视力保护色 举报 投诉 编辑 首页 Print Close E-mail A 次 分隔线"
    ),
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"(?:{any_of('本文 文章 信息 已 累计 总')})?"
    rf"(?:{spaced('浏览 阅读 点击 访问 查看 关注 人气 热度 点赞 评论 围观 已下载 下载 收藏')})"
    rf"(?:{BLANK}(?:次数|人次|总数|量|率|数))?{BLANK}[:：]?{BLANK}[\[【(（]?[\d,.\-万]*[\]】)）]?{BLANK}(?:人次|[次人℃°])?"
)
_COUNTED = re.compile(
    rf"(?:已有)?\d[\d,.]*万?{BLANK}[次人]?(?:浏览|阅读|点击|访问|查看|围观|人看过|人已读|评论)(?:量|数|次数)?"
)
_SHARE = re.compile(
    r"^.{0,6}(?:分享(?:到|至|给|本文|按钮|此文)|(?:打开)?微信.{0,3}扫一?扫|.{0,6}扫一扫|扫描?[上下左右]?[方侧边]?二维码"
    r"|长按(?:识别|扫描)?二维码|手机(?:扫码|浏览|查看)|关注.{0,8}(?:公众号|官方微信))"
)
_CRUMB = re.compile(
    r"^[\s>》»]*(?:您?(?:现在|当前|目前)?(?:所在|的)?的?(?:位置|栏目)|当前(?:页面?|路径|位置|栏目)|所在位置|首\s*页|网站首页|主页)"
    r"(?:\s*[:：>》»→]|\s*[-–—]+>|\s+[-–—/]\s|是\s*[:：])"
)
_NEIGHBOUR = re.compile(
    r"^[\s【\[<《«‹←]*(?:上|下|前|后)一(?:篇|条|页|则|个|组图?|主题|文章)(?:文章|新闻|信息|公告|图|项目)?[\s】\]:：>》»›→]*"
)
_EDITING = spaced(
    "责任编辑 责编 网络编辑 编辑 本文编辑 本期编辑 排版 校对 一审 二审 三审 初审 复审 终审 审核 审签 审稿 值班编辑 录入"
    " 监制 编审 统筹"
)
_PERSON = r"(?:[一-龥·]{2,4}[_A-Za-z\d]{0,12}|[_A-Za-z\d]{2,16})"
_EDITOR = re.compile(
    rf"{_OPENING}(?:纠错[\s】\]]*)?(?:(?:{_EDITING}){BLANK}[:：/|丨]{BLANK}{_PERSON}?"
    rf"(?:[\s、/|丨；;,，]+(?:(?:{_EDITING}){BLANK}[:：/|丨]?{BLANK})?{_PERSON})*"
    rf"|(?:责任|网络|本文)?编辑{COLON}[^，。；！？]{{0,14}})[\s\]）)】]*$"
)
_EDITORS = re.compile(r"^(?:(?:责任编辑|责编|编辑|校对|审核|值班主任|文字|摄影)\s[一-龥]{2,4}\s*){2,}$")
_OTHERS = "阅读 链接 新闻 文章 稿件 信息 推荐 报道 内容 资讯 文档 解读 政策 专题 热词 导读 资料 项目 文件 主题 评论"
_RELATED = re.compile(
    r"^[\s【\[■◆●▶>·|]*(?:"
    rf"相关(?:{any_of(_OTHERS)})?"
    rf"|(?:延伸|推荐|扩展|拓展|精彩|更多)(?:{any_of('阅读 新闻 内容 文章 资讯')})"
    rf"|(?:热门|热点|最新|本周|推荐)(?:{any_of('推荐 文章 资讯 新闻 内容 动态 信息 关注 图文 阅读 标签 排行')})"
    r"|猜您?你?喜欢|为您推荐|大家都在看|(?:点击|阅读)排行|您?可能(?:还)?(?:喜欢|感兴趣).{0,6}|友情链接)"
    r"[\s】\]:：>»|]*(?:更多|more)?[\s>»]*$",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"^[\s【\[\d条人参与|·]*(?:(?:网友|发表|文章|全部|最新|最热|精彩|用户|热门|查看|写|我要)?(?:评论|跟帖|跟贴)"
    r"|(?:网友|发表|全部|最新|我要)(?:留言|回复))"
    r"(?:列表|区|板|\(\d*\)|（\d*）|\d+)?[\s】\]:：>]*$|^网友评论仅供|^我的跟贴"
)
_FOOT = re.compile(
    r"版权所有|著作权所有|copyright|©|ICP\s*备|公网安备|备案号|备案序号|网站标识码|网站地图|免责声明"
    r"|未经(?:书面)?(?:授权|许可|允许).{0,12}(?:转载|使用)|您是第.{0,12}[位个]|如有侵权|Powered by|建议使用.{0,20}浏览"
    r"|仅受理网站|最佳分辨率|政府网站找错|特别声明|版权声明",
    re.IGNORECASE,
)
_FOOT_WEAK = re.compile(
    r"^(?:主办|承办|协办|维护|管理|建设|技术支持)(?:单位)?\s*[:：]|^(?:地址|邮编|电话|联系电话|传真|邮箱|E-?mail)\s*[:：]|^(?:关于|联系)我们",
    re.IGNORECASE,
)
_TAGS = re.compile(
    r"^(?:(?:文章)?(?:关键[词字]|标签|Tags?|所属(?:分类|栏目)|分类|栏目|跟踪)\s*(?:[:：]|>>)|发表在)", re.IGNORECASE
)
_LAST_LABELS = spaced("信息来源 文章来源 稿件来源 内容来源 本文来源 来源 出处 稿源 发布时间 发布日期 作者 供稿 撰稿")
_LAST_LINE = re.compile(rf"{_OPENING}(?:{_LAST_LABELS}){COLON}")
_LABELS = spaced(
    "信息来源 文章来源 稿件来源 内容来源 来源于 来源 出处 稿源 发布时间 发布日期 发表时间 发表日期 发表于 发布于"
    " 发文时间 发文日期 信息时间 更新时间 更新日期 时间 日期 录入时间 添加时间 公开日期 生成日期 成文日期 作者 撰稿"
    " 撰稿人 供稿 记者 通讯员 发布人 发布者 发布单位 发布机构 发布机关 发文机关 发文单位 公开单位 责任部门 编辑"
    " 责任编辑 责编 录入 审核 浏览次数 浏览量 浏览 阅读次数 阅读量 阅读数 阅读 点击次数 点击量 点击数 点击 访问次数"
    " 访问量 人气 字号 字体 字体大小 索引号 文号 发文字号 主题分类 分类 主题词 有效性 名称 信息名称 文章分类 栏目"
    " 所属栏目 保护视力色 评论 分享到 打印 关键词 标签 提交于 提交时间"
    " 创建于 创建时间 创建日期 來源 發佈日期 發佈時間 發布日期 Source Published Posted Submitted Created Updated"
)
_LABEL = re.compile(rf"(?:^|(?<=\d)|[\s\[【(（|｜/,，;；])[\[【(（]?(?:{_LABELS}){COLON}")
_LABEL_FIRST = re.compile(rf"{_OPENING}(?:{_LABELS}){COLON}")
# Said of a meeting as well as of a post: only what follows tells.
_OF_EVENTS = re.compile(rf"^{BLANK}(?:{spaced('时间 日期 名称 记者 作者')}){COLON}")
_OF_MEETINGS = re.compile(r"^(?:会议|活动)?(?:地\s*点|地\s*址|主\s*题|内\s*容|会\s*场|参[会加]|人\s*员)")
_DATE = r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
_CLOCK = r"(?:\s*T?\d{1,2}\s*[:：]\s*\d{2}(?:\s*[:：]\s*\d{2})?)?"
_SAID = (
    r"(?:由.{1,20})?(?:(?:发布|发表|提交|创建|更新)于|发布"
    r"|(?:[Ss]ubmitted|[Pp]osted|[Pp]ublished|[Cc]reated)(?:\sby\s.{1,30})?(?:\s(?:on|at))?)?\s*[:：]?\s*"
)
_DATE_LINE = re.compile(
    rf"{_OPENING}{_SAID}{WEEKDAY}(?:{_DATE}|\d{{1,2}}/\d{{1,2}}/(?:19|20)\d{{2}})(?:\s+-)?{_CLOCK}"
    r"\s*[\])）】|]*(?:\s[^，。；！？]{0,40})?$"
)
_ENGLISH_LINE = re.compile(rf"{_OPENING}{_SAID}{WEEKDAY}{NAMED_DAY}(?:\s+-)?{_CLOCK}(?:\s[^.!?。！？]{{0,40}})?$")
# A header may begin with the address of the site.
_SITE = re.compile(r"^(?:https?://|www\.)[!-~]{1,200}\s+")
_STAMP = re.compile(rf"{_DATE}{_CLOCK}")
_STOP = re.compile(r"[。！？]\s*\S")
_MARK = re.compile(r"[。！？，]")

_NOISE_TAGS = frozenset(("nav", "aside", "footer", "header"))
_NOISE_NAMES = re.compile(
    r"(?:^|[^a-z])(?:bdshare\w*|share\w*|jiathis\w*|social\w*|addthis\w*|fenxiang|bread-?crumbs?|crumbs?|dqwz|weizhi"
    r"|related\w*|relates?|xgxx|xgwz|xgyd|xgnews|xglj|recommend\w*|comments?|pinglun|pagination|pagenav|page-?nav"
    r"|post-navigation|prevnext|prev-next|sxt|sxy|shangxia|print|toolbar|qrcode|qr_\w+|erweima|ewm|saoyisao|copyright"
    r"|disclaimer|jiucuo|zrbj|newdigg|digg|no-?print|hot-?(?:news|list)|rank(?:ing)?-?list)(?:$|[^a-z])"
)
_SMALL = 300  # characters: an element with such a name and more text than this is judged by its blocks


def is_noise_element(node: HtmlElement) -> bool:
    """Whether an element inside a body is hidden, or by its tag or its name no part of it."""
    if node.tag in _NOISE_TAGS or is_hidden(node):
        return True
    names = node.get("class"), node.get("id")
    if names == (None, None) or not _NOISE_NAMES.search(f"{names[0] or ''} {names[1] or ''}".lower()):
        return False
    text = _length(node)
    return text <= _SMALL or sum(_length(link) for link in node.iter("a")) >= LINKS * text


def _length(node: HtmlElement) -> int:
    return sum(len(text.strip()) for text in node.itertext())


def is_tool(text: str) -> bool:
    """Whether a line is made of nothing but the words of tools, shares and counters."""
    return len(text) <= SHORT and not _TOOLS.sub("", _COUNT.sub("", _COUNTED.sub("", text)))


def is_furniture(block: Block) -> bool:
    """Whether a block is of the page and not of the post, wherever it stands."""
    text = block.text
    if len(text) > _LINE:
        return False
    if begins_related(block) or begins_comments(block):  # 推荐阅读, 评论: what they head is not of the post either
        return False
    if is_tool(text) or _CRUMB.match(text) or _EDITOR.match(text) or _EDITORS.match(text) or is_neighbour(block):
        return True
    return len(text) <= SHORT and _SHARE.match(text) is not None


def is_neighbour(block: Block) -> bool:
    """Whether a block leads to the post before or after (上一篇)."""
    found = _NEIGHBOUR.match(block.text)
    if found is None:
        return False
    rest = block.text[found.end() :]
    return not rest or found[0][-1] in ":：】]>》»›→ " or block.linked >= len(rest)


def begins_related(block: Block) -> bool:
    """Whether a block heads a list of other posts."""
    return len(block.text) <= SHORT and _RELATED.match(block.text) is not None


def begins_comments(block: Block) -> bool:
    """Whether what readers wrote about the post begins with a block."""
    return len(block.text) <= SHORT and _COMMENTS.match(block.text) is not None


def is_foot(text: str) -> bool:
    """Whether a line is of a page's footer: copyright, licence numbers, disclaimers."""
    return len(text) <= 2 * _LINE and _FOOT.search(text) is not None


def is_weak_foot(text: str) -> bool:
    """Whether a line is of a footer when it stands beside one that surely is."""
    return len(text) <= _LINE and _FOOT_WEAK.match(text) is not None


def is_tags(text: str) -> bool:
    """Whether a line names the tags or the column of a post."""
    return len(text) <= SHORT and _TAGS.match(text) is not None


def is_last_line(text: str) -> bool:
    """Whether a line under a text names its source, author or date."""
    return len(text) <= SHORT and _LAST_LINE.match(text) is not None


def without_site_address(text: str) -> str:
    """A line without the address of the site at its beginning, as headers of old sites have it."""
    return _SITE.sub("", text)


def is_header(text: str) -> bool:
    """Whether a line tells source, date, author or counters of a post (来源：… 发布时间：…), or is a date alone."""
    if len(text) > _LINE:
        return False
    text = without_site_address(text)
    if _DATE_LINE.match(text) or _ENGLISH_LINE.match(text):
        return True
    if _OF_EVENTS.match(text) and len(_LABEL.findall(text)) == 1:
        return not _STAMP.sub("", re.split("[:：]", text, maxsplit=1)[1]).strip()
    if _LABEL_FIRST.match(text):
        return _STOP.search(text) is None
    # 2025-07-17 10:21 来源：…, admin 来源：…; but no sentence in which a colon stands.
    found = _LABEL.search(text)
    return found is not None and found.start() <= _TO_LABEL and not _MARK.search(text[: found.start()])


def is_event(text: str, below: str) -> bool:
    """Whether a line like 时间：… is of a notice of an event: the line below it names the place, or the subject."""
    return _OF_EVENTS.match(text) is not None and _OF_MEETINGS.match(below) is not None


def repeats(text: str, title: str) -> bool:
    """Whether a line is the title, or the first or last part of it that was broken off."""
    if not title or len(text) > len(title) + 2 * _FRAMED:
        return False
    ours, whole = title_key(text), title_key(title)
    if ours == whole or len(whole) < 2:  # noqa: PLR2004 - one character is in anything
        return ours == whole
    if whole in ours:
        return len(ours) - len(whole) <= _FRAMED
    return 3 * len(ours) >= len(whole) and (whole.startswith(ours) or whole.endswith(ours))
